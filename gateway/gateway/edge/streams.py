"""A stream of Server-Sent Events on a client's connection: bounded, and never longer than its token."""

import asyncio
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass
from uuid import UUID

import redis
from prometheus_client import Counter as Figure

from chassis.auth.tokens import Caller
from chassis.errors import Problem, Unavailable
from gateway.edge.exchange import Exchange
from gateway.edge.live_events import ending
from gateway.edge.rooms import Room, RoomHub
from gateway.errors import TooManyStreams

MOST_PER_PERSON = 10
BEHIND = 128 * 1024  # bytes that a slow reader may be behind in our memory
KERNEL = 64 * 1024  # bytes in the kernel's, which would be megabytes
# Proxies close a silent connection, often after a minute. The HTML standard advises a comment every 15
# seconds.
HEARTBEAT = 15.0

DROPPED = Figure("live_streams_dropped_total", "Streams ended because their reader was too slow.")


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


@dataclass(frozen=True, slots=True)
class Watcher:
    """Who watches, as long as their token allows it, and how to ask again whether they may."""

    caller: Caller
    may_still_watch: Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Order:
    """A stream that a view has allowed. Its place is given back at its end, or by `give_up`."""

    hub: RoomHub
    places: Places
    watcher: Watcher
    room: str
    seq: int
    last_event_id: int | None
    blocked: Collection[str]

    def begin(self, exchange: Exchange, status: int, lines: bytes) -> None:
        """Open the stream as the answer of the exchange."""
        stream = Stream(self, exchange)
        exchange.work = stream
        stream.open(self.hub, status, lines)

    def give_up(self) -> None:
        """The client has left."""
        self.places.give_back(self.watcher.caller.id)


class Stream:
    """One reader of one room."""

    __slots__ = (
        "_connection",
        "_ended",
        "_exchange",
        "_hub",
        "_loop",
        "_opening",
        "_order",
        "_room",
        "_timers",
        "blocked",
        "caller",
    )

    def __init__(self, order: Order, exchange: Exchange) -> None:
        self.caller = order.watcher.caller
        self.blocked = set(order.blocked)
        self._order = order
        self._exchange = exchange
        self._connection = exchange.connection
        self._loop = exchange.connection.edge.loop
        self._hub = order.hub
        self._room: Room | None = None
        self._opening: asyncio.Task[None] | None = None
        self._timers: list[asyncio.TimerHandle] = []
        self._ended = False

    def open(self, hub: RoomHub, status: int, lines: bytes) -> None:
        """Join the room, and answer."""
        self._opening = self._loop.create_task(self._open(hub, status, lines))

    async def _open(self, hub: RoomHub, status: int, lines: bytes) -> None:
        order = self._order
        try:
            self._room, missed = await hub.join(order.room, order.seq, order.last_event_id, self)
        except (redis.RedisError, OSError):
            self._refuse(Unavailable("live events are not available just now"))
            return
        # The body ends with the connection: a stream needs no framing of its own.
        self._exchange.told = True
        self._exchange.request.keeps = False
        self._bound()
        head = self._exchange.head(status, lines)
        self._connection.keep_for_stream()
        self._exchange.forget_request()
        self._connection.write(b"%b\r\nretry: 1000\n\n%b" % (head, missed))
        if self._connection.edge.stopping:
            self.end("restarting")
            return
        left = max(0.0, self.caller.expires_at - time.time())
        self._timers = [
            self._loop.call_later(left, self.end, "token_expired"),
            self._loop.call_later(HEARTBEAT, self._beat),
        ]

    def write(self, frame: bytes) -> None:
        """Send an event. The connection of a reader that is too far behind is closed; they may resume."""
        if self._connection.behind > BEHIND:
            # They cannot be told: an event would wait behind those that they do not read.
            DROPPED.inc()
            self._connection.abort()
        else:
            self._connection.write(frame)

    def end(self, reason: str) -> None:
        """End with an event that names the reason."""
        if self._ended:
            return
        self._leave()
        self._connection.write(ending(reason))
        self._connection.answered(self._exchange, 200, 0)

    def may_still_watch(self) -> bool:
        return self._order.watcher.may_still_watch()

    def cancel(self) -> None:
        """The reader has left."""
        if self._opening:
            self._opening.cancel()
        self._leave()

    def _refuse(self, problem: Problem) -> None:
        self._leave()
        self._exchange.refuse(problem)

    def _leave(self) -> None:
        if self._ended:
            return
        self._ended = True
        for timer in self._timers:
            timer.cancel()
        if self._room:
            self._hub.leave(self._room, self)
        self._order.places.give_back(self.caller.id)

    def _beat(self) -> None:
        self.write(b": heartbeat\n\n")
        self._timers[1] = self._loop.call_later(HEARTBEAT, self._beat)

    def _bound(self) -> None:
        """Bound what waits for a reader, in the kernel as well."""
        client = self._connection.transport.get_extra_info("socket")
        if client:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, KERNEL)
