"""Keeps one service's trouble from spreading: a circuit breaker, a bulkhead, a budget of retries.

None of them can be driven by a single caller. All are used on the event loop alone, and need no locks.
"""

from collections import deque
from collections.abc import Callable, Hashable
from typing import Protocol

from chassis.errors import Unavailable
from gateway.errors import TooManyAtOnce

WINDOW = 10.0  # seconds for which the outcome of a caller's last call counts
THRESHOLD = 5  # failures in a row of calls, over all callers
CALLERS = 2  # who must have failed: what one caller asks for may be at fault
PAUSE = 1.0  # seconds in which the service is left alone

# Fewer than a service has threads: what one caller asks for never takes all of them.
PER_CALLER = 2  # calls of one caller at one service at a time
WAITING = 64  # calls of one caller that may wait for their turn


class Breaker:
    """Leaves a service alone while it fails most of its callers.

    A caller counts with their last call within `WINDOW`. The breaker opens when `THRESHOLD` calls in a row
    have failed, and for more than half of the callers, of whom there must be `CALLERS`, their last one. After
    a pause the service is asked once; if that succeeds, it is asked as before.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._last: dict[Hashable, tuple[float, bool]] = {}  # in the order of time
        self._failures = 0
        self.is_open = False  # the service is left alone, or asked once at a time
        self._paused_until = 0.0
        self._probing = False

    @property
    def state(self) -> str:
        """`closed` lets everything through, `open` nothing, `half-open` one call at a time."""
        if not self.is_open:
            return "closed"
        return "open" if self._clock() < self._paused_until else "half-open"

    def admits(self) -> bool:
        """Whether the service may be asked now. While the breaker is half open, this call is the probe."""
        if not self.is_open:
            return True
        if self._probing or self._clock() < self._paused_until:
            return False
        self._probing = True
        return True

    def succeeded(self, caller: Hashable) -> None:
        """The service has begun to answer: an answer of 500 is an answer, too."""
        if self.is_open:
            self.is_open = self._probing = False
            self._last.clear()
        self._failures = 0
        self._note(caller, failed=False)

    def failed(self, caller: Hashable) -> None:
        """The service could not be reached, or did not begin to answer."""
        self._failures += 1
        self._note(caller, failed=True)
        if self.is_open or (self._failures >= THRESHOLD and self._most_callers_failed()):
            self.is_open = True
            self._probing = False
            self._paused_until = self._clock() + PAUSE

    def abandoned(self) -> None:
        """The probe ended for a reason that says nothing about the service."""
        self._probing = False

    def _note(self, caller: Hashable, *, failed: bool) -> None:
        now = self._clock()
        self._last.pop(caller, None)
        self._last[caller] = (now, failed)
        # Two are looked at for one that is added, so no more are kept than have called within the window.
        for _ in range(2):
            oldest = next(iter(self._last))
            if self._last[oldest][0] >= now - WINDOW:
                break
            del self._last[oldest]

    def _most_callers_failed(self) -> bool:
        since = self._clock() - WINDOW
        outcomes = [failed for at, failed in self._last.values() if at >= since]
        return sum(outcomes) >= CALLERS and 2 * sum(outcomes) > len(outcomes)


class Waiting(Protocol):
    """What may have to wait for its turn."""

    @property
    def caller(self) -> Hashable:
        """Whose turn it has to be."""

    def begin(self) -> None:
        """The turn has come."""


class Bulkhead:
    """Allows a number of calls at a time, and a few of each caller; more of a caller wait their turn."""

    def __init__(self, service: str, places: int, per_caller: int = PER_CALLER) -> None:
        self._service = service
        self._places = places
        self._per_caller = per_caller
        self._busy = 0
        self._of_caller: dict[Hashable, int] = {}
        self._waiting: dict[Hashable, deque[Waiting]] = {}

    def enter(self, call: Waiting) -> None:
        """Have the call begin, now or when its caller's turn comes. What has begun has to leave.

        `Unavailable` if all places are taken, `TooManyAtOnce` if too many of the caller's calls wait already.
        """
        busy = self._of_caller.get(call.caller, 0)
        if busy >= self._per_caller:
            self._queue(call)
            return
        if self._busy >= self._places:
            raise Unavailable(f"too many requests wait for {self._service}")
        self._busy += 1
        self._of_caller[call.caller] = busy + 1
        call.begin()

    def leave(self, caller: Hashable) -> None:
        """Give the place to the caller's next call, if one waits."""
        queue = self._waiting.get(caller)
        if queue:
            following = queue.popleft()
            if not queue:
                del self._waiting[caller]
            following.begin()
            return
        self._busy -= 1
        left = self._of_caller[caller] - 1
        if left:
            self._of_caller[caller] = left
        else:
            del self._of_caller[caller]

    def give_up(self, call: Waiting) -> None:
        """Have the call wait no longer."""
        queue = self._waiting[call.caller]
        queue.remove(call)
        if not queue:
            del self._waiting[call.caller]

    def _queue(self, call: Waiting) -> None:
        queue = self._waiting.setdefault(call.caller, deque())
        if len(queue) >= WAITING:
            raise TooManyAtOnce(f"{WAITING} wait already", retry_after=1)
        queue.append(call)


class RetryBudget:
    """Lets a fraction of the calls be retried, so that retries cannot become a storm."""

    def __init__(self, fraction: float = 0.2, most: float = 10) -> None:
        self._fraction = fraction
        self._most = most
        self._saved = most

    def earn(self) -> None:
        """Count one more call, which allows for a fraction of a retry."""
        self._saved = min(self._most, self._saved + self._fraction)

    def spend(self) -> bool:
        """Take one retry from the budget; False if there is none left."""
        if self._saved < 1:
            return False
        self._saved -= 1
        return True
