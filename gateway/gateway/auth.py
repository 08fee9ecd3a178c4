"""Turns away invalid tokens before a service is bothered. It lets nobody in: each service verifies
again for itself.
"""

import threading

from cachetools import TTLCache
from flask import g
from werkzeug.datastructures import Headers

from chassis.auth.tokens import MAX_LIFETIME, Caller, Verifier
from chassis.errors import Problem, Unauthorized
from chassis.redis_client import Cache
from gateway.errors import TokenRevoked
from gateway.routes import Access

# An ended session is let in for so long at most; with much less, nearly every request would ask
# Redis.
MEMORY = 2  # seconds for which a session is taken to live on
LOOKUPS = 32  # at a time: fewer than the connections the Redis client will open


class Revocations:
    """Sessions that were ended while their access tokens still run. Without Redis none is known to
    have ended.
    """

    def __init__(self, cache: Cache) -> None:
        self._cache = cache
        self._places = threading.BoundedSemaphore(LOOKUPS)
        # Without locks, as elsewhere in the gateway: greenlets take turns only where one waits, and
        # these never do.
        self._living: TTLCache[str, bool] = TTLCache(maxsize=65536, ttl=MEMORY)
        self._ended: TTLCache[str, bool] = TTLCache(maxsize=65536, ttl=MAX_LIFETIME)

    def include(self, session_id: str) -> bool:
        """Whether the session was ended. One that was stays so, also when Redis goes away."""
        if session_id in self._ended:
            return True
        if session_id in self._living:
            return False
        with self._places:
            # Without Redis nobody is turned away: an ended session goes on until its token ends, in
            # minutes.
            ended = self._cache.run(
                lambda redis: bool(redis.exists(f"revoked:{session_id}")), fallback=False
            )
        (self._ended if ended else self._living)[session_id] = True
        return ended


class Gatekeeper:
    """Says who calls."""

    def __init__(self, verifier: Verifier, revocations: Revocations) -> None:
        self._verifier = verifier
        self._revocations = revocations

    def admit(self, access: Access, headers: Headers) -> Caller | None:
        """The caller, if the request names one; `Unauthorized` if its token is not valid, or is
        needed and missing.
        """
        if access is Access.PUBLIC or (access is Access.OPEN and "Authorization" not in headers):
            return None
        g.caller = caller = self.verify(bearer(headers))
        return caller

    def recognize(self, headers: Headers) -> Caller | None:
        """Whoever the request names with a valid token, be its session over or not; nobody is turned away."""
        if "Authorization" not in headers:
            return None
        try:
            return self._verifier.verify(bearer(headers))
        except Problem:
            return None

    def verify(self, token: str) -> Caller:
        """The caller whom a token names that is valid and whose session goes on; `InvalidToken` for
        any other.
        """
        caller = self._verifier.verify(token)
        if self._revocations.include(caller.session_id):
            raise TokenRevoked
        return caller


def bearer(headers: Headers) -> str:
    """The token that the request carries; `Unauthorized` if there is none."""
    scheme, _, token = headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthorized
    return token.strip()
