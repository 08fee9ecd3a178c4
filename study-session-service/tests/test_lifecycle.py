"""Starting, finishing and cancelling, by hand and by the clock."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from chassis.clock import now, rfc3339
from chassis.messaging.worker import run_sweep
from chassis.testing import User, a_user
from study_session_service import lifecycle
from study_session_service.models import SessionType, Status, StudySession, db, messages

BASE = "/api/study-sessions"
NINE = datetime(2030, 3, 1, 9, tzinfo=UTC)
Open = Callable[..., Any]


@pytest.fixture
def ruth() -> User:
    return a_user("ruth")


def a_row(**changes: Any) -> StudySession:
    """A stored session from nine to ten."""
    row = StudySession(
        host_id=uuid4(),
        title="Berakhot",
        subject="Talmud",
        session_type=SessionType.SILENT,
        latitude=0,
        longitude=0,
        start_time=NINE,
        duration_minutes=60,
        **changes,
    )
    db.session.add(row)
    db.session.flush()
    return row


LATE = NINE + timedelta(minutes=10)
STATES = [
    ({}, -1, Status.STARTING_SOON),
    ({}, 0, Status.LIVE),
    ({}, 3599.999, Status.LIVE),
    ({}, 3600, Status.FINISHED),
    ({"status": "live", "started_at": NINE - timedelta(minutes=10)}, -600, Status.LIVE),
    ({"status": "live", "started_at": NINE - timedelta(minutes=10)}, 2999.999, Status.LIVE),
    ({"status": "live", "started_at": NINE - timedelta(minutes=10)}, 3000, Status.FINISHED),
    ({"status": "finished", "started_at": NINE, "ended_at": LATE}, 600, Status.FINISHED),
    ({"status": "cancelled", "cancelled_at": NINE - timedelta(days=1)}, 1, Status.CANCELLED),
    ({"status": "cancelled", "cancelled_at": NINE - timedelta(days=1)}, 9999, Status.CANCELLED),
]


@pytest.mark.parametrize(("stored", "seconds", "status"), STATES)
def test_the_clock_decides_the_status(
    in_app: Flask, stored: Any, seconds: float, status: Status
) -> None:
    row, instant = a_row(**stored), NINE + timedelta(seconds=seconds)
    assert row.status_at(instant) == status
    assert db.session.scalar(select(StudySession.status_column(instant))) == status


@pytest.mark.parametrize(("stored", "seconds", "status"), STATES)
def test_the_sweep_stores_the_status_that_the_clock_decides(
    in_app: Flask, stored: Any, seconds: float, status: Status
) -> None:
    row = a_row(**stored)
    before = row.status
    with time_machine.travel(NINE + timedelta(seconds=seconds), tick=False):
        assert lifecycle.sweep() == int(before != status)
        assert lifecycle.sweep() == 0
    db.session.refresh(row)
    assert row.status == status


def test_an_untouched_session_ran_as_announced(in_app: Flask) -> None:
    row = a_row()
    with time_machine.travel(NINE + timedelta(hours=5), tick=False):
        lifecycle.sweep()
    assert (row.started_at, row.ended_at) == (NINE, NINE + timedelta(hours=1))


def test_the_worker_sweeps_more_than_one_batch(in_app: Flask) -> None:
    for _ in range(lifecycle.BATCH + 5):
        a_row()
    db.session.commit()
    sweep = next(s for s in in_app.extensions["worker"].sweeps if s.run is lifecycle.sweep)
    with time_machine.travel(NINE, tick=False):
        assert run_sweep(messages, sweep) == lifecycle.BATCH + 5
    assert set(db.session.scalars(select(StudySession.status))) == {Status.LIVE}


def test_the_sweep_skips_a_session_that_is_being_changed(in_app: Flask) -> None:
    row = a_row()
    db.session.commit()
    with db.engine.begin() as other, time_machine.travel(NINE, tick=False):
        other.execute(update(StudySession).where(StudySession.id == row.id).values(title="Busy"))
        assert lifecycle.sweep() == 0


def test_a_change_by_the_clock_is_recorded_once(in_app: Flask) -> None:
    a_row()
    with time_machine.travel(NINE + timedelta(hours=2), tick=False):
        lifecycle.sweep()
        lifecycle.sweep()
    events = db.session.scalars(
        select(messages.outbox.c.body["type"].astext).where(messages.outbox.c.seq.is_not(None))
    )
    assert sorted(events) == ["finished", "live"]


def act(client: FlaskClient, session: Any, action: str, user: User, **body: Any) -> Any:
    return client.post(f"{BASE}/{session['id']}/{action}", json=body or None, user=user)


def open_in(open_session: Open, host: User, minutes: float) -> Any:
    return open_session(host, start_time=rfc3339(now() + timedelta(minutes=minutes)))


def test_the_host_may_start_a_quarter_of_an_hour_early(
    client: FlaskClient, open_session: Open, ruth: User
) -> None:
    early = open_in(open_session, ruth, 15.5)
    refused = act(client, early, "start", ruth)
    earliest = datetime.fromisoformat(early["start_time"]) - timedelta(minutes=15)
    assert (refused.status_code, refused.json["code"]) == (409, "too_early")
    assert refused.json["earliest"] == rfc3339(earliest)
    started = act(client, open_in(open_session, ruth, 14.5), "start", ruth)
    assert (started.status_code, started.json["status"]) == (200, "live")


def test_an_early_start_brings_the_end_forward(
    client: FlaskClient, open_session: Open, ruth: User
) -> None:
    session = open_in(open_session, ruth, 10)
    started = act(client, session, "start", ruth).json
    assert (session["starts_at"], started["starts_at"]) == (
        session["start_time"],
        started["started_at"],
    )
    assert started["ends_at"] < session["ends_at"]


def test_the_host_finishes_a_live_session(
    client: FlaskClient, open_session: Open, ruth: User
) -> None:
    session = open_in(open_session, ruth, -1)
    finished = act(client, session, "finish", ruth)
    assert (finished.status_code, finished.json["status"]) == (200, "finished")
    assert finished.json["ends_at"] == finished.json["ended_at"] < session["ends_at"]
    [listed] = client.get(f"{BASE}/mine?when=past", user=ruth).json["items"]
    assert listed["ends_at"] == finished.json["ended_at"]


def test_the_host_cancels_with_a_reason(
    client: FlaskClient, open_session: Open, ruth: User
) -> None:
    cancelled = act(client, open_session(ruth), "cancel", ruth, reason="Flu").json
    assert (cancelled["status"], cancelled["cancellation_reason"]) == ("cancelled", "Flu")


@pytest.mark.parametrize(("minutes", "action"), [(5, "start"), (-1, "finish"), (60, "cancel")])
def test_a_repeated_action_gets_the_same_answer(
    client: FlaskClient, open_session: Open, ruth: User, minutes: float, action: str
) -> None:
    session = open_in(open_session, ruth, minutes)
    first, second = (act(client, session, action, ruth) for _ in range(2))
    assert first.json == second.json


@pytest.mark.parametrize(
    ("minutes", "before", "action", "status"),
    [
        (60, None, "finish", "starting-soon"),
        (-1, None, "cancel", "live"),
        (-1, "finish", "start", "finished"),
        (-1, "finish", "cancel", "finished"),
        (60, "cancel", "start", "cancelled"),
        (60, "cancel", "finish", "cancelled"),
    ],
)
def test_every_other_transition_is_refused(
    client: FlaskClient,
    open_session: Open,
    ruth: User,
    minutes: float,
    before: str | None,
    action: str,
    status: str,
) -> None:
    session = open_in(open_session, ruth, minutes)
    if before:
        act(client, session, before, ruth)
    refused = act(client, session, action, ruth)
    assert (refused.status_code, refused.json["code"]) == (409, "invalid_transition")
    assert refused.json["from"] == status


def test_a_cancellation_empties_the_waitlist(
    client: FlaskClient, open_session: Open, ruth: User
) -> None:
    boaz, naomi = a_user("boaz"), a_user("naomi")
    session = open_session(ruth, boaz, max_participants=2)
    act(client, session, "join", naomi, waitlist=True)
    act(client, session, "cancel", ruth)
    assert client.get(f"{BASE}/{session['id']}", user=naomi).json["my_participation"] is None
