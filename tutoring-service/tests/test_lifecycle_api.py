"""Starting, completing and cancelling sessions; attendance and progress."""

from typing import Any

import pytest
import time_machine
from sqlalchemy import text

from chassis.testing import overtaken, race
from tutoring_service.models import db

EARLY = "2030-01-08T08:44:59Z"
IN_TIME = "2030-01-08T08:45:00Z"


def test_a_session_can_be_started_15_minutes_before_it_begins(school: Any) -> None:
    session = school.session()
    with time_machine.travel(EARLY, tick=False):
        refused = school.act(session, "start").json
        assert (refused["code"], refused["earliest"]) == ("too_early", IN_TIME)
    with time_machine.travel(IN_TIME, tick=False):
        started = school.act(session, "start").json
    assert (started["status"], started["started_at"]) == ("in-progress", IN_TIME)


def test_a_session_is_completed_with_its_covered_topics(school: Any) -> None:
    session = school.session(session_date="2020-01-07", topics=["Verbs", "Nouns"])
    school.act(session, "start")
    done = school.act(session, "complete", {"topics_covered": ["Verbs"]}).json
    assert (done["status"], done["topics_covered"]) == ("completed", ["Verbs"])


def test_a_session_that_was_started_early_is_completed_once_it_has_begun(school: Any) -> None:
    session = school.session(topics=["Verbs"])
    with time_machine.travel("2030-01-08T08:55:00Z", tick=False):
        school.act(session, "start")
        refused = school.act(session, "complete", {"topics_covered": ["Verbs"]})
        assert (refused.status_code, refused.json["code"]) == (409, "too_early")
        assert refused.json["earliest"] == session["starts_at"]
    progress = f"/api/enrollments/{school.enrollment_id}/progress"
    assert school.client.get(progress, user=school.tutor).json["completed_minutes"] == 0
    with time_machine.travel(session["starts_at"], tick=False):
        done = school.act(session, "complete").json
    assert (done["status"], done["completed_at"]) == ("completed", session["starts_at"])


def test_starting_or_completing_again_changes_nothing(school: Any) -> None:
    session = school.session(session_date="2020-01-07")
    for what in ("start", "complete"):
        once, again = school.act(session, what), school.act(session, what)
        assert (again.status_code, again.json) == (200, once.json)


def test_cancelling_again_changes_nothing(school: Any) -> None:
    session = school.session()
    once = school.act(session, "cancel", {"reason": "ill"})
    again = school.act(session, "cancel", {"reason": "another"})
    assert (again.status_code, again.json["cancellation_reason"], again.json["version"]) == (
        200,
        "ill",
        once.json["version"],
    )


@pytest.mark.parametrize(
    ("before", "what", "path"),
    [
        ([], "complete", ("scheduled", "completed")),
        (["start", "complete"], "start", ("completed", "in-progress")),
        (["start", "complete"], "cancel", ("completed", "cancelled")),
        (["cancel"], "start", ("cancelled", "in-progress")),
        (["cancel"], "complete", ("cancelled", "completed")),
    ],
)
def test_an_invalid_transition_is_refused_with_both_statuses(
    school: Any, before: list[str], what: str, path: tuple[str, str]
) -> None:
    session = school.session(session_date="2020-01-07")
    for step in before:
        assert school.act(session, step).status_code == 200
    refused = school.act(session, what)
    assert (refused.status_code, refused.json["code"]) == (409, "invalid_transition")
    assert (refused.json["from"], refused.json["to"]) == path


@pytest.mark.parametrize(
    ("at", "late"), [("2030-01-07T08:59:00Z", False), ("2030-01-07T09:01:00Z", True)]
)
def test_cancelling_within_the_notice_of_the_course_is_late(
    school: Any, at: str, late: bool
) -> None:
    session = school.session()
    with time_machine.travel(at):
        assert school.act(session, "cancel", user=school.student).json["late_cancel"] is late


def test_the_student_may_cancel_but_not_start_or_complete(school: Any) -> None:
    session = school.session(session_date="2020-01-07")
    refused = school.act(session, "start", user=school.student)
    assert (refused.status_code, refused.json["required"]) == (403, "tutor")
    assert school.act(session, "complete", user=school.student).status_code == 403
    assert school.act(session, "cancel", user=school.student).status_code == 200


def test_the_reason_for_a_cancellation_is_passed_on(app: Any, school: Any) -> None:
    session = school.session()
    school.act(session, "cancel", {"reason": "I have caught a cold."})
    with app.app_context():
        query = text(
            "SELECT body #>> '{data,data,reason}', body #>> '{data,author}',"
            " body #>> '{data,words}', body ->> 'aggregate_id' FROM outbox "
            "WHERE body #>> '{data,kind}' = 'session_cancelled'"
        )
        notice = db.session.execute(query).one()
    assert tuple(notice) == (
        "I have caught a cold.",
        str(school.tutor.id),
        '["reason"]',
        f"tutoring_session:{session['id']}",
    )


CANCELLED_MEANWHILE = """
    UPDATE session_bookings SET held = false, version = version + 1;
    UPDATE sessions SET status = 'cancelled', tutor_attendance_status = 'absent';
"""


@pytest.mark.parametrize("what", ["start", "complete"])
def test_a_step_after_a_concurrent_cancellation_is_refused(
    app: Any, school: Any, what: str
) -> None:
    session = school.session(session_date="2020-01-07")
    late = overtaken(app, CANCELLED_MEANWHILE, lambda: school.act(session, what))
    assert (late.status_code, late.json["code"], late.json["from"]) == (
        409,
        "invalid_transition",
        "cancelled",
    )


