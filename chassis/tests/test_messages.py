"""An event is published only if its change was committed, arrives, and is acted on once."""

import json
import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import redis
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text

from chassis import testing
from chassis.clock import now, rfc3339
from chassis.data import purging
from chassis.data.db import transaction
from chassis.messaging import retention as retention_rules
from chassis.messaging.consumer import TRIES, Consumer
from chassis.messaging.publisher import ROOM_LENGTH, Publisher, PublishingThread
from chassis.messaging.retention import Retention
from chassis.messaging.worker import Sweep, run_sweep
from chassis.redis_client import connect
from chassis.web.rooms import MOST_BYTES

from .support import notes
from .support.notes import Note, db, messages

STREAM = "events:user-service"
NOON = datetime(2026, 3, 5, 12, tzinfo=UTC)

pytestmark = pytest.mark.usefixtures("only_the_test_publishes")


@pytest.fixture
def consumer(in_app: Flask) -> Consumer:
    return in_app.extensions["worker"].consumer


@pytest.fixture
def retention(in_app: Flask) -> Retention:
    return in_app.extensions["worker"].retention


@pytest.fixture
def pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows are taken two at a time."""
    for module in (purging, retention_rules):
        monkeypatch.setattr(module, "BATCH", 2)


def bodies(server: "redis.Redis", stream: str) -> list[dict[str, Any]]:
    return [json.loads(fields["event"]) for _, fields in server.xrange(stream)]


def an_event(
    kind: str = "greeted", version: int = 1, aggregate: str = "a", **data: object
) -> dict[str, Any]:
    return {
        "id": str(uuid4()),
        "type": kind,
        "schema_version": 1,
        "source": "user-service",
        "aggregate_id": aggregate,
        "aggregate_version": version,
        "occurred_at": rfc3339(now()),
        "actor": None,
        "data": data,
    }


def deliver(server: "redis.Redis", *events: dict[str, Any] | str) -> None:
    for event in events:
        server.xadd(STREAM, testing.signed(event))


def consume_all(consumer: Consumer) -> None:
    consumer.consume(block=1)
    while consumer.consume(block=1):
        pass


def test_an_event_is_published_after_the_commit(
    server: "redis.Redis", publisher: Publisher
) -> None:
    with transaction(db.session):
        event_id = messages.publish_event("note.written", "a", 3, {"stars": 5})
    publisher.publish_pending()
    [event] = bodies(server, "events:tutoring-service")
    assert event["id"] == str(event_id)
    assert (event["type"], event["aggregate_version"], event["data"]) == (
        "note.written",
        3,
        {"stars": 5},
    )


def test_an_event_that_was_rolled_back_is_never_published(
    server: "redis.Redis", publisher: Publisher
) -> None:
    messages.publish_event("note.written", "a", 1)
    db.session.rollback()
    assert publisher.publish_pending() == 0
    assert bodies(server, "events:tutoring-service") == []


def test_publishing_again_after_a_crash_repeats_no_live_event(
    server: "redis.Redis", publisher: Publisher
) -> None:
    server.xadd("room:hall:1", {"event": "{}"}, id="1-0")
    with transaction(db.session):
        messages.publish_live("hall:1", 1, "sung", {})
        messages.publish_live("hall:1", 2, "sung", {})
    assert publisher.publish_pending() == 2
    assert [entry for entry, _ in server.xrange("room:hall:1")] == ["1-0", "2-0"]


def test_what_is_gathered_is_written_with_one_statement_in_its_order(
    app: Flask, server: "redis.Redis", publisher: Publisher
) -> None:
    with transaction(db.session), testing.count_queries(app) as statements, messages.gathered():
        for seq in (1, 2, 3):
            messages.publish_live("hall:1", seq, "sung", {})
    assert len(statements) == 1
    with pytest.raises(KeyError), messages.gathered():
        messages.publish_live("hall:1", 4, "unheard of", {})
    with transaction(db.session):
        messages.publish_live("hall:1", 5, "sung", {})
    assert publisher.publish_pending() == 4
    entries = [entry for entry, _ in server.xrange("room:hall:1")]
    assert entries == ["1-0", "2-0", "3-0", "5-0"]


def test_a_cleared_room_keeps_only_later_events(
    server: "redis.Redis", publisher: Publisher
) -> None:
    with transaction(db.session):
        messages.publish_live("hall:1", 1, "sung", {"text": "secret"})
    with transaction(db.session):
        messages.clear_room("hall:1")
        messages.publish_live("hall:1", 2, "taken_back", {})
    publisher.publish_pending()
    assert [body["seq"] for body in bodies(server, "room:hall:1")] == [2]
    assert db.session.execute(select(messages.outbox)).all() == []


def test_what_is_taken_back_leaves_the_room_and_nothing_else_does(
    server: "redis.Redis", publisher: Publisher
) -> None:
    one, other = uuid4(), uuid4()
    with transaction(db.session):
        messages.publish_live("hall:1", 1, "sung", {"id": one, "text": "secret"})
        messages.publish_live("hall:1", 2, "sung", {"id": other, "text": "open"})
    publisher.publish_pending()
    with transaction(db.session):
        messages.publish_live("hall:1", 3, "sung", {"id": one, "text": "secret, too"})
        messages.publish_live("hall:1", 4, "taken_back", {"id": one, "text": ""}, takes_back=one)
        messages.publish_live("hall:1", 5, "sung", {"id": other, "text": "still open"})
    publisher.publish_pending()
    left = bodies(server, "room:hall:1")
    assert [body["seq"] for body in left] == [2, 4, 5]
    assert [body.get("taken_back") for body in left] == [None, [1, 3], None]
    assert "secret" not in str(left)


def test_taking_back_again_after_a_crash_changes_nothing(
    server: "redis.Redis", publisher: Publisher
) -> None:
    song = uuid4()

    def publish() -> list[Any]:
        with transaction(db.session):
            messages.publish_live("hall:1", 1, "sung", {"id": song, "text": "secret"})
            messages.publish_live("hall:1", 2, "taken_back", {"id": song}, takes_back=song)
        publisher.publish_pending()
        return bodies(server, "room:hall:1")

    first = publish()
    assert [(body["seq"], body["taken_back"]) for body in first] == [(2, [1])]
    assert publish() == first


def test_what_was_taken_back_from_a_full_room_is_gone_with_the_past(
    server: "redis.Redis", publisher: Publisher
) -> None:
    song = uuid4()
    with transaction(db.session):
        messages.publish_live("hall:1", 1, "sung", {"id": song, "text": "secret"})
        messages.clear_room("hall:1")
        messages.publish_live("hall:1", 2, "taken_back", {"id": song}, takes_back=song)
    publisher.publish_pending()
    assert [body["seq"] for body in bodies(server, "room:hall:1")] == [2]


def test_a_live_event_has_its_declared_shape(server: "redis.Redis", publisher: Publisher) -> None:
    with transaction(db.session):
        messages.publish_live("hall:1", 1, "sung", {"text": "a", "sung_at": NOON, "by": "ruth"})
    publisher.publish_pending()
    [body] = bodies(server, "room:hall:1")
    assert body["data"] == {"text": "a", "sung_at": "2026-03-05T12:00:00Z"}


def test_a_live_event_that_is_too_large_says_where_the_whole_is(
    server: "redis.Redis", publisher: Publisher
) -> None:
    fits = MOST_BYTES - len('{"text": ""}')
    with transaction(db.session):
        messages.publish_live("hall:1", 1, "sung", {"text": "a" * fits})
        messages.publish_live("hall:1", 2, "sung", {"text": "a" * (fits + 1)})
        messages.publish_live("hall:1", 3, "sung", {"text": "ש" * (fits // 2 + 1), "sung_at": NOON})
    publisher.publish_pending()
    whole, one, other = [body["data"] for body in bodies(server, "room:hall:1")]
    assert whole == {"text": "a" * fits}
    assert one == {"text": None, "path": "/api/songs?text=a"}
    assert other == {"text": None, "sung_at": rfc3339(NOON), "path": "/api/songs?text=ש"}


def test_an_undeclared_live_event_is_not_published(in_app: Flask) -> None:
    with pytest.raises(KeyError), transaction(db.session):
        messages.publish_live("hall:1", 1, "whistled", {})


def test_live_events_are_in_the_document(client: FlaskClient) -> None:
    document = client.get("/openapi.json").json
    sung = document["x-live-events"]["hall"]["sung"]
    assert sung["schema"] == {"$ref": "#/components/schemas/Song"}
    assert sung["example"] == {"text": "Yedid nefesh"}
    assert "sung_at" in document["components"]["schemas"]["Song"]["properties"]


def test_a_room_keeps_about_a_thousand_events(server: "redis.Redis", publisher: Publisher) -> None:
    with transaction(db.session):
        for seq in range(1, 1501):
            messages.publish_live("hall:1", seq, "sung", {})
    publisher.publish_pending()
    assert ROOM_LENGTH <= server.xlen("room:hall:1") < 1200


@pytest.mark.usefixtures("race_round")
def test_concurrent_writers_leave_one_order(in_app: Flask, server: "redis.Redis") -> None:
    with transaction(db.session):
        room = Note(owner_id=uuid4(), title="room", version=1)
        db.session.add(room)
    room_id = room.id

    def write() -> None:
        with in_app.app_context():
            for _ in range(25):
                with transaction(db.session):
                    seq = db.session.scalars(
                        Note.__table__.update()
                        .where(Note.__table__.c.id == room_id)
                        .values(version=Note.__table__.c.version + 1)
                        .returning(Note.__table__.c.version)
                    ).one()
                    messages.publish_live("hall:1", seq - 1, "sung", {})
            in_app.extensions["worker"].publisher.publish_pending()

    testing.race([write] * 8)
    assert [body["seq"] for body in bodies(server, "room:hall:1")] == list(range(1, 201))


def test_an_event_is_acted_on_once_however_often_it_is_delivered(
    server: "redis.Redis", consumer: Consumer
) -> None:
    event = an_event()
    deliver(server, event, event, event)
    consume_all(consumer)
    assert len(notes.received) == 1
    assert len(db.session.scalars(select(Note)).all()) == 1


def test_a_latest_only_subscription_drops_older_events(
    server: "redis.Redis", consumer: Consumer
) -> None:
    events = [an_event("moved", version) for version in range(1, 6)]
    random.Random(3).shuffle(events)
    deliver(server, *events)
    consume_all(consumer)
    versions = [event.aggregate_version for event in notes.received]
    assert versions == sorted(versions)
    assert versions[-1] == 5


def test_an_event_without_a_subscription_is_passed_over(
    server: "redis.Redis", consumer: Consumer
) -> None:
    deliver(server, an_event("unheard-of"), {**an_event(), "more": "fields"})
    consume_all(consumer)
    assert len(notes.received) == 1


def test_a_poison_event_is_parked_and_holds_up_no_other(
    server: "redis.Redis", consumer: Consumer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chassis.messaging.consumer.RETRY_AFTER", 0)
    poison = ["not json", {**an_event(), "schema_version": 2}, an_event(poison=True), '{"id": 1}']
    deliver(server, *poison, an_event())
    for _ in range(TRIES + 1):
        consumer.consume(block=1)
    assert len(notes.received) == 1
    table = messages.failed_events
    parked = db.session.execute(select(table).where(table.c.parked_at.is_not(None))).all()
    assert [row.tries for row in parked] == [TRIES] * 4
    assert server.xpending(STREAM, "tutoring-service")["pending"] == 0


def test_events_left_by_a_dead_consumer_are_acted_on(
    in_app: Flask, server: "redis.Redis", consumer: Consumer, monkeypatch: pytest.MonkeyPatch
) -> None:
    consumer.consume(block=1)
    deliver(server, an_event(), an_event())
    server.xreadgroup("tutoring-service", "a-dead-worker", {STREAM: ">"})
    monkeypatch.setattr("chassis.messaging.consumer.RETRY_AFTER", 0)
    consume_all(consumer)
    assert len(notes.received) == 2


def test_a_redis_that_comes_back_empty_is_filled_again(
    server: "redis.Redis", publisher: Publisher, retention: Retention
) -> None:
    retention.restore()
    with transaction(db.session):
        messages.publish_event("note.written", "a", 1)
    publisher.publish_pending()
    assert retention.restore() == 0
    server.flushdb()
    assert retention.restore() == 1
    publisher.publish_pending()
    assert len(bodies(server, "events:tutoring-service")) == 1


@pytest.mark.usefixtures("pairs")
def test_events_are_published_again_in_their_order_a_few_at_a_time(
    server: "redis.Redis", publisher: Publisher, retention: Retention, in_app: Flask
) -> None:
    for version in range(1, 6):
        with transaction(db.session):
            messages.publish_event("note.written", "a", version)
    publisher.publish_pending()
    server.flushdb()
    with testing.count_queries(in_app) as statements:
        assert retention.replay(timedelta(days=1)) == 5
    assert len([each for each in statements if each.startswith("UPDATE outbox")]) == 4
    publisher.publish_pending()
    again = bodies(server, "events:tutoring-service")
    assert [body["aggregate_version"] for body in again] == [1, 2, 3, 4, 5]


@pytest.mark.usefixtures("pairs")
def test_events_of_one_moment_are_all_published_again(
    server: "redis.Redis", publisher: Publisher, retention: Retention
) -> None:
    with transaction(db.session):
        for aggregate in "abcde":
            messages.publish_event("note.written", aggregate, 1)
    db.session.execute(messages.outbox.update().values(created_at=now()))
    db.session.commit()
    publisher.publish_pending()
    server.flushdb()
    assert retention.replay(timedelta(days=1)) == 5
    assert publisher.publish_pending() == 5


def test_events_that_another_replay_fails_to_mark_are_published_again(
    publisher: Publisher, retention: Retention, in_app: Flask
) -> None:
    for version in (1, 2, 3):
        with transaction(db.session):
            messages.publish_event("note.written", "a", version)
    publisher.publish_pending()
    waiting = text("SELECT 1 FROM pg_locks WHERE NOT granted")
    with db.engine.connect() as other, db.engine.connect() as watch, ThreadPoolExecutor(1) as pool:
        other.execute(messages.outbox.update().values(published_at=None))
        replay = pool.submit(retention.replay, timedelta(days=1))
        while not (replay.done() or watch.execute(waiting).first()):
            pass
        other.rollback()
        assert replay.result() == 3


@pytest.mark.usefixtures("pairs")
def test_what_expired_is_deleted_a_few_at_a_time(retention: Retention, in_app: Flask) -> None:
    long_ago = now() - timedelta(days=61)
    rows = [{"event_id": uuid4(), "received_at": at} for at in [long_ago] * 5 + [now()] * 2]
    db.session.execute(messages.inbox.insert(), rows)
    db.session.commit()
    with testing.count_queries(in_app) as statements:
        retention.purge_expired()
    assert len([each for each in statements if each.startswith("DELETE FROM inbox")]) == 3
    assert len(db.session.execute(select(messages.inbox)).all()) == 2


def test_a_consumer_starts_again_with_an_empty_redis(
    server: "redis.Redis", consumer: Consumer
) -> None:
    event = an_event()
    deliver(server, event)
    consume_all(consumer)
    server.flushdb()
    deliver(server, event, an_event())
    consume_all(consumer)
    assert len(notes.received) == 2


def test_expired_messages_are_deleted_and_parked_events_are_kept(
    publisher: Publisher, retention: Retention
) -> None:
    with transaction(db.session):
        messages.publish_event("note.written", "a", 1)
    publisher.publish_pending()
    month_ago = now() - timedelta(days=31)
    db.session.execute(messages.outbox.update().values(created_at=month_ago))
    failure = {"stream": "events:x", "body": "{}", "error": "", "tries": 1, "failed_at": month_ago}
    parked_failure = {**failure, "entry_id": "2-0", "parked_at": month_ago}
    for row in ({**failure, "entry_id": "1-0"}, parked_failure):
        db.session.execute(messages.failed_events.insert().values(row))
    db.session.commit()
    retention.purge_expired()
    assert db.session.execute(select(messages.outbox)).all() == []
    assert db.session.scalars(select(messages.failed_events.c.entry_id)).all() == ["2-0"]


def test_no_event_is_lost_while_redis_is_down(
    server: "redis.Redis", publisher: Publisher, in_app: Flask
) -> None:
    unreachable = Publisher(
        messages, db.engine, connect("redis://127.0.0.1:1/0"), in_app.extensions["identity"]
    )
    with transaction(db.session):
        messages.publish_event("note.written", "a", 1)
    with pytest.raises(redis.RedisError):
        unreachable.publish_pending()
    publisher.publish_pending()
    assert len(bodies(server, "events:tutoring-service")) == 1


def test_the_publishing_thread_publishes_when_woken(
    server: "redis.Redis", publisher: Publisher
) -> None:
    thread = PublishingThread(publisher)
    with transaction(db.session):
        messages.publish_live("hall:1", 1, "sung", {})
    thread.wake()
    assert server.xread({"room:hall:1": "0"}, block=3000)
    thread.stop()


def test_what_is_committed_while_the_publishing_thread_rests_waits_for_the_next_round(
    server: "redis.Redis", publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chassis.messaging.publisher.REST", 3600)
    thread = PublishingThread(publisher)
    for seq in (1, 2, 3):
        with transaction(db.session):
            messages.publish_live("hall:1", seq, "sung", {})
        thread.wake()
        assert server.xread({"room:hall:1": "0"}, block=3000)
    thread.stop()
    assert server.xlen("room:hall:1") == 1
    assert publisher.publish_pending() == 2


def test_one_round_publishes_all_that_waits(in_app: Flask, publisher: Publisher) -> None:
    with transaction(db.session):
        for seq in (1, 2, 3):
            messages.publish_live("hall:1", seq, "sung", {})
    with testing.count_queries(in_app) as statements:
        assert publisher.publish_pending() == 3
    # The lock, the messages, and that they are sent.
    assert len(statements) == 3


def test_a_sweep_runs_until_nothing_is_left(in_app: Flask) -> None:
    left = [3, 2, 0]
    assert run_sweep(messages, Sweep("count-down", 1, lambda: left.pop(0))) == 5
    assert left == []
