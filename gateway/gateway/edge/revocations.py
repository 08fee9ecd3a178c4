"""Access tokens that are refused before they expire: their sign-in has ended, or the roles are others now.

What is known comes from the events of the user-service, which Redis keeps and the outbox of that service
restores. Nothing is asked for a request.
"""

import threading
import time
from collections.abc import Callable
from typing import NamedTuple

from chassis.auth.tokens import MAX_LIFETIME, Caller
from chassis.errors import InvalidToken
from gateway.errors import TokenOutdated, TokenRevoked

# Seconds after which no token is left that was signed before a change. A refresh that was under way may
# sign one a moment later.
MEMORY = MAX_LIFETIME + 60
# Seconds after the start for which tokens wait for what happened before it. Without Redis they do not
# wait any longer.
PATIENCE = 2.0


class Roles(NamedTuple):
    """The roles of an account since a moment, in Unix time."""

    names: frozenset[str]
    version: int
    since: float


class Revocations:
    """Changed on the loop; any thread may ask."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        # In the order in which they were noted, so that the oldest is found first.
        self._ends: dict[str, float] = {}
        self._roles: dict[str, Roles] = {}
        self._past_is_read = threading.Event()
        self._patient_until = time.monotonic() + PATIENCE

    def note_end(self, sign_in_id: str, at: float) -> None:
        """The sign-in ended at this Unix time."""
        if self._is_recent(at):
            self._ends.pop(sign_in_id, None)
            self._ends[sign_in_id] = at
        self._forget_old()

    def note_roles(self, user_id: str, roles: frozenset[str], version: int, at: float) -> None:
        """The account has these roles since this Unix time, unless a newer version is known."""
        known = self._roles.get(user_id)
        if self._is_recent(at) and (known is None or known.version < version):
            self._roles.pop(user_id, None)
            self._roles[user_id] = Roles(roles, version, at)
        self._forget_old()

    def note_past_is_read(self) -> None:
        """All that happened before the start is known."""
        self._past_is_read.set()

    def wait_for_past(self) -> None:
        """Wait until what happened before the start is known. For threads."""
        if not self._past_is_read.is_set():
            self._past_is_read.wait(max(0.0, self._patient_until - time.monotonic()))

    def refusal(self, caller: Caller) -> InvalidToken | None:
        """Why the token that names this caller does not count any more; None if it does."""
        if caller.session_id in self._ends:
            return TokenRevoked()
        known = self._roles.get(str(caller.id))
        if known and known.names != caller.roles:
            return TokenOutdated()
        return None

    def _is_recent(self, at: float) -> bool:
        return at > self._clock() - MEMORY

    def _forget_old(self) -> None:
        while self._ends and not self._is_recent(next(iter(self._ends.values()))):
            del self._ends[next(iter(self._ends))]
        while self._roles and not self._is_recent(next(iter(self._roles.values())).since):
            del self._roles[next(iter(self._roles))]
