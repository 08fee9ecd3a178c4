"""What is told about a person, what is left of one, and the people of the demo."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from flask import Flask
from sqlalchemy import text

from chassis import testing
from chassis.data.db import in_transaction
from chassis.messaging.messages import Event
from chassis.testing import User, a_user, overtaken
from tutoring_service import demo, erasure

CANARY = "canary-7f3a"


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
        tables = [
            table for name, table in db.metadata.tables.items() if name not in ("outbox", "inbox")
        ]
        rows = [[str(row) for row in db.session.execute(table.select())] for table in tables]
        return json.dumps(rows)


def a_life(school: Any) -> dict[str, Any]:
    """A student with a past and a future."""
    done = school.completed(session_mode="in-person", location=CANARY)
    school.post(
        f"/api/sessions/{done['id']}/reviews", school.student, {"rating": 4, "text": CANARY}
    )
    school.session(topics=["Later"], notification_enabled=True)
    school.post("/api/sessions/calendar", school.student)
    asked = {
        "session_date": "2030-05-07",
        "start_time": "10:00",
        "end_time": "11:00",
        "message": CANARY,
    }
    school.post(
        f"/api/enrollments/{school.enrollment_id}/requests",
        school.student,
        asked,
        **{"Idempotency-Key": "k"},
    )
    alone = school.post(
        "/api/whiteboards", school.student, {"enrolled_courses_id": school.enrollment_id}
    ).json
    shared = school.post(
        "/api/whiteboards", school.student, {"enrolled_courses_id": school.enrollment_id}
    ).json
    for board, user in ((alone, school.student), (shared, school.student), (shared, school.tutor)):
        stroke = {"client_id": "a", "operation": {"tool": "pen"}}
        school.post(f"/api/whiteboards/{board['id']}/strokes", user, {"strokes": [stroke]})
    return {"done": done, "alone": alone, "shared": shared}


def test_of_a_deleted_student_nothing_is_left_but_history_without_a_name(
    app: Flask, school: Any
) -> None:
    life = a_life(school)
    deleted(app, school.student)
    left = everything(app)
    assert str(school.student.id) not in left
    assert CANARY not in left
    listed = school.client.get("/api/sessions", user=school.tutor).json["items"]
    assert [session["status"] for session in listed] == ["completed", "cancelled"]
    assert len({session["student_id"] for session in listed}) == 1
    (review,) = school.client.get(
        f"/api/sessions/{life['done']['id']}/reviews", user=school.tutor
    ).json["items"]
    assert (review["rating"], review["text"]) == (4, None)
    assert (
        school.client.get(f"/api/whiteboards/{life['alone']['id']}", user=school.tutor).status_code
        == 404
    )
    assert (
        school.client.get(f"/api/whiteboards/{life['shared']['id']}", user=school.tutor).status_code
        == 200
    )


def test_of_a_deleted_tutor_the_students_keep_their_history(app: Flask, school: Any) -> None:
    done, coming = school.completed(), school.session()
    deleted(app, school.tutor)
    assert str(school.tutor.id) not in everything(app)
    assert school.read(done["id"], school.student)["status"] == "completed"
    called_off = school.read(coming["id"], school.student)
    assert (called_off["status"], called_off["cancellation_reason"]) == (
        "cancelled",
        "account deleted",
    )
    enrollment = school.client.get(
        f"/api/enrollments/{school.enrollment_id}", user=school.student
    ).json
    assert enrollment["status"] == "cancelled"


def test_the_others_are_told_that_sessions_are_off(app: Flask, school: Any) -> None:
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


# As the service books: the row of the enrolment is held until the session is there.
BOOK = """
SELECT FROM enrolled_courses FOR SHARE;
INSERT INTO sessions (enrolled_courses_id, session_date, start_time, end_time)
SELECT id, '2030-01-08', '10:00', '11:00' FROM enrolled_courses;
INSERT INTO session_bookings
    (session_id, enrolled_courses_id, tutor_id, student_id, starts_at, ends_at, timezone, held)
SELECT sessions.id, enrolled.id, tutor_id, student_id, '2030-01-08T09:00Z', '2030-01-08T10:00Z', timezone, true
FROM sessions JOIN enrolled_courses enrolled ON enrolled.id = enrolled_courses_id;
"""


def test_what_is_booked_meanwhile_is_called_off_too(app: Flask, school: Any) -> None:
    overtaken(app, BOOK, lambda: deleted(app, school.student))
    (listed,) = school.client.get("/api/sessions", user=school.tutor).json["items"]
    assert (listed["status"], listed["cancellation_reason"]) == ("cancelled", "account deleted")


def test_erasing_again_finds_nothing(app: Flask, school: Any) -> None:
    a_life(school)
    deleted(app, school.student)
    once = everything(app)
    deleted(app, school.student)
    assert everything(app) == once


def test_an_export_holds_what_is_held_and_no_secret(app: Flask, school: Any) -> None:
    a_life(school)
    answer = school.client.get("/internal/export", user=school.student, peer="gateway")
    assert answer.status_code == 200
    held = answer.json
    assert len(held["sessions"]) == len(held["session_bookings"]) == 2
    assert [review["text"] for review in held["reviews"]] == [CANARY]
    assert len(held["whiteboard_strokes"]) == 2
    assert set(held["calendar_feeds"][0]) == {"user_id", "created_at"}
    nothing = school.client.get("/internal/export", user=a_user("nobody"), peer="gateway").json
    assert not any(nothing.values())


def test_an_export_is_for_services_alone(school: Any) -> None:
    path = "/internal/export"
    assert school.client.get(path, user=school.student).status_code == 404
    inside = f"http://localhost:{testing.INTERNAL_PORT}"
    assert school.client.get(path, user=school.student, base_url=inside).status_code == 401


def test_the_demo_is_loaded_once(app: Flask, client: Any) -> None:
    runner = app.test_cli_runner()
    assert "loaded" in runner.invoke(args=["demo"]).output
    ruth = User("ruth", ("learner", "tutor"), id=demo.person_id("ruth"))
    first = client.get("/api/sessions?limit=100", user=ruth).json["items"]
    assert {session["status"] for session in first} == {"completed", "scheduled"}
    assert any(session["is_recurring"] for session in first)
    runner.invoke(args=["demo"])
    assert client.get("/api/sessions?limit=100", user=ruth).json["items"] == first
    naomi = User("naomi", ("learner", "parent"), id=demo.person_id("naomi"))
    assert client.get("/api/sessions?role=parent", user=naomi).json["items"]
