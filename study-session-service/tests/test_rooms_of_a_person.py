"""The rooms of a person, and questions about several rooms, as the gateway asks them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from chassis import testing
from chassis.clock import now, rfc3339
from chassis.testing import HeardOf, User, a_user
from chassis.web.rooms import MOST_ROOMS
from study_session_service.models import db

BASE = "/api/study-sessions"
Open = Callable[..., Any]
MANY = text("""
WITH opened AS (
    INSERT INTO study_sessions (host_id, title, subject, session_type, latitude, longitude, start_time,
        duration_minutes)
    SELECT :host, 'Many', 'Talmud', 'discussion', 31, 35, now() + interval '1 hour', 60
    FROM generate_series(1, :count)
    RETURNING id
)
INSERT INTO session_participants (session_id, user_id) SELECT id, :user FROM opened
""")


@pytest.fixture
def ruth() -> User:
    return a_user("ruth")


@pytest.fixture
def boaz() -> User:
    return a_user("boaz")


def room_of(session: Any) -> str:
    return f"study-session:{session['id']}"


def mine(client: FlaskClient, user: User) -> dict[str, int]:
    answer = client.get("/internal/rooms/mine", user=user, peer="gateway")
    return {room["room"]: room["seq"] for room in answer.json["rooms"]}


def ask(client: FlaskClient, user: User, *rooms: str) -> Any:
    return client.get(f"/internal/rooms?rooms={','.join(rooms)}", user=user, peer="gateway")


def open_many(app: Flask, user: User, count: int) -> None:
    """Have a person take part in so many sessions."""
    with app.app_context():
        db.session.execute(MANY, {"host": uuid4(), "user": user.id, "count": count})
        db.session.commit()


def test_the_rooms_of_a_person_are_their_sessions_that_are_not_over(
    client: FlaskClient, open_session: Open, ruth: User, boaz: User
) -> None:
    hosted, joined, left, cancelled, removed = (open_session(ruth, boaz) for _ in range(5))
    open_session(a_user())
    client.post(f"{BASE}/{left['id']}/leave", user=boaz)
    client.post(f"{BASE}/{cancelled['id']}/cancel", user=ruth)
    client.delete(f"{BASE}/{removed['id']}/participants/{boaz.id}", user=ruth)
    later = open_session(ruth, boaz, start_time=rfc3339(now() + timedelta(days=40)))
    assert mine(client, boaz) == {room_of(hosted): 2, room_of(joined): 2, room_of(later): 2}
    assert mine(client, ruth).keys() == mine(client, boaz).keys() | {
        room_of(left),
        room_of(removed),
    }
    # By the clock: nothing is written when a session ends.
    with time_machine.travel(now() + timedelta(hours=3, minutes=1)):
        assert mine(client, boaz) == {room_of(later): 2}


def test_a_person_who_waits_has_no_room(
    client: FlaskClient, open_session: Open, ruth: User, boaz: User
) -> None:
    session = open_session(ruth, a_user(), max_participants=2)
    client.post(f"{BASE}/{session['id']}/join", json={"waitlist": True}, user=boaz)
    assert mine(client, boaz) == {}


def test_many_rooms_cost_as_many_statements_as_one(
    app: Flask, client: FlaskClient, ruth: User
) -> None:
    open_many(app, ruth, 1)
    with testing.count_queries(app) as first:
        [room] = mine(client, ruth)
    with testing.count_queries(app) as alone:
        assert ask(client, ruth, room).status_code == 200
    open_many(app, ruth, 999)
    with testing.count_queries(app) as sent:
        rooms = list(mine(client, ruth))
    # One more than a stream carries tells that there are more.
    assert len(rooms) == MOST_ROOMS + 1
    assert len(sent) == len(first)
    with testing.count_queries(app) as sent:
        assert len(ask(client, ruth, *rooms[:MOST_ROOMS]).json["rooms"]) == MOST_ROOMS
    assert len(sent) == len(alone)


def test_the_first_room_that_is_refused_is_named_with_the_reason(
    client: FlaskClient, open_session: Open, ruth: User, boaz: User
) -> None:
    shared, foreign = open_session(ruth, boaz), open_session(ruth)
    secret = open_session(ruth, visibility="private")
    allowed = ask(client, boaz, room_of(shared))
    assert allowed.json["rooms"] == [{"room": room_of(shared), "seq": 2}]
    forbidden = ask(client, boaz, room_of(shared), room_of(foreign), room_of(secret))
    assert (forbidden.status_code, forbidden.json["required"]) == (403, "participant")
    assert forbidden.json["room"] == room_of(foreign)
    for hidden in (room_of(secret), f"study-session:{uuid4()}", "study-session:x"):
        refused = ask(client, boaz, room_of(shared), hidden)
        assert (refused.status_code, refused.json["room"]) == (404, hidden)


def test_the_blocked_are_told_with_several_rooms(
    client: FlaskClient, open_session: Open, heard: HeardOf, ruth: User, boaz: User
) -> None:
    session = open_session(a_user(), ruth, boaz)
    heard.block(ruth, boaz)
    assert ask(client, ruth, room_of(session)).json["blocked"] == [str(boaz.id)]
    answer = client.get("/internal/rooms/mine", user=ruth, peer="gateway")
    assert answer.json["blocked"] == [str(boaz.id)]
