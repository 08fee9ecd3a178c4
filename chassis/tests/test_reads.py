"""A read has no transaction, and is run again if its connection is dead."""

import json
import math
import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import Context
from functools import partial
from select import POLLIN, poll
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event, func, select, text
from sqlalchemy.exc import DBAPIError

from chassis import testing
from chassis.data import reads
from chassis.data.db import after_commit, in_transaction
from chassis.data.personal_data import ROWS_AT_ONCE, document_about
from chassis.data.reading import Reading

from .support.notes import Note, db

RUTH = testing.a_user("ruth")
ALONE = partial(reads.read, db.session, how=Reading.ALONE)
SNAPSHOT = partial(reads.read, db.session, how=Reading.SNAPSHOT)


@contextmanager
def count_sent(app: Flask) -> Iterator[Callable[[], int]]:
    """How much the block asks PostgreSQL, BEGIN and COMMIT included, by libpq's own record."""
    with app.app_context():
        pool = db.engine.pool
    with tempfile.TemporaryFile("w+") as record:

        def follow(connection: Any, *_: Any) -> None:
            connection.pgconn.trace(record.fileno())

        def leave(connection: Any, *_: Any) -> None:
            connection.pgconn.untrace()

        def count() -> int:
            record.seek(0)
            messages = [line.rstrip().split("\t")[3:4] for line in record]
            return messages.count(["Query"]) + messages.count(["Execute"])

        # Before the listener that asks whether the connection lives.
        event.listen(pool, "checkout", follow, insert=True)
        event.listen(pool, "checkin", leave)
        try:
            yield count
        finally:
            event.remove(pool, "checkout", follow)
            event.remove(pool, "checkin", leave)


def end_connections(app: Flask) -> int:
    """End all connections of the application from the other side; how many they were."""
    with (
        app.app_context(),
        psycopg.connect(testing.server("TEST_POSTGRES_URL"), autocommit=True) as admin,
    ):
        ended = admin.execute(
            "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE datname = %s",
            [db.engine.url.database],
        ).fetchall()
    # It is false of one that still lives when the wait is over, in ms.
    assert all(gone for [gone] in ended)
    return len(ended)


def at_once(count: int, ask: Callable[[int], Any]) -> list[int]:
    """The statuses of so many requests by eight threads."""
    with ThreadPoolExecutor(8) as threads:
        return [answer.status_code for answer in threads.map(ask, range(count))]


def fill_pool(app: Flask) -> None:
    """Open as many connections as the pool keeps."""

    def hold() -> None:
        with app.app_context(), db.engine.connect():
            all_hold.wait()

    all_hold = threading.Barrier(8, timeout=10)
    testing.race([hold] * 8)


