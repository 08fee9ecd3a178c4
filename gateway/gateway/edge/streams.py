"""A stream of Server-Sent Events on a client's connection: bounded, and never longer than its token."""

import asyncio
import socket
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import redis
from prometheus_client import Counter as Figure

from chassis.auth.tokens import Caller
from chassis.errors import Problem, Unavailable
from gateway.edge.exchange import Exchange
from gateway.edge.live_events import ending, opening, room_ending
from gateway.edge.places import Places
from gateway.edge.positions import Positions
from gateway.edge.rooms import RoomHub
from gateway.edge.watched_rooms import Room, Visit

BEHIND = 128 * 1024  # bytes that a slow reader may be behind in our memory
# Bytes of what a reader has missed in their rooms: as many as Redis keeps of one. After that each room is
# one to be read again.
CAUGHT_UP = 512 * 1024
MOST_EARLY = 4 * 1024 * 1024  # bytes of all that waits for the beginning of the answer
KERNEL = 64 * 1024  # bytes in the kernel's, which would be megabytes
# Proxies close a silent connection, often after a minute. The HTML standard advises a comment every 15
# seconds.
HEARTBEAT = 15.0

DROPPED = Figure("live_streams_dropped_total", "Streams ended because their reader was too slow.")


@dataclass(frozen=True, slots=True)
class Watcher:
    """Who watches, as long as their token allows it, and how to ask again whether they may watch a room."""

    caller: Caller
    may_still_watch: Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Several:
    """What a stream of several rooms has more: positions in all of them, and services that did not answer."""

    positions: Positions
    degraded: Sequence[str]


@dataclass(frozen=True, slots=True)
class Order:
    """A stream that a view has allowed. Its place is given back at its end, or by `give_up`."""

    hub: RoomHub
    places: Places
    watcher: Watcher
    visits: Sequence[Visit]
    blocked: Collection[str]
    route: str  # as figures and logs name it
    several: Several | None = None

    def begin(self, exchange: Exchange, status: int, lines: bytes) -> None:
        """Open the stream as the answer of the exchange."""
        exchange.route_name = self.route
        stream = Stream(self, exchange)
        exchange.work = stream
        stream.open(self.hub, status, lines)

    def give_up(self) -> None:
        """The client has left."""
        self.places.give_back(self.watcher.caller.id)


class Stream:
    """One reader of one room or of several."""

    __slots__ = (
        "_connection",
        "_early",
        "_early_bytes",
        "_ended",
        "_ending",
        "_exchange",
        "_hub",
        "_loop",
        "_opening",
        "_order",
        "_timers",
        "blocked",
        "caller",
        "positions",
        "rooms",
    )

    def __init__(self, order: Order, exchange: Exchange) -> None:
        self.caller = order.watcher.caller
        self.blocked = set(order.blocked)
        self.positions = order.several.positions if order.several else None
        self.rooms: set[Room] = set()
        self._order = order
        self._exchange = exchange
        self._connection = exchange.connection
        self._loop = exchange.connection.edge.loop
        self._hub = order.hub
        self._opening: asyncio.Task[None] | None = None
        self._early: list[bytes] | None = []  # events from before the answer has begun
        self._early_bytes = 0
        self._timers: list[asyncio.TimerHandle] = []
        self._ending = ""  # the reason for which it ends as soon as it has begun
        self._ended = False

    def open(self, hub: RoomHub, status: int, lines: bytes) -> None:
        """Join the rooms, and answer."""
        self._opening = self._loop.create_task(self._open(hub, status, lines))

    async def _open(self, hub: RoomHub, status: int, lines: bytes) -> None:
        order = self._order
        if order.several:
            names = [visit.room for visit in order.visits]
            self.write(opening(order.several.positions, names, order.several.degraded))
        try:
            await hub.join(order.visits, self)
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
        early, self._early = b"".join(self._early or ()), None
        self._connection.write(b"%b\r\nretry: 1000\n\n%b" % (head, early))
        if self._connection.edge.stopping:
            self._ending = "restarting"
        if self._ending:
            self.end(self._ending)
            return
        left = max(0.0, self.caller.expires_at - time.time())
        self._timers = [
            self._loop.call_later(left, self.end, "token_expired"),
            self._loop.call_later(HEARTBEAT, self._beat),
        ]

    @property
    def is_behind(self) -> bool:
        """Whether much waits for the reader already."""
        return self._early_bytes > CAUGHT_UP

    def write(self, frame: bytes) -> None:
        """Send an event. The connection of a reader that is too far behind is closed; they may resume."""
        if self._early is not None and self._early_bytes <= MOST_EARLY:
            self._early.append(frame)
            self._early_bytes += len(frame)
        elif self._early is not None or self._connection.behind > BEHIND:
            # They cannot be told: an event would wait behind those that they do not read.
            DROPPED.inc()
            self._connection.abort()
        else:
            self._connection.write(frame)

    def end(self, reason: str) -> None:
        """End with an event that names the reason."""
        if self._ended:
            return
        if self._early is not None:
            self._ending = reason
            return
        self._leave()
        self._connection.write(ending(reason))
        self._connection.answered(self._exchange, 200, 0)

    def end_room(self, room: Room) -> None:
        """End what the reader may not watch any longer: this room, or all if it was the last."""
        if room not in self.rooms:
            return
        if self.positions is None or len(self.rooms) == 1:
            self.end("not_allowed")
            return
        self._hub.leave_room(room, self)
        self.positions.forget(room.name)
        self.write(room_ending(self.positions, room.name, "not_allowed"))

    def may_still_watch(self, room: str) -> bool:
        return self._order.watcher.may_still_watch(room)

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
        self._hub.leave(self)
        self._order.places.give_back(self.caller.id)

    def _beat(self) -> None:
        self.write(b": heartbeat\n\n")
        self._timers[1] = self._loop.call_later(HEARTBEAT, self._beat)

    def _bound(self) -> None:
        """Bound what waits for a reader, in the kernel as well."""
        client = self._connection.transport.get_extra_info("socket")
        if client:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, KERNEL)
