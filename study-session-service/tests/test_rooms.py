"""The live events of a session: they are numbered without gaps and carry what clients read."""

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
Outbox = Callable[[], Sequence[Any]]
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
    """The service with nowhere to publish: its messages stay in the outbox."""
    with testing.service("study_session_service", EVENTS_URL="redis://127.0.0.1:1/0") as app:
        yield app


@pytest.fixture
def outbox(app: Flask) -> Outbox:
    """All messages in the outbox, in order."""

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


def live(outbox: Outbox) -> list[tuple[int, str]]:
    return [(row.seq, row.body["type"]) for row in outbox() if row.seq]


def data_of(outbox: Outbox, event: str) -> Any:
    """The data of the only live event of this type."""
    [body] = [row.body for row in outbox() if row.seq and row.body["type"] == event]
    return body["data"]


def data_of_first(outbox: Outbox, event: str) -> Any:
    """The data of the first live event of this type."""
    return next(row.body["data"] for row in outbox() if row.body["type"] == event)


def test_the_live_events_of_a_session_are_numbered_in_order(
    client: FlaskClient, open_session: Open, outbox: Outbox, ruth: User, boaz: User
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
    assert live(outbox) == list(enumerate(STORY, start=1))


def test_an_action_without_effect_records_no_event(
    client: FlaskClient, open_session: Open, outbox: Outbox, ruth: User, boaz: User
) -> None:
    session = open_session(ruth, boaz, max_participants=2)
    path, before = f"{BASE}/{session['id']}", len(outbox())
    for _ in range(2):
        client.post(f"{path}/join", user=boaz)
        client.post(f"{path}/join", user=a_user())
        client.post(f"{path}/leave", user=ruth)
        client.post(f"{path}/finish", user=ruth)
    assert len(outbox()) == before


def test_a_removal_names_the_removed_participant(
    client: FlaskClient, open_session: Open, outbox: Outbox, ruth: User, boaz: User
) -> None:
    session = open_session(ruth, boaz)
    client.delete(f"{BASE}/{session['id']}/participants/{boaz.id}", user=ruth)
    removal = next(row.body for row in outbox() if row.body["type"] == "removed")
    assert removal["members_changed"] == [str(boaz.id)]


def test_no_message_tells_a_join_code(
    client: FlaskClient, open_session: Open, outbox: Outbox, ruth: User, boaz: User
) -> None:
    session = open_session(ruth, boaz, visibility="private")
    path = f"{BASE}/{session['id']}"
    client.delete(f"{path}/participants/{boaz.id}", user=ruth)
    told = " ".join(str(row.body) for row in outbox())
    assert "removed" in told
    for code in (session["join_code"], client.get(path, user=ruth).json["join_code"]):
        assert code not in told


def test_message_events_carry_what_clients_read(
    client: FlaskClient, open_session: Open, outbox: Outbox, ruth: User
) -> None:
    path = f"{BASE}/{open_session(ruth)['id']}/messages"
    sent = client.post(path, json={"content": "Shlaom"}, user=ruth).json
    message = f"{path}/{sent['id']}"
    edited = client.patch(message, json={"content": "Shalom"}, user=ruth).json
    client.delete(message, user=ruth)
    [deleted] = client.get(path, user=ruth).json["items"]
    assert data_of(outbox, "message") == sent
    assert data_of(outbox, "message_edited") == edited
    assert data_of(outbox, "message_deleted") == deleted


def test_what_is_too_large_for_an_event_is_read_at_its_path(
    client: FlaskClient, open_session: Open, outbox: Outbox, ruth: User
) -> None:
    long = "ש" * 2000
    session = open_session(ruth, description=long)
    path = f"{BASE}/{session['id']}/messages"
    sent = client.post(path, json={"content": long}, user=ruth).json
    client.post(path, json={"content": "And then"}, user=ruth)
    told = data_of_first(outbox, "message")
    assert told == {**sent, "content": None, "path": told["path"]}
    assert client.get(told["path"], user=ruth).json["items"] == [sent]
    created = data_of_first(outbox, "created")
    assert created["description"] is None
    assert client.get(created["path"], user=ruth).json["description"] == long


def test_participant_events_carry_what_the_list_shows(
    client: FlaskClient, open_session: Open, outbox: Outbox, ruth: User, boaz: User
) -> None:
    session, naomi = open_session(ruth, boaz), a_user("naomi")
    path = f"{BASE}/{session['id']}"
    listed = client.get(f"{path}/participants", user=ruth).json["items"][1]
    assert data_of(outbox, "joined") == listed
    client.post(f"{path}/leave", user=boaz)
    assert data_of(outbox, "left") == {**listed, "is_active": False, "left_at": ANY}
    client.post(f"{path}/join", user=naomi)
    client.delete(f"{path}/participants/{naomi.id}", user=ruth)
    assert data_of(outbox, "removed")["user_id"] == str(naomi.id)


@pytest.mark.parametrize("minutes", [5, 60])
def test_session_events_carry_what_participants_read(
    client: FlaskClient, open_session: Open, outbox: Outbox, ruth: User, boaz: User, minutes: int
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
    own = {"join_code", "distance_m", "my_participation", "participants", "series"}
    event = data_of(outbox, "finished" if minutes == 5 else "cancelled")
    assert {**event, "updated_at": ANY} == {
        **{name: value for name, value in read.items() if name not in own},
        "updated_at": ANY,
    }
    assert event["cancellation_reason"] == (None if minutes == 5 else "Flu")


def test_every_event_is_declared(app: Flask) -> None:
    declared = app.extensions["live_events"]["study-session"]
    assert declared.keys() == {*STORY, "cancelled", "left"}
