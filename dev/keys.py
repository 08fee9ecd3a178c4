"""The key pairs of a platform.

The user-service has a signing key, and each program that calls another has a key of its own.
"""

import json
import os
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from jwt.algorithms import ECAlgorithm


class Keys:
    """A folder of private keys and a file of the public ones. A key that exists is kept."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.signing = folder / "signing"
        self.sealing = folder / "sealing"
        self.public = folder / "services.json"

    def private(self, name: str) -> Path:
        """The private key of a service or of the gateway."""
        return self.folder / f"{name}.pem"

    def make(self, names: Iterable[str]) -> None:
        """Make the keys that are missing, and write the public keys of all `names`."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._make_signing_key()
        if not self.sealing.exists():
            _write_secret(self.sealing, Fernet.generate_key())
        public = []
        for name in names:
            if not self.private(name).exists():
                _write_private(self.private(name))
            public.append(_public_jwk(self.private(name), name))
        self.public.write_text(json.dumps({"keys": public}, indent=2))

    def _make_signing_key(self) -> None:
        current = self.signing / "current"
        if current.exists():
            return
        self.signing.mkdir(mode=0o700, exist_ok=True)
        kid = secrets.token_hex(8)
        _write_private(self.signing / f"{kid}.pem")
        # Written last: after a crash before this line, the next start makes another key.
        current.write_text(kid)


def _write_private(path: Path) -> None:
    """Write a new key."""
    key = ec.generate_private_key(ec.SECP256R1())
    _write_secret(path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def _write_secret(path: Path, content: bytes) -> None:
    """Write it under another name first: a crash leaves no incomplete secret."""
    unfinished = path.with_suffix(".new")
    # Other accounts lose access before the key is in the file.
    unfinished.touch(mode=0o600)
    unfinished.write_bytes(content)
    os.replace(unfinished, path)


def _public_jwk(private: Path, kid: str) -> dict[str, Any]:
    key = load_pem_private_key(private.read_bytes(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError(f"{private} is not an elliptic curve key")
    jwk = ECAlgorithm.to_jwk(key.public_key(), as_dict=True)
    return {**jwk, "kid": kid, "alg": "ES256", "use": "sig"}
