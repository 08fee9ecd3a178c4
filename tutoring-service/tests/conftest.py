"""The service under test, and a tutor with a student in it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from chassis import testing
from chassis.testing import User, a_user

ZONE = "Europe/Berlin"


@pytest.fixture(scope="session")
def app() -> Iterator[Flask]:
    with testing.service("tutoring_service") as app:
        yield app


@dataclass
class School:
    """A tutor, his student, and the student's enrolment, spoken to over HTTP."""

    client: FlaskClient
    tutor: User
    student: User
    enrollment_id: int = 0

    def enroll(self, student: User, tutor: User | None = None, **course: Any) -> int:
        """Another enrolment, in a course of the tutor's own making."""
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
        """Ask for a session: tomorrow of the tests, an hour long, unless said otherwise."""
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
        """Change the version of the session that was read."""
        return self.client.patch(
            f"/api/sessions/{session['id']}",
            user=user or self.tutor,
            json={**body, **options},
            headers={"If-Match": f'"{session["version"]}"'},
        )

    def read(self, session_id: int, user: User | None = None) -> dict[str, Any]:
        return dict(self.client.get(f"/api/sessions/{session_id}", user=user or self.tutor).json)

    def completed(self, **wanted: Any) -> dict[str, Any]:
        """A session that was held: long ago, so that it may be started."""
        session = self.session(**{"session_date": "2020-01-07", **wanted})
        self.post(f"/api/sessions/{session['id']}/start")
        done = self.post(f"/api/sessions/{session['id']}/complete")
        assert done.status_code == 200, done.json
        return dict(done.json)


@pytest.fixture
def school(client: FlaskClient) -> School:
    school = School(client, a_user("ruth", "tutor"), a_user("boaz"))
    school.enrollment_id = school.enroll(school.student)
    return school
