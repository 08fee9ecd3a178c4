"""Live events of rooms, from Redis to the people who watch: one subscription for all streams of a worker.

The service that owns a room numbers its events 1, 2, 3 … in the order of their commits. The last thousand
are in the Redis Stream `room:<name>`, and each is also published on the channel of the same name. The
channel makes delivery fast, the stream makes it complete: what the channel lost is read from the stream.
"""

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import redis
import structlog
from prometheus_client import Gauge
from redis.client import PubSub

from chassis.redis_client import connect
from gateway.readers import EventStream, Frame, Watcher

CHECK = 5.0  # seconds between looks at the streams themselves, for what the channel lost
RECONNECT = 0.5
TURN = 0.05  # seconds after which the listener looks whether rooms have come or gone
SUBSCRIBED_WITHIN = 2.0
# Seconds between a commit and its event in Redis, at most: an event that is not there by then was lost. The
# relay needs a fraction of it where a web process could not publish by itself.
ARRIVED_WITHIN = 3.0

OPEN = Gauge("live_streams", "Streams being served.")

log = structlog.get_logger(__name__)


@dataclass
class Room:
    """A room that is watched through this worker. `last` is the number of the last event handed out."""

    name: str
    last: int
    visitors: int = 0  # streams that have joined or are about to
    streams: set[EventStream] = field(default_factory=set)
    lock: threading.RLock = field(default_factory=threading.RLock)
    subscribed: threading.Event = field(default_factory=threading.Event)

    @property
    def key(self) -> str:
        return f"room:{self.name}"


