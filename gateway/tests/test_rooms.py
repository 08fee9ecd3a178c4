"""Rooms and streams: every reader receives each event once and in order, or a reset."""

import asyncio
import json
import queue
import random
import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
import redis
from redis.asyncio.client import PubSub

from chassis import testing
from chassis.auth.tokens import Caller, Verifier
from gateway.edge import rooms
from gateway.edge.live_events import ending
from gateway.edge.positions import Positions
from gateway.edge.profiles import ProfileCache
from gateway.edge.rooms import RoomHub
from gateway.edge.watched_rooms import Room, Visit
from gateway.errors import TokenRevoked

from .support.event_loop import Loop, wait_until
from .support.gateway_process import Doubles
from .support.upstream_doubles import Double

RUTH = uuid4()
HALL = f"hall:{uuid4()}"  # channels are shared by all databases of a Redis
USER = "user-service"


def caller_of(session: str) -> Caller:
    """Ruth, signed in like this."""
    token = testing.token_for(replace(testing.a_user(), id=RUTH), sid=session)
    keys = {testing.KID: testing.key_files().signing_key.public_key()}
    return Verifier(keys, testing.ISSUER).verify(token)


class Owner:
    """Publishes to rooms the way a service's outbox does."""

    def __init__(self, connection: "redis.Redis") -> None:
        self.redis = connection
        self.seq = 0
        self._lock = threading.Lock()

    def say(
        self,
        kind: str = "said",
        *,
        channel: bool = True,
        members_changed: tuple[UUID, ...] | None = (),
        data: object = None,
        taken_back: Sequence[int] = (),
    ) -> None:
        with self._lock:
            self.seq += 1
            changed = (
                None if members_changed is None else [str(member) for member in members_changed]
            )
            event = {
                "type": kind,
                "seq": self.seq,
                "data": data or {},
                "members_changed": changed,
                "taken_back": taken_back,
            }
            body = json.dumps(event)
            self.redis.xadd(f"room:{HALL}", {"event": body}, id=f"{self.seq}-0")
            if channel:
                self.redis.publish(f"room:{HALL}", body)
            if taken_back:
                self.redis.xdel(f"room:{HALL}", *(f"{seq}-0" for seq in taken_back))


class Reader:
    """A stream that keeps what it is written."""

    def __init__(
        self,
        session: str = "s",
        may_still_watch: Callable[[], bool] = lambda: True,
        blocked: Collection[str] = (),
    ) -> None:
        self.caller = caller_of(session)
        self.blocked = set(blocked)
        self.rooms: set[Room] = set()
        self.positions: Positions | None = None
        self.is_behind = False
        self._allowed = may_still_watch
        self._frames: queue.Queue[bytes] = queue.Queue()

    def write(self, frame: bytes) -> None:
        self._frames.put(frame)

    def end(self, reason: str) -> None:
        self._frames.put(ending(reason))

    def end_room(self, _: Room) -> None:
        self.end("not_allowed")

    def may_still_watch(self, _: str) -> bool:
        return self._allowed()

    def read(self, count: int) -> list[tuple[str, int | None]]:
        """The next events as (type, number)."""
        return [
            (lines["event"], int(lines["id"]) if "id" in lines else None)
            for lines in self._read(count)
        ]

    def read_contents(self, count: int) -> list[dict[str, Any]]:
        """What the next events say."""
        return [json.loads(lines["data"]) for lines in self._read(count)]

    def read_folded(self, count: int) -> list[object]:
        """Whether the next events are folded; None for one whose words cannot be."""
        return [event["data"].get("folded") for event in self.read_contents(count)]

    def _read(self, count: int) -> list[dict[str, str]]:
        events: list[dict[str, str]] = []
        while len(events) < count:
            for frame in self._frames.get(timeout=10).decode().split("\n\n"):
                lines = dict(line.split(": ", 1) for line in frame.splitlines())
                if "event" in lines:
                    events.append(lines)
        return events


@pytest.fixture
def owner() -> Iterator[Owner]:
    with redis.Redis.from_url(testing.redis_url()) as connection:
        connection.flushdb()
        yield Owner(connection)


@pytest.fixture
def hub(loop: Loop, services: Doubles) -> Iterator[RoomHub]:
    profiles = ProfileCache(loop.service(USER, services[USER].url), loop.loop, loop.threads)
    hub = RoomHub(
        testing.redis_url(),
        profiles,
        lambda caller: TokenRevoked() if caller.session_id == "revoked" else None,
        loop.loop,
        loop.threads,
    )
    loop.call(hub.start)
    yield hub
    loop.run(hub.disconnect())


