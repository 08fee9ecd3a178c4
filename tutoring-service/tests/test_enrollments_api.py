"""Enrolments, on the wire."""

from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from chassis.testing import a_user, overtaken, race


def test_students_enrol_themselves_and_no_one_else(school: Any) -> None:
    course = school.post("/api/courses", None, {"title": "x"}).json["id"]
    forged = {"course_id": course, "student_id": str(school.tutor.id)}
    assert school.post("/api/enrollments", school.student, forged).status_code == 422
    enrolled = school.post("/api/enrollments", school.student, {"course_id": course}).json
    assert (enrolled["student_id"], enrolled["tutor_id"]) == (
        str(school.student.id),
        str(school.tutor.id),
    )
    assert (
        school.post("/api/enrollments", school.tutor, {"course_id": course}).json["code"]
        == "own_course"
    )
    assert (
        school.post("/api/enrollments", school.student, {"course_id": 2147483647}).status_code
        == 404
    )


@pytest.mark.usefixtures("race_round")
def test_ten_concurrent_enrolments_in_a_course_open_one(school: Any) -> None:
    course = school.post("/api/courses", None, {"title": "x"}).json["id"]
    answers = race(
        [lambda: school.post("/api/enrollments", school.student, {"course_id": course})] * 10
    )
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 9
    assert {a.json["code"] for a in answers if a.status_code == 409} == {"already_enrolled"}


def step(school: Any, what: str, user: Any = None) -> Any:
    return school.post(f"/api/enrollments/{school.enrollment_id}/{what}", user)


def test_an_enrolment_is_paused_resumed_and_completed(school: Any) -> None:
    assert step(school, "pause", school.student).json["status"] == "paused"
    assert step(school, "pause").json["status"] == "paused"
    assert step(school, "resume").json["status"] == "active"
    assert step(school, "complete", school.student).status_code == 403
    assert step(school, "complete").json["status"] == "completed"
    refused = step(school, "resume")
    assert (refused.json["code"], refused.json["from"]) == (
        "invalid_transition",
        "completed",
    )


def test_closing_an_enrolment_cancels_its_sessions_and_allows_another(school: Any) -> None:
    done, coming = school.completed(), school.session()
    course = school.client.get(
        f"/api/enrollments/{school.enrollment_id}", user=school.student
    ).json["course_id"]
    step(school, "cancel", school.student)
    assert school.read(done["id"])["status"] == "completed"
    assert school.read(coming["id"])["status"] == "cancelled"
    assert school.post("/api/enrollments", school.student, {"course_id": course}).status_code == 201


@pytest.mark.usefixtures("race_round")
def test_booking_while_closing_leaves_no_scheduled_session(school: Any) -> None:
    race([school.book, lambda: school.post(f"/api/enrollments/{school.enrollment_id}/cancel")])
    assert (
        school.client.get("/api/sessions?status=scheduled", user=school.student).json["items"] == []
    )


def test_only_an_admin_with_force_may_delete_completed_sessions(
    school: Any,
) -> None:
    school.completed()
    path = f"/api/enrollments/{school.enrollment_id}"
    admin = a_user("boss", "admin")
    assert school.client.delete(path, user=school.student).status_code == 403
    assert school.client.delete(path, user=school.tutor).json["code"] == "has_completed_sessions"
    assert school.client.delete(f"{path}?force=true", user=school.tutor).status_code == 409
    assert school.client.delete(path, user=admin).status_code == 409
    assert school.client.delete(f"{path}?force=true", user=admin).status_code == 204
    assert school.client.get("/api/sessions", user=school.tutor).json["items"] == []


def test_an_enrolment_with_a_session_completed_meanwhile_is_kept(app: Any, school: Any) -> None:
    session = school.session(session_date="2020-01-07")
    school.post(f"/api/sessions/{session['id']}/start")
    completed = "UPDATE session_bookings SET held = false; UPDATE sessions SET status = 'completed'"
    path = f"/api/enrollments/{school.enrollment_id}"
    refused = overtaken(app, completed, lambda: school.client.delete(path, user=school.tutor))
    assert (refused.status_code, refused.json["code"]) == (409, "has_completed_sessions")


@pytest.mark.parametrize("path", ["/api/enrollments/{id}/parent-codes", "/api/whiteboards"])
def test_nothing_is_added_to_an_enrolment_deleted_meanwhile(
    app: Any, school: Any, path: str
) -> None:
    body = {"enrolled_courses_id": school.enrollment_id} if path.endswith("whiteboards") else {}
    add = partial(school.post, path.format(id=school.enrollment_id), school.student, body)
    assert overtaken(app, "DELETE FROM enrolled_courses", add).status_code == 404


def test_an_enrolment_is_shown_only_to_its_participants(school: Any) -> None:
    path = f"/api/enrollments/{school.enrollment_id}"
    assert school.client.get(path, user=school.student).status_code == 200
    assert school.client.get(path, user=a_user("stranger")).status_code == 404
    assert school.client.get(f"{path}/progress", user=a_user("stranger")).status_code == 404
    assert (
        len(school.client.get("/api/enrollments?role=tutor", user=school.tutor).json["items"]) == 1
    )
    assert school.client.get("/api/enrollments?role=student", user=school.tutor).json["items"] == []


def test_every_answer_with_an_enrolment_says_the_title_of_its_course(school: Any) -> None:
    course = school.post("/api/courses", None, {"title": "Mishnah"}).json["id"]
    created = school.post("/api/enrollments", school.student, {"course_id": course}).json
    path = f"/api/enrollments/{created['id']}"
    code = school.post(f"{path}/parent-codes", school.student).json
    naomi = a_user("naomi")
    joined = school.post("/api/enrollments/join", naomi, {"code": code["code"]}).json
    steps = [
        school.post(f"{path}/{step}").json
        for step in ("pause", "pause", "resume", "complete", "complete")
    ]
    other = school.post(f"/api/enrollments/{school.enrollment_id}/cancel", school.student).json
    assert {answer["course_title"] for answer in (created, joined, *steps, other)} == {"Mishnah"}
    for user in (school.tutor, school.student, naomi, a_user("boss", "admin")):
        assert school.client.get(path, user=user).json["course_title"] == "Mishnah"


def test_the_title_in_an_enrolment_is_that_which_the_course_has_now(school: Any) -> None:
    path = f"/api/enrollments/{school.enrollment_id}"
    course = school.client.get(path, user=school.student).json["course_id"]
    school.client.patch(
        f"/api/courses/{course}",
        user=school.tutor,
        json={"title": "Talmud"},
        headers={"If-Match": "*"},
    )
    (listed,) = school.client.get("/api/enrollments", user=school.student).json["items"]
    assert listed == school.client.get(path, user=school.student).json
    assert listed["course_title"] == "Talmud"


def test_an_enrolment_is_changed_while_its_course_is_changed(app: Flask, school: Any) -> None:
    with app.app_context():
        engine = app.extensions["sqlalchemy"].engine
    wanted = {"session_date": "2030-01-08", "start_time": "10:00", "end_time": "11:00"}
    with engine.begin() as connection:
        connection.execute(text("UPDATE courses SET description = 'Slowly'"))
        asked = school.post(
            f"/api/enrollments/{school.enrollment_id}/requests", school.student, wanted
        )
        assert asked.status_code == 201
        assert step(school, "pause").status_code == 200
