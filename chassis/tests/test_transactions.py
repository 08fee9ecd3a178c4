"""A request is a transaction."""

import threading
from uuid import uuid4

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from chassis import testing
from chassis.data.db import in_transaction, transaction
from chassis.errors import NotFound

from .support import notes
from .support.notes import Note, db

RUTH = testing.a_user("ruth")


def titles(client: FlaskClient) -> list[str]:
    return [note["title"] for note in client.get("/api/notes").json["items"]]


def test_a_return_commits_and_runs_the_after_commit_callbacks(client: FlaskClient) -> None:
    assert client.post("/api/notes", json={"title": "a"}, user=RUTH).status_code == 201
    assert (titles(client), notes.committed) == (["a"], ["a"])


def test_a_raise_rolls_back_and_drops_the_after_commit_callbacks(client: FlaskClient) -> None:
    assert client.post("/api/notes", json={"title": "lost"}, user=RUTH).status_code == 404
    client.post("/api/notes", json={"title": "b"}, user=RUTH)
    assert (titles(client), notes.committed) == (["b"], ["b"])


def test_a_problem_may_keep_the_changes(client: FlaskClient) -> None:
    assert client.post("/api/notes", json={"title": "kept"}, user=RUTH).status_code == 403
    assert (titles(client), notes.committed) == (["kept"], ["kept"])


def test_changes_that_cannot_be_kept_are_rolled_back(in_app: Flask) -> None:
    def work() -> None:
        db.session.add_all([Note(owner_id=uuid4(), title="twice") for _ in range(2)])
        raise notes.RefusedButKept

    with pytest.raises(IntegrityError):
        in_transaction(db.session, work)
    assert db.session.scalars(select(Note)).all() == []


def test_a_violated_constraint_becomes_its_declared_conflict(client: FlaskClient) -> None:
    client.post("/api/notes", json={"title": "a"}, user=RUTH)
    response = client.post("/api/notes", json={"title": "a"}, user=RUTH)
    assert (response.status_code, response.json["code"]) == (409, "title_taken")


def test_a_deadlock_is_broken_and_the_work_is_tried_again(in_app: Flask) -> None:
    with transaction(db.session):
        db.session.add_all([Note(owner_id=uuid4(), title=title) for title in "ab"])
    both_hold_one = threading.Barrier(2, timeout=10)

    def rename(first: str, second: str) -> int:
        tries = []

        def work() -> None:
            tries.append(1)
            for title in (first, second):
                db.session.execute(
                    text("UPDATE notes SET version = version + 1 WHERE title = :t"), {"t": title}
                )
                if title == first and len(tries) == 1:
                    both_hold_one.wait()

        with in_app.app_context():
            in_transaction(db.session, work)
        return len(tries)

    assert sorted(testing.race([lambda: rename("a", "b"), lambda: rename("b", "a")])) == [1, 2]
    assert db.session.scalars(select(Note.version)).all() == [3, 3]


def test_an_error_other_than_a_deadlock_is_not_tried_again(in_app: Flask) -> None:
    tries = []

    def work() -> None:
        tries.append(1)
        raise NotFound

    with pytest.raises(NotFound):
        in_transaction(db.session, work)
    assert len(tries) == 1


def test_a_database_that_is_down_means_503_and_retry_after() -> None:
    with notes.running() as app:
        with (
            app.app_context(),
            psycopg.connect(testing.server("TEST_POSTGRES_URL"), autocommit=True) as admin,
        ):
            name = db.engine.url.database
            admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
            db.engine.dispose()
            response = app.test_client().get("/api/notes")
            admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
        assert (response.status_code, response.json["code"]) == (503, "unavailable")
        assert response.headers["Retry-After"] == "1"
        assert app.test_client().get("/api/notes").status_code == 200


def test_broken_connections_to_the_database_are_replaced(client: FlaskClient, app: Flask) -> None:
    client.get("/api/notes")
    with (
        app.app_context(),
        psycopg.connect(testing.server("TEST_POSTGRES_URL"), autocommit=True) as admin,
    ):
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
            [db.engine.url.database],
        )
    assert client.get("/api/notes").status_code == 200


def test_statements_and_locks_have_a_timeout(in_app: Flask) -> None:
    assert db.session.execute(text("SHOW statement_timeout")).scalar() == "5s"
    assert db.session.execute(text("SHOW lock_timeout")).scalar() == "3s"
