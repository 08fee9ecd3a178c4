"""Rooms and streams: every reader receives each event once and in order, or a reset."""

import json
import random
import threading
import time
from collections.abc import Callable, Iterator
from uuid import UUID, uuid4

import pytest
import redis

from chassis import testing
from gateway import live
from gateway.live import RoomHub
from gateway.readers import QUEUE, EventStream, Watcher

RUTH = uuid4()
HALL = f"hall:{uuid4()}"  # channels are shared by all databases of a Redis


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
    ) -> None:
        with self._lock:
            self.seq += 1
            changed = (
                None if members_changed is None else [str(member) for member in members_changed]
            )
            body = json.dumps(
                {"type": kind, "seq": self.seq, "data": {}, "members_changed": changed}
            )
            self.redis.xadd(f"room:{HALL}", {"event": body}, id=f"{self.seq}-0")
            if channel:
                self.redis.publish(f"room:{HALL}", body)


@pytest.fixture
def owner() -> Iterator[Owner]:
    with redis.Redis.from_url(testing.redis_url()) as connection:
        connection.flushdb()
        yield Owner(connection)


@pytest.fixture(scope="module")
def hub() -> RoomHub:
    return RoomHub(testing.redis_url(), lambda session: session == "revoked")


def watch(
    hub: RoomHub,
    owner: Owner,
    last_event_id: int | None = None,
    *,
    session: str = "s",
    seconds: float = 60,
    may_still_watch: Callable[[], bool] = lambda: True,
    hang_up: Callable[[], None] = lambda: None,
) -> EventStream:
    watcher = Watcher(RUTH, session, time.time() + seconds, may_still_watch, hang_up)
    return hub.watch(HALL, owner.seq, last_event_id, watcher)


def read(stream: EventStream, count: int) -> list[tuple[str, int | None]]:
    """The next events as (type, number), heartbeats left out."""
    events = []
    for frame in stream.frames():
        lines = dict(line.split(": ", 1) for line in frame.decode().strip().splitlines())
        if "event" in lines:
            events.append((lines["event"], int(lines["id"]) if "id" in lines else None))
        if len(events) == count:
            return events
    return [*events, ("closed", None)]


def test_a_stream_begins_with_the_next_event(hub: RoomHub, owner: Owner) -> None:
    owner.say()
    stream = watch(hub, owner)
    owner.say()
    owner.say()
    assert read(stream, 2) == [("said", 2), ("said", 3)]
    hub.leave(HALL, stream)


def test_a_reader_resumes_without_gap_or_repeat(hub: RoomHub, owner: Owner) -> None:
    for _ in range(5):
        owner.say()
    stream = watch(hub, owner, 2)
    owner.say()
    assert read(stream, 4) == [("said", number) for number in (3, 4, 5, 6)]
    hub.leave(HALL, stream)


def test_a_reader_whose_position_is_gone_receives_a_reset(hub: RoomHub, owner: Owner) -> None:
    for _ in range(5):
        owner.say()
    owner.redis.xdel(f"room:{HALL}", "3-0")
    for position in (1, 9):
        stream = watch(hub, owner, position)
        assert read(stream, 1) == [("reset", 5)]
        hub.leave(HALL, stream)


def test_events_lost_by_redis_cause_a_reset(hub: RoomHub, owner: Owner) -> None:
    owner.say()
    owner.redis.flushdb()
    stream = watch(hub, owner, 0)
    owner.say()
    assert read(stream, 2) == [("reset", 1), ("said", 2)]
    hub.leave(HALL, stream)


def test_events_lost_by_the_channel_come_from_the_stream(hub: RoomHub, owner: Owner) -> None:
    stream = watch(hub, owner)
    owner.say(channel=False)
    owner.say(channel=False)
    owner.say()
    assert read(stream, 3) == [("said", 1), ("said", 2), ("said", 3)]
    hub.leave(HALL, stream)


def test_a_silent_channel_is_noticed(
    hub: RoomHub, owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "CHECK", 0.1)
    fresh = RoomHub(testing.redis_url(), lambda _: False)
    stream = watch(fresh, owner)
    owner.say(channel=False)
    assert read(stream, 1) == [("said", 1)]
    fresh.leave(HALL, stream)


