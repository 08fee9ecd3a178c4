"""One timer for many deadlines: a wheel of sets, because most deadlines are never reached."""

import asyncio
from typing import Protocol

TICK = 0.05  # seconds: a deadline is met by so much too late at most
SLOTS = 1024  # so many ticks ahead, 51 seconds, a deadline may lie


class Expiring(Protocol):
    """What has a deadline."""

    def expire(self) -> None:
        """The deadline has passed."""


class Deadlines:
    """Calls `expire` of what has not been cancelled in time."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._slots: list[set[Expiring]] = [set() for _ in range(SLOTS)]
        self._position = 0
        self._next_tick = 0.0

    def start(self) -> None:
        """Begin to turn. Needs the loop to run."""
        self._next_tick = self._loop.time() + TICK
        self._loop.call_at(self._next_tick, self._tick)

    def set(self, item: Expiring, seconds: float) -> "set[Expiring]":
        """The slot that holds the item until its deadline; discarding the item from it cancels."""
        ahead = min(int(seconds / TICK) + 1, SLOTS - 1)
        slot = self._slots[(self._position + ahead) % SLOTS]
        slot.add(item)
        return slot

    def _tick(self) -> None:
        # After a delay several ticks are due at once.
        while self._next_tick <= self._loop.time():
            self._next_tick += TICK
            self._position = (self._position + 1) % SLOTS
            due = self._slots[self._position]
            # One that expires may discard others from the same slot.
            while due:
                due.pop().expire()
        self._loop.call_at(self._next_tick, self._tick)
