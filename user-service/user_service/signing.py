"""The keys that sign access tokens.

A new key is published before it signs, and an old one stays until the tokens it signed have ended;
so there are several, in a directory of `<kid>.pem` files, and a file `current` names the one that
signs.
"""

import os
import re
import secrets
import threading
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import jwt
import structlog
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from chassis.auth.keys import public_jwk, read_private
from chassis.auth.tokens import ALGORITHM, KEY_ID, TYPE
from chassis.config import setting

LOOK_AGAIN = 5.0  # seconds between two looks at the directory
# Before a key signs: twice as long as the other programs keep the published keys.
PUBLISHED_FOR = timedelta(minutes=10)

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Keys:
    """What the directory held at one moment."""

    private: dict[str, ec.EllipticCurvePrivateKey]
    current: str

    @classmethod
    def read(cls, directory: Path) -> "Keys":
        """`ValueError` or `OSError` if they cannot be used."""
        private = {path.stem: read_private(path) for path in sorted(directory.glob("*.pem"))}
        current = (directory / "current").read_text().strip()
        if current not in private or not all(KEY_ID.fullmatch(kid) for kid in private):
            raise ValueError(
                f"there is no key {current!r}, or one with another name than letters and digits"
            )
        return cls(private, current)


class Keyring:
    """The keys of a directory, as they are there within a few seconds."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._lock = threading.Lock()
        self._looked = time.monotonic()
        with setting("SIGNING_KEYS"):
            self._seen, self._keys = _state(directory), Keys.read(directory)

    def get(self, kid: str) -> ec.EllipticCurvePublicKey | None:
        """The public key of this id."""
        key = self._present().private.get(kid)
        return key.public_key() if key else None

    def sign(self, claims: dict[str, Any]) -> str:
        """An access token with these claims."""
        keys = self._present()
        return jwt.encode(
            claims,
            keys.private[keys.current],
            ALGORITHM,
            headers={"typ": TYPE, "kid": keys.current},
        )

    def jwks(self) -> dict[str, Any]:
        """The public keys as a JWKS document."""
        held = self._present().private
        return {"keys": [public_jwk(kid, key.public_key()) for kid, key in held.items()]}

    def _present(self) -> Keys:
        # One thread looks, and none waits for it: until then the keys of before are as good.
        if time.monotonic() - self._looked > LOOK_AGAIN and self._lock.acquire(blocking=False):
            try:
                self._look_again()
            finally:
                self._looked = time.monotonic()
                self._lock.release()
        return self._keys

    def _look_again(self) -> None:
        try:
            # Noted before the reading: what changes during it is seen with the next look.
            state = _state(self.directory)
            if state != self._seen:
                self._keys, self._seen = Keys.read(self.directory), state
                log.info(
                    "signing_keys_read", kids=sorted(self._keys.private), current=self._keys.current
                )
        except (OSError, ValueError) as error:
            # The operator is at work in the directory; the keys that were read stay in use.
            log.warning("signing_keys_not_read", reason=str(error))


def make_key(directory: Path) -> str:
    """Make a key that is published from now on and does not sign yet; its id."""
    kid = secrets.token_hex(8)
    key = ec.generate_private_key(ec.SECP256R1())
    _write(
        directory / f"{kid}.pem",
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
    )
    return kid


def use_key(directory: Path, kid: str, *, at_once: bool = False) -> None:
    """Sign with this key. `ValueError` if there is none, or if it was not published long enough to
    be known.
    """
    path = directory / f"{kid}.pem"
    if not re.fullmatch(KEY_ID, kid) or not path.is_file():
        raise ValueError(f"there is no key {kid}")
    age = timedelta(seconds=time.time() - path.stat().st_mtime)
    if age < PUBLISHED_FOR and not at_once:
        raise ValueError(
            f"the key was made {age.seconds} s ago; others may not know it before {PUBLISHED_FOR}"
        )
    _write(directory / "current", kid.encode())


def _write(path: Path, content: bytes) -> None:
    """Write the file as a whole, readable by its owner alone."""
    # Not named `*.pem`, so that a process which looks meanwhile does not read half a key.
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    unfinished.replace(path)


def _state(directory: Path) -> frozenset[tuple[str, int, int]]:
    """What changes when a key is added, removed or chosen."""
    return frozenset((e.name, e.stat().st_mtime_ns, e.stat().st_ino) for e in os.scandir(directory))
