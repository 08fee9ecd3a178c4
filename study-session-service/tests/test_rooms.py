"""What happens in a session is numbered without gaps and told to those who watch."""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import Any
from unittest.mock import ANY

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
STORY = (
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
)


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


def told(said: Said, event: str) -> Any:
    """The data of the only live event of this type."""
    [body] = [row.body for row in said() if row.seq and row.body["type"] == event]
    return body["data"]


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
    assert live(said) == list(enumerate(STORY, start=1))


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


def test_a_message_is_told_as_it_is_read(
    client: FlaskClient, open_session: Open, said: Said, ruth: User
) -> None:
    path = f"{BASE}/{open_session(ruth)['id']}/messages"
    sent = client.post(path, json={"content": "Shlaom"}, user=ruth).json
    one = f"{path}/{sent['id']}"
    edited = client.patch(one, json={"content": "Shalom"}, user=ruth).json
    client.delete(one, user=ruth)
    [deleted] = client.get(path, user=ruth).json["items"]
    assert told(said, "message") == sent
    assert told(said, "message_edited") == edited
    assert told(said, "message_deleted") == deleted


def test_a_participant_is_told_as_they_are_listed(
    client: FlaskClient, open_session: Open, said: Said, ruth: User, boaz: User
) -> None:
    session, naomi = open_session(ruth, boaz), a_user("naomi")
    path = f"{BASE}/{session['id']}"
    listed = client.get(f"{path}/participants", user=ruth).json["items"][1]
    assert told(said, "joined") == listed
    client.post(f"{path}/leave", user=boaz)
    assert told(said, "left") == {**listed, "is_active": False, "left_at": ANY}
    client.post(f"{path}/join", user=naomi)
    client.delete(f"{path}/participants/{naomi.id}", user=ruth)
    assert told(said, "removed")["user_id"] == str(naomi.id)


@pytest.mark.parametrize("minutes", [5, 60])
def test_a_session_is_told_as_its_participants_read_it(
    client: FlaskClient, open_session: Open, said: Said, ruth: User, boaz: User, minutes: int
) -> None:
    start = rfc3339(now() + timedelta(minutes=minutes))
    session = open_session(
        ruth, boaz, start_time=start, visibility="private", location_visibility="approximate"
    )
    path, last = f"{BASE}/{session['id']}", ["start", "finish"] if minutes == 5 else ["cancel"]
    for action in last:
        client.post(
            f"{path}/{action}", json={"reason": "Flu"} if action == "cancel" else None, user=ruth
        )
    read = client.get(path, user=boaz).json
    own = {"join_code", "distance_m", "my_participation", "participants"}
    event = told(said, "finished" if minutes == 5 else "cancelled")
    assert {**event, "updated_at": ANY} == {
        **{name: value for name, value in read.items() if name not in own},
        "updated_at": ANY,
    }
    assert event["cancellation_reason"] == (None if minutes == 5 else "Flu")


def test_every_event_is_declared(app: Flask) -> None:
    declared = app.extensions["live_events"]["study-session"]
    assert declared.keys() == {*STORY, "cancelled", "left"}
