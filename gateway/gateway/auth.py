"""Turns away invalid tokens before they reach a service. Each service verifies tokens again by itself."""

import threading

from cachetools import TTLCache
from flask import g
from werkzeug.datastructures import Headers

from chassis.auth.tokens import MAX_LIFETIME, Caller, Verifier
from chassis.errors import Problem, Unauthorized
from chassis.redis_client import Cache
from gateway.errors import TokenRevoked
from gateway.routes import Access

# An ended session is let in for so long at most. With much less, nearly every request would ask Redis.
MEMORY = 2  # seconds for which a session counts as alive without asking again
LOOKUPS = 32  # at a time: fewer than the connections the Redis client will open


class Revocations:
    """Sessions that have ended before their access tokens expire. Without Redis none of them is known."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache
        self._lookups = threading.BoundedSemaphore(LOOKUPS)
        # No locks are needed here, as elsewhere in the gateway: greenlets switch only where one waits, and
        # nothing waits in these.
        self._living: TTLCache[str, bool] = TTLCache(maxsize=65536, ttl=MEMORY)
        self._ended: TTLCache[str, bool] = TTLCache(maxsize=65536, ttl=MAX_LIFETIME)

    def include(self, session_id: str) -> bool:
        """Whether the session has ended. A session known to have ended stays so while Redis is away."""
        if session_id in self._ended:
            return True
        if session_id in self._living:
            return False
        with self._lookups:
            # Without Redis no session is turned away: an ended one goes on for minutes, until its token
            # expires.
            ended = self._cache.run(
                lambda redis: bool(redis.exists(f"revoked:{session_id}")), fallback=False
            )
        known = self._ended if ended else self._living
        known[session_id] = True
        return ended


class Gatekeeper:
    """Tells the caller of a request."""

    def __init__(self, verifier: Verifier, revocations: Revocations) -> None:
        self._verifier = verifier
        self._revocations = revocations

    def admit(self, access: Access, headers: Headers) -> Caller | None:
        """The caller, if there is a token; `Unauthorized` if it is not valid, or missing but needed."""
        if access is Access.PUBLIC or (access is Access.OPEN and "Authorization" not in headers):
            return None
        g.caller = caller = self.verify(bearer(headers))
        return caller

    def recognize(self, headers: Headers) -> Caller | None:
        """The caller that a valid token names, even if the session has ended; None instead of a refusal."""
        if "Authorization" not in headers:
            return None
        try:
            return self._verifier.verify(bearer(headers))
        except Problem:
            return None

    def verify(self, token: str) -> Caller:
        """The caller that a token names; `InvalidToken` if it is not valid or its session has ended."""
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
