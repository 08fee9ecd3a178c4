"""An authenticator of software, which makes passkeys and signs with them as a browser would."""

import base64
import json
import secrets
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from .people import PASSWORD, Person, Visitor, agreed

PATH = "/api/users/me/passkeys"
PRESENT, VERIFIED, HAS_KEY = 1, 4, 64

Credential = dict[str, Any]


class Authenticator:
    """One passkey."""

    def __init__(self, gateway: str) -> None:
        self.gateway, self.handle = urlsplit(gateway), ""
        self.key, self.credential_id = (
            ec.generate_private_key(ec.SECP256R1()),
            secrets.token_bytes(32),
        )

    def create(self, options: dict[str, Any]) -> Credential:
        """The answer to `navigator.credentials.create`."""
        self.handle = options["user"]["id"]
        site, length = options["rp"]["id"], len(self.credential_id).to_bytes(2, "big")
        data = _head(site, HAS_KEY) + bytes(16) + length + self.credential_id + self._public_key()
        attestation = {"fmt": "none", "attStmt": {}, "authData": data}
        return self._credential(
            clientDataJSON=_written(self._page("webauthn.create", site, options)),
            attestationObject=_written(cbor2.dumps(attestation)),
        )

    def get(self, options: dict[str, Any]) -> Credential:
        """The answer to `navigator.credentials.get`."""
        page, data = self._page("webauthn.get", options["rpId"], options), _head(options["rpId"], 0)
        signature = self.key.sign(data + sha256(page).digest(), ec.ECDSA(hashes.SHA256()))
        return self._credential(
            clientDataJSON=_written(page),
            authenticatorData=_written(data),
            signature=_written(signature),
            userHandle=self.handle,
        )

    def _public_key(self) -> bytes:
        point = self.key.public_key().public_numbers()
        x, y = (number.to_bytes(32, "big") for number in (point.x, point.y))
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})

    def _page(self, kind: str, site: str, options: dict[str, Any]) -> bytes:
        """What the browser says of the page: it is at the gateway, by its name."""
        port = f":{self.gateway.port}" if self.gateway.port else ""
        origin = f"{self.gateway.scheme}://{site}{port}"
        said = {"type": kind, "challenge": options["challenge"], "origin": origin}
        return json.dumps(said).encode()

    def _credential(self, **response: str) -> Credential:
        name = _written(self.credential_id)
        empty: dict[str, Any] = {"clientExtensionResults": {}, "type": "public-key"}
        return {"id": name, "rawId": name, "response": response, **empty}


def asked(person: Person) -> dict[str, Any]:
    """What a person whose address is verified is to give to an authenticator for a new passkey."""
    options: dict[str, Any] = agreed(person.post(f"{PATH}/options", {"password": PASSWORD}))
    return options


def make(person: Person) -> tuple[Authenticator, str]:
    """A passkey of a person whose address is verified, and its id."""
    authenticator = Authenticator(person.gateway)
    body = {"name": "Phone", "credential": authenticator.create(asked(person))}
    return authenticator, agreed(person.post(PATH, body))["id"]


def proof(visitor: Visitor, authenticator: Authenticator) -> Credential:
    """A credential that signs in, once."""
    return authenticator.get(agreed(visitor.post("/api/auth/passkeys/options")))


def _head(site: str, more: int) -> bytes:
    return sha256(site.encode()).digest() + bytes([PRESENT | VERIFIED | more]) + bytes(4)


def _written(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
