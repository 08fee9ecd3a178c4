"""Key files: what a program reads at its start, which ones stop it, and the commands that make them."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from jwt.algorithms import ECAlgorithm

from chassis import testing
from chassis.auth.keys import at, public_jwk, read_private, read_public
from chassis.auth.service_keys import main
from chassis.auth.service_tokens import ServiceIdentity
from chassis.config import InvalidSettings

from .support import notes

OWN = testing.key_files().service_keys["tutoring-service"]
FOLDER = testing.key_files().directory
JWK = public_jwk("tutoring-service", OWN.public_key())
P384 = ec.generate_private_key(ec.SECP384R1())
PKCS8 = (Encoding.PEM, PrivateFormat.PKCS8)


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in JWK.items() if key != name}


def members(*keys: Any) -> str:
    return json.dumps({"keys": keys})


OFF_THE_CURVE = base64.urlsafe_b64encode(bytes(31) + b"\1").rstrip(b"=").decode()
WRONG_PUBLIC = {
    "empty": ("", "is not JSON"),
    "no JSON": ("keys", "is not JSON"),
    "no text": (b"\xff\xfe\x00", "is not JSON"),
    "nested too deep": ("[" * 100_000, "is not JSON"),
    "the PEM of a key": (testing.keys.pem(OWN), "is not JSON"),
    "an object without keys": ("{}", "is not a JWKS document"),
    "null": ("null", "is not a JWKS document"),
    "a list": ("[]", "is not a JWKS document"),
    "keys that are no list": ('{"keys": {}}', "is not a JWKS document"),
    "one key that is no set": (json.dumps(JWK), "is not a JWKS document"),
    "no key": ('{"keys": []}', "holds no key"),
    "a key that is no object": (members(JWK, "x"), "/keys/1 of keys.json is not an object"),
    "no kid": (members(without("kid")), "/keys/0 of keys.json has no kid"),
    "an empty kid": (members({**JWK, "kid": ""}), "has no kid"),
    "a kid that is no text": (members({**JWK, "kid": 5}), "has no kid"),
    "a kid that no token can name": (members({**JWK, "kid": "user service"}), "has no kid"),
    "two keys of one kid": (members(JWK, JWK), "has two keys tutoring-service"),
    "a private key": (
        members({**ECAlgorithm.to_jwk(OWN, as_dict=True), "kid": "tutoring-service"}),
        "is the private key of tutoring-service",
    ),
    "another curve": (members(public_jwk("a", P384.public_key())), "is not a P-256 public key"),
    "another kind": (members({"kty": "oct", "kid": "a", "k": "aa"}), "is not a P-256 public key"),
    "half a key": (members(without("y")), "is not a P-256 public key"),
    "a point off the curve": (members({**JWK, "y": OFF_THE_CURVE}), "is not a P-256 public key"),
    "numbers that are no text": (members({**JWK, "x": 5}), "is not a P-256 public key"),
}


@pytest.mark.parametrize(("content", "why"), WRONG_PUBLIC.values(), ids=WRONG_PUBLIC)
def test_a_program_does_not_start_with_a_wrong_file_of_public_keys(
    tmp_path: Path, content: str | bytes, why: str
) -> None:
    path = tmp_path / "keys.json"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    said = stopped_by(SERVICE_KEYS=path)
    assert said.startswith("cannot start: SERVICE_KEYS: ")
    assert why in said


@pytest.mark.parametrize("setting", ["SERVICE_KEYS", "SERVICE_KEY"])
def test_a_program_does_not_start_with_a_file_that_it_cannot_read(
    tmp_path: Path, setting: str
) -> None:
    assert stopped_by(**{setting: tmp_path}).startswith(f"cannot start: {setting}: ")
    assert stopped_by(**{setting: tmp_path / "none"}) == (
        f"cannot start: {setting} names a file that does not exist"
    )


WRONG_PRIVATE = {
    "empty": b"",
    "no PEM": b"{}",
    "a public key": OWN.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
    "protected by a password": OWN.private_bytes(*PKCS8, BestAvailableEncryption(b"secret")),
    "another curve": testing.keys.pem(P384),
    "another kind": rsa.generate_private_key(65537, 2048).private_bytes(*PKCS8, NoEncryption()),
}


@pytest.mark.parametrize("content", WRONG_PRIVATE.values(), ids=WRONG_PRIVATE)
def test_a_program_does_not_start_with_a_wrong_private_key(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "own.pem"
    path.write_bytes(content)
    assert stopped_by(SERVICE_KEY=path) == (
        "cannot start: SERVICE_KEY: own.pem is not a P-256 private key in PEM, without a password"
    )


def test_a_program_does_not_start_with_the_key_of_another() -> None:
    assert stopped_by(SERVICE_KEY=FOLDER / "gateway.pem") == (
        "cannot start: SERVICE_KEY: the key of tutoring-service is not among the public keys of services"
    )


def test_a_wrong_file_of_issuer_keys_is_named() -> None:
    with pytest.raises(InvalidSettings, match=r"^cannot start: JWKS_URL: .*/does/not/exist"):
        at("file:///does/not/exist")


def stopped_by(**files: Path) -> str:
    """The one line with which a program refuses to start with these files."""
    named = {name: str(path) for name, path in files.items()}
    with pytest.raises(InvalidSettings) as stopped, notes.running(**named):
        pass
    assert "\n" not in str(stopped.value)
    return str(stopped.value)


ANYTHING = st.sampled_from([None, True, 0, -1.5, [], {}]) | st.text(max_size=50)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from([*JWK, "d", "k", "n"]), ANYTHING))
def test_a_file_is_read_or_refused_whatever_a_key_holds(
    tmp_path_factory: pytest.TempPathFactory, changes: dict[str, Any]
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.json"
    changed = {**JWK, **changes}
    path.write_text(members(changed))
    try:
        found = [*read_public(path)]
    except ValueError:
        return
    assert found == [changed["kid"]]


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def test_the_commands_make_the_files_that_programs_start_with(tmp_path: Path) -> None:
    public, own, other = (tmp_path / name for name in ("services.json", "own.pem", "other.pem"))
    assert [run("new", path).exit_code for path in (own, other)] == [0, 0]
    assert own.stat().st_mode & 0o777 == 0o600
    assert run("publish", public, f"tutoring-service={own}", f"gateway={other}").exit_code == 0
    assert read_public(public) == {
        "tutoring-service": read_private(own).public_key(),
        "gateway": read_private(other).public_key(),
    }
    with notes.running(SERVICE_KEYS=str(public), SERVICE_KEY=str(own)):
        pass


def test_a_next_key_is_added_and_none_is_replaced(tmp_path: Path) -> None:
    public, old, new = (tmp_path / name for name in ("services.json", "old.pem", "new.pem"))
    for path in (old, new):
        run("new", path)
    run("publish", public, f"user-service={old}")
    before = old.read_bytes(), public.read_bytes()
    assert run("publish", public, f"user-service={old}").exit_code == 0
    again, taken = run("new", old), run("publish", public, f"user-service={new}")
    assert (again.exit_code, taken.exit_code) == (1, 1)
    assert "call this one user-service_2" in taken.output
    assert (old.read_bytes(), public.read_bytes()) == before
    assert run("publish", public, f"user-service_2={new}").exit_code == 0
    listed = ServiceIdentity.listed("user-service", read_private(new), read_public(public))
    assert listed.kid == "user-service_2"


@pytest.mark.parametrize("named", ["user-service", "=own.pem", "user-service=", "a b=own.pem"])
def test_a_key_is_published_under_a_name_alone(tmp_path: Path, named: str) -> None:
    refused = run("publish", tmp_path / "services.json", named)
    assert (refused.exit_code, list(tmp_path.iterdir())) == (1, [])
    assert "is not KID=PRIVATE" in refused.output


def test_a_file_with_a_private_key_is_not_added_to(tmp_path: Path) -> None:
    public = tmp_path / "services.json"
    public.write_text(members({**ECAlgorithm.to_jwk(OWN, as_dict=True), "kid": "user-service"}))
    refused = run("publish", public, f"gateway={FOLDER / 'gateway.pem'}")
    assert refused.exit_code == 1
    assert "is the private key of user-service" in refused.output
