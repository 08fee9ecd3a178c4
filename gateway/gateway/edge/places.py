"""How many streams a person may have at a time."""

import threading
from collections import Counter
from uuid import UUID

from gateway.errors import TooManyStreams

MOST_PER_PERSON = 10


class Places:
    """How many streams each person has, those included that are about to be opened."""

    def __init__(self) -> None:
        self._taken: Counter[UUID] = Counter()
        self._lock = threading.Lock()

    def take(self, user_id: UUID) -> None:
        """Take a place before anything else is done; `TooManyStreams` if the person has none left."""
        with self._lock:
            if self._taken[user_id] >= MOST_PER_PERSON:
                raise TooManyStreams(f"at most {MOST_PER_PERSON} at a time", retry_after=5)
            self._taken[user_id] += 1

    def give_back(self, user_id: UUID) -> None:
        """The stream has ended, or will not begin."""
        with self._lock:
            self._taken[user_id] -= 1
            if not self._taken[user_id]:
                del self._taken[user_id]
