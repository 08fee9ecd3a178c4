"""The host marks who came; each person learns of themselves alone."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from chassis.clock import rfc3339
from chassis.data.db import in_transaction
from chassis.testing import User, a_user, overtaken
from study_session_service.erasure import erase
from study_session_service.models import Participant, db

BASE = "/api/study-sessions"
BEGINS = datetime(2030, 3, 5, 12, tzinfo=UTC)
ENDS = BEGINS + timedelta(hours=1)
Open = Callable[..., Any]


@pytest.fixture
def ruth() -> User:
    return a_user("ruth")


@pytest.fixture
def boaz() -> User:
    return a_user("boaz")


@pytest.fixture
def session(open_session: Open, ruth: User, boaz: User) -> Any:
    """A session that Ruth hosts and Boaz has joined."""
    with at(BEGINS - timedelta(days=1)):
        return open_session(ruth, boaz, start_time=rfc3339(BEGINS))


@contextmanager
def at(instant: datetime) -> Iterator[None]:
    with time_machine.travel(instant, tick=False):
        yield


def mark(client: FlaskClient, session: Any, host: User, person: User, attended: bool | None) -> Any:
    path = f"{BASE}/{session['id']}/participants/{person.id}/attendance"
    return client.put(path, json={"attended": attended}, user=host)


def marks(client: FlaskClient, session: Any, host: User) -> dict[str, Any]:
    answer = client.get(f"{BASE}/{session['id']}/attendance", user=host)
    return {row["user_id"]: row["attended"] for row in answer.json["items"]}


def figures(client: FlaskClient, person: User) -> tuple[int, int]:
    found = client.get(f"{BASE}/mine/attendance", user=person).json
    return found["attended"], found["missed"]


def test_the_host_marks_each_person_and_changes_a_mark(
    client: FlaskClient, session: Any, ruth: User, boaz: User
) -> None:
    with at(BEGINS):
        assert marks(client, session, ruth) == {str(ruth.id): None, str(boaz.id): None}
        for attended in (True, False, None, False):
            marked = mark(client, session, ruth, boaz, attended)
            assert marked.json == {"user_id": str(boaz.id), "attended": attended}
        assert marks(client, session, ruth)[str(boaz.id)] is False


def test_a_person_sees_their_own_mark_and_no_other(
    client: FlaskClient, session: Any, ruth: User, boaz: User
) -> None:
    with at(ENDS):
        mark(client, session, ruth, boaz, False)
        path = f"{BASE}/{session['id']}"
        own = client.get(path, user=boaz).json
        assert own["my_participation"]["attended"] is False
        assert client.get(path, user=ruth).json["my_participation"]["attended"] is None
        listed = client.get(f"{path}/participants", user=boaz).json["items"]
        assert not any("attended" in row for row in (*own["participants"], *listed))
        assert client.get(f"{path}/attendance", user=boaz).status_code == 403


def test_what_was_missed_is_counted_for_the_person_alone(
    client: FlaskClient, open_session: Open, ruth: User, boaz: User
) -> None:
    for attended in (True, False, False, None):
        with at(BEGINS - timedelta(days=1)):
            session = open_session(ruth, boaz, start_time=rfc3339(BEGINS))
        with at(BEGINS):
            mark(client, session, ruth, boaz, attended)
    assert figures(client, boaz) == (1, 2)
    assert figures(client, ruth) == (0, 0)


@pytest.mark.parametrize(
    ("when", "code"),
    [
        (BEGINS - timedelta(seconds=1), "too_early"),
        (ENDS + timedelta(days=14), None),
        (ENDS + timedelta(days=14, seconds=1), "deadline_passed"),
    ],
)
def test_attendance_is_marked_from_the_beginning_to_14_days_after_the_end(
    client: FlaskClient, session: Any, ruth: User, boaz: User, when: datetime, code: str | None
) -> None:
    with at(when):
        assert mark(client, session, ruth, boaz, True).json.get("code") == code


def test_no_one_came_to_a_cancelled_session(
    client: FlaskClient, session: Any, ruth: User, boaz: User
) -> None:
    with at(BEGINS - timedelta(hours=1)):
        client.post(f"{BASE}/{session['id']}/cancel", user=ruth)
    with at(BEGINS):
        assert mark(client, session, ruth, boaz, False).json["code"] == "session_cancelled"


def test_a_person_without_a_seat_is_not_marked(
    client: FlaskClient, session: Any, ruth: User, boaz: User
) -> None:
    with at(BEGINS - timedelta(hours=1)):
        client.post(f"{BASE}/{session['id']}/leave", user=boaz)
    with at(BEGINS):
        for person in (boaz, a_user("naomi")):
            assert mark(client, session, ruth, person, False).status_code == 404
    assert figures(client, boaz) == (0, 0)


def test_a_former_host_does_not_mark(
    app: Flask, client: FlaskClient, session: Any, ruth: User, boaz: User
) -> None:
    handed = "UPDATE study_sessions SET host_id = gen_random_uuid()"
    with at(BEGINS):
        refused = overtaken(app, handed, lambda: mark(client, session, ruth, boaz, False))
    assert refused.status_code == 403


def test_what_is_left_of_a_mark_is_of_no_one(
    app: Flask, client: FlaskClient, session: Any, ruth: User, boaz: User
) -> None:
    with at(ENDS):
        mark(client, session, ruth, boaz, False)
        kept = client.get("/internal/export", user=boaz, peer="gateway").json
        assert [row["attended"] for row in kept["session_participants"]] == [False]
        with app.app_context():
            in_transaction(db.session, lambda: erase(boaz.id))
            named = select(Participant.id).filter_by(user_id=boaz.id)
            assert db.session.scalar(named) is None
    assert figures(client, boaz) == (0, 0)
