"""People are reminded once, at the times that are set or that they chose."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
import time_machine
from flask import Flask
from sqlalchemy import delete, func, insert, select, text, update

from chassis import testing
from chassis.data.db import transaction
from chassis.messaging import reminders as mechanism
from chassis.messaging.worker import Sweep, run_sweep

from .support.meetings import Guest, Meeting, MeetingReminder, reminders, sweep
from .support.notes import db, messages

BEGINS = datetime(2030, 3, 5, 12, tzinfo=UTC)
LONG_BEFORE = BEGINS - timedelta(days=3)
RUTH, BOAZ, NAOMI = uuid4(), uuid4(), uuid4()

pytestmark = pytest.mark.usefixtures("in_app", "only_the_test_publishes")


@contextmanager
def before(minutes: int, begins: datetime = BEGINS) -> Iterator[None]:
    with time_machine.travel(begins - timedelta(minutes=minutes), tick=False):
        yield


def meet(*people: UUID, begins: datetime = BEGINS) -> UUID:
    with time_machine.travel(LONG_BEFORE, tick=False), transaction(db.session):
        meeting = Meeting(begins_at=begins)
        db.session.add(meeting)
        db.session.flush()
        db.session.add_all(Guest(meeting_id=meeting.id, user_id=person) for person in people)
        db.session.flush()
        reminders.plan([meeting.id])
        return meeting.id


def choose(meeting_id: UUID, person: UUID, minutes: list[int] | None) -> None:
    with transaction(db.session):
        reminders.choose(meeting_id, person, minutes)


def move(meeting_id: UUID, begins: datetime) -> None:
    with transaction(db.session):
        db.session.get_one(Meeting, meeting_id).begins_at = begins
        db.session.flush()
        reminders.replan([meeting_id])


def told() -> list[tuple[int, set[UUID]]]:
    """What was said, in order: so many minutes before, to whom."""
    table = messages.outbox
    bodies = db.session.scalars(select(table.c.body).order_by(table.c.position)).all()
    db.session.rollback()
    return [
        (body["data"]["minutes"], {UUID(person) for person in body["data"]["people"]})
        for body in bodies
    ]


def test_everyone_is_reminded_once_at_each_default_time() -> None:
    meet(RUTH, BOAZ)
    with before(1441):
        assert sweep() == 0
    with before(1440):
        assert [sweep(), sweep()] == [1, 0]
    with before(15):
        assert [sweep(), sweep()] == [1, 0]
    assert told() == [(1440, {RUTH, BOAZ}), (15, {RUTH, BOAZ})]


def test_of_two_reminders_that_are_due_at_once_the_later_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    meet(RUTH)
    # Also when they come in different batches.
    monkeypatch.setattr(mechanism, "BATCH", 1)
    with before(10):
        assert sweep() == 2
    assert told() == [(15, {RUTH})]


def test_a_person_who_chose_is_reminded_at_their_times_alone() -> None:
    meeting = meet(RUTH, BOAZ, NAOMI)
    choose(meeting, RUTH, [60, 5])
    choose(meeting, NAOMI, [])
    for minutes in (1440, 60, 15, 5):
        with before(minutes):
            sweep()
    assert told() == [(1440, {BOAZ}), (60, {RUTH}), (15, {BOAZ}), (5, {RUTH})]
    assert reminders.choice(meeting, RUTH).minutes_before == [60, 5]
    assert reminders.choice(meeting, NAOMI).minutes_before == []
    assert reminders.choice(meeting, BOAZ).minutes_before is None


def test_a_person_returns_to_the_default() -> None:
    meeting = meet(RUTH)
    choose(meeting, RUTH, [60, 5])
    choose(meeting, RUTH, None)
    with before(15):
        sweep()
    assert told() == [(15, {RUTH})]


def test_a_time_that_is_over_when_it_is_chosen_is_not_said() -> None:
    meeting = meet(RUTH)
    with before(30):
        sweep()
        choose(meeting, RUTH, [60, 20])
        assert sweep() == 0
    with before(20):
        sweep()
    assert told() == [(1440, {RUTH}), (20, {RUTH})]


def test_what_begins_soon_has_the_reminders_that_are_yet_to_come() -> None:
    meet(RUTH, begins=LONG_BEFORE + timedelta(hours=1))
    with time_machine.travel(LONG_BEFORE, tick=False):
        assert sweep() == 0
    with before(15, LONG_BEFORE + timedelta(hours=1)):
        sweep()
    assert told() == [(15, {RUTH})]


@pytest.mark.parametrize("days", [-1, 1])
def test_what_was_moved_before_is_said_at_the_new_time_alone(days: int) -> None:
    meeting = meet(RUTH, BOAZ)
    choose(meeting, RUTH, [60])
    later = BEGINS + timedelta(days=days)
    with time_machine.travel(LONG_BEFORE, tick=False):
        move(meeting, later)
    for begins in sorted([BEGINS, later]):
        for minutes in (1440, 60, 15):
            with before(minutes, begins):
                sweep()
    assert told() == [(1440, {BOAZ}), (60, {RUTH}), (15, {BOAZ})]


def test_what_was_said_is_said_again_after_a_move() -> None:
    meeting = meet(RUTH)
    with before(10):
        sweep()
        move(meeting, BEGINS + timedelta(hours=2))
        assert sweep() == 0
    with before(15, BEGINS + timedelta(hours=2)):
        sweep()
    assert told() == [(15, {RUTH}), (15, {RUTH})]


def test_a_person_who_comes_after_a_reminder_is_told_the_next() -> None:
    meeting = meet(RUTH)
    with before(1440):
        sweep()
        with transaction(db.session):
            db.session.add(Guest(meeting_id=meeting, user_id=BOAZ))
        assert sweep() == 0
    with before(15):
        sweep()
    assert told() == [(1440, {RUTH}), (15, {RUTH, BOAZ})]


def test_a_person_who_is_gone_is_not_reminded() -> None:
    meeting = meet(BOAZ)
    choose(meeting, RUTH, [60])
    with before(60):
        sweep()
    assert told() == [(1440, {BOAZ})]


def test_a_person_is_forgotten() -> None:
    meeting = meet(RUTH)
    choose(meeting, RUTH, [60])
    with transaction(db.session):
        reminders.forget(RUTH)
    assert reminders.choice(meeting, RUTH).minutes_before is None


def test_a_reminder_whose_telling_fails_is_said_later(monkeypatch: pytest.MonkeyPatch) -> None:
    meet(RUTH)

    def fail(*_: object) -> None:
        raise ConnectionError

    with before(15):
        with monkeypatch.context() as patched:
            patched.setattr(reminders, "_publish", fail)
            with pytest.raises(ConnectionError):
                sweep()
        sweep()
    assert told() == [(15, {RUTH})]


def without_reminders(person: UUID, begins: datetime = BEGINS) -> UUID:
    """A meeting that was begun by code that knows no reminders."""
    meeting_id = meet(person, begins=begins)
    with transaction(db.session):
        db.session.execute(delete(MeetingReminder).filter_by(meeting_id=meeting_id))
    return meeting_id


def move_without_reminders(meeting_id: UUID, begins: datetime) -> None:
    with transaction(db.session):
        db.session.get_one(Meeting, meeting_id).begins_at = begins


def reconcile() -> int:
    return run_sweep(messages, Sweep("unplanned-reminders", 600, reminders.reconcile))


def test_what_older_code_began_is_said_at_the_default_times_that_are_ahead(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(mechanism, "BATCH", 1)
    without_reminders(RUTH)
    without_reminders(BOAZ, BEGINS + timedelta(minutes=1))
    over = without_reminders(NAOMI, BEGINS - timedelta(hours=2))
    with before(60):
        assert [reconcile(), reconcile()] == [2, 0]
        assert sweep() == 0
    with before(10):
        sweep()
    assert told() == [(15, {RUTH}), (15, {BOAZ})]
    assert not db.session.scalars(select(MeetingReminder).filter_by(meeting_id=over)).all()


@pytest.mark.parametrize("days", [-1, 1])
def test_what_older_code_moved_is_said_at_the_new_time_alone(days: int) -> None:
    meeting = meet(RUTH, BOAZ)
    choose(meeting, RUTH, [60])
    later = BEGINS + timedelta(days=days)
    with time_machine.travel(LONG_BEFORE, tick=False):
        move_without_reminders(meeting, later)
        assert [reconcile(), reconcile()] == [1, 0]
    for begins in sorted([BEGINS, later]):
        for minutes in (1440, 60, 15):
            with before(minutes, begins):
                sweep()
    assert told() == [(1440, {BOAZ}), (60, {RUTH}), (15, {BOAZ})]


def test_a_move_by_older_code_makes_a_time_that_was_over_come() -> None:
    soon = LONG_BEFORE + timedelta(hours=1)
    meeting = meet(RUTH, begins=soon)
    move_without_reminders(meeting, BEGINS)
    with time_machine.travel(LONG_BEFORE, tick=False):
        assert reconcile() == 1
    with before(1440):
        sweep()
    assert told() == [(1440, {RUTH})]


def test_nothing_is_set_again_that_was_said_or_that_a_person_did_not_want() -> None:
    meeting = meet(RUTH, BOAZ, NAOMI)
    choose(meeting, RUTH, [60])
    choose(meeting, NAOMI, [])
    for minutes in (1440, 60, 15, 5):
        with before(minutes):
            sweep()
            assert [reconcile(), sweep()] == [0, 0]
    assert told() == [(1440, {BOAZ}), (60, {RUTH}), (15, {BOAZ})]


def test_what_is_just_being_moved_is_set_by_its_new_time() -> None:
    without_reminders(RUTH)
    later = BEGINS + timedelta(days=1)
    with time_machine.travel(LONG_BEFORE, tick=False):
        with db.engine.begin() as other:
            other.execute(update(Meeting).values(begins_at=later))
            assert reconcile() == 0
        assert reconcile() == 1
    due = db.session.scalars(select(MeetingReminder.due_at)).all()
    assert {later - each for each in due} == {timedelta(days=1), timedelta(minutes=15)}


@pytest.mark.usefixtures("race_round")
def test_workers_at_once_set_what_is_missing_once(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(20):
        without_reminders(RUTH)
    monkeypatch.setattr(mechanism, "BATCH", 3)

    def batches() -> None:
        with app.app_context():
            done = True
            while done:
                with transaction(db.session):
                    done = reminders.reconcile() > 0

    with before(60):
        testing.race([batches] * 4)
    assert db.session.scalar(select(func.count()).select_from(MeetingReminder)) == 40


@pytest.mark.usefixtures("race_round")
def test_workers_at_once_say_each_reminder_once(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(20):
        meet(RUTH)
    monkeypatch.setattr(mechanism, "BATCH", 3)

    def batches() -> None:
        # Without the lock of sweeps, which would let one worker alone do it.
        with app.app_context():
            done = True
            while done:
                with transaction(db.session):
                    done = reminders.send_due() > 0

    with before(15):
        testing.race([batches] * 4)
    assert told() == [(15, {RUTH})] * 20


WORKER = """
import sys
import time_machine
from chassis.messaging import reminders as mechanism
from chassis.messaging.worker import Sweep, run_sweep
from support import meetings, notes

