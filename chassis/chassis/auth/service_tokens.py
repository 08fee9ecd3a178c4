"""Tokens by which one service calls another: signed with its own key, for one callee and one call."""

import secrets
import threading
import time
from dataclasses import dataclass

import jwt
from cachetools import TTLCache
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

from chassis.auth.keys import PublicKeys
from chassis.auth.tokens import ALGORITHM, LEEWAY, decode
from chassis.errors import InvalidToken

TYPE = "svc+jwt"
LIFETIME = 60
REQUIRED = ["iss", "aud", "sub", "iat", "exp", "jti"]


class UnknownKey(ValueError):
    """The public key is not among those by which other programs know this one."""


@dataclass(frozen=True)
class ServiceIdentity:
    """A service's own name, the key it signs with, and the id of that key."""

    name: str
    key: EllipticCurvePrivateKey
    kid: str

    @classmethod
    def listed(cls, name: str, key: EllipticCurvePrivateKey, keys: PublicKeys) -> "ServiceIdentity":
        """The identity under the id that the key has among the public keys; `UnknownKey` if it has none."""
        own = key.public_key()
        for kid, public in keys.items():
            if owner_of(kid) == name and public == own:
                return cls(name, key, kid)
        raise UnknownKey(f"the key of {name} is not among the public keys of services")

    def token_for(self, callee: str) -> str:
        """A token that `callee` accepts once, within a minute."""
        now = int(time.time())
        claims = {
            "iss": self.name,
            "sub": self.name,
            "aud": callee,
            "iat": now,
            "exp": now + LIFETIME,
            "jti": secrets.token_urlsafe(16),
        }
        return jwt.encode(claims, self.key, ALGORITHM, headers={"typ": TYPE, "kid": self.kid})


class ServiceTokenVerifier:
    """Verifies tokens of other services for the service of this name, each token once."""

    def __init__(self, name: str, keys: PublicKeys) -> None:
        self._name = name
        self._keys = keys
        # Remembered as long as a token can be valid: its minute, and the leeway of the clocks at both ends.
        self._used: TTLCache[str, bool] = TTLCache(maxsize=65536, ttl=LIFETIME + 2 * LEEWAY)
        self._lock = threading.Lock()

    def verify(self, token: str) -> str:
        """The name of the calling service; `InvalidToken` if the token is spent, too old or not for us."""
        kid = self._key_id(token)
        # Only the issuer's own key is tried, so that no service can call in the name of another.
        issuer = owner_of(kid)
        claims = decode(token, self._keys, TYPE, issuer, self._name, REQUIRED, LIFETIME)
        with self._lock:
            if claims["jti"] in self._used:
                raise InvalidToken("this token was used before")
            self._used[claims["jti"]] = True
        return issuer

    def _key_id(self, token: str) -> str:
        try:
            return str(jwt.get_unverified_header(token).get("kid"))
        except (jwt.PyJWTError, ValueError, RecursionError):
            raise InvalidToken from None


def owner_of(kid: str) -> str:
    """The service whose key it is: the id is its name, after a rotation with a suffix (`user-service_2`)."""
    return kid.partition("_")[0]
