"""How much of something one may do within a period: counted in Redis, and in this process while Redis does
not answer.
"""

import threading
from datetime import datetime, timedelta

import redis

from chassis.clock import now
from chassis.redis_client import Cache

REMEMBERED = 10_000  # counts that one process holds by itself

# Answers the seconds to wait, 0 if so many more are allowed. If not, none of them is counted.
TAKE = """
local counted = tonumber(redis.call('GET', KEYS[1]) or '0')
if counted + tonumber(ARGV[1]) > tonumber(ARGV[2]) then
    return math.max(redis.call('TTL', KEYS[1]), 1)
end
redis.call('INCRBY', KEYS[1], ARGV[1])
if counted == 0 then redis.call('EXPIRE', KEYS[1], ARGV[3]) end
return 0
"""


class Counts:
    """Counts by key. Never open: without Redis each process counts for itself."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache
        self._counts: dict[str, tuple[int, datetime]] = {}
        self._lock = threading.Lock()

    def take(self, key: str, times: int, most: int, period: timedelta) -> int:
        """Count so many more under the key; the seconds to wait if there would be more than `most`, else 0.

        The period begins with the first.
        """
        wait = self._cache.run(lambda connection: _take(connection, key, times, most, period), None)
        return self._take_here(key, times, most, period) if wait is None else wait

    def _take_here(self, key: str, times: int, most: int, period: timedelta) -> int:
        at = now()
        with self._lock:
            count, end = self._counts.pop(key, (0, at))
            if end <= at:
                count, end = 0, at + period
            fits = count + times <= most
            self._counts[key] = (count + times if fits else count, end)
            if len(self._counts) > REMEMBERED:
                # The one that was counted the longest time ago.
                del self._counts[next(iter(self._counts))]
        return 0 if fits else max(int((end - at).total_seconds()), 1)


def _take(connection: "redis.Redis", key: str, times: int, most: int, period: timedelta) -> int:
    seconds = int(period.total_seconds())
    return int(connection.eval(TAKE, 1, key, str(times), str(most), str(seconds)))
