"""A tutor offers a course, a student enrols, they book sessions and draw on a whiteboard."""

from datetime import UTC, datetime, timedelta

import pytest

from .support.people import People, Person, agreed, appoint, eventually, register
from .support.streams import Stream

CANCELLED = "session_cancelled"


@pytest.fixture(scope="module")
def tutor(gateway: str, people: People) -> Person:
    """A tutor who has no sessions yet."""
    tutor = register(gateway, "hillel")
    appoint(people["admin"], tutor, "tutor")
    return tutor


@pytest.fixture(scope="module")
def student(gateway: str) -> Person:
    return register(gateway, "akiva")


@pytest.fixture(scope="module")
def enrolment(tutor: Person, student: Person) -> int:
    course = agreed(
        tutor.post("/api/courses", {"title": "Aramaic", "subject": "Languages", "timezone": "UTC"})
    )
    return int(agreed(student.post("/api/enrollments", {"course_id": course["id"]}))["id"])


def booking(enrolment: int, begin: datetime) -> dict[str, object]:
    """What books a session of half an hour."""
    return {
        "enrolled_courses_id": enrolment,
        "session_date": f"{begin:%Y-%m-%d}",
        "start_time": f"{begin:%H:%M:%S}",
        "end_time": f"{begin + timedelta(minutes=30):%H:%M:%S}",
        "topics": ["Daniel 2"],
        "force": True,  # whatever working hours the tutor has declared
    }


@pytest.fixture(scope="module")
def some_day() -> datetime:
    return (datetime.now(UTC) + timedelta(days=400)).replace(
        hour=3, minute=15, second=0, microsecond=0
    )


def test_a_booked_time_cannot_be_booked_again(
    tutor: Person, student: Person, enrolment: int, some_day: datetime
) -> None:
    booked = agreed(tutor.post("/api/sessions", booking(enrolment, some_day)))
    assert (booked["duration"], booked["student_username"]) == (30, student.username)
    refused = tutor.post("/api/sessions", booking(enrolment, some_day + timedelta(minutes=10)))
    assert (refused.status_code, refused.json()["code"]) == (409, "time_conflict")
    agreed(tutor.post("/api/sessions", booking(enrolment, some_day + timedelta(minutes=30))))


def test_a_stranger_finds_no_session(
    gateway: str, tutor: Person, enrolment: int, some_day: datetime
) -> None:
    booked = agreed(tutor.post("/api/sessions", booking(enrolment, some_day + timedelta(days=1))))
    assert register(gateway, "stranger").get(f"/api/sessions/{booked['id']}").status_code == 404


def test_a_cancellation_notifies_the_student_once(
    tutor: Person, student: Person, enrolment: int, some_day: datetime
) -> None:
    booked = agreed(tutor.post("/api/sessions", booking(enrolment, some_day + timedelta(days=2))))
    agreed(tutor.post(f"/api/sessions/{booked['id']}/cancel", {"reason": "ill"}))

    def cancellations() -> list[dict[str, object]]:
        notifications = student.read("/api/notifications")["items"]
        return [
            item
            for item in notifications
            if item["data"].get("session_id") == booked["id"] and item["kind"] == CANCELLED
        ]

    assert len(eventually(cancellations)) == 1


def test_strokes_reach_the_student_as_they_are_drawn(
    tutor: Person, student: Person, enrolment: int
) -> None:
    board = agreed(
        tutor.post("/api/whiteboards", {"enrolled_courses_id": enrolment, "session_name": "Verbs"})
    )
    path = f"/api/whiteboards/{board['id']}"
    stroke = {"client_id": "stroke-1", "operation": {"type": "line", "points": [[0, 0], [1, 1]]}}
    with Stream(student, f"{path}/events") as stream:
        agreed(tutor.post(f"{path}/strokes", {"strokes": [stroke]}))
        assert "stroke" in stream.next().type
    assert len(student.read(f"{path}/strokes")["items"]) == 1
