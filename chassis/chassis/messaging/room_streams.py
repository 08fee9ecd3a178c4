"""The streams of a service's rooms in Redis, which together take no more than the service's share.

Rooms and the events of services are in one Redis, which refuses every write when it is full. What services
tell each other has to arrive, and a room may forget: a client that resumes there reads the room again.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import redis

# How long a room without events stays.
ROOM_LIFETIME = timedelta(days=7)
# Some thousand live events of ordinary size, or a hundred of the largest.
ROOM_BYTES = 512 * 1024
# What all rooms of one service may take.
SHARE = 64 * 1024 * 1024
# So much of it is free after rooms were forgotten, so that the next event forgets none.
SLACK = SHARE // 8


class RoomStreams:
    """Keeps the rooms of one service within their bytes.

    What two publishers note at the same moment may be counted twice or not at all, until all rooms are
    counted again.
    """

    def __init__(self, service: str, connection: "redis.Redis") -> None:
        self._redis = connection
        # The rooms in the order of their last event; the bytes of each; what all took when they were last
        # counted, and have grown since.
        self._order = f"rooms:{service}"
        self._sizes = f"rooms:{service}:sizes"
        self._taken = f"rooms:{service}:taken"

    def bound(self, rooms: Sequence[str], at: float) -> None:
        """Bound these rooms, which were written to at this Unix time, and with them all rooms."""
        if rooms and self._note(rooms, self._shortened(rooms), at) > SHARE:
            self.forget(self._count() - SHARE + SLACK)
            self._count()

    def forget(self, wanted: int) -> None:
        """Forget the rooms whose last events are the oldest, until so many bytes are free."""
        while wanted > 0 and (quietest := self._quietest()):
            wanted -= int(self._redis.hget(self._sizes, quietest) or 0)
            self._forget(quietest)

    def forget_expired(self, oldest: float) -> None:
        """Forget the rooms without an event since this Unix time, which Redis deletes by itself."""
        quiet: Any = self._redis.zrangebyscore(self._order, "-inf", oldest)
        for room in quiet:
            self._forget(room)
        self._count()

    def _quietest(self) -> str | None:
        rooms: Any = self._redis.zrange(self._order, 0, 0)
        return rooms[0] if rooms else None

    def _shortened(self, rooms: Sequence[str]) -> list[int]:
        """The bytes of these rooms. One that was too large has lost the older half of its events."""
        sizes = self._measured(rooms)
        for number, room in enumerate(rooms):
            while sizes[number] > ROOM_BYTES:
                self._redis.xtrim(room, maxlen=self._redis.xlen(room) // 2, approximate=False)
                [sizes[number]] = self._measured([room])
        return sizes

    def _measured(self, rooms: Sequence[str]) -> list[int]:
        with self._redis.pipeline(transaction=False) as pipeline:
            for room in rooms:
                # All parts of the stream are counted. By default Redis looks at five, and guesses the rest.
                pipeline.memory_usage(room, samples=0)
            return [size or 0 for size in pipeline.execute()]

    def _note(self, rooms: Sequence[str], sizes: Sequence[int], at: float) -> int:
        """Note what these rooms take now; what all take, or less."""
        before: list[Any] = self._redis.hmget(self._sizes, rooms)
        growth = sum(sizes) - sum(int(size or 0) for size in before)
        with self._redis.pipeline(transaction=True) as pipeline:
            pipeline.hset(self._sizes, mapping=dict(zip(rooms, sizes, strict=True)))
            pipeline.zadd(self._order, dict.fromkeys(rooms, at))
            pipeline.incrby(self._taken, growth)
            return int(pipeline.execute()[-1])

    def _count(self) -> int:
        """What all rooms take, counted again."""
        taken = sum(map(int, self._redis.hvals(self._sizes)))
        self._redis.set(self._taken, taken)
        return taken

    def _forget(self, room: str) -> None:
        # A full Redis does these, as it does all that makes nothing larger.
        with self._redis.pipeline(transaction=True) as pipeline:
            pipeline.delete(room)
            pipeline.hdel(self._sizes, room)
            pipeline.zrem(self._order, room)
            pipeline.execute()
