"""A dictionary that forgets what nobody has asked for in a while."""

from collections.abc import Callable
from typing import Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class Memory(Generic[Key, Value]):
    """Two generations of entries: looking one up costs a dictionary's look-up, and forgetting nothing.

    An entry stays for one to two `period`s (in seconds) after it was last asked for. The younger generation
    holds at most `most` entries, the older one as many again.
    """

    def __init__(self, period: float, most: int, clock: Callable[[], float]) -> None:
        self._period = period
        self._most = most
        self._clock = clock
        self._young: dict[Key, Value] = {}
        self._old: dict[Key, Value] = {}
        self._turns_at = clock() + period

    def get(self, key: Key) -> Value | None:
        """The entry, if it is remembered."""
        if self._clock() >= self._turns_at:
            self._turn()
        value = self._young.get(key)
        if value is None and (value := self._old.pop(key, None)) is not None:
            self._young[key] = value
        return value

    def peek(self, key: Key) -> Value | None:
        """The entry, if it was asked for within the period. Changes nothing, so that any thread may look."""
        return None if self._clock() >= self._turns_at else self._young.get(key)

    def __setitem__(self, key: Key, value: Value) -> None:
        if len(self._young) >= self._most or self._clock() >= self._turns_at:
            self._turn()
        self._old.pop(key, None)
        self._young[key] = value

    def pop(self, key: Key) -> None:
        """Forget one entry."""
        self._young.pop(key, None)
        self._old.pop(key, None)

    def clear(self) -> None:
        """Forget every entry."""
        self._young.clear()
        self._old.clear()

    def _turn(self) -> None:
        idle_for_long = self._clock() >= self._turns_at + self._period
        self._old = {} if idle_for_long else self._young
        self._young = {}
        self._turns_at = self._clock() + self._period
