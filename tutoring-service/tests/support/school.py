"""A tutor with a student, and what they do."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import time_machine
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from chassis.testing import User

ZONE = "Europe/Berlin"
CANARY = "canary-7f3a"


@dataclass
class School:
    """A tutor, their student, and the student's enrolment, reached over HTTP."""

    client: FlaskClient
    tutor: User
    student: User
    enrollment_id: int = 0

    def enroll(self, student: User, tutor: User | None = None, **course: Any) -> int:
        """Another enrolment, in a new course of the tutor."""
        made = self.post(
            "/api/courses", tutor or self.tutor, {"title": "Mishnah", "timezone": ZONE, **course}
        )
        enrolled = self.post("/api/enrollments", student, {"course_id": made.json["id"]})
        assert enrolled.status_code == 201, enrolled.json
        return int(enrolled.json["id"])

    def post(
        self, path: str, user: User | None = None, body: Any = None, **headers: str
    ) -> TestResponse:
        return self.client.post(path, user=user or self.tutor, json=body or {}, headers=headers)

    def book(self, user: User | None = None, **wanted: Any) -> TestResponse:
        """Ask for a session, by default an hour long on 2030-01-08."""
        plain = {
            "enrolled_courses_id": self.enrollment_id,
            "session_date": "2030-01-08",
            "start_time": "10:00",
            "end_time": "11:00",
        }
        return self.post("/api/sessions", user, {**plain, **wanted})

    def session(self, **wanted: Any) -> dict[str, Any]:
        """A session that was booked."""
        booked = self.book(**wanted)
        assert booked.status_code == 201, booked.json
        return dict(booked.json)

    def patch(
        self, session: dict[str, Any], body: Any, user: User | None = None, **options: Any
    ) -> TestResponse:
        """Change the session, at the version that was read."""
        return self.client.patch(
            f"/api/sessions/{session['id']}",
            user=user or self.tutor,
            json={**body, **options},
            headers={"If-Match": f'"{session["version"]}"'},
        )

    def read(self, session_id: int, user: User | None = None) -> dict[str, Any]:
        return dict(self.client.get(f"/api/sessions/{session_id}", user=user or self.tutor).json)

    def act(
        self, session: dict[str, Any], what: str, body: Any = None, user: User | None = None
    ) -> TestResponse:
        """Do something with the session: start, complete, cancel or review it."""
        return self.post(f"/api/sessions/{session['id']}/{what}", user, body)

    def completed(self, **wanted: Any) -> dict[str, Any]:
        """A completed session, long ago, so that it could be started."""
        session = self.session(**{"session_date": "2020-01-07", **wanted})
        self.post(f"/api/sessions/{session['id']}/start")
        done = self.post(f"/api/sessions/{session['id']}/complete")
        assert done.status_code == 200, done.json
        return dict(done.json)

    def held(self, minutes: float = 60, **wanted: Any) -> dict[str, Any]:
        """A completed session that took so many minutes, whatever was planned."""
        session = self.session(**wanted)
        start = datetime.fromisoformat(session["starts_at"])
        for step, at in (("start", start), ("complete", start + timedelta(minutes=minutes))):
            with time_machine.travel(at, tick=False):
                done = self.act(session, step)
        assert done.status_code == 200, done.json
        return dict(done.json)


def a_history(school: Any) -> dict[str, Any]:
    """What a student leaves here: sessions past and to come, a review, a request, whiteboards."""
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