def add_note() -> None:
    """Add a note in a transaction of its own, as somebody else does in the middle of a read."""

    def add(engine: Engine) -> None:
        with engine.begin() as other:
            values = {"owner_id": uuid4(), "title": "a", "version": 1}
            other.execute(Note.__table__.insert(), values)

    Context().run(add, db.engine)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_read_sends_its_statement_and_nothing_else(
    client: FlaskClient, app: Flask, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    monkeypatch.setattr(reads, "IDLE", math.inf)
    client.get("/api/notes")
    with count_sent(app) as count:
        assert client.open("/api/notes", method=method).status_code == 200
        assert count() == 1


@pytest.mark.parametrize(("idle", "asked"), [(math.inf, 0), (0, 1)])
def test_a_write_has_a_transaction_and_asks_a_connection_that_rested(
    client: FlaskClient, app: Flask, monkeypatch: pytest.MonkeyPatch, idle: float, asked: int
) -> None:
    client.get("/api/notes")
    monkeypatch.setattr(reads, "IDLE", idle)
    with count_sent(app) as count, testing.count_queries(app) as statements:
        assert client.delete("/api/notes", user=testing.a_user("root", "admin")).status_code == 204
        # BEGIN, COMMIT.
        assert count() == asked + len(statements) + 2


def test_a_write_asks_a_connection_on_which_something_came(
    in_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reads, "IDLE", math.inf)
    engine = db.engine
    with engine.connect() as first:
        first.execute(text("LISTEN notes"))
        first.commit()
        with engine.begin() as second:
            second.execute(text("NOTIFY notes"))
        socket = poll()
        socket.register(first.connection.fileno(), POLLIN)
        assert socket.poll(10_000)
    with count_sent(in_app) as count:
        connections = db.engine.pool.checkedin()
        for _ in range(connections):
            with engine.begin() as each:
                each.execute(text("UNLISTEN notes"))
        # BEGIN, the statement and COMMIT of each, and the question to one.
        assert count() == 3 * connections + 1


def test_a_connection_that_rested_is_asked_before_a_read(
    client: FlaskClient, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.get("/api/notes")
    monkeypatch.setattr(reads, "IDLE", 0)
    with count_sent(app) as count:
        client.get("/api/notes")
        assert count() == 2


def test_no_request_fails_when_all_connections_are_dead(client: FlaskClient, app: Flask) -> None:
    fill_pool(app)
    assert end_connections(app) >= 8
    statuses = at_once(40, lambda _: app.test_client().get("/api/notes"))
    assert statuses == [200] * 40
    fill_pool(app)
    assert end_connections(app) >= 8

    def write(number: int) -> Any:
        return app.test_client().post("/api/notes", json={"title": f"{number}"}, user=RUTH)

    assert at_once(8, write) == [201] * 8


def test_reads_and_writes_share_one_pool(app: Flask) -> None:
    assert len({id(engine.pool) for engine in app.extensions["engines"].values()}) == 1


def test_a_read_that_finds_its_connection_dead_is_run_a_second_time_and_no_third(
    in_app: Flask,
) -> None:
    runs = []

    def work() -> None:
        runs.append(1)
        db.session.execute(select(1))
        end_connections(in_app)
        db.session.execute(select(1))

    with pytest.raises(DBAPIError) as lost:
        ALONE(work)
    assert lost.value.connection_invalidated
    assert len(runs) == 2


def test_a_connection_that_the_server_ends_counts_as_dead_before_it_is_closed(
    in_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db.engine.dialect, "is_disconnect", lambda *_: False)
    statements = [select(func.pg_terminate_backend(func.pg_backend_pid())), select(1)]
    assert ALONE(lambda: db.session.scalar(statements.pop(0))) == 1


def test_any_other_failure_of_a_read_is_not_repeated(in_app: Flask) -> None:
    runs = []

    def work() -> None:
        runs.append(1)
        db.session.execute(text("SELECT 1 / 0"))

    with pytest.raises(DBAPIError):
        ALONE(work)
    assert len(runs) == 1


@pytest.mark.parametrize("read", [ALONE, SNAPSHOT])
@pytest.mark.parametrize(
    "lock",
    [
        lambda: db.session.get(Note, uuid4(), with_for_update=True),
        lambda: db.session.get(Note, uuid4(), with_for_update={"read": True, "key_share": True}),
        lambda: db.session.execute(Note.__table__.delete()),
        lambda: db.session.add(Note(owner_id=uuid4(), title="forgotten")),
    ],
)
def test_a_read_refuses_to_lock_and_to_change(
    in_app: Flask, read: Callable[[Any], None], lock: Callable[[], object]
) -> None:
    with pytest.raises((RuntimeError, DBAPIError), match="read"):
        read(lock)


@pytest.mark.parametrize("read", [ALONE, SNAPSHOT])
def test_a_read_refuses_what_is_to_follow_its_commit(
    in_app: Flask, read: Callable[[Any], None]
) -> None:
    with pytest.raises(RuntimeError, match="not committed"):
        read(lambda: after_commit(db.session, lambda: None))


@pytest.mark.parametrize(("read", "seen"), [(ALONE, [0, 1]), (SNAPSHOT, [0, 0])])
def test_only_the_statements_of_a_snapshot_see_the_same_rows(
    in_app: Flask, read: Callable[[Any], list[int]], seen: list[int]
) -> None:
    count = select(func.count()).select_from(Note)

    def work() -> list[int]:
        before = db.session.scalar(count)
        add_note()
        return [before, db.session.scalar(count)]

    assert read(work) == seen


def test_a_connection_is_as_before_after_a_read(in_app: Flask) -> None:
    for read in (ALONE, SNAPSHOT):
        read(lambda: db.session.execute(select(1)))
        db.session.add(Note(owner_id=uuid4(), title="not kept"))
        db.session.flush()
        db.session.rollback()
    assert db.session.scalars(select(Note)).all() == []


@pytest.mark.parametrize("read", [ALONE, SNAPSHOT])
def test_the_timeouts_hold_for_reads(in_app: Flask, read: Callable[[Any], str]) -> None:
    for name, limit in [("statement_timeout", "5s"), ("lock_timeout", "3s")]:
        show = text(f"SHOW {name}")
        assert read(lambda show=show: db.session.scalar(show)) == limit


def test_a_document_about_a_person_is_read_in_a_snapshot(in_app: Flask) -> None:
    own = {"notes": Note.owner_id == RUTH.id}
    with pytest.raises(RuntimeError, match="snapshot"):
        ALONE(lambda: document_about(db, own))
    assert SNAPSHOT(lambda: document_about(db, own).read()) == b'{"notes":[]}\n'


def test_a_document_about_a_person_is_one_statement_for_each_table(in_app: Flask) -> None:
    titles = [f"{number:03} שלום\n" for number in range(3 * ROWS_AT_ONCE)]
    notes = [Note(owner_id=RUTH.id, title=title) for title in titles]
    in_transaction(db.session, lambda: db.session.add_all(notes))
    with testing.count_queries(in_app) as sent:
        document = SNAPSHOT(lambda: document_about(db, {"notes": Note.owner_id == RUTH.id}))
    assert len(sent) == 1
    rows = json.loads(document.read())["notes"]
    assert {row["title"] for row in rows} == set(titles)
    assert [row["id"] for row in rows] == sorted(row["id"] for row in rows)
    assert rows[0].keys() == set(Note.__table__.columns.keys())


def test_a_document_about_a_person_gives_its_room_back_if_a_read_fails(in_app: Flask) -> None:
    own = {"notes": Note.owner_id == RUTH.id, "nothing": Note.owner_id == RUTH.id}
    with pytest.raises(KeyError):
        SNAPSHOT(lambda: document_about(db, own))
    assert in_app.extensions["spool"].held == 0


def test_a_cursor_is_planned_to_be_read_to_its_end(in_app: Flask) -> None:
    assert SNAPSHOT(lambda: db.session.scalar(text("SHOW cursor_tuple_fraction"))) == "1"
