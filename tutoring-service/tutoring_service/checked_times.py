"""How many times of another person one may check: counted in Redis, and in this process while Redis does
not answer.

A person who books another learns at which times that one is not free. Asked about often enough, that would be
a calendar.
"""

import threading
from datetime import datetime, timedelta
from uuid import UUID

import redis

from chassis.clock import now
from chassis.errors import TooManyRequests
from chassis.redis_client import Cache

# A series has 800 sessions at most, and most have some tens.
MOST, PERIOD = 2000, timedelta(days=1)
REMEMBERED = 10_000  # counts that one process holds by itself

# Answers the seconds to wait, 0 if so many times may be checked. If not, none of them is counted.
TAKE = """
local checked = tonumber(redis.call('GET', KEYS[1]) or '0')
if checked + tonumber(ARGV[1]) > tonumber(ARGV[2]) then
    return math.max(redis.call('TTL', KEYS[1]), 1)
end
redis.call('INCRBY', KEYS[1], ARGV[1])
if checked == 0 then redis.call('EXPIRE', KEYS[1], ARGV[3]) end
return 0
"""


class TooManyTimesChecked(TooManyRequests):
    """You have checked as many times of this person as one may within a day; try again later."""

    code = "too_many_times_checked"


class CheckedTimes:
    """Counts them. Never open: without Redis each process counts for itself."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache
        self._counts: dict[str, tuple[int, datetime]] = {}
        self._lock = threading.Lock()

    def take(self, caller_id: UUID, other_id: UUID, times: int) -> None:
        """Count so many times of the other person; `TooManyTimesChecked` if they are too many."""
        key = f"checked_times:{caller_id}:{other_id}"
        wait = self._cache.run(lambda connection: _take(connection, key, times), None)
        if wait is None:
            wait = self._take_here(key, times)
        if wait:
            raise TooManyTimesChecked(retry_after=wait)

    def _take_here(self, key: str, times: int) -> int:
        at = now()
        with self._lock:
            count, end = self._counts.pop(key, (0, at))
            if end <= at:
                count, end = 0, at + PERIOD
            fits = count + times <= MOST
            self._counts[key] = (count + times if fits else count, end)
            if len(self._counts) > REMEMBERED:
                # The one that was asked about the longest time ago.
                del self._counts[next(iter(self._counts))]
        return 0 if fits else max(int((end - at).total_seconds()), 1)


def _take(connection: "redis.Redis", key: str, times: int) -> int:
    period = int(PERIOD.total_seconds())
    return int(connection.eval(TAKE, 1, key, str(times), str(MOST), str(period)))