def test_a_series_cancelled_meanwhile_is_not_cancelled_again(app: Any, school: Any) -> None:
    session = school.session(session_frequency="weekly", recurrence_count=3, is_recurring=True)[
        "occurrences"
    ][0]
    late = overtaken(
        app, CANCELLED_MEANWHILE, lambda: school.act(session, "cancel", {"scope": "all"})
    )
    assert late.status_code == 200
    assert {
        one["version"]
        for one in school.client.get("/api/sessions", user=school.tutor).json["items"]
    } == {2}


def test_a_cancelled_enrolment_leaves_a_session_started_meanwhile(app: Any, school: Any) -> None:
    session = school.session()
    started = (
        "UPDATE session_bookings SET started_at = now(); UPDATE sessions SET status = 'in-progress'"
    )
    ended = overtaken(
        app, started, lambda: school.post(f"/api/enrollments/{school.enrollment_id}/cancel")
    )
    assert ended.status_code == 200, ended.json
    assert school.read(session["id"])["status"] == "in-progress"


def test_only_a_session_that_never_started_can_be_deleted(school: Any) -> None:
    session, done = school.session(), school.completed()
    assert (
        school.client.delete(f"/api/sessions/{session['id']}", user=school.tutor).status_code == 204
    )
    assert school.client.get(f"/api/sessions/{session['id']}", user=school.tutor).status_code == 404
    refused = school.client.delete(f"/api/sessions/{done['id']}", user=school.tutor)
    assert (refused.status_code, refused.json["code"]) == (409, "invalid_transition")


def test_deleting_a_cancelled_session_notifies_no_one_again(app: Any, school: Any) -> None:
    session, other = school.session(), school.session(session_date="2030-01-09")
    school.act(session, "cancel")
    for one in (session, other):
        school.client.delete(f"/api/sessions/{one['id']}", user=school.tutor)
    with app.app_context():
        query = text(
            "SELECT count(*) FROM outbox WHERE body #>> '{data,kind}' = 'session_cancelled'"
        )
        assert db.session.scalar(query) == 2


def mark(
    school: Any,
    session: dict[str, Any],
    tutor: Any = "present",
    student: Any = "late",
    user: Any = None,
) -> Any:
    body = {"tutor_attendance_status": tutor, "student_attendance_status": student}
    return school.client.put(
        f"/api/sessions/{session['id']}/attendance", user=user or school.tutor, json=body
    )


def test_the_tutor_marks_attendance_and_the_history_keeps_it(school: Any) -> None:
    done = school.completed()
    assert mark(school, done).json["student_attendance_status"] == "late"
    assert mark(school, done, student="absent").json["student_attendance_status"] == "absent"
    changes = school.client.get(f"/api/sessions/{done['id']}/history", user=school.tutor).json[
        "items"
    ]
    assert [change["after"]["student"] for change in changes] == ["late", "absent"]


def test_attendance_of_a_coming_or_cancelled_session_is_refused(school: Any) -> None:
    session = school.session()
    assert mark(school, session).json["code"] == "too_early"
    school.act(session, "cancel")
    assert mark(school, session).json["code"] == "session_cancelled"


def test_only_the_tutor_may_mark_attendance_with_known_values(school: Any) -> None:
    done = school.completed()
    assert mark(school, done, user=school.student).status_code == 403
    assert mark(school, done, student="asleep").status_code == 422
    assert mark(school, done, student=None).json["student_attendance_status"] is None


@pytest.mark.usefixtures("race_round")
def test_concurrent_attendance_marks_do_not_mix(school: Any) -> None:
    done = school.completed()
    answers = race([lambda w=w: mark(school, done, w, w) for w in ("present", "absent") * 5])
    assert {answer.status_code for answer in answers} == {200}
    now = school.read(done["id"])
    assert now["tutor_attendance_status"] == now["student_attendance_status"]
    last = max((answer.json for answer in answers), key=lambda shown: shown["version"])
    assert last["version"] == now["version"]
    assert last["tutor_attendance_status"] == now["tutor_attendance_status"]


def test_progress_counts_topics_once_and_only_marked_attendance(school: Any) -> None:
    first = school.session(session_date="2020-01-07", topics=["Verbs", "Nouns"])
    second = school.session(session_date="2020-01-14", topics=["verbs ", "Poetry", "Prose"])
    for session, covered in ((first, ["VERBS"]), (second, ["Poetry", "Unplanned"])):
        school.act(session, "start")
        school.act(session, "complete", {"topics_covered": covered})
    mark(school, first, student="absent")
    school.session(topics=["Verbs"])
    shown = school.client.get(
        f"/api/enrollments/{school.enrollment_id}/progress", user=school.student
    ).json
    assert shown["coverage_percent"] == 50.0
    assert len(shown["planned_topics"]) == 4
    assert (shown["completed_sessions"], shown["completed_minutes"]) == (2, 120)
    assert shown["student_attendance"] == {
        "present": 0,
        "absent": 1,
        "late": 0,
        "attended_percent": 0.0,
    }
    assert shown["tutor_attendance"]["attended_percent"] == 100.0
    assert shown["ratings"] == {"tutor": None, "student": None, "parent": None}
