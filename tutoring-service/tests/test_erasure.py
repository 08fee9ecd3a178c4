"""What is left of a person whose account is deleted."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from flask import Flask
from sqlalchemy import insert, select, text

from chassis.data.db import in_transaction, transaction
from chassis.messaging.messages import Event
from chassis.testing import User, overtaken
from tutoring_service import erasure
from tutoring_service.models import db, quarantined_sessions

from .support.school import CANARY, a_history


def deleted(app: Flask, user: User) -> None:
    event = Event(
        uuid4(), "user.deleted", "user-service", str(user.id), 1, datetime.now(UTC), None, {}
    )
    with app.app_context():
        in_transaction(app.extensions["sqlalchemy"].session, lambda: erasure.on_user_deleted(event))


def everything(app: Flask) -> str:
    """All rows of all tables but the messages, as text."""
    with app.app_context():
        db = app.extensions["sqlalchemy"]
        rows: list[str] = []
        for name, table in db.metadata.tables.items():
            if name not in ("outbox", "inbox"):
                rows += map(str, db.session.execute(table.select()))
        return json.dumps(rows)


def test_a_deleted_student_leaves_only_anonymous_history(app: Flask, school: Any) -> None:
    history = a_history(school)
    deleted(app, school.student)
    left = everything(app)
    assert str(school.student.id) not in left
    assert CANARY not in left
    listed = school.client.get("/api/sessions", user=school.tutor).json["items"]
    assert [session["status"] for session in listed] == ["completed", "cancelled"]
    assert len({session["student_id"] for session in listed}) == 1
    (review,) = school.client.get(
        f"/api/sessions/{history['done']['id']}/reviews", user=school.tutor
    ).json["items"]
    assert (review["rating"], review["text"]) == (4, None)
    assert (
        school.client.get(
            f"/api/whiteboards/{history['alone']['id']}", user=school.tutor
        ).status_code
        == 404
    )
    assert (
        school.client.get(
            f"/api/whiteboards/{history['shared']['id']}", user=school.tutor
        ).status_code
        == 200
    )


def test_the_students_of_a_deleted_tutor_keep_their_history(app: Flask, school: Any) -> None:
    done, coming = school.completed(), school.session()
    deleted(app, school.tutor)
    assert str(school.tutor.id) not in everything(app)
    assert school.read(done["id"], school.student)["status"] == "completed"
    cancelled = school.read(coming["id"], school.student)
    assert (cancelled["status"], cancelled["cancellation_reason"]) == (
        "cancelled",
        "account deleted",
    )
    enrollment = school.client.get(
        f"/api/enrollments/{school.enrollment_id}", user=school.student
    ).json
    assert enrollment["status"] == "cancelled"


def test_an_erasure_notifies_the_others_of_cancelled_sessions(app: Flask, school: Any) -> None:
    school.session(rrule="FREQ=WEEKLY;COUNT=3")
    deleted(app, school.student)
    with app.app_context():
        notifications = app.extensions["sqlalchemy"].session.execute(
            text(
                "SELECT body -> 'data' FROM outbox WHERE body #>> '{data,kind}' = 'session_cancelled'"
            )
        )
        (notice,) = notifications.scalars()
    assert notice["user_ids"] == [str(school.tutor.id)]
    assert notice["data"]["count"] == 3


# As the service books: the row of the enrolment is locked until the session is written.
BOOK = """
SELECT FROM enrolled_courses FOR SHARE;
INSERT INTO sessions (enrolled_courses_id, session_date, start_time, end_time)
SELECT id, '2030-01-08', '10:00', '11:00' FROM enrolled_courses;
INSERT INTO session_bookings
    (session_id, enrolled_courses_id, tutor_id, student_id, starts_at, ends_at, timezone, held)
SELECT sessions.id, enrolled.id, tutor_id, student_id,
    '2030-01-08T09:00Z', '2030-01-08T10:00Z', timezone, true
FROM sessions JOIN enrolled_courses enrolled ON enrolled.id = enrolled_courses_id;
"""


def test_a_session_booked_during_the_erasure_is_cancelled_too(app: Flask, school: Any) -> None:
    overtaken(app, BOOK, lambda: deleted(app, school.student))
    (listed,) = school.client.get("/api/sessions", user=school.tutor).json["items"]
    assert (listed["status"], listed["cancellation_reason"]) == ("cancelled", "account deleted")


def test_a_second_erasure_changes_nothing(app: Flask, school: Any) -> None:
    a_history(school)
    deleted(app, school.student)
    once = everything(app)
    deleted(app, school.student)
    assert everything(app) == once


def test_of_sessions_put_aside_no_words_and_no_place_of_the_deleted_are_left(
    app: Flask, school: Any
) -> None:
    session = {"location": CANARY, "student_feedback": CANARY, "topics": ["Verbs"]}
    people = {"tutor_id": school.tutor.id, "student_id": school.student.id}
    rows = [
        {"session_id": 7, **people, "session": {**session, "retired": session}},
        {"session_id": 8, **people, "session": {**session, "retired": None}},
        {"session_id": 9, "session": {"location": "The library"}},
    ]
    with app.app_context(), transaction(db.session):
        db.session.execute(insert(quarantined_sessions).values(rows[:2]))
        db.session.execute(insert(quarantined_sessions).values(rows[2:]))
    deleted(app, school.student)
    with app.app_context():
        kept = quarantined_sessions.c.session
        left = db.session.scalars(select(kept).order_by(quarantined_sessions.c.session_id)).all()
    assert left == [
        {"topics": ["Verbs"], "retired": {"topics": ["Verbs"]}},
        {"topics": ["Verbs"], "retired": None},
        {"location": "The library"},
    ]
