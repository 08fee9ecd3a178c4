"""Who is reminded of a session: everyone who has a seat, at the usual times or at their own."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, func, select

from chassis import testing
from chassis.clock import now, rfc3339
from chassis.data.db import in_transaction
from chassis.messaging.worker import run_sweep
from chassis.testing import HeardOf, User, a_user, race
from study_session_service.erasure import erase
from study_session_service.models import SessionReminder, db, messages

BASE = "/api/study-sessions"
BEGINS = datetime(2030, 3, 5, 12, tzinfo=UTC)
Open = Callable[..., Any]
Said = list[tuple[int, list[str]]]


@pytest.fixture(scope="module")
def app() -> Iterator[Flask]:
    """The service with nowhere to publish: its messages stay in the outbox."""
    with testing.service("study_session_service", EVENTS_URL="redis://127.0.0.1:1/0") as app:
        yield app


@pytest.fixture
def ruth() -> User:
    return a_user("ruth")


@pytest.fixture
def boaz() -> User:
    return a_user("boaz")


@pytest.fixture
def session(open_session: Open, ruth: User, boaz: User) -> Any:
    """A session that Ruth hosts and Boaz has joined, opened three days before it begins."""
    with at(BEGINS - timedelta(days=3)):
        return open_session(ruth, boaz, start_time=rfc3339(BEGINS))


@contextmanager
def at(instant: datetime) -> Iterator[None]:
    with time_machine.travel(instant, tick=False):
        yield


def before(minutes: int, begins: datetime = BEGINS) -> Any:
    return at(begins - timedelta(minutes=minutes))


def sweep(app: Flask, name: str = "reminders") -> int:
    with app.app_context():
        setup = app.extensions["worker"]
        [reminding] = [each for each in setup.sweeps if each.name == name]
        return run_sweep(setup.messages, reminding)


def requests(app: Flask) -> list[Any]:
    found = testing.requested_notifications(app, messages)
    return [event for event in found if event["data"]["kind"] == "reminder"]


def said(app: Flask) -> Said:
    """What was said: so many minutes before, to whom."""
    return [
        (event["data"]["data"]["minutes_before"], sorted(event["data"]["user_ids"]))
        for event in requests(app)
    ]


def ids(*people: User) -> list[str]:
    return sorted(str(person.id) for person in people)


def choose(client: FlaskClient, session: Any, user: User, minutes: Any) -> Any:
    path = f"{BASE}/{session['id']}/reminders"
    return client.put(path, json={"minutes_before": minutes}, user=user)


def read(client: FlaskClient, session: Any, user: User) -> Any:
    return client.get(f"{BASE}/{session['id']}/reminders", user=user)


def test_all_with_a_seat_are_reminded_a_day_and_a_quarter_of_an_hour_before(
    app: Flask, session: Any, ruth: User, boaz: User
) -> None:
    for minutes in (1441, 1440, 1440, 16, 15, 15, 1):
        with before(minutes):
            sweep(app)
    assert said(app) == [(1440, ids(ruth, boaz)), (15, ids(ruth, boaz))]


def test_a_reminder_says_of_what_and_how_long_before(app: Flask, session: Any, ruth: User) -> None:
    with before(15):
        sweep(app)
    [event] = requests(app)
    assert event["aggregate_id"] == f"study_session:{session['id']}"
    assert event["actor"] is None
    assert event["data"]["data"] == {
        "session_id": session["id"],
        "title": session["title"],
        "starts_at": session["start_time"],
        "path": f"{BASE}/{session['id']}",
        "minutes_before": 15,
    }


def test_after_an_outage_only_the_last_of_the_reminders_is_said(
    app: Flask, session: Any, ruth: User, boaz: User
) -> None:
    with at(BEGINS + timedelta(minutes=59)):
        sweep(app)
    assert said(app) == [(15, ids(ruth, boaz))]


def test_no_one_is_reminded_of_what_is_over(app: Flask, session: Any) -> None:
    with at(BEGINS + timedelta(minutes=60)):
        assert sweep(app) == 2
    assert said(app) == []


def test_a_person_chooses_their_own_times(
    app: Flask, client: FlaskClient, session: Any, ruth: User, boaz: User
) -> None:
    with before(2000):
        assert read(client, session, boaz).json == {
            "minutes_before": None,
            "default_minutes_before": [1440, 15],
        }
        chosen = choose(client, session, boaz, [5, 60, 5])
        assert chosen.json["minutes_before"] == [60, 5]
        assert read(client, session, boaz).json == chosen.json
    for minutes in (1440, 60, 15, 5):
        with before(minutes):
            sweep(app)
    assert said(app) == [(1440, ids(ruth)), (60, ids(boaz)), (15, ids(ruth)), (5, ids(boaz))]


def test_a_person_chooses_no_reminder_and_returns_to_the_default(
    app: Flask, client: FlaskClient, session: Any, ruth: User, boaz: User
) -> None:
    with before(2000):
        assert choose(client, session, boaz, []).json["minutes_before"] == []
    with before(1440):
        sweep(app)
        assert choose(client, session, boaz, None).json["minutes_before"] is None
        sweep(app)
    with before(15):
        sweep(app)
    assert said(app) == [(1440, ids(ruth)), (15, ids(ruth, boaz))]


@pytest.mark.parametrize(
    ("minutes", "pointer"),
    [
        ([-1], "/minutes_before/0"),
        ([10081], "/minutes_before/0"),
        (["soon"], "/minutes_before/0"),
        ([1, 2, 3, 4, 5, 6], "/minutes_before"),
        (15, "/minutes_before"),
    ],
)
def test_what_cannot_be_chosen_is_named(
    client: FlaskClient, session: Any, boaz: User, minutes: Any, pointer: str
) -> None:
    refused = choose(client, session, boaz, minutes)
    assert refused.status_code == 422
    assert [error["pointer"] for error in refused.json["errors"]] == [pointer]


def test_nothing_is_chosen_for_what_is_over(
    client: FlaskClient, session: Any, ruth: User, boaz: User
) -> None:
    with at(BEGINS + timedelta(hours=1)):
        assert choose(client, session, boaz, [5]).json["code"] == "session_ended"
    with before(60):
        client.post(f"{BASE}/{session['id']}/cancel", user=ruth)
        assert choose(client, session, boaz, [5]).json["code"] == "session_cancelled"


@pytest.mark.parametrize("hours", [-3, 3])
def test_a_moved_session_is_said_at_its_new_time(
    app: Flask, client: FlaskClient, session: Any, ruth: User, boaz: User, hours: int
) -> None:
    later = BEGINS + timedelta(hours=hours)
    with before(1450):
        choose(client, session, boaz, [30])
        headers = {"If-Match": f'"{session["version"]}"'}
        change = {"start_time": rfc3339(later)}
        path = f"{BASE}/{session['id']}"
        moved = client.patch(path, json=change, headers=headers, user=ruth)
        assert moved.status_code == 200
    for begins in sorted([BEGINS, later]):
        for minutes in (30, 15):
            with before(minutes, begins):
                sweep(app)
    found = [each for each in said(app) if each[0] < 1440]
    assert found == [(30, ids(boaz)), (15, ids(ruth))]


def test_what_was_said_is_said_again_when_the_session_moves_later(
    app: Flask, client: FlaskClient, session: Any, ruth: User, boaz: User
) -> None:
    later = BEGINS + timedelta(days=2)
    with before(10):
        sweep(app)
        headers = {"If-Match": f'"{session["version"]}"'}
        change = {"start_time": rfc3339(later)}
        client.patch(f"{BASE}/{session['id']}", json=change, headers=headers, user=ruth)
        assert sweep(app) == 0
    for minutes in (1440, 15):
        with before(minutes, later):
            sweep(app)
    everyone = ids(ruth, boaz)
    assert said(app) == [(15, everyone), (1440, everyone), (15, everyone)]


def test_no_one_is_reminded_of_a_cancelled_or_finished_session(
    app: Flask, client: FlaskClient, open_session: Open, session: Any, ruth: User
) -> None:
    with before(60):
        client.post(f"{BASE}/{session['id']}/cancel", user=ruth)
        soon = open_session(ruth, start_time=rfc3339(now() + timedelta(minutes=15)))
        client.post(f"{BASE}/{soon['id']}/start", user=ruth)
        client.post(f"{BASE}/{soon['id']}/finish", user=ruth)
        assert sweep(app) == 2
    with before(15):
        assert sweep(app) == 1
    assert said(app) == []


def test_those_without_a_seat_are_not_reminded(
    app: Flask, client: FlaskClient, open_session: Open, ruth: User, boaz: User
) -> None:
    naomi, david, esther = a_user("naomi"), a_user("david"), a_user("esther")
    with before(3000):
        session = open_session(
            ruth, boaz, naomi, david, max_participants=4, start_time=rfc3339(BEGINS)
        )
        path = f"{BASE}/{session['id']}"
        client.post(f"{path}/join", json={"waitlist": True}, user=esther)
        for person in (boaz, naomi):
            choose(client, session, person, [60])
    with before(1440):
        sweep(app)
        client.post(f"{path}/leave", user=boaz)
        client.delete(f"{path}/participants/{naomi.id}", user=ruth)
    for minutes in (60, 15):
        with before(minutes):
            sweep(app)
    assert said(app) == [(1440, ids(ruth, david)), (15, ids(ruth, david, esther))]


def test_a_person_who_joins_after_a_reminder_is_told_the_next_alone(
    app: Flask, client: FlaskClient, session: Any, ruth: User, boaz: User
) -> None:
    naomi = a_user("naomi")
    with before(1440):
        sweep(app)
        client.post(f"{BASE}/{session['id']}/join", user=naomi)
        sweep(app)
    with before(15):
        sweep(app)
    assert said(app) == [(1440, ids(ruth, boaz)), (15, ids(ruth, boaz, naomi))]


def test_a_suspended_person_is_not_reminded(
    app: Flask, session: Any, heard: HeardOf, ruth: User, boaz: User
) -> None:
    heard.suspend(boaz)
    with before(15):
        sweep(app)
    assert said(app) == [(15, ids(ruth))]


def test_an_erased_person_is_forgotten(
    app: Flask, client: FlaskClient, session: Any, ruth: User, boaz: User
) -> None:
    with before(2000):
        choose(client, session, boaz, [60])
        with app.app_context():
            in_transaction(db.session, lambda: erase(boaz.id))
    for minutes in (60, 15):
        with before(minutes):
            sweep(app)
    assert [each for each in said(app) if each[0] < 1440] == [(15, ids(ruth))]
    with app.app_context():
        own = select(func.count()).where(SessionReminder.user_id == boaz.id)
        assert db.session.scalar(own) == 0


def test_each_session_of_a_series_has_its_reminders(
    app: Flask, client: FlaskClient, open_session: Open, ruth: User, boaz: User
) -> None:
    with before(3000):
        first = open_session(
            ruth, start_time=rfc3339(BEGINS), rrule="FREQ=DAILY;COUNT=3", timezone="UTC"
        )
        path = f"{BASE}/{first['id']}"
        client.post(f"{path}/series/join", json={"scope": "all"}, user=boaz)
        choose(client, first, boaz, [])
        headers = {"If-Match": f'"{first["version"]}"'}
        change = {"scope": "all", "start_time": rfc3339(BEGINS + timedelta(hours=1))}
        assert client.patch(path, json=change, headers=headers, user=ruth).status_code == 200
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(SessionReminder)) == 7
    for day in range(3):
        with before(15, BEGINS + timedelta(days=day)):
            sweep(app)
            requests(app)
        with before(15, BEGINS + timedelta(days=day, hours=1)):
            sweep(app)
        everyone = ids(ruth, boaz) if day else ids(ruth)
        assert said(app) == [(15, everyone)]


@pytest.mark.usefixtures("race_round")
def test_workers_at_once_tell_each_person_once(
    app: Flask, open_session: Open, ruth: User, boaz: User
) -> None:
    with before(3000):
        for _ in range(5):
            open_session(ruth, boaz, start_time=rfc3339(BEGINS))
    with before(15):
        race([lambda: sweep(app)] * 4)
        sweep(app)
    assert said(app) == [(15, ids(ruth, boaz))] * 5


@pytest.mark.usefixtures("race_round")
def test_a_choice_and_a_move_at_once_leave_it_due_before_the_new_time(
    app: Flask, client: FlaskClient, session: Any, ruth: User, boaz: User
) -> None:
    later = BEGINS + timedelta(hours=5)
    headers = {"If-Match": f'"{session["version"]}"'}
    change = {"start_time": rfc3339(later)}
    path = f"{BASE}/{session['id']}"
    with before(3000):
        answers = race(
            [
                lambda: client.patch(path, json=change, headers=headers, user=ruth),
                lambda: choose(client, session, boaz, [60]),
                lambda: choose(client, session, boaz, [60]),
            ]
        )
    assert [answer.status_code for answer in answers] == [200] * 3
    with app.app_context():
        own = select(SessionReminder.due_at).filter_by(user_id=boaz.id)
        assert db.session.scalars(own).all() == [later - timedelta(minutes=60)]


def test_a_session_of_many_has_two_reminders(app: Flask, session: Any) -> None:
    with app.app_context():
        rows = select(SessionReminder.minutes_before).filter_by(session_id=UUID(session["id"]))
        assert db.session.scalars(rows.order_by(SessionReminder.id)).all() == [1440, 15]


@pytest.mark.usefixtures("session")
def test_what_code_without_reminders_opened_is_said_by_the_worker(
    app: Flask, ruth: User, boaz: User
) -> None:
    with app.app_context():
        in_transaction(db.session, lambda: db.session.execute(delete(SessionReminder)))
    with before(60):
        assert [sweep(app, "unplanned-reminders") for _ in range(2)] == [1, 0]
    with before(15):
        sweep(app)
    assert said(app) == [(15, ids(ruth, boaz))]