def watch(
    loop: Loop, hub: RoomHub, owner: Owner, last_event_id: int | None = None, **reader: object
) -> Reader:
    stream = Reader(**reader)
    loop.run(hub.join([Visit(HALL, owner.seq, last_event_id)], stream))
    return stream


def answer_later(user_service: Double) -> tuple[threading.Event, threading.Event]:
    """Have it wait before it answers: that it was asked, and that it may answer."""
    asked, may_answer = threading.Event(), threading.Event()

    def wait(*_: object) -> None:
        asked.set()
        may_answer.wait(10)

    user_service.reply = wait
    return asked, may_answer


def test_a_stream_begins_with_the_next_event(loop: Loop, hub: RoomHub, owner: Owner) -> None:
    owner.say()
    stream = watch(loop, hub, owner)
    owner.say()
    owner.say()
    assert stream.read(2) == [("said", 2), ("said", 3)]


def test_a_stream_begins_after_events_whose_names_are_asked_for(
    loop: Loop, hub: RoomHub, owner: Owner, services: Doubles
) -> None:
    asked, may_answer = answer_later(services[USER])
    watch(loop, hub, owner)
    owner.say(data={"author_id": str(uuid4())})
    assert asked.wait(10)
    # Its names are waited for until their deadline.
    stream = watch(loop, hub, owner)
    may_answer.set()
    owner.say()
    assert stream.read(1) == [("said", 2)]


def test_a_reader_resumes_without_gap_or_repeat(loop: Loop, hub: RoomHub, owner: Owner) -> None:
    for _ in range(5):
        owner.say()
    stream = watch(loop, hub, owner, 2)
    owner.say()
    assert stream.read(4) == [("said", number) for number in (3, 4, 5, 6)]


def test_a_reader_whose_position_is_gone_receives_a_reset(
    loop: Loop, hub: RoomHub, owner: Owner
) -> None:
    for _ in range(5):
        owner.say()
    owner.redis.xdel(f"room:{HALL}", "3-0")
    for position in (1, 9):
        assert watch(loop, hub, owner, position).read(1) == [("reset", 5)]


def test_a_reader_resumes_past_what_was_taken_back(loop: Loop, hub: RoomHub, owner: Owner) -> None:
    for _ in range(4):
        owner.say()
    owner.say("deleted", taken_back=[2])
    owner.say("deleted", taken_back=[4])
    expected = [("said", 1), ("said", 3), ("deleted", 5), ("deleted", 6)]
    for position in range(6):
        later = [event for event in expected if event[1] > position]
        assert watch(loop, hub, owner, position).read(len(later)) == later


def test_a_reader_does_not_see_why_numbers_are_missing(
    loop: Loop, hub: RoomHub, owner: Owner
) -> None:
    owner.say()
    stream = watch(loop, hub, owner, 0)
    owner.say("deleted", taken_back=[1])
    [_, deleted] = stream.read_contents(2)
    assert deleted == {"type": "deleted", "seq": 2, "data": {}}


def test_what_was_taken_back_while_the_channel_was_silent_is_no_loss(
    loop: Loop, hub: RoomHub, owner: Owner
) -> None:
    stream = watch(loop, hub, owner)
    owner.say()
    for _ in range(3):
        owner.say(channel=False)
    owner.say("deleted", channel=False, taken_back=[2, 4])
    owner.say()
    assert stream.read(4) == [("said", 1), ("said", 3), ("deleted", 5), ("said", 6)]


def test_a_loss_next_to_what_was_taken_back_is_a_loss(
    loop: Loop, hub: RoomHub, owner: Owner
) -> None:
    for _ in range(4):
        owner.say()
    owner.say("deleted", taken_back=[2])
    owner.redis.xdel(f"room:{HALL}", "3-0")
    assert watch(loop, hub, owner, 1).read(1) == [("reset", 5)]
    assert watch(loop, hub, owner, 3).read(2) == [("said", 4), ("deleted", 5)]


