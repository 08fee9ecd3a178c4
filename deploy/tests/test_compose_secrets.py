import hashlib
import json
import os
from pathlib import Path

import pytest

from chassis.auth.keys import read_private, read_public
from deploy.compose import share_secrets
from dev.services import GATEWAY, SERVICES
from user_service.signing import Keyring

PROGRAMS = [GATEWAY, *(service.name for service in SERVICES)]


@pytest.fixture
def shares(tmp_path, monkeypatch):
    """Empty volumes, as the first start finds them."""
    monkeypatch.setattr(share_secrets, "VAULT", tmp_path / "vault")
    monkeypatch.setattr(share_secrets, "SHARES", tmp_path / "shares")
    monkeypatch.setattr(share_secrets, "PROGRAM", (os.getuid(), os.getgid()))
    for volume in (
        "vault",
        "shares/postgres",
        "shares/redis",
        *(f"shares/{program}" for program in PROGRAMS),
    ):
        (tmp_path / volume).mkdir(parents=True)
    return tmp_path / "shares"


def test_each_program_gets_its_own_key_and_the_public_keys_of_all(shares):
    share_secrets.main()
    for program in PROGRAMS:
        public = read_public(shares / program / "services.json")
        assert set(public) == set(PROGRAMS)
        assert read_private(shares / program / "service.pem").public_key() == public[program]


def test_no_program_gets_a_secret_of_another(shares):
    share_secrets.main()
    seen = [(shares / program / "service.pem").read_text() for program in PROGRAMS]
    seen += [
        (shares / service.name / "pgpass").read_text().rpartition(":")[2] for service in SERVICES
    ]
    seen += [(shares / program / "redis").read_text() for program in PROGRAMS]
    assert len(set(seen)) == 2 * len(PROGRAMS) + len(SERVICES)
    files = {program: names_in(shares / program) for program in PROGRAMS}
    every = {"redis", "service.pem", "services.json"}
    assert files.pop("user-service") == {*every, "pgpass", "sealing", "signing"}
    assert files.pop(GATEWAY) == every
    assert all(names == {*every, "pgpass"} for names in files.values())


def test_postgres_gets_the_passwords_that_the_services_use(shares):
    share_secrets.main()
    for service in SERVICES:
        password = (shares / "postgres" / "roles" / service.database).read_text()
        assert (
            shares / service.name / "pgpass"
        ).read_text() == f"*:*:*:{service.role}:{password}\n"


def test_redis_gets_digests_of_the_passwords_that_the_programs_use(shares):
    share_secrets.main()
    users = (shares / "redis" / "users.acl").read_text()
    for program in PROGRAMS:
        password = (shares / program / "redis").read_text()
        assert f"user {program} on" in users
        assert hashlib.sha256(password.encode()).hexdigest() in users
        assert password not in users


def test_secrets_are_readable_by_their_program_alone(shares):
    share_secrets.main()
    secret = [*shares.glob("*/pgpass"), *shares.glob("*/redis")]
    for program in PROGRAMS:
        secret += (shares / program).rglob("*.pem")
    assert len(secret) == 2 * len(PROGRAMS) + 1 + len(SERVICES)
    assert all(path.stat().st_mode & 0o077 == 0 for path in secret)


def test_a_second_start_changes_nothing(shares):
    share_secrets.main()
    first = contents(shares)
    share_secrets.main()
    assert contents(shares) == first


def test_a_lost_volume_is_filled_again_with_the_same_secrets(shares):
    share_secrets.main()
    first = contents(shares)
    for path in (shares / "tutoring-service").iterdir():
        path.unlink()
    share_secrets.main()
    assert contents(shares) == first


def test_signing_keys_made_later_stay(shares):
    share_secrets.main()
    keyring = Keyring(shares / "user-service" / "signing")
    before = json.dumps(keyring.jwks())
    later = keyring.directory / "current"
    later.write_text(later.read_text() + "\n")
    share_secrets.main()
    assert later.read_text().endswith("\n")
    assert json.dumps(Keyring(keyring.directory).jwks()) == before


def names_in(folder: Path) -> set[str]:
    return {file.name for file in folder.iterdir()}


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