class RoomHub:
    """Connects rooms and streams."""

    def __init__(
        self,
        events_url: str,
        is_revoked: Callable[[str], bool],
        complete: Callable[[Any], object] = lambda _: None,
    ) -> None:
        """`complete` adds names of people to the data of an event, which its service does not know."""
        self._redis = connect(events_url, timeout=1)
        self._is_revoked = is_revoked
        self._complete = complete
        self._rooms: dict[str, Room] = {}
        self._lock = threading.Lock()
        self._somebody_watches = threading.Event()
        self._started = False

    def watch(
        self, name: str, seq: int, last_event_id: int | None, watcher: Watcher
    ) -> EventStream:
        """A stream of what happens in the room from now on, or from `last_event_id` on.

        `seq` is the number of the room's last event according to its owner. If events in between are no
        longer in Redis, a `reset` event tells the client to read the room again. Raises `redis.RedisError`.
        """
        self._start()
        stream = EventStream(watcher)
        room = self._enter(name)
        OPEN.inc()
        try:
            # Subscribed before the stream is read: an event in between comes on both ways, and is handed
            # out once.
            self._wait_for(room, seq)
            with room.lock:
                # The room's lock keeps events from being handed out between the replay and the joining.
                for frame in self._replay(room, last_event_id):
                    stream.offer(frame)
                room.streams.add(stream)
        except redis.RedisError:
            self.leave(name, stream)
            raise
        return stream

    def leave(self, name: str, stream: EventStream) -> None:
        """Forget a stream, and the room with its last stream."""
        OPEN.dec()
        with self._lock:
            room = self._rooms[name]
            room.streams.discard(stream)
            room.visitors -= 1
            if not room.visitors:
                del self._rooms[name]

    def close(self) -> None:
        """End every stream, as this process is about to end: the readers resume at another."""
        for room in list(self._rooms.values()):
            for stream in list(room.streams):
                stream.end("restarting")

    def watching(self, user_id: UUID) -> int:
        """How many streams of this person are open."""
        rooms = list(self._rooms.values())
        return sum(
            stream.watcher.user_id == user_id for room in rooms for stream in list(room.streams)
        )

    def _enter(self, name: str) -> Room:
        with self._lock:
            room = self._rooms.get(name)
            if room is None:
                # The room begins at the end of its stream. For earlier events each reader names its last one.
                newest: Any = self._redis.xrevrange(f"room:{name}", count=1)
                room = self._rooms[name] = Room(
                    name, int(newest[0][0].split("-")[0]) if newest else 0
                )
                self._somebody_watches.set()
            room.visitors += 1
        return room

    def _wait_for(self, room: Room, seq: int) -> None:
        """Catch up with the room. An event that does not arrive in time is lost: readers get a `reset`."""
        if not room.subscribed.wait(SUBSCRIBED_WITHIN):
            raise redis.TimeoutError("the live channel does not answer")
        deadline = time.monotonic() + ARRIVED_WITHIN
        while True:
            with room.lock:
                self._catch_up(room)
                if room.last >= seq:
                    return
                if time.monotonic() > deadline:
                    self._skip_to(room, seq)
                    return
            time.sleep(TURN)

    def _skip_to(self, room: Room, seq: int) -> None:
        """Have every reader read the room again. Needs the room's lock."""
        room.last = seq
        for stream in list(room.streams):
            stream.offer(Frame("reset", {"seq": seq}, seq))
            # A lost event may have said that a person is no longer a member.
            self._ask_again_about(stream)

    def _replay(self, room: Room, last_event_id: int | None) -> Iterator[Frame]:
        """The frames between what the reader has and what the room has handed out."""
        if last_event_id is None or last_event_id == room.last:
            return
        events = self._read(room.key, last_event_id, room.last) if last_event_id < room.last else []
        # This holds for a number from the future too: the room's owner has lost events, perhaps to a restored
        # backup.
        if len(events) != room.last - last_event_id:
            yield Frame("reset", {"seq": room.last}, room.last)
            return
        for event in events:
            yield Frame(event["type"], event, event["seq"], self._complete)

    def _catch_up(self, room: Room) -> None:
        """Hand out the events of the stream that the channel did not bring. Needs the room's lock."""
        for event in self._read(room.key, room.last):
            self._hand_out(room, event)

    def _read(self, key: str, after: int, until: int | None = None) -> list[dict[str, Any]]:
        entries: Any = self._redis.xrange(key, f"{after + 1}-0", f"{until}-0" if until else "+")
        return [json.loads(fields["event"]) for _, fields in entries]

    def _hand_out(self, room: Room, event: dict[str, Any]) -> None:
        """Give the event to every stream of the room, once and in order. Needs the room's lock."""
        if event["seq"] <= room.last:
            return
        if event["seq"] > room.last + 1:
            self._skip_to(room, event["seq"])
            return
        room.last = event["seq"]
        frame = Frame(event["type"], event, room.last, self._complete)
        changed = event["members_changed"]
        for stream in list(room.streams):
            stream.offer(frame)
            if changed is None or str(stream.watcher.user_id) in changed:
                self._ask_again_about(stream)

    @staticmethod
    def _ask_again_about(stream: EventStream) -> None:
        """Ask again whether the reader may watch, and end the stream if not."""

        def ask() -> None:
            if not stream.watcher.may_still_watch():
                stream.end("not_allowed")

        # In a thread, because the room's lock is held here and the owner may take a second to answer.
        threading.Thread(target=ask, daemon=True).start()

    def _start(self) -> None:
        with self._lock:
            if not self._started:
                self._started = True
                threading.Thread(target=self._listen, name="live-channel", daemon=True).start()
                threading.Thread(target=self._check_forever, name="live-check", daemon=True).start()

    def _listen(self) -> None:
        while True:
            self._somebody_watches.wait()
            try:
                with self._redis.pubsub() as channel:  # type: ignore[no-untyped-call]  # redis-py leaves it untyped
                    self._listen_on(channel)
            except (redis.RedisError, OSError) as error:
                log.warning("live_channel_down", reason=type(error).__name__)
                time.sleep(RECONNECT)

    def _listen_on(self, channel: PubSub) -> None:
        """Follow the watched rooms until Redis fails or none is watched."""
        followed: set[str] = set()
        confirmed: set[str] = set()
        while True:
            rooms = {room.key: room for room in list(self._rooms.values())}
            # Only this thread uses the connection, which is not made for two. Other threads open and leave
            # rooms.
            if new := rooms.keys() - followed:
                channel.subscribe(*new)
            if old := followed - rooms.keys():
                channel.unsubscribe(*old)  # type: ignore[no-untyped-call]  # redis-py leaves it untyped
            if not (rooms or followed):
                # A reader may have come since `rooms` was read. It sets the event after its room is there,
                # so a look after the clearing misses no one.
                self._somebody_watches.clear()
                if not self._rooms:
                    return
            followed = set(rooms)
            message = channel.get_message(timeout=TURN)
            while message is not None:
                self._take(message, confirmed)
                message = channel.get_message(timeout=0)
            for key in confirmed & rooms.keys():
                rooms[key].subscribed.set()

    def _take(self, message: dict[str, Any], confirmed: set[str]) -> None:
        room = self._rooms.get(message["channel"].removeprefix("room:"))
        if message["type"] == "unsubscribe":
            confirmed.discard(message["channel"])
        elif message["type"] == "subscribe":
            confirmed.add(message["channel"])
            if room:
                # Before this confirmation the channel brought no event of the room.
                self._check(room)
        elif message["type"] == "message" and room:
            self._receive(room, json.loads(message["data"]))

    def _receive(self, room: Room, event: dict[str, Any]) -> None:
        with room.lock:
            if event["seq"] > room.last + 1:
                self._catch_up(room)
            self._hand_out(room, event)

    def _check_forever(self) -> None:
        while True:
            time.sleep(CHECK)
            for room in list(self._rooms.values()):
                try:
                    self._check(room)
                except redis.RedisError as error:
                    log.warning("live_check_failed", reason=type(error).__name__)
                    # A check of the other rooms would only wait for the same timeout.
                    break

    def _check(self, room: Room) -> None:
        with room.lock:
            self._catch_up(room)
        for stream in list(room.streams):
            if self._is_revoked(stream.watcher.session_id):
                stream.end("signed_out")
