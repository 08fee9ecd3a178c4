"""Keeps one service's trouble from spreading: a circuit breaker, a bulkhead, a budget of retries."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from chassis.errors import Unavailable
from gateway.errors import BadGateway, GatewayTimeout

THRESHOLD = 5  # failures in a row
PAUSE = 1.0  # seconds in which the service is left alone
FAILURES = (BadGateway, GatewayTimeout)


class Breaker:
    """Leaves a service alone after some failures in a row.

    After a pause the service is asked once; if that succeeds, it is asked as before.
    """

    def __init__(self, service: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._service = service
        self._clock = clock
        self._lock = threading.Lock()
        self._failures = 0
        self._paused_until = 0.0
        self._probing = False

    @property
    def state(self) -> str:
        """`closed` lets everything through, `open` nothing, `half-open` one call at a time."""
        if self._failures < THRESHOLD:
            return "closed"
        return "open" if self._clock() < self._paused_until else "half-open"

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Ask the service within this block; `Unavailable` at once while it is left alone."""
        probe = self._admit()
        try:
            yield
        except FAILURES:
            self._count(self._failures + 1)
            raise
        else:
            # An answer of 500 is an answer too. Other exceptions, such as a client that left, say nothing
            # about the service.
            self._count(0)
        finally:
            if probe:
                self._probing = False

    def _admit(self) -> bool:
        """Whether this call is the probe."""
        with self._lock:
            state = self.state
            if state == "open" or (state == "half-open" and self._probing):
                raise Unavailable(f"{self._service} does not answer just now")
            self._probing = self._probing or state == "half-open"
            return state == "half-open"

    def _count(self, failures: int) -> None:
        with self._lock:
            self._failures = failures
            self._paused_until = self._clock() + PAUSE if failures >= THRESHOLD else 0.0


class Bulkhead:
    """Allows a number of calls of one service at a time; a call beyond that is refused at once."""

    def __init__(self, service: str, most: int) -> None:
        self._service = service
        self._slots = threading.BoundedSemaphore(most)

    def __enter__(self) -> None:
        if not self._slots.acquire(blocking=False):
            raise Unavailable(f"too many requests wait for {self._service}")

    def __exit__(self, *_: object) -> None:
        self._slots.release()


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
