"""Who may do what: every operation, for everybody it could be about."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from chassis.testing import User, a_user
from chassis.testing.matrix import Matrix, Row, World
from tutoring_service import erasure

ENROLLMENT = "/api/enrollments/{enrollment}"
REQUEST = f"{ENROLLMENT}/requests/{{request}}"
COMING, PAST, DONE = (f"/api/sessions/{{{which}}}" for which in ("coming", "past", "done"))
WORKING_HOURS = "/api/tutors/me/availability"
BOARD = "/api/whiteboards/{board}"
TIME = {"session_date": "2030-06-04", "start_time": "10:00", "end_time": "11:00"}
HOURS = {
    "timezone": "UTC",
    "weekly": [{"weekday": "Tuesday", "start_time": "00:00", "end_time": "00:00"}],
}

# The deleted one followed the enrolment as a parent, and is a tutor as long as his token lasts.
# They ask in this order: whoever is refused changes nothing for those who come after him.
WHO = (
    "anonymous",
    "deleted",
    "other student",
    "other tutor",
    "admin",
    "parent",
    "student",
    "tutor",
)

ANYBODY = "200 200 200 200 200 200 200 200"
SIGNED_IN = "401 200 200 200 200 200 200 200"
SEES_IT = "401 404 404 404 200 200 200 200"
TUTOR = "401 404 404 404 403 403 403 200"
STUDENT = "401 404 404 404 403 403 200 403"
BOTH = "401 404 404 404 403 403 200 200"

MATRIX = Matrix(
    WHO,
    [
        ("POST", "/api/courses", lambda _: {"title": "x"}, "401 201 403 201 403 403 403 201"),
        ("GET", "/api/courses", None, SIGNED_IN),
        ("GET", "/api/courses/{course}", None, SIGNED_IN),
        (
            "PATCH",
            "/api/courses/{course}",
            lambda _: {"title": "x"},
            "401 404 404 404 404 404 404 200",
        ),
        (
            "POST",
            "/api/enrollments",
            lambda ids: {"course_id": ids["course"]},
            "401 201 201 201 201 201 409 409",
        ),
        ("GET", "/api/enrollments", None, SIGNED_IN),
        ("GET", ENROLLMENT, None, SEES_IT),
        ("DELETE", "/api/enrollments/{empty}", None, "401 404 404 404 204 403 403 204"),
        ("POST", f"{ENROLLMENT}/pause", None, BOTH),
        ("POST", f"{ENROLLMENT}/resume", None, BOTH),
        ("POST", f"{ENROLLMENT}/complete", None, TUTOR),
        ("POST", f"{ENROLLMENT}/cancel", None, BOTH),
        ("POST", f"{ENROLLMENT}/parent-codes", None, "401 404 404 404 403 403 201 403"),
        (
            "POST",
            "/api/enrollments/join",
            lambda ids: {"code": ids["code"]},
            "401 403 403 403 403 200 403 403",
        ),
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
        (
            "POST",
            "/api/sessions/preview",
            lambda ids: {**TIME, "enrolled_courses_id": ids["enrollment"]},
            TUTOR,
        ),
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
        (
            "PUT",
            f"{COMING}/reminder",
            lambda _: {"alarm_enabled": True},
            "401 404 404 404 403 200 200 200",
        ),
        ("POST", f"{DONE}/reviews", lambda _: {"rating": 5}, "401 404 404 404 403 201 201 201"),
        ("GET", f"{DONE}/reviews", None, SEES_IT),
        (
            "PATCH",
            f"{DONE}/reviews/{{review}}",
            lambda _: {"rating": 1},
            "401 404 404 404 404 404 404 200",
        ),
        ("POST", "/api/sessions/calendar", None, "401 201 201 201 201 201 201 201"),
        ("DELETE", "/api/sessions/calendar", None, "401 204 204 204 204 204 204 204"),
        ("GET", "/api/sessions/calendar/{feed}.ics", None, ANYBODY),
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
    ],
)


DAYS = count()

THINGS: dict[str, Callable[[World, Any], Any]] = {
    "enrollment": lambda _, school: school.enrollment_id,
    "empty": lambda world, school: another_enrollment(school, world.person("parent")),
    "course": lambda world, _: world.ask("student", "GET", ENROLLMENT).json["course_id"],
    "code": lambda world, _: world.made("student", f"{ENROLLMENT}/parent-codes")["code"],
    "parent": lambda world, school: follow(school, world.person("parent")),
    "request": lambda world, _: world.made(
        "student", f"{ENROLLMENT}/requests", lambda _: {**TIME, "session_date": "2030-05-07"}
    )["id"],
    "coming": lambda _, school: school.session(session_date=another_day(2030))["id"],
    "past": lambda _, school: school.session(session_date=another_day(2020))["id"],
    "done": lambda _, school: school.completed(session_date=another_day(2020))["id"],
    "review": lambda world, _: world.made("tutor", f"{DONE}/reviews", lambda _: {"rating": 3})[
        "id"
    ],
    "feed": lambda world, _: (
        world.made("student", "/api/sessions/calendar")["url"]
        .rsplit("/", 1)[1]
        .removesuffix(".ics")
    ),
    "tutor": lambda world, _: world.ask("tutor", "PUT", WORKING_HOURS, lambda _: HOURS).json[
        "tutor_id"
    ],
    "board": lambda world, _: world.made(
        "tutor", "/api/whiteboards", lambda ids: {"enrolled_courses_id": ids["enrollment"]}
    )["id"],
}


@pytest.fixture
def world(app: Flask, school: Any) -> World:
    people = {
        "anonymous": None,
        "deleted": a_user("deleted", "tutor"),
        "other student": a_user("orpah"),
        "other tutor": a_user("hillel", "tutor"),
        "admin": a_user("boss", "admin"),
        "parent": a_user("naomi", "parent"),
        "student": school.student,
        "tutor": school.tutor,
    }
    world = World(app, people, THINGS, school)
    school.enroll(world.person("other student"), world.person("other tutor"))
    follow(school, world.person("parent"))
    follow(school, User("deleted", ("learner", "parent"), id=world.person("deleted").id))
    world.delete("deleted", erasure.erase)
    return world


def another_day(year: int) -> str:
    """A day of its own for each session, so that none stands in the way of another."""
    return (date(year, 1, 8) + timedelta(days=next(DAYS))).isoformat()


def follow(school: Any, parent: User) -> UUID:
    code = school.post(
        f"/api/enrollments/{school.enrollment_id}/parent-codes", school.student
    ).json["code"]
    assert school.post("/api/enrollments/join", parent, {"code": code}).status_code == 200
    return parent.id


def another_enrollment(school: Any, parent: User) -> int:
    another = replace(school, enrollment_id=school.enroll(school.student))
    follow(another, parent)
    return int(another.enrollment_id)


@pytest.mark.parametrize("row", MATRIX.changing, ids=str)
def test_everybody_does_what_is_his_to_do(world: World, row: Row) -> None:
    assert MATRIX.ask_all(row, world) == row.told


def test_everybody_reads_what_is_his_to_read(world: World) -> None:
    got = {str(row): MATRIX.ask_all(row, world) for row in MATRIX.reading}
    assert got == {str(row): row.told for row in MATRIX.reading}


@pytest.mark.parametrize("role", ["student", "tutor"])
def test_a_party_whose_account_is_deleted_is_a_stranger(world: World, role: str) -> None:
    world.furnish()
    world.delete(role, erasure.erase)
    closed = [row for row in MATRIX.rows if row.told["deleted"] == 404]
    got = {str(row): world.ask(role, row.method, row.path, row.body).status_code for row in closed}
    assert got == dict.fromkeys(got, 404)


@pytest.mark.parametrize(
    ("path", "seen"),
    [
        (
            "/api/enrollments",
            {"other student": 1, "other tutor": 1, "parent": 2, "student": 2, "tutor": 2},
        ),
        ("/api/sessions", {"admin": 3, "parent": 3, "student": 3, "tutor": 3}),
    ],
)
def test_lists_of_ones_own_hold_nothing_of_others(
    world: World, path: str, seen: dict[str, int]
) -> None:
    world.furnish()
    got = {who: len(world.ask(who, "GET", path).json["items"]) for who in WHO if who != "anonymous"}
    assert {who: count for who, count in got.items() if count} == seen


def test_every_operation_is_in_the_matrix(app: Flask) -> None:
    MATRIX.check_operations(app)
