"""Who calls: tokens that have been verified, and sessions that are known to go on.

What is remembered is answered at once. For the rest a thread verifies the token, which may have to fetch
keys, and asks Redis whether its session has ended; so neither ever holds up the loop.
"""

import asyncio
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from time import monotonic, time
from typing import Any

import structlog

from chassis.auth.tokens import MAX_LIFETIME, Caller, Verifier
from chassis.errors import Problem, Unauthorized, Unavailable
from chassis.redis_client import Cache
from gateway.edge.breaker import Bulkhead
from gateway.edge.memory import Memory
from gateway.errors import TokenRevoked
from gateway.routes import Access

log = structlog.get_logger(__name__)

# An ended session is let in for so long at most.
LIVING = 2.0  # seconds for which a session counts as alive without asking again
AGAIN = 1.0  # seconds before that from which on it is asked about while its requests go on
TOGETHER = 0.1  # seconds for which such sessions are gathered, to ask about all at once
# A withdrawn key counts for so long, as long as the key set is believed without asking.
VERIFIED = 300.0  # seconds for which a verified token is not verified again
MOST = 20_000
WAITING = 4096  # tokens that wait to be verified; of each address two are at a time


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a request is from, and why that does not count, if it does not."""

    caller: Caller | None
    refusal: Problem | None
    name: str = ""  # of the caller's quota and share of the places

    def admitted(self, access: Access) -> Caller | None:
        """The caller, for a route with this access; `Unauthorized` if the token is not valid, or missing."""
        if access is Access.PUBLIC:
            return None
        if self.refusal:
            raise self.refusal
        if self.caller is None and access is Access.SIGNED_IN:
            raise Unauthorized
        return self.caller


ANONYMOUS = Identity(None, None)
Then = Callable[[Identity], None]


class Revocations:
    """Sessions that have ended before their access tokens expire. Without Redis none of them is known."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache
        self._ended: Memory[str, bool] = Memory(MAX_LIFETIME, MOST, monotonic)

    def among(self, session_ids: Iterable[str]) -> set[str]:
        """Those of the sessions that have ended. Waits for Redis, and is for threads."""
        asked = set(session_ids)
        known = {session_id for session_id in asked if self._ended.get(session_id)}
        unknown = sorted(asked - known)
        if not unknown:
            return known
        keys = [f"revoked:{session_id}" for session_id in unknown]
        # Without Redis no session is turned away: an ended one goes on for minutes, until its token expires.
        marks: Any = self._cache.run(lambda redis: list[Any](redis.mget(keys)), fallback=[])
        ended = {session_id for session_id, mark in zip(unknown, marks, strict=False) if mark}
        for session_id in ended:
            self._ended[session_id] = True
        return known | ended


