"""Live events of rooms, from Redis to the people who watch: one subscription for all streams of a process.

The service that owns a room numbers its events 1, 2, 3 … in the order of their commits. The last ones, some
thousand, are in the Redis Stream `room:<name>`, and each is also published on the channel of the same name.
The channel makes delivery fast, the stream makes it complete: what the channel lost is read from the stream.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import orjson
import redis.asyncio
import structlog
from prometheus_client import Counter, Gauge
from redis.asyncio.client import PubSub

from chassis.auth.tokens import Caller
from chassis.errors import InvalidToken
from gateway.edge.live_events import Event, Telling, people_in, reset, taken_back, telling_of
from gateway.edge.profiles import ProfileCache
from gateway.edge.redis_pool import pool
from gateway.edge.watched_rooms import Room, Visit, Watching
from gateway.errors import TokenOutdated, TokenRevoked
from gateway.people import Known

CHECK = 5.0  # seconds between looks at the streams themselves, for what the channel lost
RECONNECT = 0.5
# One for the channel, and so many less one to read from: a stream may join a hundred rooms at once.
CONNECTIONS = 16
SUBSCRIBED_WITHIN = 2.0
# Seconds between a commit and its event in Redis, at most: an event that is not there by then was lost. The
# relay needs a fraction of it where a web process could not publish by itself.
ARRIVED_WITHIN = 3.0
TURN = 0.05  # seconds between looks for an event that its owner has committed

# What a stream says at its end, by the reason for which its token does not count any more.
ENDINGS = {TokenRevoked.code: "signed_out", TokenOutdated.code: "token_outdated"}

OPEN = Gauge("live_streams", "Streams being served.", multiprocess_mode="livesum")
DELIVERED = Counter("live_events_total", "Events handed to a stream.")

log = structlog.get_logger(__name__)


class RoomHub:
    """Connects rooms and streams. Everything in it runs on the loop."""

    def __init__(
        self,
        events_url: str,
        profiles: ProfileCache,
        refusal: Callable[[Caller], InvalidToken | None],
        loop: asyncio.AbstractEventLoop,
        threads: ThreadPoolExecutor,
    ) -> None:
        """`refusal` tells why the token by which a person watches does not count any more, if so."""
        connections = pool(events_url, CONNECTIONS, patience=ARRIVED_WITHIN)
        self._redis = redis.asyncio.Redis.from_pool(connections)
        self._profiles = profiles
        self._refusal = refusal
        self._loop = loop
        self._threads = threads
        self._rooms: dict[str, Room] = {}
        self._streams_of: defaultdict[str, set[Watching]] = defaultdict(set)
        self._watched = asyncio.Event()
        self._channel: PubSub | None = None
        self._tasks: set[asyncio.Task[Any]] = set()

    def start(self) -> None:
        """Begin to listen. Needs the loop to run."""
        self._spawn(self._listen_forever())
        self._spawn(self._check_forever())

    def close(self) -> None:
        """End every stream, as this process is about to end: the readers resume at another."""
        for room in list(self._rooms.values()):
            for stream in list(room.streams):
                stream.end("restarting")

    async def disconnect(self) -> None:
        """Stop listening."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._redis.aclose()

    async def join(self, visits: Sequence[Visit], stream: Watching) -> None:
        """Have the stream follow rooms, each from now on, or from after the event that the reader saw last.

        If events in between are no longer in Redis, a `reset` event tells the client to read the room again.
        Raises `redis.RedisError`. What the stream is written meanwhile it has to send in the same order.
        """
        waiting = [self._enter(visit.room) for visit in visits]
        try:
            await asyncio.gather(*map(self._wait_for, waiting, visits))
            for visit in visits:
                missed = await self._missed(waiting[0], visit.last_event_id, stream)
                # Nothing was awaited since `missed` was known to be all: no event comes twice or not at all.
                room = waiting.pop(0)
                self._admit(room, stream, missed)
                if room.told != visit.seq:
                    # Since the owner was asked, the reader may have lost the right to watch.
                    self._ask_again_about(room, stream)
            self._end_if_refused(stream)
        except BaseException:
            for room in waiting:
                self._exit(room)
            self.leave(stream)
            raise

    def leave(self, stream: Watching) -> None:
        """Forget a stream, and each room with its last stream."""
        for room in list(stream.rooms):
            self.leave_room(room, stream)

    def leave_room(self, room: Room, stream: Watching) -> None:
        """Have the stream follow one room less."""
        if room not in stream.rooms:
            return
        stream.rooms.discard(room)
        room.streams.discard(stream)
        self._exit(room)
        if not stream.rooms:
            self._forget_reader(stream)
            OPEN.dec()

    def end_refused(self, user_id: str) -> None:
        """End the streams of a person whose tokens do not count any more."""
        for stream in list(self._streams_of.get(user_id, ())):
            self._end_if_refused(stream)

    def note_block(self, blocker_id: str, blocked_id: str, *, holds: bool) -> None:
        """Fold the words of a person from now on for the one who blocks them, or no longer."""
        for stream in self._streams_of.get(blocker_id, ()):
            if holds:
                stream.blocked.add(blocked_id)
            else:
                stream.blocked.discard(blocked_id)

    def _end_if_refused(self, stream: Watching) -> None:
        if refusal := self._refusal(stream.caller):
            stream.end(ENDINGS[refusal.code])

    def _forget_reader(self, stream: Watching) -> None:
        user_id = str(stream.caller.id)
        self._streams_of[user_id].discard(stream)
        if not self._streams_of[user_id]:
            del self._streams_of[user_id]

    def _enter(self, name: str) -> Room:
        room = self._rooms.get(name)
        if room is None:
            room = self._rooms[name] = Room(name)
            room.opening = self._spawn(self._open(room))
            self._watched.set()
        room.visitors += 1
        return room

    def _admit(self, room: Room, stream: Watching, missed: Sequence[Telling]) -> None:
        """Write the stream what its reader has missed; the rest follows."""
        for telling in missed:
            stream.write(telling.frame_for(stream))
        if stream.positions:
            stream.positions.note(room.name, room.told)
        if not stream.rooms:
            self._streams_of[str(stream.caller.id)].add(stream)
            OPEN.inc()
        room.streams.add(stream)
        stream.rooms.add(room)

    def _exit(self, room: Room) -> None:
        room.visitors -= 1
        if room.visitors or self._rooms.get(room.name) is not room:
            return
        del self._rooms[room.name]
        self._spawn(self._unsubscribe(room.key))
        if not self._rooms:
            self._watched.clear()

    async def _open(self, room: Room) -> None:
        """Subscribe, then read: an event in between comes on both ways, and is handed out once."""
        # The room begins at the end of its stream. For earlier events each reader names its last one.
        newest: Any = await self._redis.xrevrange(room.key, count=1)
        room.last = room.told = int(newest[0][0].split("-")[0]) if newest else 0
        await self._subscribe(room.key)
        try:
            await asyncio.wait_for(room.subscribed.wait(), SUBSCRIBED_WITHIN)
        except TimeoutError:
            raise redis.TimeoutError("the live channel does not answer") from None
        await self._catch_up(room)

    async def _wait_for(self, room: Room, visit: Visit) -> None:
        """Catch up with the room. An event that does not arrive in time is lost: readers get a `reset`.

        What the room is still to be told would come to a reader who begins only now.
        """
        if room.opening:
            await asyncio.shield(room.opening)
        if not room.streams and visit.last_event_id in {None, visit.seq}:
            self._begin_at(room, visit.seq)
        deadline = self._loop.time() + ARRIVED_WITHIN
        while room.told < visit.seq and self._loop.time() < deadline:
            await self._catch_up(room)
            if room.told < visit.seq:
                await asyncio.sleep(TURN)
        if room.last < visit.seq:
            self._skip_to(room, visit.seq)

    @staticmethod
    def _begin_at(room: Room, seq: int) -> None:
        """Begin without what the first reader has no use for: Redis forgets rooms that are quiet for days."""
        if room.told < seq:
            room.last = max(room.last, seq)
            room.told = seq
            while room.untold and room.untold[0]["seq"] <= seq:
                room.untold.popleft()

    async def _missed(
        self, room: Room, last_event_id: int | None, stream: Watching
    ) -> Sequence[Telling]:
        """What the reader has not seen of what the streams of the room were given."""
        if last_event_id is None:
            return ()
        missed: list[Telling] = []
        seen = last_event_id
        # While Redis is asked, more may happen.
        while seen != room.told:
            told = room.told
            # Together, the rooms of one reader may have more to tell than is held for them.
            if stream.is_behind:
                return [reset(room.name, told)]
            found = await self._read(room.key, seen) if seen < told else []
            gone = {seq for seq in taken_back(found) if seen < seq <= told}
            events = [event for event in found if event["seq"] <= told and event["seq"] not in gone]
            # This holds for a number from the future too: the room's owner has lost events, perhaps to a
            # restored backup.
            if len(events) + len(gone) != told - seen:
                missed = [reset(room.name, told)]
            else:
                known = await self._names_for(events)
                missed += [telling_of(room.name, event, known) for event in events]
            seen = told
        return missed

    async def _names_for(self, events: list[Event]) -> Known:
        found: asyncio.Future[Known] = self._loop.create_future()
        ids = [user_id for event in events for user_id in people_in(event)]
        self._profiles.look_up(ids, lambda known, _: found.set_result(known))
        return await found

    async def _catch_up(self, room: Room) -> None:
        """Take the events of the stream that the channel did not bring."""
        async with room.reading:
            expected = room.expected
            events = await self._read(room.key, room.last)
            gone = taken_back(events)
            for event in events:
                self._accept(room, event, gone)
            if room.last < expected:
                self._skip_to(room, expected)

    async def _read(self, key: str, after: int) -> list[Event]:
        entries: Any = await self._redis.xrange(key, f"{after + 1}-0")
        return [orjson.loads(fields["event"]) for _, fields in entries]

    def _receive(self, room: Room, event: Event) -> None:
        """Take an event that the channel has brought."""
        if event["seq"] <= room.last + 1:
            self._accept(room, event)
        else:
            room.expected = max(room.expected, event["seq"])
            self._spawn(self._checked(room))

    def _accept(self, room: Room, event: Event, gone: frozenset[int] = frozenset()) -> None:
        """Take the event, once and in order, and hand it out. The events that are `gone` do not come."""
        if event["seq"] <= room.last:
            return
        if not gone.issuperset(range(room.last + 1, event["seq"])):
            self._skip_to(room, event["seq"])
            return
        room.last = event["seq"]
        room.untold.append(event)
        self._tell(room)

    def _tell(self, room: Room) -> None:
        """Hand out what has arrived, up to an event whose names have to be asked for."""
        while room.untold and not room.naming:
            event = room.untold[0]
            ids = people_in(event)
            known = self._profiles.known(ids)
            if known is None:
                room.naming = True
                self._profiles.look_up(ids, partial(self._tell_named, room, event))
            else:
                room.untold.popleft()
                self._hand_out(room, event, known)

    def _tell_named(self, room: Room, event: Event, known: Known, _: bool) -> None:
        room.naming = False
        # A reset may have overtaken it.
        if room.untold and room.untold[0] is event:
            room.untold.popleft()
            self._hand_out(room, event, known)
        self._tell(room)

    def _hand_out(self, room: Room, event: Event, known: Known) -> None:
        """Give the event to every stream of the room."""
        room.told = event["seq"]
        telling = telling_of(room.name, event, known)
        changed = event["members_changed"]
        DELIVERED.inc(len(room.streams))
        # One that cannot keep up leaves the room as it is written to.
        for stream in list(room.streams):
            stream.write(telling.frame_for(stream))
            if changed is None or (changed and str(stream.caller.id) in changed):
                self._ask_again_about(room, stream)

    def _skip_to(self, room: Room, seq: int) -> None:
        """Have every reader read the room again."""
        room.last = room.told = seq
        room.untold.clear()
        telling = reset(room.name, seq)
        for stream in list(room.streams):
            stream.write(telling.frame_for(stream))
            # A lost event may have said that a person is no longer a member.
            self._ask_again_about(room, stream)

    def _ask_again_about(self, room: Room, stream: Watching) -> None:
        """Ask again whether the reader may watch the room, and end it for them if not."""

        def ask() -> None:
            if not stream.may_still_watch(room.name):
                self._loop.call_soon_threadsafe(stream.end_room, room)

        self._threads.submit(ask)

    async def _listen_forever(self) -> None:
        while True:
            await self._watched.wait()
            try:
                async with self._redis.pubsub() as channel:
                    await self._listen_on(channel)
            except (redis.RedisError, OSError) as error:
                log.warning("live_channel_down", reason=type(error).__name__)
                await asyncio.sleep(RECONNECT)

    async def _listen_on(self, channel: PubSub) -> None:
        """Follow the watched rooms until Redis fails or none is watched."""
        # Before others use it: each that finds it without a connection would take one, and all but the last
        # would be lost.
        await channel.connect()  # type: ignore[no-untyped-call]  # redis-py has no types for it
        self._channel = channel
        try:
            if self._rooms:
                await channel.subscribe(*[room.key for room in self._rooms.values()])
            while self._rooms:
                message = await channel.get_message(timeout=CHECK)
                if message:
                    self._take(message)
        finally:
            # Before it is closed: one that is closed would take another connection, and never give it back.
            self._channel = None

    async def _subscribe(self, key: str) -> None:
        if self._channel:
            await self._channel.subscribe(key)

    async def _unsubscribe(self, key: str) -> None:
        if self._channel:
            await self._channel.unsubscribe(key)

    def _take(self, message: dict[str, Any]) -> None:
        room = self._rooms.get(message["channel"].removeprefix("room:"))
        if room is None:
            return
        if message["type"] == "message":
            self._receive(room, orjson.loads(message["data"]))
        elif message["type"] == "subscribe":
            room.subscribed.set()
            # Before this confirmation the channel brought no event of the room. One that is being opened is
            # read after it anyway.
            if room.opening is None or room.opening.done():
                self._spawn(self._checked(room))
        elif message["type"] == "unsubscribe":
            # The room was left and entered again, and the two commands have met.
            self._spawn(self._subscribe(room.key))

    async def _check_forever(self) -> None:
        while True:
            await asyncio.sleep(CHECK)
            for room in list(self._rooms.values()):
                if not await self._checked(room):
                    # A check of the other rooms would only wait for the same timeout.
                    break

    async def _checked(self, room: Room) -> bool:
        try:
            await self._catch_up(room)
        except (redis.RedisError, OSError) as error:
            log.warning("live_check_failed", reason=type(error).__name__)
            return False
        return True

    def _spawn(self, work: Coroutine[Any, Any, Any]) -> "asyncio.Task[Any]":
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)
        return task

    def _finished(self, task: "asyncio.Task[Any]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.warning("live_task_failed", reason=type(error).__name__)
