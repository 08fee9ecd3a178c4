"""Who is reminded of a planned session: every member, at the usual times or at their own."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, func, select

from chassis import testing
from chassis.clock import rfc3339
from chassis.data.db import in_transaction
from chassis.messaging.worker import run_sweep
from chassis.testing import HeardOf, User, race
from havruta_service import erasure, havrutas, membership, plans, sessions
from havruta_service.models import SessionReminder, db, messages

BEGINS = datetime(2030, 3, 5, 12, tzinfo=UTC)
Said = list[tuple[int, list[str]]]
Act = Callable[..., Any]


@pytest.fixture(scope="module")
def app() -> Iterator[Flask]:
    """The service with nowhere to publish: its messages stay in the outbox."""
    with testing.service("havruta_service", EVENTS_URL="redis://127.0.0.1:1/0") as app:
        yield app


@pytest.fixture
def havruta(make: Any, ruth: User, boaz: User) -> Any:
    with before(3 * 1440):
        return make.havruta(ruth, boaz)


@pytest.fixture
def session(make: Any, havruta: Any) -> Any:
    """A session of Ruth and Boaz, planned by Ruth three days before it begins."""
    with before(3 * 1440):
        return make.plan(havruta, start_time=BEGINS)


@contextmanager
def before(minutes: int, begins: datetime = BEGINS) -> Iterator[None]:
    with time_machine.travel(begins - timedelta(minutes=minutes), tick=False):
        yield


def sweep(app: Flask, name: str = "reminders") -> int:
    with app.app_context():
        setup = app.extensions["worker"]
        [reminding] = [each for each in setup.sweeps if each.name == name]
        return run_sweep(setup.messages, reminding)


def requests(app: Flask, kind: str = "reminder") -> list[Any]:
    found = testing.requested_notifications(app, messages)
    return [event for event in found if event["data"]["kind"] == kind]


def said(app: Flask) -> Said:
    """What was said: so many minutes before, to whom."""
    return [
        (event["data"]["data"]["minutes_before"], sorted(event["data"]["user_ids"]))
        for event in requests(app)
    ]


def ids(*people: User) -> list[str]:
    return sorted(str(person.id) for person in people)


def choose(client: FlaskClient, session: Any, user: User, minutes: Any) -> Any:
    path = f"/api/havruta-sessions/{session.id}/reminders"
    return client.put(path, json={"minutes_before": minutes}, user=user)


def change(client: FlaskClient, session: Any, user: User, **changes: Any) -> Any:
    headers = {"If-Match": f'"{session.version}"'}
    path = f"/api/havruta-sessions/{session.id}"
    return client.patch(path, json=changes, headers=headers, user=user)


def test_all_members_are_reminded_a_day_and_a_quarter_of_an_hour_before(
    app: Flask, session: Any, ruth: User, boaz: User
) -> None:
    for minutes in (1441, 1440, 1440, 16, 15, 15, 1):
        with before(minutes):
            sweep(app)
    assert said(app) == [(1440, ids(ruth, boaz)), (15, ids(ruth, boaz))]


def test_a_reminder_says_of_what_and_how_long_before(
    app: Flask, havruta: Any, session: Any
) -> None:
    with before(15):
        sweep(app)
    [event] = requests(app)
    assert event["aggregate_id"] == f"havruta_session:{session.id}"
    assert event["actor"] is None
    assert event["data"]["data"] == {
        "havruta_id": str(havruta.id),
        "title": havruta.name,
        "book": "Genesis",
        "path": f"/api/havruta-sessions/{session.id}",
        "session_id": str(session.id),
        "starts_at": rfc3339(BEGINS),
        "minutes_before": 15,
    }


@pytest.mark.parametrize(("late", "expected"), [(59, 1), (60, 0)])
def test_a_late_reminder_is_said_until_the_session_is_over(
    app: Flask, session: Any, late: int, expected: int
) -> None:
    with before(-late):
        assert sweep(app) == 2
    assert len(said(app)) == expected


def test_a_session_that_has_begun_needs_no_reminder(
    app: Flask, make: Any, session: Any, boaz: User
) -> None:
    with before(15):
        make(sessions.start, session.id, boaz.id)
        sweep(app)
    assert said(app) == []


def test_a_person_chooses_their_own_times_and_returns_to_the_default(
    app: Flask, client: FlaskClient, session: Any, ruth: User, boaz: User
) -> None:
    path = f"/api/havruta-sessions/{session.id}/reminders"
    default = {"minutes_before": None, "default_minutes_before": [1440, 15]}
    with before(2000):
        assert client.get(path, user=boaz).json == default
        assert choose(client, session, boaz, [5, 60]).json["minutes_before"] == [60, 5]
        assert client.get(path, user=boaz).json["minutes_before"] == [60, 5]
    for minutes in (1440, 60):
        with before(minutes):
            sweep(app)
    with before(50):
        assert choose(client, session, boaz, None).json == default
        assert choose(client, session, ruth, []).json["minutes_before"] == []
    with before(15):
        sweep(app)
    assert said(app) == [(1440, ids(ruth)), (60, ids(boaz)), (15, ids(boaz))]


@pytest.mark.parametrize("minutes", [[-1], [10081], [1, 2, 3, 4, 5, 6], 15])
def test_what_cannot_be_chosen_is_refused(
    client: FlaskClient, session: Any, boaz: User, minutes: Any
) -> None:
    assert choose(client, session, boaz, minutes).status_code == 422


@pytest.mark.parametrize("own", [None, [15]])
def test_a_member_who_will_not_come_is_not_reminded(
    app: Flask, make: Any, client: FlaskClient, session: Any, ruth: User, boaz: User, own: Any
) -> None:
    with before(2000):
        choose(client, session, boaz, own)
        make(plans.answer, session.id, boaz.id, "no")
        make(plans.answer, session.id, ruth.id, "maybe")
    with before(15):
        sweep(app)
    assert said(app) == [(15, ids(ruth))]


def test_members_who_came_later_are_reminded_and_those_who_left_are_not(
    app: Flask, make: Any, havruta: Any, session: Any, ruth: User, boaz: User, naomi: User
) -> None:
    with before(1440):
        sweep(app)
        make(membership.leave, havruta.id, boaz.id)
        make(lambda: membership.admit(havrutas.lock(havruta.id), naomi.id))
        sweep(app)
    with before(15):
        sweep(app)
    assert said(app) == [(1440, ids(ruth, boaz)), (15, ids(ruth, naomi))]


def test_suspended_and_erased_members_are_not_reminded(
    app: Flask,
    make: Any,
    client: FlaskClient,
    havruta: Any,
    session: Any,
    heard: HeardOf,
    ruth: User,
    boaz: User,
    naomi: User,
) -> None:
    make(lambda: membership.admit(havrutas.lock(havruta.id), naomi.id))
    with before(2000):
        choose(client, session, naomi, [60])
        make(erasure.erase, naomi.id, None)
    heard.suspend(boaz)
    for minutes in (60, 15):
        with before(minutes):
            sweep(app)
    assert [each for each in said(app) if each[0] < 1440] == [(15, ids(ruth))]
    with app.app_context():
        own = select(func.count()).where(SessionReminder.user_id == naomi.id)
        assert db.session.scalar(own) == 0


@pytest.mark.parametrize("hours", [-3, 3])
def test_a_moved_session_is_said_at_its_new_time(
    app: Flask, client: FlaskClient, session: Any, ruth: User, boaz: User, hours: int
) -> None:
    later = BEGINS + timedelta(hours=hours)
    with before(1450):
        choose(client, session, boaz, [30])
        assert change(client, session, ruth, start_time=rfc3339(later)).status_code == 200
    for begins in sorted([BEGINS, later]):
        for minutes in (30, 15):
            with before(minutes, begins):
                sweep(app)
    found = [each for each in said(app) if each[0] < 1440]
    assert found == [(30, ids(boaz)), (15, ids(ruth))]


def test_what_was_said_is_said_again_when_the_session_moves(
    app: Flask, client: FlaskClient, session: Any, ruth: User, boaz: User
) -> None:
    later = BEGINS + timedelta(days=2)
    with before(10):
        sweep(app)
        change(client, session, ruth, start_time=rfc3339(later))
        assert sweep(app) == 0
    with before(15, later):
        sweep(app)
    assert said(app) == [(15, ids(ruth, boaz))] * 2


def test_another_length_alone_says_nothing_again(
    app: Flask, client: FlaskClient, session: Any, ruth: User
) -> None:
    with before(10):
        sweep(app)
        assert change(client, session, ruth, planned_minutes=90).status_code == 200
    with before(5):
        assert sweep(app) == 0


def test_no_one_is_reminded_of_what_was_cancelled(
    app: Flask, make: Any, client: FlaskClient, havruta: Any, session: Any, ruth: User, boaz: User
) -> None:
    with before(60):
        client.post(f"/api/havruta-sessions/{session.id}/cancel", user=ruth)
        assert choose(client, session, boaz, [5]).json["code"] == "invalid_transition"
        other = make.plan(havruta, start_time=BEGINS)
        make(havrutas.archive, havruta.id, ruth.id)
        assert choose(client, other, boaz, [5]).json["code"] == "havruta_archived"
    with before(15):
        sweep(app)
    assert said(app) == []


def test_each_session_of_a_series_has_its_reminders(
    app: Flask, make: Any, client: FlaskClient, havruta: Any, ruth: User, boaz: User
) -> None:
    with before(3000):
        first = make.plan(havruta, start_time=BEGINS, rrule="FREQ=DAILY;COUNT=3", timezone="UTC")
        choose(client, first, boaz, [])
        later = BEGINS + timedelta(hours=1)
        moved = change(client, first, ruth, scope="all", start_time=rfc3339(later))
        assert moved.status_code == 200
    for day in range(3):
        with before(15, BEGINS + timedelta(days=day)):
            sweep(app)
            requests(app)
        with before(15, later + timedelta(days=day)):
            sweep(app)
        assert said(app) == [(15, ids(ruth, boaz) if day else ids(ruth))]


@pytest.mark.usefixtures("race_round")
def test_workers_at_once_tell_each_member_once(
    app: Flask, make: Any, havruta: Any, ruth: User, boaz: User
) -> None:
    with before(3000):
        for _ in range(5):
            make.plan(havruta, start_time=BEGINS)
    with before(15):
        race([lambda: sweep(app)] * 4)
        sweep(app)
    assert said(app) == [(15, ids(ruth, boaz))] * 5


@pytest.mark.usefixtures("race_round")
def test_a_choice_and_a_move_at_once_leave_it_due_before_the_new_time(
    app: Flask, client: FlaskClient, session: Any, ruth: User, boaz: User
) -> None:
    later = BEGINS + timedelta(hours=5)
    with before(3000):
        answers = race(
            [
                lambda: change(client, session, ruth, start_time=rfc3339(later)),
                lambda: choose(client, session, boaz, [60]),
                lambda: choose(client, session, boaz, [60]),
            ]
        )
    assert [answer.status_code for answer in answers] == [200] * 3
    with app.app_context():
        own = select(SessionReminder.due_at).filter_by(user_id=boaz.id)
        assert db.session.scalars(own).all() == [later - timedelta(minutes=60)]


@pytest.mark.parametrize("rrule", [None, "FREQ=DAILY;COUNT=3"])
def test_every_other_member_is_told_what_is_planned_moved_and_cancelled(
    app: Flask,
    client: FlaskClient,
    make: Any,
    ruth: User,
    boaz: User,
    naomi: User,
    rrule: str | None,
) -> None:
    havruta = make.havruta(ruth, boaz, naomi)
    count, scope = (3, "all") if rrule else (1, "this")
    later = BEGINS + timedelta(hours=1)
    repeats = {"rrule": rrule, "timezone": "UTC"} if rrule else {}
    with before(3000):
        planned = make.plan(havruta, start_time=BEGINS, **repeats)
        [event] = requests(app, "session_planned")
        assert sorted(event["data"]["user_ids"]) == ids(boaz, naomi)
        assert (event["data"]["data"]["count"], event["actor"]) == (count, str(ruth.id))
        change(client, planned, ruth, scope=scope, start_time=rfc3339(later))
        [event] = requests(app, "session_moved")
        assert sorted(event["data"]["user_ids"]) == ids(boaz, naomi)
        facts = event["data"]["data"]
        assert (facts["previous_starts_at"], facts["starts_at"]) == (
            rfc3339(BEGINS),
            rfc3339(later),
        )
        assert facts["count"] == count
        body = {"scope": scope, "reason": "Rain"}
        client.post(f"/api/havruta-sessions/{planned.id}/cancel", json=body, user=ruth)
        [event] = requests(app, "session_cancelled")
        assert sorted(event["data"]["user_ids"]) == ids(boaz, naomi)
        facts = event["data"]["data"]
        assert (facts["reason"], facts["count"]) == ("Rain", count)


@pytest.mark.usefixtures("session")
def test_what_code_without_reminders_planned_is_said_by_the_worker(
    app: Flask, ruth: User, boaz: User
) -> None:
    with app.app_context():
        in_transaction(db.session, lambda: db.session.execute(delete(SessionReminder)))
    with before(60):
        assert [sweep(app, "unplanned-reminders") for _ in range(2)] == [1, 0]
    with before(15):
        sweep(app)
    assert said(app) == [(15, ids(ruth, boaz))]
