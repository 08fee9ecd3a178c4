"""What happens in a session is numbered without gaps and said to those whom it concerns."""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from chassis import testing
from chassis.clock import now, rfc3339
from chassis.testing import User, a_user
from study_session_service.models import db, messages

BASE = "/api/study-sessions"
Open = Callable[..., Any]
Said = Callable[[], Sequence[Any]]


@pytest.fixture(scope="module")
def app() -> Iterator[Flask]:
    """The service with nowhere to publish: what it says stays in its outbox."""
    with testing.service("study_session_service", EVENTS_URL="redis://127.0.0.1:1/0") as app:
        yield app


@pytest.fixture
def said(app: Flask) -> Said:
    """All that was said, in order."""

    def read() -> Sequence[Any]:
        with app.app_context():
            return db.session.execute(
                messages.outbox.select().order_by(messages.outbox.c.position)
            ).all()

    return read


@pytest.fixture
def ruth() -> User:
    return a_user("ruth")


@pytest.fixture
def boaz() -> User:
    return a_user("boaz")


def live(said: Said) -> list[tuple[int, str]]:
    return [(row.seq, row.body["type"]) for row in said() if row.seq]


def announced(said: Said, kind: str) -> list[dict[str, Any]]:
    return [row.body for row in said() if row.body["type"] == f"study_session.{kind}"]


def test_a_session_tells_its_story_in_order(
    client: FlaskClient, open_session: Open, said: Said, ruth: User, boaz: User
) -> None:
    session = open_session(ruth, boaz, start_time=rfc3339(now() + timedelta(minutes=5)))
    path = f"{BASE}/{session['id']}"
    message = client.post(f"{path}/messages", json={"content": "Shlaom"}, user=boaz).json["id"]
    client.patch(f"{path}/messages/{message}", json={"content": "Shalom"}, user=boaz)
    client.patch(path, json={"title": "New"}, headers={"If-Match": '"1"'}, user=ruth)
    client.post(f"{path}/host", json={"user_id": str(boaz.id)}, user=ruth)
    client.post(f"{path}/start", user=boaz)
    client.delete(f"{path}/messages/{message}", user=boaz)
    client.delete(f"{path}/participants/{ruth.id}", user=boaz)
    client.post(f"{path}/finish", user=boaz)
    story = [
        "created",
        "joined",
        "message",
        "message_edited",
        "updated",
        "host_changed",
        "live",
        "message_deleted",
        "removed",
        "finished",
    ]
    assert live(said) == list(enumerate(story, start=1))


def test_what_did_not_happen_is_not_said(
    client: FlaskClient, open_session: Open, said: Said, ruth: User, boaz: User
) -> None:
    session = open_session(ruth, boaz, max_participants=2)
    path, before = f"{BASE}/{session['id']}", len(said())
    for _ in range(2):
        client.post(f"{path}/join", user=boaz)
        client.post(f"{path}/join", user=a_user())
        client.post(f"{path}/leave", user=ruth)
        client.post(f"{path}/finish", user=ruth)
    assert len(said()) == before


def test_whose_right_to_watch_has_changed_is_named(
    client: FlaskClient, open_session: Open, said: Said, ruth: User, boaz: User
) -> None:
    session = open_session(ruth, boaz)
    client.delete(f"{BASE}/{session['id']}/participants/{boaz.id}", user=ruth)
    removal = next(row.body for row in said() if row.body["type"] == "removed")
    assert removal["members_changed"] == [str(boaz.id)]


def test_a_message_is_told_with_what_it_says(
    client: FlaskClient, open_session: Open, said: Said, ruth: User
) -> None:
    session = open_session(ruth)
    sent = client.post(
        f"{BASE}/{session['id']}/messages", json={"content": "Shalom"}, user=ruth
    ).json
    told = next(row for row in said() if row.body["type"] == "message")
    assert (told.seq, told.body["data"]["content"]) == (sent["seq"], "Shalom")


def test_moving_a_session_is_announced_to_who_is_in_it(
    client: FlaskClient, open_session: Open, said: Said, ruth: User, boaz: User
) -> None:
    session, later = open_session(ruth, boaz), rfc3339(now() + timedelta(hours=9))
    client.patch(
        f"{BASE}/{session['id']}",
        json={"start_time": later},
        headers={"If-Match": '"1"'},
        user=ruth,
    )
    [moved] = announced(said, "rescheduled")
    assert moved["data"] == {"user_ids": [str(ruth.id), str(boaz.id)], "start_time": later}
    assert moved["actor"] == str(ruth.id)


def test_a_promotion_is_announced_to_who_waited(
    client: FlaskClient, open_session: Open, said: Said, ruth: User, boaz: User
) -> None:
    session, naomi = open_session(ruth, boaz, max_participants=2), a_user("naomi")
    client.post(f"{BASE}/{session['id']}/join", json={"waitlist": True}, user=naomi)
    client.post(f"{BASE}/{session['id']}/leave", user=boaz)
    assert [body["data"]["user_ids"] for body in announced(said, "promoted")] == [[str(naomi.id)]]
