"""A statement ends when the caller of its request has gone."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, make_url, select, text
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.test import TestResponse

from chassis import testing
from chassis.data import deadlines, reads, session_settings
from chassis.data.db import in_transaction, transaction
from chassis.data.reading import Reading
from chassis.errors import NotFound, Unavailable

from .support import notes, slow
from .support.notes import Note, db

NONSENSE = [
    "",
    "0",
    "-5",
    "1.5",
    "1e3",
    "soon",
    "5ms",
    "05",
    "5, 5",
    "100000",
    "9" * 30,
    "\u0665",
    "5\n",
]
INSIDE = f"http://localhost:{testing.INTERNAL_PORT}"


@pytest.fixture(scope="module")
def app() -> Iterator[Flask]:
    """The service with slow operations, which nothing but a deadline ends in time."""
    long = {"statement_timeout": f"{slow.LONG}s", "lock_timeout": f"{slow.LONG}s"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(session_settings, "SETTINGS", {**session_settings.SETTINGS, **long})
        with notes.running() as app:
            slow.add_operations(app)
            yield app


@pytest.fixture(autouse=True)
def one_connection(app: Flask) -> None:
    """Requests one after the other use one connection: the pool begins without any."""
    with app.app_context():
        db.engine.dispose()


def ask(
    client: FlaskClient, path: str, timeout: str, method: str = "GET", **how: Any
) -> TestResponse:
    return client.open(path, method=method, headers={"X-Request-Timeout": timeout}, **how)


def check_given_up(answer: TestResponse) -> None:
    assert (answer.status_code, answer.json["code"]) == (503, "unavailable")
    assert answer.headers["Retry-After"] == "1"


def pid_of(client: FlaskClient) -> int:
    """The process of PostgreSQL that serves the next request."""
    answer = client.get("/api/slow?seconds=0")
    assert answer.status_code == 200
    return int(answer.json["pid"])


def busy(app: Flask) -> list[int]:
    """The processes of PostgreSQL that do something for the application, or are in a transaction."""
    with (
        app.app_context(),
        psycopg.connect(testing.server("TEST_POSTGRES_URL"), autocommit=True) as admin,
    ):
        rows = admin.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = %s AND state <> 'idle'",
            [db.engine.url.database],
        ).fetchall()
    return [pid for [pid] in rows]


def wait_until_late() -> None:
    while deadlines.left() > 0:
        time.sleep(0.001)


@pytest.mark.parametrize(
    ("method", "path", "base_url"),
    [
        ("GET", "/api/slow", None),
        ("GET", "/api/slow/snapshot", None),
        ("GET", "/internal/slow", INSIDE),
        ("POST", "/api/slow", None),
    ],
)
def test_a_statement_ends_with_its_time_and_leaves_its_connection_as_it_was(
    client: FlaskClient, app: Flask, method: str, path: str, base_url: str | None
) -> None:
    before = pid_of(client)
    with ThreadPoolExecutor(1) as other:
        answer = other.submit(ask, app.test_client(), path, "400", method, base_url=base_url)
        seen: list[int] = []
        while not seen and not answer.done():
            seen = busy(app)
        assert seen == [before]
        check_given_up(answer.result())
    assert busy(app) == []
    assert client.get("/api/notes").json["items"] == []
    assert {pid_of(client) for _ in range(3)} == {before}


def test_a_request_that_ends_in_time_is_as_any_other(client: FlaskClient) -> None:
    before = pid_of(client)
    for _ in range(3):
        answer = ask(client, "/api/slow?seconds=0", "60000")
        assert (answer.status_code, answer.json["pid"]) == (200, before)


def test_a_deadline_ends_with_its_request(client: FlaskClient) -> None:
    before = pid_of(client)
    assert ask(client, "/api/slow?seconds=0", "1000", "POST").status_code == 200
    following = client.get("/api/slow?seconds=1.2")
    assert (following.status_code, following.json.get("pid")) == (200, before)


@pytest.mark.parametrize("timeout", NONSENSE)
def test_any_other_value_is_no_deadline(timeout: str) -> None:
    with deadlines.within(timeout):
        assert deadlines.left() == float("inf")


def test_a_request_with_another_value_is_answered(client: FlaskClient) -> None:
    for timeout in NONSENSE:
        if timeout.isprintable() and timeout.isascii():
            assert ask(client, "/api/slow?seconds=0.01", timeout).status_code == 200


def test_a_deadline_ends_with_its_block() -> None:
    with deadlines.within("99999"):
        assert 0 < deadlines.left() <= 99.999
    assert deadlines.left() == float("inf")


@pytest.mark.parametrize(
    "run",
    [
        partial(in_transaction, db.session),
        partial(reads.read, db.session, how=Reading.ALONE),
    ],
)
def test_no_statement_begins_when_the_time_is_over(in_app: Flask, run: Any) -> None:
    def work() -> None:
        db.session.execute(select(1))
        wait_until_late()
        db.session.execute(select(2))

    with testing.count_queries(in_app) as statements:
        with deadlines.within("300"), pytest.raises(Unavailable):
            run(work)
        assert len(statements) == 1
        with deadlines.within("1"):
            wait_until_late()
            with pytest.raises(Unavailable):
                run(work)
        assert len(statements) == 1


def test_what_is_not_committed_in_time_is_rolled_back(in_app: Flask) -> None:
    def work() -> None:
        db.session.add(Note(owner_id=uuid4(), title="late"))
        db.session.flush()
        wait_until_late()

    with deadlines.within("300"), pytest.raises(Unavailable):
        in_transaction(db.session, work)
    assert db.session.scalars(select(Note)).all() == []


def test_a_problem_that_keeps_changes_keeps_none_that_are_late(in_app: Flask) -> None:
    def work() -> None:
        db.session.add(Note(owner_id=uuid4(), title="late"))
        db.session.flush()
        wait_until_late()
        raise notes.RefusedButKept

    with deadlines.within("300"), pytest.raises(Unavailable):
        in_transaction(db.session, work)
    assert db.session.scalars(select(Note)).all() == []


def test_a_statement_that_just_begins_as_the_time_ends_is_cancelled(in_app: Flask) -> None:
    with deadlines.within("20"), db.engine.connect() as connection:
        wait_until_late()
        time.sleep(0.02)  # the first cancellation finds nothing that runs
        with pytest.raises(psycopg.errors.QueryCanceled):
            connection.connection.dbapi_connection.execute(f"SELECT pg_sleep({slow.LONG})")


def test_no_rollback_is_cancelled(in_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    cancel, rollback = psycopg.Connection.cancel_safe, psycopg.Connection.rollback
    sent: list[int] = []
    sent_meanwhile: list[int] = []

    def note_and_cancel(connection: Any, **bounds: Any) -> None:
        sent.append(1)
        cancel(connection, **bounds)

    def roll_back_slowly(connection: Any) -> None:
        before = len(sent)
        time.sleep(0.05)
        sent_meanwhile.append(len(sent) - before)
        rollback(connection)

    def work() -> None:
        db.session.execute(select(1))
        wait_until_late()
        raise NotFound

    db.session.rollback()
    monkeypatch.setattr(deadlines, "AGAIN", 0)
    monkeypatch.setattr(psycopg.Connection, "cancel_safe", note_and_cancel)
    monkeypatch.setattr(psycopg.Connection, "rollback", roll_back_slowly)
    with deadlines.within("300"), pytest.raises(NotFound):
        in_transaction(db.session, work)
    assert sum(sent_meanwhile) == 0


def test_a_connection_that_is_not_found_alive_in_time_is_no_reason_to_replace_all(
    in_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ask_slowly(connection: Any) -> None:
        connection.execute(f"SELECT pg_sleep({slow.LONG})")

    db.engine.connect().close()  # a new connection is not asked
    monkeypatch.setattr(reads, "IDLE", 0)
    monkeypatch.setattr(db.engine.dialect, "do_ping", ask_slowly)
    with deadlines.within("50"), pytest.raises(Unavailable):
        db.engine.connect()


def test_a_wait_for_a_lock_ends_with_the_time(client: FlaskClient, app: Flask) -> None:
    with app.app_context():
        with transaction(db.session):
            db.session.add(Note(owner_id=uuid4(), title="slow"))
        with db.engine.connect() as other:
            other.execute(text("DELETE FROM notes"))
            check_given_up(ask(client, "/api/slow?seconds=0", "100", "POST"))
        assert db.session.scalars(select(Note.title)).all() == ["slow"]


def test_a_wait_for_a_connection_ends_with_the_time(app: Flask) -> None:
    with app.app_context():
        url = db.engine.url
    bounds = {"pool_size": 1, "max_overflow": 0, "pool_timeout": slow.LONG}
    engine = create_engine(url, poolclass=deadlines.Pool, **bounds)
    held = engine.connect()
    given_back = threading.Timer(10, held.close)
    given_back.start()
    with deadlines.within("50"), pytest.raises(PoolTimeout):
        engine.connect()
    given_back.cancel()
    held.close()
    with deadlines.within("1"):
        wait_until_late()
        with pytest.raises(Unavailable):
            engine.connect()
    engine.dispose()


def test_no_cancellation_reaches_the_next_request(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    cancel = psycopg.Connection.cancel_safe

    def cancel_late(connection: Any, **bounds: Any) -> None:
        time.sleep(0.002)
        cancel(connection, **bounds)

    monkeypatch.setattr(psycopg.Connection, "cancel_safe", cancel_late)
    before = pid_of(client)
    statuses = []
    timeout = 20
    for _ in range(200):
        first = ask(client, "/api/slow?seconds=0.01", f"{timeout}").status_code
        following = client.get("/api/slow?seconds=0.004")
        assert (following.status_code, following.json.get("pid")) == (200, before)
        statuses.append(first)
        # So that the time is over just when the request ends.
        timeout = max(1, timeout + (1 if first == 503 else -1))
    assert set(statuses) == {200, 503}


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_request_of_a_server_that_hangs_ends(
    app: Flask, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    monkeypatch.setattr(deadlines, "PATIENCE", 0.1)
    with app.app_context():
        url = db.engine.url
    with ExitStack() as stack:
        link = stack.enter_context(slow.link(url.host, url.port))
        far = notes.application(
            make_url(url).set(host="127.0.0.1", port=link.port).render_as_string(False)
        )
        stack.callback(testing.close, far)
        far.test_client_class = testing.ApiClient
        slow.add_operations(far)
        client = far.test_client()
        pid_of(client)
        link.block()
        check_given_up(ask(client, "/api/slow?seconds=0", "100", method))


def test_one_thread_watches_all_deadlines(app: Flask) -> None:
    def give_up() -> None:
        check_given_up(ask(app.test_client(), "/api/slow", "100"))

    testing.race([give_up] * 8)
    assert [thread.name for thread in threading.enumerate()].count("deadlines") == 1
    assert busy(app) == []
