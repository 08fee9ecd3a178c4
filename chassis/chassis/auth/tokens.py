"""Access tokens: the checks that every program makes, at the gateway and again at each service.

They follow RFC 9068 (`typ: at+jwt`) and are signed with ES256 by the user-service alone. Nothing else is
trusted: no identity header, and no algorithm or key that the token itself names.
"""

import hashlib
import re
import threading
import time
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

import jwt
from cachetools import TTLCache
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

from chassis.errors import InvalidToken

ALGORITHM = "ES256"
AUDIENCE = "lyceum"
TYPE = "at+jwt"
MAX_LENGTH = 8192
MAX_LIFETIME = 900
LEEWAY = 5
MEMORY = 30  # seconds for which a verified token is not verified again
REQUIRED = ["iss", "aud", "sub", "iat", "exp", "jti", "sid"]
COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


class KeySet(Protocol):
    """Public keys by their id."""

    def get(self, kid: str) -> EllipticCurvePublicKey | None: ...


@dataclass(frozen=True)
class Caller:
    """The signed-in person behind a request, as the token describes them."""

    id: UUID
    session_id: str
    username: str
    display_name: str
    email: str
    email_verified: bool
    roles: frozenset[str]
    expires_at: int
    token: str


class Verifier:
    """Verifies access tokens of one issuer, and remembers verified ones for half a minute."""

    def __init__(self, keys: KeySet, issuer: str) -> None:
        self._keys = keys
        self._issuer = issuer
        self._verified: TTLCache[bytes, Caller] = TTLCache(maxsize=4096, ttl=MEMORY)
        self._lock = threading.Lock()

    def verify(self, token: str) -> Caller:
        """The caller that a valid token names; `InvalidToken` for any other token."""
        # A digest has the same length for every token. A character that cannot be encoded becomes a question
        # mark, which no valid token holds.
        digest = hashlib.sha256(token.encode(errors="replace")).digest()
        with self._lock:
            known = self._verified.get(digest)
        # A remembered token is not used beyond its end, not even by the leeway.
        if known and known.expires_at > time.time():
            return known
        claims = decode(token, self._keys, TYPE, self._issuer, AUDIENCE, REQUIRED, MAX_LIFETIME)
        caller = self._caller(token, claims)
        with self._lock:
            self._verified[digest] = caller
        return caller

    def _caller(self, token: str, claims: dict[str, Any]) -> Caller:
        try:
            return Caller(
                id=UUID(claims["sub"]),
                session_id=claims["sid"],
                username=claims.get("username", ""),
                display_name=claims.get("name", ""),
                email=claims.get("email", ""),
                email_verified=claims.get("email_verified") is True,
                roles=frozenset(claims.get("roles", ())),
                expires_at=claims["exp"],
                token=token,
            )
        except (ValueError, TypeError, AttributeError):
            raise InvalidToken from None


def decode(
    token: str,
    keys: KeySet,
    kind: str,
    issuer: str,
    audience: str,
    required: list[str],
    max_lifetime: int,
) -> dict[str, Any]:
    """The claims of a token that passes every check; `InvalidToken` otherwise."""
    if len(token) > MAX_LENGTH or not COMPACT.fullmatch(token):
        raise InvalidToken
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            _key_of(token, keys, kind),
            algorithms=[ALGORITHM],
            audience=audience,
            issuer=issuer,
            leeway=LEEWAY,
            options={"require": required, "strict_aud": True},
        )
    # PyJWT lets errors of what it calls through: a header that is nested too deep, an `exp` of infinity.
    except (jwt.PyJWTError, ValueError, TypeError, KeyError, RecursionError, OverflowError):
        raise InvalidToken from None
    _check_times(claims, max_lifetime)
    if not all(isinstance(claims[name], str) for name in required if name not in {"iat", "exp"}):
        raise InvalidToken
    return claims


def _key_of(token: str, keys: KeySet, kind: str) -> EllipticCurvePublicKey:
    """The key that the token's header names; `InvalidToken` if the header holds anything unexpected."""
    header = jwt.get_unverified_header(token)
    # No other header is allowed: a token neither brings its own key (jwk, jku, x5u) nor changes how it
    # is read (crit, b64).
    if set(header) != {"alg", "typ", "kid"}:
        raise InvalidToken
    if header["typ"] != kind or header["alg"] != ALGORITHM:
        raise InvalidToken
    kid = header["kid"]
    if not isinstance(kid, str) or not KEY_ID.fullmatch(kid):
        raise InvalidToken
    key = keys.get(kid)
    if key is None:
        raise InvalidToken
    return key


def _check_times(claims: dict[str, Any], max_lifetime: int) -> None:
    issued, expires = claims["iat"], claims["exp"]
    # PyJWT also accepts text and fractions as times.
    if (
        type(issued) is not int
        or type(expires) is not int
        or not 0 < expires - issued <= max_lifetime
    ):
        raise InvalidToken