def tell(told):
    meetings.tell(told)
    print("told", flush=True)
    sys.stdin.readline()

mechanism.BATCH = 3
sweep = Sweep("reminders", 5, meetings.reminders_told_by(tell).send_due)
with notes.application(sys.argv[1]).app_context(), time_machine.travel(sys.argv[2], tick=False):
    run_sweep(notes.messages, sweep)
"""


def test_a_worker_that_is_killed_leaves_each_reminder_to_be_said_once() -> None:
    people = [uuid4() for _ in range(8)]
    soon = LONG_BEFORE + timedelta(hours=1)
    for person in people:
        meet(person, begins=soon)
    url = db.engine.url.render_as_string(hide_password=False)
    due = soon - timedelta(minutes=15)
    with subprocess.Popen(
        [sys.executable, "-c", WORKER, url, due.isoformat()],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parent,
        text=True,
    ) as worker:
        assert worker.stdin
        assert worker.stdout
        assert worker.stdout.readline() == "told\n"
        worker.stdin.write("go on\n")
        worker.stdin.flush()
        assert worker.stdout.readline() == "told\n"
        # What it has committed, and what another says while three are still in its hands.
        with before(15, soon), transaction(db.session):
            assert (len(told()), reminders.send_due()) == (3, 2)
        worker.send_signal(signal.SIGKILL)
    assert len(told()) == 5
    # Until the database has seen that the worker is gone.
    db.session.execute(select(MeetingReminder).with_for_update())
    db.session.rollback()
    with before(15, soon):
        assert [sweep(), sweep()] == [3, 0]
    said = told()
    assert [minutes for minutes, _ in said] == [15] * 8
    assert sorted(person for _, here in said for person in here) == sorted(people)


def test_a_move_while_the_reminder_is_being_said_sets_it_again(app: Flask) -> None:
    meeting = meet(RUTH)
    later = BEGINS + timedelta(days=1)

    def moved() -> None:
        with app.app_context(), before(15):
            move(meeting, later)

    testing.overtaken(app, "UPDATE meeting_reminders SET sent_at = now()", moved)
    unsent = select(func.count()).where(MeetingReminder.sent_at.is_(None))
    assert db.session.scalar(unsent.where(MeetingReminder.due_at > BEGINS)) == 1


def test_what_is_due_is_said_in_a_few_statements(app: Flask) -> None:
    with transaction(db.session):
        db.session.execute(
            insert(Meeting), [{"id": uuid4(), "begins_at": BEGINS} for _ in range(1000)]
        )
        db.session.execute(
            text("INSERT INTO guests SELECT id, :user FROM meetings"), {"user": RUTH}
        )
        with time_machine.travel(LONG_BEFORE, tick=False):
            reminders.plan(db.session.scalars(select(Meeting.id)).all())
    with before(15), testing.count_queries(app) as counted:
        assert sweep() == 2000
    assert len(counted) < 100
    assert told() == [(15, {RUTH})] * 1000