def test_words_are_folded_for_those_who_block_their_author(
    loop: Loop, hub: RoomHub, owner: Owner
) -> None:
    boaz, naomi = str(uuid4()), str(uuid4())
    stream, other = watch(loop, hub, owner, blocked=[boaz]), watch(loop, hub, owner)
    for author in (boaz, naomi):
        owner.say(data={"user_id": author, "folded": False})
    # What is no words is shown as ever.
    owner.say(data={"user_id": boaz})
    assert stream.read_folded(3) == [True, False, None]
    assert other.read_folded(3) == [False, False, None]
    resumed = watch(loop, hub, owner, 0, blocked=[naomi])
    assert resumed.read_folded(3) == [False, True, None]


def test_a_block_folds_from_then_on_and_its_end_unfolds(
    loop: Loop, hub: RoomHub, owner: Owner
) -> None:
    boaz = str(uuid4())
    stream = watch(loop, hub, owner)
    for holds in (True, False):
        loop.call(partial(hub.note_block, str(RUTH), boaz, holds=holds))
        loop.call(partial(hub.note_block, boaz, str(RUTH), holds=holds))
        owner.say(data={"user_id": boaz, "folded": False})
        assert stream.read_folded(1) == [holds]


def test_events_lost_by_redis_cause_a_reset(loop: Loop, hub: RoomHub, owner: Owner) -> None:
    owner.say()
    owner.redis.flushdb()
    stream = watch(loop, hub, owner, 0)
    owner.say()
    assert stream.read(2) == [("reset", 1), ("said", 2)]


def test_a_room_that_redis_has_forgotten_is_not_waited_for(
    loop: Loop, hub: RoomHub, owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rooms, "ARRIVED_WITHIN", 60.0)
    for _ in range(3):
        owner.say()
    owner.redis.flushdb()
    for position in (None, 3):
        stream = watch(loop, hub, owner, position)
        owner.say()
        assert stream.read(1) == [("said", owner.seq)]
        loop.call(hub.leave, stream)
        owner.seq = 3
        owner.redis.flushdb()


def test_events_lost_by_the_channel_come_from_the_stream(
    loop: Loop, hub: RoomHub, owner: Owner
) -> None:
    stream = watch(loop, hub, owner)
    owner.say(channel=False)
    owner.say(channel=False)
    owner.say()
    assert stream.read(3) == [("said", 1), ("said", 2), ("said", 3)]


def test_a_silent_channel_is_noticed(
    loop: Loop, hub: RoomHub, owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rooms, "CHECK", 0.1)
    stream = watch(loop, hub, owner)
    owner.say(channel=False)
    assert stream.read(1) == [("said", 1)]


def test_a_channel_is_followed_again_after_a_disconnect(
    loop: Loop, hub: RoomHub, owner: Owner
) -> None:
    stream = watch(loop, hub, owner)
    for client in owner.redis.client_list(_type="pubsub"):
        owner.redis.client_kill_filter(_id=client["id"])
    owner.say()
    assert stream.read(1) == [("said", 1)]


def test_a_room_that_is_left_and_entered_again_is_followed(
    loop: Loop, hub: RoomHub, owner: Owner
) -> None:
    for _ in range(20):
        stream = watch(loop, hub, owner)
        loop.call(hub.leave, stream)
    stream = watch(loop, hub, owner)
    owner.say()
    assert stream.read(1) == [("said", 1)]


def followed(owner: Owner) -> int:
    """How many connections follow channels."""
    database = owner.redis.get_connection_kwargs()["db"]
    clients = owner.redis.client_list(_type="pubsub")
    return sum(int(client["db"]) == database for client in clients)


async def visit(hub: RoomHub, *rooms: str) -> None:
    stream = Reader()
    await hub.join([Visit(room, 0, None) for room in rooms], stream)
    hub.leave(stream)


class SlowPool:
    """A pool that takes a while to give a connection."""

    def __init__(self, pool: Any) -> None:
        self._pool = pool

    def __getattr__(self, name: str) -> Any:
        return getattr(self._pool, name)

    async def get_connection(self) -> Any:
        await asyncio.sleep(0.1)
        return await self._pool.get_connection()


