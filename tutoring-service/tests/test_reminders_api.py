"""Reminders are sent once, to the people and at the times that were chosen."""

from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import text

from chassis.messaging.worker import run_sweep
from chassis.testing import a_user, count_queries, overtaken, race

JUST_BEFORE, DUE = "2030-01-08T08:29:59Z", "2030-01-08T08:30:00Z"
WANTED = {"notification_enabled": True, "alarm_before_minutes": 30}


def sweep(app: Flask) -> int:
    with app.app_context():
        setup = app.extensions["worker"]
        return run_sweep(setup.messages, setup.sweeps[0])


def reminded(app: Flask) -> list[str]:
    with app.app_context():
        rows = app.extensions["sqlalchemy"].session.execute(
            text(
                "SELECT body #>> '{data,user_ids,0}' FROM outbox "
                "WHERE body #>> '{data,kind}' = 'reminder' ORDER BY 1"
            )
        )
        return list(rows.scalars())


def both(school: Any) -> list[str]:
    return sorted([str(school.tutor.id), str(school.student.id)])


def choose(school: Any, session: dict[str, Any], user: Any, **choice: Any) -> Any:
    return school.client.put(f"/api/sessions/{session['id']}/reminder", user=user, json=choice)


def test_tutor_and_student_are_reminded_once_at_the_due_time(app: Flask, school: Any) -> None:
    school.session(**WANTED)
    with time_machine.travel(JUST_BEFORE, tick=False):
        assert sweep(app) == 0
    with time_machine.travel(DUE, tick=False):
        assert sweep(app) == 2
        assert sweep(app) == 0
    assert reminded(app) == both(school)


def test_a_session_without_notification_and_alarm_reminds_no_one(app: Flask, school: Any) -> None:
    school.session()
    with time_machine.travel(DUE, tick=False):
        assert sweep(app) == 0


def test_each_person_may_choose_their_own_reminder(app: Flask, school: Any) -> None:
    session = school.session(**WANTED)
    shown = choose(school, session, school.student, alarm_before_minutes=60).json
    assert shown["due_at"] == "2030-01-08T08:00:00Z"
    assert shown["effective"] == {
        "notification_enabled": True,
        "alarm_enabled": False,
        "alarm_before_minutes": 60,
    }
    choose(school, session, school.tutor, notification_enabled=False, alarm_enabled=False)
    with time_machine.travel("2030-01-08T08:00:00Z", tick=False):
        sweep(app)
    assert reminded(app) == [str(school.student.id)]
    assert choose(school, session, school.student, alarm_before_minutes=10081).status_code == 422


def test_reminders_are_repeated_after_a_move_but_not_a_cancellation(
    app: Flask, school: Any
) -> None:
    session = school.session(**WANTED)
    with time_machine.travel(DUE, tick=False):
        sweep(app)
        moved = school.patch(session, {"session_date": "2030-01-09"}).json
    with time_machine.travel("2030-01-09T08:30:00Z", tick=False):
        assert sweep(app) == 2
    again = school.patch(moved, {"session_date": "2030-01-10"}).json
    school.post(f"/api/sessions/{again['id']}/cancel")
    with time_machine.travel("2030-01-10T08:30:00Z", tick=False):
        assert sweep(app) == 0


def test_reminders_are_repeated_after_a_move_during_the_sweep(app: Flask, school: Any) -> None:
    session = school.session(**WANTED)
    sent = "UPDATE session_reminders SET sent_at = now()"
    moved = overtaken(app, sent, lambda: school.patch(session, {"session_date": "2030-01-09"}))
    assert moved.status_code == 200
    with time_machine.travel("2030-01-09T08:30:00Z", tick=False):
        assert sweep(app) == 2


def test_a_removed_parent_is_not_reminded(app: Flask, school: Any) -> None:
    session = school.session()
    naomi = a_user("naomi")
    code = school.post(
        f"/api/enrollments/{school.enrollment_id}/parent-codes", school.student
    ).json["code"]
    school.post("/api/enrollments/join", naomi, {"code": code})
    assert choose(school, session, naomi, notification_enabled=True).status_code == 200
    path = f"/api/enrollments/{school.enrollment_id}/parents/{naomi.id}"
    assert school.client.delete(path, user=school.student).status_code == 204
    with time_machine.travel("2030-01-08T08:50:00Z", tick=False):
        sweep(app)
    assert reminded(app) == []


def test_a_returning_worker_sends_no_reminders_of_past_sessions(app: Flask, school: Any) -> None:
    school.session(**WANTED)
    with time_machine.travel("2030-01-09T00:00:00Z", tick=False):
        sweep(app)
    assert reminded(app) == []


@pytest.mark.usefixtures("race_round")
def test_concurrent_sweeps_send_each_reminder_once(app: Flask, school: Any) -> None:
    for hour in range(10, 20):
        school.session(start_time=f"{hour}:00", end_time=f"{hour}:30", notification_enabled=True)
    with time_machine.travel("2030-01-08T08:50:00Z", tick=False):
        race([lambda: sweep(app)] * 4)
        sweep(app)
    assert len(reminded(app)) == 2


def test_many_reminders_are_sent_in_a_few_statements(app: Flask, school: Any) -> None:
    school.session(rrule="FREQ=DAILY;COUNT=60", notification_enabled=True)
    with app.app_context():
        session = app.extensions["sqlalchemy"].session
        session.execute(text("UPDATE session_reminders SET due_at = now() - interval '1 minute'"))
        session.commit()
    with count_queries(app) as statements:
        assert sweep(app) == 120
    assert len(statements) < 15
    assert len(reminded(app)) == 120