def test_a_channel_is_followed_again_after_a_disconnect(hub: RoomHub, owner: Owner) -> None:
    stream = watch(hub, owner)
    for client in owner.redis.client_list(_type="pubsub"):
        owner.redis.client_kill_filter(_id=client["id"])
    owner.say()
    assert read(stream, 1) == [("said", 1)]
    hub.leave(HALL, stream)


def test_the_stream_of_a_removed_member_ends(hub: RoomHub, owner: Owner) -> None:
    allowed = watch(hub, owner)
    removed = watch(hub, owner, may_still_watch=lambda: False)
    owner.say("left", members_changed=(RUTH,))
    assert read(removed, 3) == [("left", 1), ("end", None), ("closed", None)]
    owner.say()
    assert read(allowed, 2) == [("left", 1), ("said", 2)]
    for stream in (allowed, removed):
        hub.leave(HALL, stream)


def test_every_watcher_is_checked_when_any_member_may_have_left(hub: RoomHub, owner: Owner) -> None:
    allowed = watch(hub, owner)
    gone = watch(hub, owner, may_still_watch=lambda: False)
    owner.say("moved", members_changed=None)
    assert read(gone, 3) == [("moved", 1), ("end", None), ("closed", None)]
    owner.say()
    assert read(allowed, 2) == [("moved", 1), ("said", 2)]
    for stream in (allowed, gone):
        hub.leave(HALL, stream)


def test_watchers_are_checked_after_a_gap_in_the_events(hub: RoomHub, owner: Owner) -> None:
    asked = threading.Event()
    stream = watch(hub, owner, may_still_watch=lambda: bool(asked.set()))
    owner.seq += 1
    owner.say()
    assert read(stream, 1) == [("reset", 2)]
    assert asked.wait(10)
    hub.leave(HALL, stream)


def test_watchers_are_checked_when_the_latest_event_never_arrived(
    hub: RoomHub, owner: Owner
) -> None:
    asked = threading.Event()
    stream = watch(hub, owner, may_still_watch=lambda: bool(asked.set()))
    owner.seq += 1
    newcomer = watch(hub, owner)
    assert read(stream, 1) == [("reset", 1)]
    assert asked.wait(10)
    for known in (stream, newcomer):
        hub.leave(HALL, known)


def test_a_stream_ends_with_its_token(hub: RoomHub, owner: Owner) -> None:
    stream = watch(hub, owner, seconds=0.2)
    assert read(stream, 2) == [("end", None), ("closed", None)]
    hub.leave(HALL, stream)


def test_a_stream_ends_with_its_session(owner: Owner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "CHECK", 0.1)
    hub = RoomHub(testing.redis_url(), lambda session: session == "revoked")
    stream = watch(hub, owner, session="revoked")
    assert read(stream, 2) == [("end", None), ("closed", None)]
    hub.leave(HALL, stream)


def test_a_reader_that_is_too_slow_is_disconnected(hub: RoomHub, owner: Owner) -> None:
    hung_up = threading.Event()
    stream = watch(hub, owner, hang_up=hung_up.set)
    for _ in range(QUEUE + 1):
        owner.say()
    assert hung_up.wait(10)
    hub.leave(HALL, stream)


def test_readers_that_come_and_go_see_concurrent_writes_in_one_order(
    hub: RoomHub, owner: Owner
) -> None:
    def write() -> None:
        for _ in range(25):
            owner.say()
            time.sleep(random.uniform(0, 0.004))

    def follow() -> list[int]:
        seen: list[int] = []
        while len(seen) < 200:
            stream = watch(hub, owner, len(seen))
            seen += [
                seq for _, seq in read(stream, min(200 - len(seen), random.randint(1, 60))) if seq
            ]
            hub.leave(HALL, stream)
        return seen

    results = testing.race([*[write] * 8, *[follow] * 5])
    assert results[8:] == [list(range(1, 201))] * 5


def test_a_stream_that_was_left_no_longer_counts(hub: RoomHub, owner: Owner) -> None:
    stream = watch(hub, owner)
    assert hub.watching(RUTH) == 1
    hub.leave(HALL, stream)
    assert hub.watching(RUTH) == 0
