"""An authenticator of software: a key pair that answers like a browser, or as a test wants it spoiled."""

import base64
import json
import secrets
from hashlib import sha256
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

PRESENT, VERIFIED, MAY_BE_COPIED, COPIED, HAS_KEY, EXTENDED = 1, 4, 8, 16, 64, 128
SITE, ORIGIN = "lyceum.test", "http://lyceum.test"


def written(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def read(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "==")


class Authenticator:
    """One passkey. It counts its signatures if it is told to begin with a number."""

    def __init__(self, *, count: int = 0, flags: int = PRESENT | VERIFIED) -> None:
        self.key, self.count, self.flags = self.new_key(), count, flags
        self.credential_id, self.handle = secrets.token_bytes(32), b""

    def create(self, options: dict[str, Any], **spoiled: Any) -> dict[str, Any]:
        """The answer to `navigator.credentials.create`."""
        self.handle = read(options["user"]["id"])
        identified = bytes(16) + len(self.credential_id).to_bytes(2, "big") + self.credential_id
        key = spoiled.pop("public_key", None) or cbor2.dumps(self.cose_key())
        data = self._data(HAS_KEY, spoiled) + identified + key + spoiled.pop("extensions", b"")
        page = client_data("webauthn.create", options, spoiled)
        if spoiled.pop("signs_itself", False):
            signed = {"alg": -7, "sig": self.sign(self.key, data + sha256(page).digest())}
            spoiled["attestation"] = {"fmt": "packed", "attStmt": signed}
        said = {"fmt": "none", "attStmt": {}, "authData": data, **spoiled.pop("attestation", {})}
        response = {
            "clientDataJSON": written(page),
            "attestationObject": written(cbor2.dumps(said)),
            "authenticatorData": written(data),
            "transports": ["internal", "hybrid"],
            "publicKeyAlgorithm": -7,
        }
        return self._credential(response)

    def get(self, options: dict[str, Any], **spoiled: Any) -> dict[str, Any]:
        """The answer to `navigator.credentials.get`."""
        self.count += self.count > 0
        data, said = self._data(0, spoiled), client_data("webauthn.get", options, spoiled)
        signature = self.sign(spoiled.pop("signer", self.key), data + sha256(said).digest())
        response = {
            "clientDataJSON": written(said),
            "authenticatorData": written(data),
            "signature": written(signature),
            "userHandle": written(spoiled.pop("handle", self.handle)),
        }
        return self._credential(response)

    def new_key(self) -> Any:
        return ec.generate_private_key(ec.SECP256R1())

    def sign(self, key: Any, data: bytes) -> bytes:
        signature: bytes = key.sign(data, ec.ECDSA(hashes.SHA256()))
        return signature

    def cose_key(self) -> dict[int, Any]:
        """The public key (RFC 9053, section 7.1)."""
        point = self.key.public_key().public_numbers()
        return {
            1: 2,
            3: -7,
            -1: 1,
            -2: point.x.to_bytes(32, "big"),
            -3: point.y.to_bytes(32, "big"),
        }

    def _data(self, more: int, spoiled: dict[str, Any]) -> bytes:
        site = sha256(spoiled.pop("site", SITE).encode()).digest()
        flags = spoiled.pop("flags", self.flags) | more
        return site + bytes([flags]) + spoiled.pop("count", self.count).to_bytes(4, "big")

    def _credential(self, response: dict[str, Any]) -> dict[str, Any]:
        return {
            "id": written(self.credential_id),
            "rawId": written(self.credential_id),
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "clientExtensionResults": {},
            "response": response,
        }


class Edwards(Authenticator):
    """One with a key for EdDSA."""

    def new_key(self) -> Any:
        return ed25519.Ed25519PrivateKey.generate()

    def sign(self, key: Any, data: bytes) -> bytes:
        signature: bytes = key.sign(data)
        return signature

    def cose_key(self) -> dict[int, Any]:
        return {1: 1, 3: -8, -1: 6, -2: self.key.public_key().public_bytes_raw()}


class Rsa(Authenticator):
    """One with a key for RS256."""

    def new_key(self) -> Any:
        return rsa.generate_private_key(65537, 2048)

    def sign(self, key: Any, data: bytes) -> bytes:
        signature: bytes = key.sign(data, padding.PKCS1v15(), hashes.SHA256())
        return signature

    def cose_key(self) -> dict[int, Any]:
        numbers = self.key.public_key().public_numbers()
        return {1: 3, 3: -257, -1: numbers.n.to_bytes(256, "big"), -2: b"\x01\x00\x01"}


def client_data(kind: str, options: dict[str, Any], spoiled: dict[str, Any]) -> bytes:
    """What the browser says of the page."""
    said = {"type": kind, "challenge": options["challenge"], "origin": ORIGIN, "crossOrigin": False}
    changed = {name: spoiled.pop(name) for name in list(spoiled) if name in said}
    return json.dumps({**said, **changed}).encode()
