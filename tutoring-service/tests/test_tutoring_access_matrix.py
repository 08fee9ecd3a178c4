"""Who may do what: every operation, for everybody it could be about."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from chassis import testing
from chassis.db import in_transaction
from chassis.messages import Event
from chassis.testing import User, a_user
from tutoring_service import erasure

Ids = dict[str, Any]
Body = Callable[[Ids], Any] | None

ENROLLMENT = "/api/enrollments/{enrollment}"
REQUEST = f"{ENROLLMENT}/requests/{{request}}"
COMING, PAST, DONE = (f"/api/sessions/{{{which}}}" for which in ("coming", "past", "done"))
WORKING_HOURS = "/api/tutors/me/availability"
BOARD = "/api/whiteboards/{board}"
TIME = {"session_date": "2030-06-04", "start_time": "10:00", "end_time": "11:00"}
HOURS = {"timezone": "UTC", "weekly": [{"weekday": "Tuesday", "start_time": "00:00", "end_time": "00:00"}]}

# The deleted one followed the enrolment as a parent, and is a tutor as long as his token lasts.
# They ask in this order: whoever is refused changes nothing for those who come after him.
WHO = ("anonymous", "deleted", "other student", "other tutor", "admin", "parent", "student", "tutor")

ANYBODY = "200 200 200 200 200 200 200 200"
SIGNED_IN = "401 200 200 200 200 200 200 200"
SEES_IT = "401 404 404 404 200 200 200 200"
TUTOR = "401 404 404 404 403 403 403 200"
STUDENT = "401 404 404 404 403 403 200 403"
BOTH = "401 404 404 404 403 403 200 200"

MATRIX: list[tuple[str, str, Body, str]] = [
    ("POST", "/api/courses", lambda _: {"title": "x"}, "401 201 403 201 403 403 403 201"),
    ("GET", "/api/courses", None, SIGNED_IN),
    ("GET", "/api/courses/{course}", None, SIGNED_IN),
    ("PATCH", "/api/courses/{course}", lambda _: {"title": "x"}, "401 404 404 404 404 404 404 200"),
    ("POST", "/api/enrollments", lambda ids: {"course_id": ids["course"]}, "401 201 201 201 201 201 409 409"),
    ("GET", "/api/enrollments", None, SIGNED_IN),
    ("GET", ENROLLMENT, None, SEES_IT),
    ("DELETE", "/api/enrollments/{empty}", None, "401 404 404 404 204 403 403 204"),
    ("POST", f"{ENROLLMENT}/pause", None, BOTH),
    ("POST", f"{ENROLLMENT}/resume", None, BOTH),
    ("POST", f"{ENROLLMENT}/complete", None, TUTOR),
    ("POST", f"{ENROLLMENT}/cancel", None, BOTH),
    ("POST", f"{ENROLLMENT}/parent-codes", None, "401 404 404 404 403 403 201 403"),
    ("POST", "/api/enrollments/join", lambda ids: {"code": ids["code"]}, "401 403 403 403 403 200 403 403"),
    ("DELETE", f"{ENROLLMENT}/parents/{{parent}}", None, "401 404 404 404 403 204 204 403"),
    ("GET", f"{ENROLLMENT}/progress", None, SEES_IT),
    ("POST", f"{ENROLLMENT}/requests", lambda _: TIME, "401 404 404 404 403 403 201 403"),
    ("GET", f"{ENROLLMENT}/requests", None, SEES_IT),
    ("POST", f"{REQUEST}/accept", None, TUTOR),
    ("POST", f"{REQUEST}/decline", None, TUTOR),
    ("POST", f"{REQUEST}/withdraw", None, STUDENT),
    (
        "POST",
        "/api/sessions",
        lambda ids: {**TIME, "enrolled_courses_id": ids["enrollment"]},
        "401 404 404 404 403 403 403 201",
    ),
    ("POST", "/api/sessions/preview", lambda ids: {**TIME, "enrolled_courses_id": ids["enrollment"]}, TUTOR),
    ("GET", "/api/sessions", None, SIGNED_IN),
    ("GET", COMING, None, SEES_IT),
    ("DELETE", COMING, None, "401 404 404 404 204 403 403 204"),
    ("PUT", COMING, lambda _: TIME, TUTOR),
    ("PATCH", COMING, lambda _: {"topics": ["x"]}, TUTOR),
    ("GET", f"{COMING}/history", None, SEES_IT),
    ("POST", f"{PAST}/start", None, TUTOR),
    ("POST", f"{DONE}/complete", None, TUTOR),
    ("POST", f"{COMING}/cancel", None, BOTH),
    (
        "PUT",
        f"{DONE}/attendance",
        lambda _: {"tutor_attendance_status": "present", "student_attendance_status": "late"},
        TUTOR,
    ),
    ("GET", f"{COMING}/reminder", None, "401 404 404 404 403 200 200 200"),
    ("PUT", f"{COMING}/reminder", lambda _: {"alarm_enabled": True}, "401 404 404 404 403 200 200 200"),
    ("POST", f"{DONE}/reviews", lambda _: {"rating": 5}, "401 404 404 404 403 201 201 201"),
    ("GET", f"{DONE}/reviews", None, SEES_IT),
    ("PATCH", f"{DONE}/reviews/{{review}}", lambda _: {"rating": 1}, "401 404 404 404 404 404 404 200"),
    ("POST", "/api/sessions/calendar", None, "401 201 201 201 201 201 201 201"),
    ("DELETE", "/api/sessions/calendar", None, "401 204 204 204 204 204 204 204"),
    ("GET", "/api/sessions/calendar/{feed}", None, ANYBODY),
    ("PUT", WORKING_HOURS, lambda _: HOURS, "401 200 403 200 403 403 403 200"),
    ("GET", "/api/tutors/{tutor}/availability", None, SIGNED_IN),
    ("GET", "/api/tutors/{tutor}/slots", None, SIGNED_IN),
    ("GET", "/api/tutors/{tutor}/rating", None, SIGNED_IN),
    (
        "POST",
        "/api/whiteboards",
        lambda ids: {"enrolled_courses_id": ids["enrollment"]},
        "401 404 404 404 403 403 201 201",
    ),
    ("GET", "/api/whiteboards?enrolled_courses_id={enrollment}", None, SEES_IT),
    ("GET", BOARD, None, SEES_IT),
    ("DELETE", BOARD, None, "401 404 404 404 403 403 403 204"),
    ("POST", f"{BOARD}/close", None, TUTOR),
    (
        "POST",
        f"{BOARD}/strokes",
        lambda _: {"strokes": [{"client_id": "a", "operation": {}}]},
        "401 404 404 404 403 403 201 201",
    ),
    ("GET", f"{BOARD}/strokes", None, SEES_IT),
]


class World(dict[str, Any]):
    """An enrolment, everybody who may ask about it, and the ids of what is in it: made when one is first named."""

    def __init__(self, app: Flask, school: Any) -> None:
        self.people: dict[str, User | None] = {
            "anonymous": None,
            "deleted": a_user("deleted", "tutor"),
            "other student": a_user("orpah"),
            "other tutor": a_user("hillel", "tutor"),
            "admin": a_user("boss", "admin"),
            "parent": a_user("naomi", "parent"),
            "student": school.student,
            "tutor": school.tutor,
        }
        self.app, self.school, self.client = app, school, school.client
        school.enroll(self.person("other student"), self.person("other tutor"))
        follow(school, self.person("parent"))
        follow(school, User("deleted", ("learner", "parent"), id=self.person("deleted").id))
        self.erase("deleted")

    def __missing__(self, name: str) -> Any:
        self[name] = THINGS[name](self, self.school)
        return self[name]

    def restore(self, path: str) -> None:
        """Have what the path names anew, after it was deleted."""
        for name in [name for name in self if f"{{{name}}}" in path]:
            del self[name]

    def furnish(self) -> None:
        """Make all that can be asked about."""
        for name in THINGS:
            assert self[name]

    def person(self, name: str) -> User:
        user = self.people[name]
        assert user
        return user

    def erase(self, who: str) -> None:
        """Hear that the account of this person is deleted."""
        user_id = str(self.person(who).id)
        event = Event(uuid4(), "user.deleted", "user-service", user_id, 1, datetime.now(UTC), None, {})
        with self.app.app_context():
            in_transaction(self.app.extensions["sqlalchemy"].session, lambda: erasure.erase(event))

    def ask(self, who: str, method: str, path: str, body: Body = None) -> TestResponse:
        return self.client.open(
            path.format_map(self),
            method=method,
            user=self.people[who],
            json=body(self) if body else None,
            headers={"If-Match": '"1"'} if method in ("PUT", "PATCH") else {},
        )

    def made(self, who: str, path: str, body: Body = None) -> Any:
        """What this person has made."""
        answer = self.ask(who, "POST", path, body)
        assert answer.status_code == 201, answer.json
        return answer.json


THINGS: dict[str, Callable[[World, Any], Any]] = {
    "enrollment": lambda _, school: school.enrollment_id,
    "empty": lambda world, school: another_enrollment(school, world.person("parent")),
    "course": lambda world, _: world.ask("student", "GET", ENROLLMENT).json["course_id"],
    "code": lambda world, _: world.made("student", f"{ENROLLMENT}/parent-codes")["code"],
    "parent": lambda world, school: follow(school, world.person("parent")),
    "request": lambda world, _: world.made(
        "student", f"{ENROLLMENT}/requests", lambda _: {**TIME, "session_date": "2030-05-07"}
    )["id"],
    "coming": lambda _, school: school.session()["id"],
    "past": lambda _, school: school.session(session_date="2020-02-04")["id"],
    "done": lambda _, school: school.completed()["id"],
    "review": lambda world, _: world.made("tutor", f"{DONE}/reviews", lambda _: {"rating": 3})["id"],
    "feed": lambda world, _: world.made("student", "/api/sessions/calendar")["url"].rsplit("/", 1)[1],
    "tutor": lambda world, _: world.ask("tutor", "PUT", WORKING_HOURS, lambda _: HOURS).json["tutor_id"],
    "board": lambda world, _: world.made(
        "tutor", "/api/whiteboards", lambda ids: {"enrolled_courses_id": ids["enrollment"]}
    )["id"],
}


def told(answers: str) -> dict[str, int]:
    """The answer to each of WHO."""
    return dict(zip(WHO, map(int, answers.split()), strict=True))


def follow(school: Any, parent: User) -> UUID:
    code = school.post(f"/api/enrollments/{school.enrollment_id}/parent-codes", school.student).json["code"]
    assert school.post("/api/enrollments/join", parent, {"code": code}).status_code == 200
    return parent.id


def another_enrollment(school: Any, parent: User) -> int:
    another = replace(school, enrollment_id=school.enroll(school.student))
    follow(another, parent)
    return int(another.enrollment_id)


@pytest.mark.parametrize(
    ("method", "path", "body", "answers"),
    [row for row in MATRIX if row[0] != "GET"],
    ids=[f"{method} {path}" for method, path, *_ in MATRIX if method != "GET"],
)
def test_everybody_does_what_is_his_to_do(
    app: Flask, school: Any, method: str, path: str, body: Body, answers: str
) -> None:
    world = World(app, school)
    got = {}
    for who in WHO:
        got[who] = world.ask(who, method, path, body).status_code
        if got[who] == 204:
            world.restore(path)
    assert got == told(answers)


def test_everybody_reads_what_is_his_to_read(app: Flask, school: Any) -> None:
    world = World(app, school)
    reads = {path: told(answers) for method, path, _, answers in MATRIX if method == "GET"}
    assert {path: {who: world.ask(who, "GET", path).status_code for who in WHO} for path in reads} == reads


@pytest.mark.parametrize("role", ["student", "tutor"])
def test_a_party_whose_account_is_deleted_is_a_stranger(app: Flask, school: Any, role: str) -> None:
    world = World(app, school)
    world.furnish()
    world.erase(role)
    closed = [row[:3] for row in MATRIX if told(row[3])["deleted"] == 404]
    got = {f"{method} {path}": world.ask(role, method, path, body).status_code for method, path, body in closed}
    assert got == dict.fromkeys(got, 404)


@pytest.mark.parametrize(
    ("path", "seen"),
    [
        ("/api/enrollments", {"other student": 1, "other tutor": 1, "parent": 2, "student": 2, "tutor": 2}),
        ("/api/sessions", {"admin": 3, "parent": 3, "student": 3, "tutor": 3}),
    ],
)
def test_lists_of_ones_own_hold_nothing_of_others(app: Flask, school: Any, path: str, seen: dict[str, int]) -> None:
    world = World(app, school)
    world.furnish()
    got = {who: len(world.ask(who, "GET", path).json["items"]) for who in WHO if who != "anonymous"}
    assert {who: count for who, count in got.items() if count} == seen


def test_every_operation_is_in_the_matrix(app: Flask) -> None:
    routes = app.url_map.bind("localhost")
    ids = defaultdict(lambda: 1, tutor=uuid4(), parent=uuid4(), feed="secret.ics")
    asserted = {
        (method, routes.match(path.format_map(ids).split("?")[0], method, return_rule=True)[0].rule)
        for method, path, *_ in MATRIX
    }
    assert asserted == {(method, path) for method, path, _ in testing.operations(app) if path.startswith("/api/")}
