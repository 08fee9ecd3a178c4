import json
from pathlib import Path

import jwt
import pytest

from dev.keys import Keys

NAMES = ("gateway", "user-service")


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    keys = Keys(tmp_path / "keys")
    keys.make(NAMES)
    return keys


def test_a_token_signed_by_a_service_is_verified_with_its_public_key(keys: Keys) -> None:
    token = jwt.encode({"iss": "user-service"}, keys.private("user-service").read_bytes(), "ES256")
    public = {key.key_id: key for key in jwt.PyJWKSet.from_json(keys.public.read_text()).keys}
    assert jwt.decode(token, public["user-service"], ["ES256"]) == {"iss": "user-service"}
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(token, public["gateway"], ["ES256"])


def test_the_public_file_holds_no_private_part(keys: Keys) -> None:
    published = json.loads(keys.public.read_text())["keys"]
    assert [sorted(key) for key in published] == [
        ["alg", "crv", "kid", "kty", "use", "x", "y"]
    ] * len(NAMES)


def test_the_current_file_names_the_signing_key(keys: Keys) -> None:
    kid = (keys.signing / "current").read_text()
    jwt.encode({}, (keys.signing / f"{kid}.pem").read_bytes(), "ES256")


def test_only_the_owner_may_read_private_keys(keys: Keys) -> None:
    private = [*keys.folder.glob("*.pem"), *keys.signing.glob("*.pem")]
    assert len(private) == len(NAMES) + 1
    assert {path.stat().st_mode & 0o777 for path in private} == {0o600}


def test_existing_keys_are_kept_and_new_programs_get_theirs(keys: Keys) -> None:
    before = {path: path.read_bytes() for path in keys.folder.rglob("*.pem")}
    keys.make([*NAMES, "tutoring-service"])
    assert {path: path.read_bytes() for path in before} == before
    assert keys.private("tutoring-service").exists()
