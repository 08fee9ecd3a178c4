"""Public keys: fetched from the user-service and kept, or read from a file."""

import contextlib
import json
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import structlog
import urllib3
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from jwt import PyJWK, PyJWKSet
from jwt.algorithms import ECAlgorithm
from jwt.exceptions import PyJWTError

from chassis.auth.tokens import ALGORITHM, KEY_ID
from chassis.config import setting
from chassis.errors import Unavailable
from chassis.json_schema import TEXT, an_object, list_of

# What is read of the document of the user-service.
DOCUMENT = an_object(keys=list_of(an_object(kid=TEXT, kty=TEXT, crv=TEXT, x=TEXT, y=TEXT)))
FRESH = 300  # seconds for which fetched keys are used without asking again
# A client can make up key ids, and must not set off a fetch with each. A new key has to be published for
# longer than this before a token is signed with it.
PATIENCE = 60  # seconds between two fetches for the sake of an unknown key
RETRY = 1  # seconds between two fetches while there is no key at all
LONGEST_WAIT = 2  # seconds for which a caller waits while another one fetches
MAX_DOCUMENT = 65536

log = structlog.get_logger(__name__)

PublicKeys = Mapping[str, EllipticCurvePublicKey]


class RemoteKeys:
    """The keys at a JWKS address. The known keys stay in use while the address does not answer."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._keys: PublicKeys = {}
        self._asked = float("-inf")
        self._lock = threading.Lock()
        self._http = urllib3.PoolManager(
            timeout=urllib3.Timeout(connect=0.5, read=1), retries=False
        )

    def get(self, kid: str) -> EllipticCurvePublicKey | None:
        """The key, or None for an unknown id. `Unavailable` as long as no key could be fetched at all."""
        if self._is_due(kid):
            self._refresh(kid)
        if not self._keys:
            raise Unavailable("the keys of the token issuer cannot be fetched just now")
        return self._keys.get(kid)

    def check(self) -> str:
        """`degraded` as long as no key could be fetched. The check fetches them, so that the first caller
        after a start finds them.
        """
        with contextlib.suppress(Unavailable):
            self.get(next(iter(self._keys), ""))
        return "ok" if self._keys else "degraded"

    def _is_due(self, kid: str) -> bool:
        return time.monotonic() - self._asked > self._patience(kid)

    def _patience(self, kid: str) -> float:
        if not self._keys:
            return RETRY
        if kid in self._keys:
            return FRESH
        return PATIENCE

    def _refresh(self, kid: str) -> None:
        # One thread fetches. Meanwhile a known key stays in use, and callers with another one wait.
        if not self._lock.acquire(timeout=0 if kid in self._keys else LONGEST_WAIT):
            return
        try:
            # Another thread may have fetched the keys, or failed to, while this one waited.
            if self._is_due(kid):
                self._keys = self._fetch()
        except (urllib3.exceptions.HTTPError, ValueError) as error:
            log.warning("keys_not_fetched", url=self._url, reason=type(error).__name__)
        finally:
            self._lock.release()

    def _fetch(self) -> PublicKeys:
        try:
            return self._read()
        finally:
            # Noted at the end, so that those who waited for a fetch that failed do not try it again.
            self._asked = time.monotonic()

    def _read(self) -> PublicKeys:
        answer = self._http.request("GET", self._url, redirect=False, preload_content=False)
        try:
            if answer.status != 200:
                raise ValueError(f"status {answer.status}")
            return parse(answer.read(MAX_DOCUMENT))
        finally:
            answer.release_conn()


def at(url: str) -> "RemoteKeys | PublicKeys":
    """The keys at `JWKS_URL`: at an http(s) address, or in the file of a `file:` address."""
    if url.startswith("file:"):
        with setting("JWKS_URL"):
            return read_public(Path(url.removeprefix("file://")))
    return RemoteKeys(url)


def parse(document: str | bytes) -> PublicKeys:
    """The P-256 keys of a JWKS document by their id; `ValueError` if it holds none."""
    try:
        keys = PyJWKSet.from_dict(json.loads(document)).keys
    except (PyJWTError, AttributeError, TypeError, KeyError) as error:
        raise ValueError("not a JWKS document") from error
    found: dict[str, EllipticCurvePublicKey] = {}
    for jwk in keys:
        key = jwk.key
        if not isinstance(key, EllipticCurvePublicKey) or not isinstance(key.curve, SECP256R1):
            continue
        if jwk.key_id:
            found[jwk.key_id] = key
    if not found:
        raise ValueError("no usable key")
    return found


def read_public(path: Path) -> PublicKeys:
    """The keys of a JWKS file by their id; `ValueError` if it holds anything else, or none."""
    try:
        document = json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        raise ValueError(f"{path.name} is not JSON") from None
    if not isinstance(document, dict) or not isinstance(document.get("keys"), list):
        raise ValueError(f'{path.name} is not a JWKS document: {{"keys": […]}}')
    found: dict[str, EllipticCurvePublicKey] = {}
    for place, jwk in enumerate(document["keys"]):
        try:
            kid, key = _read_jwk(jwk)
        except ValueError as error:
            raise ValueError(f"/keys/{place} of {path.name} {error}") from None
        if kid in found:
            raise ValueError(f"{path.name} has two keys {kid}")
        found[kid] = key
    if not found:
        raise ValueError(f"{path.name} holds no key")
    return found


def _read_jwk(jwk: Any) -> tuple[str, EllipticCurvePublicKey]:
    """The id and the key; the error never holds what stands in a key."""
    if not isinstance(jwk, dict):
        raise ValueError("is not an object")
    kid = jwk.get("kid")
    if not isinstance(kid, str) or not KEY_ID.fullmatch(kid):
        raise ValueError(f"has no kid that matches {KEY_ID.pattern}")
    if "d" in jwk:
        raise ValueError(f"is the private key of {kid}; programs share public keys alone")
    try:
        key = PyJWK(jwk).key
        if not isinstance(key, EllipticCurvePublicKey) or not isinstance(key.curve, SECP256R1):
            raise TypeError
    except (PyJWTError, ValueError, TypeError, KeyError, AttributeError):
        raise ValueError(f"is not a P-256 public key: {kid}") from None
    return kid, key


def public_jwk(kid: str, key: EllipticCurvePublicKey) -> dict[str, Any]:
    """The key as a member of a JWKS document."""
    jwk = ECAlgorithm.to_jwk(key, as_dict=True)
    return {**jwk, "kid": kid, "alg": ALGORITHM, "use": "sig"}


def read_private(path: Path) -> EllipticCurvePrivateKey:
    """A private P-256 key from a PEM file; `ValueError` for anything else."""
    try:
        key = load_pem_private_key(path.read_bytes(), None)
        if not isinstance(key, EllipticCurvePrivateKey) or not isinstance(key.curve, SECP256R1):
            raise TypeError
    # A `TypeError` is also what a key that is protected by a password raises.
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise ValueError(
            f"{path.name} is not a P-256 private key in PEM, without a password"
        ) from None
    return key
