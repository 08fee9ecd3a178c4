"""Who calls: tokens that have been verified.

What is remembered is answered at once. For the rest a thread verifies the token, which may have to fetch
keys; so that never holds up the loop.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from time import monotonic, time

import structlog

from chassis.auth.tokens import Caller, Verifier
from chassis.errors import Problem, Unauthorized, Unavailable
from gateway.edge.breaker import Bulkhead
from gateway.edge.memory import Memory
from gateway.edge.revocations import Revocations
from gateway.routes import Access

log = structlog.get_logger(__name__)

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
        self._asked: dict[bytes, Inquiry] = {}
        self._places = Bulkhead("tokens to be verified", WAITING)

    def known(self, authorization: bytes | None) -> Identity | None:
        """Who the header names, if that is remembered; None if it has to be found out."""
        if authorization is None:
            return ANONYMOUS
        identity = self._remembered(authorization)
        return identity and self._judged(identity)

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
        self._threads.submit(self._find, inquiry)

    def verify(self, token: str) -> Caller:
        """The caller that a token names; `InvalidToken` if it is not valid, or does not count any more.

        For threads: it may wait for keys.
        """
        caller = self._verifier.verify(token)
        self._revocations.wait_for_past()
        if refusal := self._revocations.refusal(caller):
            raise refusal
        return caller

    def _remembered(self, authorization: bytes) -> Identity | None:
        identity, until = self._verified.get(authorization) or (ANONYMOUS, 0.0)
        if identity.caller is None or until <= monotonic():
            return None
        return identity if identity.caller.expires_at > time() else None

    def _judged(self, identity: Identity) -> Identity:
        """The identity, with the refusal of a token that does not count any more."""
        refusal = self._revocations.refusal(identity.caller) if identity.caller else None
        return replace(identity, refusal=refusal) if refusal else identity

    def _find(self, inquiry: "Inquiry") -> None:
        """In a thread."""
        caller: Caller | None = None
        refusal: Problem | None = None
        try:
            caller = self._verifier.verify(bearer(inquiry.authorization.decode("latin-1")))
            self._revocations.wait_for_past()
        except Problem as problem:
            refusal = problem
        except Exception as error:  # requests wait for the outcome, whatever it is
            log.error("caller_not_found", exc_info=error)
            refusal = Unavailable("tokens cannot be verified just now")
        found = Identity(caller, refusal, f"user:{caller.id}" if caller else "")
        self._loop.call_soon_threadsafe(self._found, inquiry, found)

    def _found(self, inquiry: "Inquiry", identity: Identity) -> None:
        self._places.leave(inquiry.caller)
        if identity.caller:
            self._verified[inquiry.authorization] = (identity, monotonic() + VERIFIED)
        self._tell(inquiry, self._judged(identity))

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
