"""The keys that sign access tokens, and how they are changed."""

import os
import stat
import time
from pathlib import Path

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
)
from flask.testing import FlaskClient

from chassis import testing
from chassis.auth.keys import read_private
from chassis.config import InvalidSettings
from user_service import signing
from user_service.signing import Keyring, make_key, use_key


@pytest.fixture
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory with one key. A keyring looks at it at every use."""
    monkeypatch.setattr(signing, "LOOK_AGAIN", -1.0)
    use_key(tmp_path, make_key(tmp_path), at_once=True)
    return tmp_path


def signed_by(keyring: Keyring) -> str:
    return str(jwt.get_unverified_header(keyring.sign({"sub": "ruth"}))["kid"])


def published(keyring: Keyring) -> set[str]:
    return {key["kid"] for key in keyring.jwks()["keys"]}


def test_a_new_key_is_published_before_it_signs(directory: Path) -> None:
    keyring = Keyring(directory)
    first = signed_by(keyring)
    second = make_key(directory)
    assert published(keyring) == {first, second}
    assert signed_by(keyring) == first
    use_key(directory, second, at_once=True)
    assert signed_by(keyring) == second
    assert published(keyring) == {first, second}


def test_a_key_that_others_may_not_know_yet_does_not_sign(directory: Path) -> None:
    kid = make_key(directory)
    with pytest.raises(ValueError, match="others may not know it"):
        use_key(directory, kid)
    eleven_minutes_ago = time.time() - 660
    os.utime(directory / f"{kid}.pem", (eleven_minutes_ago, eleven_minutes_ago))
    use_key(directory, kid)
    assert signed_by(Keyring(directory)) == kid


@pytest.mark.parametrize("kid", ["unknown", "../current", ""])
def test_only_an_existing_key_can_be_used(directory: Path, kid: str) -> None:
    with pytest.raises(ValueError, match="there is no key"):
        use_key(directory, kid)


def test_a_key_is_readable_by_its_owner_alone(directory: Path) -> None:
    kid = make_key(directory)
    assert stat.S_IMODE((directory / f"{kid}.pem").stat().st_mode) == 0o600


def test_a_broken_directory_leaves_the_present_keys_in_use(directory: Path) -> None:
    keyring = Keyring(directory)
    kid = signed_by(keyring)
    (directory / "current").write_text("gone")
    assert signed_by(keyring) == kid


def test_a_removed_key_no_longer_verifies(directory: Path) -> None:
    keyring = Keyring(directory)
    old = signed_by(keyring)
    use_key(directory, make_key(directory), at_once=True)
    (directory / f"{old}.pem").unlink()
    assert keyring.get(old) is None


@pytest.mark.parametrize("directory", ["", "missing"])
def test_a_service_without_keys_does_not_start(tmp_path: Path, directory: str) -> None:
    with pytest.raises(InvalidSettings, match="SIGNING_KEYS"):
        Keyring(tmp_path / directory)


def test_a_service_with_a_key_that_needs_a_password_does_not_start(directory: Path) -> None:
    [private] = directory.glob("*.pem")
    key = read_private(private)
    secret = BestAvailableEncryption(b"secret")
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, secret))
    with pytest.raises(
        InvalidSettings, match=r"^cannot start: SIGNING_KEYS: .* without a password$"
    ):
        Keyring(directory)


def test_the_published_keys_hold_nothing_private(client: FlaskClient) -> None:
    response = client.get("/.well-known/jwks.json")
    assert response.json["keys"][0].keys() == {"kty", "crv", "x", "y", "kid", "alg", "use"}
    assert response.json["keys"][0]["kid"] == testing.KID
    assert response.headers["Cache-Control"] == "public, max-age=300"


def test_known_keys_are_not_sent_again(client: FlaskClient) -> None:
    etag = client.get("/.well-known/jwks.json").headers["ETag"]
    assert client.get("/.well-known/jwks.json", headers={"If-None-Match": etag}).status_code == 304