def test_rooms_that_are_entered_while_the_channel_opens_take_no_connection_of_their_own(
    loop: Loop, hub: RoomHub, owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = PubSub.__init__
    monkeypatch.setattr(
        PubSub, "__init__", lambda self, pool, **more: begin(self, SlowPool(pool), **more)
    )
    stream = watch(loop, hub, owner)
    owner.say()
    assert stream.read(1) == [("said", 1)]
    loop.call(hub.leave, stream)
    wait_until(lambda: not followed(owner))


def test_every_connection_is_given_back_however_rooms_are_left(
    loop: Loop, hub: RoomHub, owner: Owner
) -> None:
    for pause in [0.0002, 0.0008, 0.0015, 0.005] * 40:
        loop.run(visit(hub, f"hall:{uuid4()}", "user:7"))
        # The channel is still open then, or just being closed, or closed.
        time.sleep(pause)
    wait_until(lambda: not followed(owner))


def test_the_stream_of_a_removed_member_ends(loop: Loop, hub: RoomHub, owner: Owner) -> None:
    allowed = watch(loop, hub, owner)
    removed = watch(loop, hub, owner, may_still_watch=lambda: False)
    owner.say("left", members_changed=(RUTH,))
    assert removed.read(2) == [("left", 1), ("end", None)]
    owner.say()
    assert allowed.read(2) == [("left", 1), ("said", 2)]


def test_every_watcher_is_checked_when_any_member_may_have_left(
    loop: Loop, hub: RoomHub, owner: Owner
) -> None:
    allowed = watch(loop, hub, owner)
    gone = watch(loop, hub, owner, may_still_watch=lambda: False)
    owner.say("moved", members_changed=None)
    assert gone.read(2) == [("moved", 1), ("end", None)]
    owner.say()
    assert allowed.read(2) == [("moved", 1), ("said", 2)]


def test_watchers_are_checked_after_a_gap_in_the_events(
    loop: Loop, hub: RoomHub, owner: Owner
) -> None:
    asked = threading.Event()
    stream = watch(loop, hub, owner, may_still_watch=lambda: bool(asked.set()))
    owner.seq += 1
    owner.say()
    assert stream.read(1) == [("reset", 2)]
    assert asked.wait(10)


def test_watchers_are_checked_when_the_latest_event_never_arrived(
    loop: Loop, hub: RoomHub, owner: Owner
) -> None:
    asked = threading.Event()
    stream = watch(loop, hub, owner, may_still_watch=lambda: bool(asked.set()))
    owner.seq += 1
    watch(loop, hub, owner)
    assert stream.read(1) == [("reset", 1)]
    assert asked.wait(10)


def test_a_reader_who_joins_after_a_change_is_checked(
    loop: Loop, hub: RoomHub, owner: Owner
) -> None:
    owner.say("left", members_changed=(RUTH,))
    gone = Reader(may_still_watch=lambda: False)
    loop.run(hub.join([Visit(HALL, 0, None)], gone))
    assert gone.read(1) == [("end", None)]


def test_a_sign_in_that_ended_meanwhile_ends_the_stream_as_it_begins(
    loop: Loop, hub: RoomHub, owner: Owner
) -> None:
    assert watch(loop, hub, owner, session="revoked").read(1) == [("end", None)]


def test_a_stream_ends_with_its_sign_in(loop: Loop, hub: RoomHub, owner: Owner) -> None:
    stays = watch(loop, hub, owner)
    ended = watch(loop, hub, owner, session="revoked")
    loop.call(hub.end_refused, str(RUTH))
    assert ended.read(1) == [("end", None)]
    owner.say()
    assert stays.read(1) == [("said", 1)]


def test_events_stay_in_order_while_names_are_asked_for(
    loop: Loop, hub: RoomHub, owner: Owner, services: Doubles
) -> None:
    asked, may_answer = answer_later(services[USER])
    stream = watch(loop, hub, owner)
    owner.say(data={"author_id": str(uuid4())})
    assert asked.wait(10)
    owner.say()
    late = watch(loop, hub, owner, 0)
    may_answer.set()
    for reader in (stream, late):
        assert reader.read(2) == [("said", 1), ("said", 2)]


def test_readers_that_come_and_go_see_concurrent_writes_in_one_order(
    loop: Loop, hub: RoomHub, owner: Owner
) -> None:
    def write() -> None:
        for _ in range(25):
            owner.say()
            time.sleep(random.uniform(0, 0.004))

    def follow() -> list[int]:
        seen: list[int] = []
        while len(seen) < 200:
            stream = watch(loop, hub, owner, len(seen))
            wanted = min(200 - len(seen), random.randint(1, 60))
            seen += [seq for _, seq in stream.read(wanted) if seq]
            loop.call(hub.leave, stream)
        return seen

    results = testing.race([*[write] * 8, *[follow] * 5])
    assert [seen[:200] for seen in results[8:]] == [list(range(1, 201))] * 5
