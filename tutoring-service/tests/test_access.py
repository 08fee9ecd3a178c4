"""Every operation, called by each kind of caller: nothing is answered, or changed, beyond the table."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from chassis.testing import User, a_user
from chassis.testing.matrix import Row, World
from tutoring_service import erasure

from .access import ACCESS, BOOKED_TIME, HOURS, STREAMS, TIME, enrolled

WORKING_HOURS = "/api/tutors/me/availability"
DAYS = count()


def course(world: World, school: Any) -> int:
    enrollment = world.ask("student", "GET", f"/api/enrollments/{school.enrollment_id}")
    return int(enrollment.json["course_id"])


def code(world: World, school: Any) -> str:
    made = world.made("student", f"/api/enrollments/{school.enrollment_id}/parent-codes")
    return str(made["code"])


def request(world: World, school: Any) -> int:
    wanted = {**TIME, "session_date": "2030-05-07"}
    path = f"/api/enrollments/{school.enrollment_id}/requests"
    return int(world.made("student", path, wanted)["id"])


def review(world: World, _: Any) -> int:
    path = f"/api/sessions/{world['completed']}/reviews"
    return int(world.made("tutor", path, {"rating": 3})["id"])


def feed(world: World, _: Any) -> str:
    url: str = world.made("student", "/api/sessions/calendar")["url"]
    return url.rsplit("/", 1)[1].removesuffix(".ics")


def bookable(world: World, school: Any) -> int:
    """An enrolment whose student books themselves, in hours that the tutor has declared."""
    world.ask("tutor", "PUT", WORKING_HOURS, HOURS)
    return another_enrollment(school, world.person("parent"), booking="book", timezone="UTC")


def booked(world: World, _: Any) -> int:
    path = f"/api/enrollments/{world['bookable']}/bookings"
    return int(world.made("student", path, BOOKED_TIME)["id"])


THINGS: dict[str, Callable[[World, Any], Any]] = {
    "enrollment_id": lambda _, school: school.enrollment_id,
    "empty_enrollment": lambda world, school: another_enrollment(school, world.person("parent")),
    "course_id": course,
    "code": code,
    "parent_id": lambda world, school: follow(school, world.person("parent")),
    "request_id": request,
    "planned": lambda _, school: school.session(session_date=another_day(2030))["id"],
    "past": lambda _, school: school.session(session_date=another_day(2020))["id"],
    "completed": lambda _, school: school.completed(session_date=another_day(2020))["id"],
    "review_id": review,
    "token": feed,
    "tutor_id": lambda world, _: world.ask("tutor", "PUT", WORKING_HOURS, HOURS).json["tutor_id"],
    "whiteboard_id": lambda world, _: world.made("tutor", "/api/whiteboards", enrolled)["id"],
    "bookable": bookable,
    "booked": booked,
}


@pytest.fixture
def world(app: Flask, school: Any) -> World:
    people = {
        "anonymous": None,
        "deleted": a_user("deleted", "tutor"),
        "other student": a_user("orpah"),
        "other tutor": a_user("hillel", "tutor"),
        "admin": a_user("boss", "admin"),
        "parent": a_user("naomi"),
        "student": school.student,
        "tutor": school.tutor,
    }
    world = World(app, people, THINGS, school)
    school.enroll(world.person("other student"), world.person("other tutor"))
    follow(school, world.person("parent"))
    follow(school, User("deleted", id=world.person("deleted").id))
    world.delete("deleted", erasure.on_user_deleted)
    return world


def another_day(year: int) -> str:
    """A day of its own for each session, so that no two conflict."""
    return (date(year, 1, 8) + timedelta(days=next(DAYS))).isoformat()


def follow(school: Any, parent: User) -> UUID:
    code = school.post(
        f"/api/enrollments/{school.enrollment_id}/parent-codes", school.student
    ).json["code"]
    assert school.post("/api/enrollments/join", parent, {"code": code}).status_code == 200
    return parent.id


def another_enrollment(school: Any, parent: User, **course: Any) -> int:
    another = replace(school, enrollment_id=school.enroll(school.student, **course))
    follow(another, parent)
    return int(another.enrollment_id)


@pytest.mark.parametrize("row", ACCESS.rows, ids=str)
def test_each_caller_gets_the_answer_of_the_row(world: World, row: Row) -> None:
    assert ACCESS.ask_all(row, world) == ACCESS.answers(row)


@pytest.mark.parametrize("role", ["student", "tutor"])
def test_a_participant_whose_account_is_deleted_is_a_stranger(world: World, role: str) -> None:
    world.furnish()
    world.delete(role, erasure.on_user_deleted)
    assert ACCESS.differing(role, world, like="deleted") == []


@pytest.mark.parametrize(
    ("path", "seen"),
    [
        (
            "/api/enrollments",
            {"other student": 1, "other tutor": 1, "parent": 3, "student": 3, "tutor": 3},
        ),
        ("/api/session-requests", {"parent": 1, "student": 1, "tutor": 1}),
        ("/api/sessions", {"admin": 4, "parent": 4, "student": 4, "tutor": 4}),
    ],
)
def test_each_list_holds_only_the_callers_own(
    world: World, path: str, seen: dict[str, int]
) -> None:
    world.furnish()
    assert world.counted(path) == seen


@pytest.mark.parametrize("row", STREAMS.rows, ids=str)
def test_only_participants_and_admins_may_watch(world: World, row: Row) -> None:
    assert world.watch("whiteboard", row) == STREAMS.answers(row)


def test_every_operation_has_a_row(app: Flask) -> None:
    ACCESS.check_operations(app)
