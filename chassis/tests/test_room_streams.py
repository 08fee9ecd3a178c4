"""Rooms take a bounded part of Redis, and give way to events when it is full."""

import json
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import redis
from flask import Flask
from sqlalchemy import select

from chassis.data.db import transaction
from chassis.messaging import room_streams
from chassis.messaging.publisher import Publisher
from chassis.messaging.room_streams import ROOM_BYTES, RoomStreams
from chassis.redis_client import connect
from dev.servers import Redis

from .support.notes import db, messages

STREAM = "events:tutoring-service"
VERSE = "x" * 3000


pytestmark = pytest.mark.usefixtures("only_the_test_publishes")


@pytest.fixture
def small(tmp_path: Path) -> Iterator["redis.Redis"]:
    """A Redis of its own, with 2 MB more than it needs to run."""
    own = Redis(tmp_path / "data", tmp_path / "log", ephemeral=True)
    own.start()
    with connect(own.cache_url, timeout=2) as connection:
        used = connection.info("memory")["used_memory"]
        connection.config_set("maxmemory", used + 2 * 1024 * 1024)
        connection.config_set("maxmemory-policy", "noeviction")
        yield connection
    own.stop()


def sing(room: str, numbers: range, text: str = VERSE) -> None:
    with transaction(db.session):
        for seq in numbers:
            messages.publish_live(room, seq, "sung", {"text": text})


def size(server: "redis.Redis", room: str) -> int:
    return server.memory_usage(f"room:{room}", samples=0) or 0


def numbers(server: "redis.Redis", room: str) -> list[int]:
    return [int(entry.split("-")[0]) for entry, _ in server.xrange(f"room:{room}")]


def test_a_room_is_bounded_by_bytes_and_keeps_its_newest_events(
    server: "redis.Redis", publisher: Publisher
) -> None:
    for start in range(1, 601, 50):
        sing("hall:1", range(start, start + 50))
        publisher.publish_pending()
        assert size(server, "hall:1") <= ROOM_BYTES
    kept = numbers(server, "hall:1")
    assert kept == list(range(kept[0], 601))
    assert len(kept) > 50


def test_all_rooms_are_bounded_and_the_quietest_are_forgotten(
    server: "redis.Redis", publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room_streams, "SHARE", 200_000)
    monkeypatch.setattr(room_streams, "SLACK", 20_000)
    for number in range(20):
        sing(f"hall:{number}", range(1, 6))
        sing("hall:busy", range(number * 2 + 1, number * 2 + 3))
        publisher.publish_pending()
        assert sum(size(server, key.removeprefix("room:")) for key in rooms(server)) <= 200_000
    assert {"room:hall:busy", "room:hall:19", "room:hall:18"} <= rooms(server)
    assert "room:hall:0" not in rooms(server)


def test_many_rooms_are_written_to_in_as_many_round_trips_as_one(
    publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[object] = []
    send = redis.Connection.send_packed_command

    def note(connection: redis.Connection, command: object, **options: bool) -> None:
        sent.append(command)
        send(connection, command, **options)

    monkeypatch.setattr(redis.Connection, "send_packed_command", note)

    def round_trips(rooms: range) -> int:
        sent.clear()
        for room in rooms:
            sing(f"hall:{room}", range(1, 3))
        publisher.publish_pending()
        return len(sent)

    round_trips(range(1))  # connects
    assert round_trips(range(1, 2)) == round_trips(range(2, 10)) == 4


def test_a_room_that_redis_has_expired_is_counted_no_longer(server: "redis.Redis") -> None:
    streams = RoomStreams("tutoring-service", server)
    server.xadd("room:hall:1", {"event": VERSE})
    streams.bound(["room:hall:1"], at=1000.0)
    server.delete("room:hall:1")
    streams.forget_expired(999.0)
    assert int(server.get("rooms:tutoring-service:taken") or 0) > len(VERSE)
    streams.forget_expired(1000.0)
    assert server.get("rooms:tutoring-service:taken") == "0"


def rooms(server: "redis.Redis") -> set[str]:
    return set(server.scan_iter("room:*"))


def test_rooms_give_way_to_events_when_redis_is_full(in_app: Flask, small: "redis.Redis") -> None:
    publisher = Publisher(messages, db.engine, small, in_app.extensions["identity"])
    publish(publisher)
    for number in range(10):
        sing(f"hall:{number}", range(1, 100))
        publish(publisher)
    with transaction(db.session):
        event_id = messages.publish_event("account.erased", "a", 1)
    publish(publisher)
    assert [event["id"] for event in events(small)] == [str(event_id)]


def test_events_that_all_listeners_have_read_give_way_to_the_next(
    in_app: Flask, small: "redis.Redis"
) -> None:
    publisher = Publisher(messages, db.engine, small, in_app.extensions["identity"])
    small.xgroup_create(STREAM, "fast", id="0", mkstream=True)
    small.xgroup_create(STREAM, "slow", id="0")
    write_events(2000)
    publish(publisher)
    unread = waiting()
    assert 0 < unread < 2000, "Redis is full, and holds a part of the events"
    read_all(small, "fast")
    publish(publisher)
    assert waiting() == unread, "what one listener has not read stays"
    read_all(small, "slow")
    publish(publisher)
    assert waiting() < unread


def test_what_a_full_redis_has_taken_is_not_sent_again(in_app: Flask, small: "redis.Redis") -> None:
    publisher = Publisher(messages, db.engine, small, in_app.extensions["identity"])
    write_events(2000)
    for _ in range(3):
        publish(publisher)
    sent = [event["id"] for event in events(small)]
    assert len(sent) == len(set(sent)) == 2000 - waiting()


def write_events(count: int) -> None:
    with transaction(db.session):
        for _ in range(count):
            messages.publish_event("note.written", uuid4(), 1, {"text": VERSE[:1500]})


def publish(publisher: Publisher) -> None:
    """What the relay does: it tries again after a failure."""
    for _ in range(3):
        try:
            publisher.publish_pending()
        except redis.exceptions.OutOfMemoryError:
            continue


def read_all(server: "redis.Redis", group: str) -> None:
    while entries := server.xreadgroup(group, "a-worker", {STREAM: ">"}, count=500):
        server.xack(STREAM, group, *(entry for entry, _ in entries[0][1]))


def events(server: "redis.Redis") -> list[dict[str, object]]:
    return [json.loads(fields["event"]) for _, fields in server.xrange(STREAM)]


def waiting() -> int:
    outbox = messages.outbox
    unpublished = select(outbox.c.id).where(outbox.c.published_at.is_(None))
    with db.engine.connect() as connection:
        return len(connection.execute(unpublished).all())
