"""A tutor and a student of whom one blocks the other, and tutors who are suspended."""

from typing import Any

import pytest
from flask import Flask

from chassis.data.db import in_transaction
from chassis.testing import HeardOf, User, a_user
from tutoring_service.erasure import erase
from tutoring_service.models import apart, db


@pytest.fixture
def naomi() -> User:
    return a_user("naomi", "parent")


def courses_of(school: Any, viewer: User) -> list[int]:
    page = school.client.get(f"/api/courses?tutor_id={school.tutor.id}", user=viewer)
    return [course["id"] for course in page.json["items"]]


@pytest.mark.parametrize("blocker", ["tutor", "stranger"])
def test_neither_finds_nor_takes_the_others_courses(
    school: Any, heard: HeardOf, naomi: User, blocker: str
) -> None:
    pair = (school.tutor, naomi) if blocker == "tutor" else (naomi, school.tutor)
    [course_id] = courses_of(school, naomi)
    heard.block(*pair)
    assert courses_of(school, naomi) == []
    assert school.client.get(f"/api/courses/{course_id}", user=naomi).status_code == 404
    assert school.post("/api/enrollments", naomi, {"course_id": course_id}).status_code == 404
    assert courses_of(school, a_user()) == courses_of(school, school.tutor) == [course_id]
    heard.unblock(*pair)
    assert school.post("/api/enrollments", naomi, {"course_id": course_id}).status_code == 201


def test_a_suspended_tutor_takes_no_students(school: Any, heard: HeardOf, naomi: User) -> None:
    [course_id] = courses_of(school, naomi)
    page = f"/api/tutors/{school.tutor.id}"
    assert school.client.get(page).status_code == 200
    heard.suspend(school.tutor)
    assert school.client.get(page).status_code == 404
    assert courses_of(school, naomi) == []
    assert school.post("/api/enrollments", naomi, {"course_id": course_id}).status_code == 404
    heard.lift(school.tutor)
    assert courses_of(school, naomi) == [course_id]
    assert school.client.get(page).status_code == 200


@pytest.mark.parametrize("suspended", [True, False])
def test_an_enrolment_stays_and_nothing_more_is_booked_in_it(
    school: Any, heard: HeardOf, suspended: bool
) -> None:
    booked = school.session()
    path = f"/api/enrollments/{school.enrollment_id}"
    times = {"session_date": "2030-01-09", "start_time": "10:00", "end_time": "11:00"}
    asked = school.post(f"{path}/requests", school.student, times).json
    if suspended:
        heard.suspend(school.tutor)
    else:
        heard.block(school.student, school.tutor)
    assert school.client.get(path, user=school.student).status_code == 200
    assert school.read(booked["id"], school.student)["id"] == booked["id"]
    for answer in (
        school.book(**times),
        school.post(
            "/api/sessions/preview", None, {"enrolled_courses_id": school.enrollment_id, **times}
        ),
        school.post(f"{path}/requests", school.student, {**times, "start_time": "10:30"}),
        school.post(f"{path}/requests/{asked['id']}/accept"),
    ):
        assert (answer.status_code, answer.json["code"]) == (409, "kept_apart")
    assert school.act(booked, "cancel", user=school.student).status_code == 200


@pytest.mark.parametrize("other", ["tutor", "student"])
def test_a_parent_who_is_kept_away_cannot_use_a_code(
    school: Any, heard: HeardOf, naomi: User, other: str
) -> None:
    path = f"/api/enrollments/{school.enrollment_id}/parent-codes"
    code = {"code": school.post(path, school.student).json["code"]}
    heard.block(getattr(school, other), naomi)
    assert school.post("/api/enrollments/join", naomi, code).status_code == 404
    heard.unblock(getattr(school, other), naomi)
    assert school.post("/api/enrollments/join", naomi, code).status_code == 200


def test_blocks_and_suspensions_are_erased_with_the_person(
    app: Flask, school: Any, heard: HeardOf, naomi: User
) -> None:
    for blocker, blocked in ((naomi, school.tutor), (school.student, naomi)):
        heard.block(blocker, blocked)
    heard.suspend(naomi)
    with app.app_context():
        in_transaction(db.session, lambda: erase(naomi.id))
        assert db.session.execute(apart.blocks.select()).all() == []
        assert db.session.execute(apart.suspensions.select()).all() == []
