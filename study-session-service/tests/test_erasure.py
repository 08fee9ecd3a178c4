"""What is left of a person whose account is deleted."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from chassis.clock import now, rfc3339
from chassis.data.db import in_transaction
from chassis.messaging.messages import Event
from chassis.testing import User, a_user
from study_session_service.erasure import on_user_deleted
from study_session_service.models import db

BASE = "/api/study-sessions"
Open = Callable[..., Any]


@pytest.fixture
def ruth() -> User:
    return a_user("ruth")


@pytest.fixture
def boaz() -> User:
    return a_user("boaz")


def delete_account(app: Flask, person: User) -> None:
    """Let the service receive `user.deleted` for this person."""
    event = Event(uuid4(), "user.deleted", "user-service", str(person.id), 2, now(), person.id, {})
    with app.app_context():
        in_transaction(db.session, lambda: on_user_deleted(event))


def read(client: FlaskClient, session: Any, user: User | None = None) -> Any:
    return client.get(f"{BASE}/{session['id']}", user=user).json


@pytest.mark.parametrize("minutes", [60, -1])
def test_the_hosts_open_sessions_are_cancelled(
    app: Flask, client: FlaskClient, open_session: Open, ruth: User, boaz: User, minutes: int
) -> None:
    session = open_session(ruth, boaz, start_time=rfc3339(now() + timedelta(minutes=minutes)))
    delete_account(app, ruth)
    seen = read(client, session, boaz)
    assert (seen["status"], seen["current_participants"]) == ("cancelled", 1)
    assert [row["user_id"] for row in seen["participants"]] == [str(boaz.id)]


def test_the_hosts_finished_sessions_stay(
    app: Flask, client: FlaskClient, open_session: Open, ruth: User, boaz: User
) -> None:
    session = open_session(ruth, boaz, start_time=rfc3339(now() - timedelta(minutes=1)))
    client.post(f"{BASE}/{session['id']}/finish", user=ruth)
    delete_account(app, ruth)
    assert read(client, session)["status"] == "finished"


@pytest.mark.parametrize("end", ["finish", "cancel", "nothing"])
def test_what_the_host_wrote_and_where_they_met_is_erased(
    app: Flask, client: FlaskClient, open_session: Open, ruth: User, boaz: User, end: str
) -> None:
    words = {name: f"zaf{name}" for name in ("title", "subject", "description", "venue_name")}
    address = {"meeting_url": "https://meet.example.org/zafmeeting"}
    start = rfc3339(now() - timedelta(minutes=1))
    session = open_session(ruth, boaz, **words, **address, start_time=start)
    if end != "nothing":
        body = {"reason": "zafreason"} if end == "cancel" else None
        client.post(f"{BASE}/{session['id']}/{end}", json=body, user=ruth)
    delete_account(app, ruth)
    with app.app_context():
        rows = str(db.session.execute(text("SELECT * FROM study_sessions")).all())
    assert "zaf" not in rows
    for person in (boaz, None):
        seen = read(client, session, person)
        assert (seen["title"], seen["venue_name"]) == ("A study session", None)
        assert seen["location_visibility"] == "approximate"
        moved = abs(seen["latitude"] - session["latitude"])
        assert 0 < moved < 0.01, "no more is left than about where it was"


def test_the_persons_seat_goes_to_the_waitlist(
    app: Flask, client: FlaskClient, open_session: Open, ruth: User, boaz: User
) -> None:
    session, naomi = open_session(ruth, boaz, max_participants=2), a_user("naomi")
    client.post(f"{BASE}/{session['id']}/join", json={"waitlist": True}, user=naomi)
    delete_account(app, boaz)
    assert read(client, session, naomi)["my_participation"]["is_active"]
    assert read(client, session)["current_participants"] == 2


def test_the_person_leaves_the_waitlist(
    app: Flask, client: FlaskClient, open_session: Open, ruth: User, boaz: User
) -> None:
    session = open_session(ruth, a_user(), max_participants=2)
    client.post(f"{BASE}/{session['id']}/join", json={"waitlist": True}, user=boaz)
    delete_account(app, boaz)
    assert read(client, session, boaz)["my_participation"] is None


def test_messages_are_erased_even_in_a_session_left_before(
    app: Flask, client: FlaskClient, open_session: Open, ruth: User, boaz: User
) -> None:
    session = open_session(ruth, boaz)
    path, key = f"{BASE}/{session['id']}", {"Idempotency-Key": "canary"}
    client.post(f"{path}/messages", json={"content": "canary"}, headers=key, user=boaz)
    client.post(f"{path}/messages", json={"content": "mine"}, user=ruth)
    client.post(f"{path}/leave", user=boaz)
    delete_account(app, boaz)
    assert [
        message["content"] for message in client.get(f"{path}/messages", user=ruth).json["items"]
    ] == ["mine", None]
    with app.app_context():
        rows = db.session.scalars(text("SELECT m::text FROM chat_messages m")).all()
        answers = db.session.scalars(
            text("SELECT convert_from(body, 'UTF8') FROM idempotency_keys")
        ).all()
    assert not any("canary" in content for content in [*rows, *answers])


def test_no_row_and_no_answer_names_the_deleted_person(
    app: Flask, client: FlaskClient, open_session: Open, ruth: User, boaz: User
) -> None:
    held = open_session(ruth, boaz, start_time=rfc3339(now() - timedelta(minutes=1)))
    said = client.post(f"{BASE}/{held['id']}/messages", json={"content": "Shalom"}, user=ruth).json
    client.delete(f"{BASE}/{held['id']}/messages/{said['id']}", user=ruth)
    read(client, held, boaz)
    client.get(f"{BASE}/{held['id']}/messages", user=boaz)
    client.post(f"{BASE}/{held['id']}/finish", user=ruth)
    client.post(f"{BASE}/{open_session(boaz, ruth)['id']}/leave", user=ruth)
    delete_account(app, ruth)
    assert str(ruth.id) not in str(state(app))
    assert str(ruth.id) not in str(read(client, held, boaz))
    assert str(ruth.id) not in client.get(f"{BASE}/{held['id']}/messages", user=boaz).text


def test_a_second_delivery_changes_nothing(
    app: Flask, client: FlaskClient, open_session: Open, ruth: User, boaz: User
) -> None:
    session = open_session(ruth, boaz)
    client.post(f"{BASE}/{session['id']}/messages", json={"content": "Shalom"}, user=boaz)
    delete_account(app, boaz)
    before = state(app)
    delete_account(app, boaz)
    assert state(app) == before


def state(app: Flask) -> Any:
    with app.app_context():
        return [
            db.session.execute(text(f"SELECT * FROM {table} ORDER BY id")).all()  # noqa: S608  # our tables
            for table in ("study_sessions", "session_participants", "chat_messages")
        ]


def test_the_deletion_of_a_stranger_changes_nothing(
    app: Flask, client: FlaskClient, open_session: Open, ruth: User
) -> None:
    open_session(ruth)
    before = state(app)
    delete_account(app, a_user())
    assert state(app) == before


def test_the_worker_subscribes_to_account_deletions(app: Flask) -> None:
    consumer = app.extensions["worker"].consumer
    assert consumer.subscriptions["user-service", "user.deleted"].handler is on_user_deleted