class Callers:
    """Tells who a request is from."""

    def __init__(
        self,
        verifier: Verifier,
        revocations: Revocations,
        loop: asyncio.AbstractEventLoop,
        threads: ThreadPoolExecutor,
    ) -> None:
        self._verifier = verifier
        self._revocations = revocations
        self._loop = loop
        self._threads = threads
        self._verified: Memory[bytes, tuple[Identity, float]] = Memory(VERIFIED, MOST, monotonic)
        self._living: Memory[str, float] = Memory(LIVING, MOST, monotonic)
        self._asked: dict[bytes, Inquiry] = {}
        self._places = Bulkhead("tokens to be verified", WAITING)
        self._going_on: set[str] = set()  # sessions to ask about
        self._asking = False

    def known(self, authorization: bytes | None) -> Identity | None:
        """Who the header names, if that is remembered; None if it has to be found out."""
        if authorization is None:
            return ANONYMOUS
        identity = self._remembered(authorization)
        if identity is None or identity.caller is None:
            return None
        caller = identity.caller
        until = self._living.get(caller.session_id)
        now = monotonic()
        if until is None or until <= now:
            return None
        if until - now < AGAIN:
            self._going_on.add(caller.session_id)
            self._ask_soon()
        return identity

    def find(self, authorization: bytes, address: str, then: Then) -> None:
        """Find out who the header names, and call `then` with it. `address` is where it comes from."""
        inquiry = self._asked.get(authorization)
        if inquiry:
            inquiry.waiting.append(then)
            return
        inquiry = self._asked[authorization] = Inquiry(self, authorization, address, then)
        try:
            # No one keeps others from being known by sending what is no token.
            self._places.enter(inquiry)
        except Problem as problem:
            self._tell(inquiry, Identity(None, problem))

    def inquire(self, inquiry: "Inquiry") -> None:
        """The turn of an inquiry has come."""
        verified = self._remembered(inquiry.authorization)
        self._threads.submit(self._find, inquiry, verified)

    def verify(self, token: str) -> Caller:
        """The caller that a token names; `InvalidToken` if it is not valid or its session has ended.

        For threads: it may wait for Redis and for keys.
        """
        caller = self._verifier.verify(token)
        if self._revocations.among([caller.session_id]):
            raise TokenRevoked
        return caller

    def _ask_soon(self) -> None:
        if self._going_on and not self._asking:
            self._asking = True
            self._loop.call_later(TOGETHER, self._ask)

    def _ask(self) -> None:
        asked, self._going_on = self._going_on, set()
        self._threads.submit(self._look_up, asked)

    def _look_up(self, asked: set[str]) -> None:
        """In a thread."""
        try:
            ended = self._revocations.among(asked)
        except Exception as error:  # the next requests of each session ask, and are told
            log.error("sessions_not_found", exc_info=error)
            ended = asked
        self._loop.call_soon_threadsafe(self._looked_up, asked, ended)

    def _looked_up(self, asked: set[str], ended: set[str]) -> None:
        until = monotonic() + LIVING
        for session_id in ended:
            self._living.pop(session_id)
        for session_id in asked - ended:
            self._living[session_id] = until
        self._asking = False
        self._ask_soon()

    def _remembered(self, authorization: bytes) -> Identity | None:
        identity, until = self._verified.get(authorization) or (ANONYMOUS, 0.0)
        if identity.caller is None or until <= monotonic():
            return None
        return identity if identity.caller.expires_at > time() else None

    def _find(self, inquiry: "Inquiry", verified: Identity | None) -> None:
        """In a thread."""
        caller = verified.caller if verified else None
        refusal: Problem | None = None
        try:
            if caller is None:
                token = bearer(inquiry.authorization.decode("latin-1"))
                caller = self._verifier.verify(token)
            if self._revocations.among([caller.session_id]):
                refusal = TokenRevoked()
        except Problem as problem:
            caller, refusal = None, problem
        except Exception as error:  # requests wait for the outcome, whatever it is
            log.error("caller_not_found", exc_info=error)
            caller, refusal = None, Unavailable("tokens cannot be verified just now")
        found = Identity(caller, refusal, f"user:{caller.id}" if caller else "")
        self._loop.call_soon_threadsafe(self._found, inquiry, found, verified is not None)

    def _found(self, inquiry: "Inquiry", identity: Identity, was_verified: bool) -> None:
        self._places.leave(inquiry.caller)
        if identity.caller:
            if not was_verified:
                until = monotonic() + VERIFIED
                known = replace(identity, refusal=None)
                self._verified[inquiry.authorization] = (known, until)
            if identity.refusal:
                self._living.pop(identity.caller.session_id)
            else:
                self._living[identity.caller.session_id] = monotonic() + LIVING
        self._tell(inquiry, identity)

    def _tell(self, inquiry: "Inquiry", identity: Identity) -> None:
        del self._asked[inquiry.authorization]
        for then in inquiry.waiting:
            then(identity)


class Inquiry:
    """A header whose caller is being found out."""

    def __init__(self, callers: Callers, authorization: bytes, address: str, then: Then) -> None:
        self.authorization = authorization
        self.caller = address
        self.waiting = [then]
        self._callers = callers

    def begin(self) -> None:
        self._callers.inquire(self)


def bearer(authorization: str) -> str:
    """The token in an `Authorization` header; `Unauthorized` if there is none."""
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthorized
    return token.strip()
