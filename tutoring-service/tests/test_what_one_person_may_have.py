"""A person, an enrolment and a whiteboard have so much, and no more."""

from typing import Any

import pytest

from chassis.data.limits import LimitReached
from chassis.testing import a_user, race
from tutoring_service.courses import CourseLimitReached
from tutoring_service.enrollments import EnrollmentLimitReached
from tutoring_service.history import SessionChangeLimitReached
from tutoring_service.parents import ParentLimitReached
from tutoring_service.scheduling.booking import SessionLimitReached
from tutoring_service.session_requests import SessionRequestLimitReached
from tutoring_service.whiteboards import ROW_BYTES, WhiteboardFull, WhiteboardLimitReached


@pytest.fixture
def at_most(monkeypatch: pytest.MonkeyPatch) -> Any:
    def set_most(limit: type[LimitReached], most: int) -> None:
        monkeypatch.setattr(limit, "most", most)

    return set_most


def refused_with(answer: Any) -> tuple[int, str | None]:
    return answer.status_code, answer.json.get("code")


@pytest.mark.usefixtures("race_round")
def test_a_tutor_offers_so_many_courses(school: Any, at_most: Any) -> None:
    at_most(CourseLimitReached, 3)
    course = {"title": "Mishnah"}
    app = school.client.application
    answers = race(
        [lambda: app.test_client().post("/api/courses", json=course, user=school.tutor)] * 5
    )
    codes = sorted(answer.status_code for answer in answers)
    assert codes == [201, 201, 409, 409, 409], "there is one before"
    assert {answer.json["code"] for answer in answers if answer.status_code == 409} == {
        "course_limit_reached"
    }


def test_a_student_enrols_so_often_and_closing_makes_no_room(school: Any, at_most: Any) -> None:
    at_most(EnrollmentLimitReached, 1)
    school.post(f"/api/enrollments/{school.enrollment_id}/cancel", school.student)
    course = school.post("/api/courses", school.tutor, {"title": "Mishnah"}).json
    again = school.post("/api/enrollments", school.student, {"course_id": course["id"]})
    assert refused_with(again) == (409, "enrollment_limit_reached")


def test_so_many_parents_follow_an_enrolment(school: Any, at_most: Any) -> None:
    at_most(ParentLimitReached, 1)
    naomi = a_user("naomi")

    def join(parent: Any) -> tuple[int, str | None]:
        path = f"/api/enrollments/{school.enrollment_id}/parent-codes"
        code = school.post(path, school.student).json["code"]
        return refused_with(school.post("/api/enrollments/join", parent, {"code": code}))

    assert [join(naomi), join(naomi)] == [(200, None)] * 2
    assert join(a_user("eli")) == (409, "parent_limit_reached")


def test_an_enrolment_has_so_many_sessions_of_a_series_all_or_none(
    school: Any, at_most: Any
) -> None:
    at_most(SessionLimitReached, 3)
    school.session()
    weekly = {"session_date": "2030-02-05", "rrule": "FREQ=WEEKLY;COUNT=3"}
    assert refused_with(school.book(**weekly)) == (409, "session_limit_reached")
    assert school.book(**{**weekly, "rrule": "FREQ=WEEKLY;COUNT=2"}).status_code == 201
    asked = {"session_date": "2030-05-07", "start_time": "10:00", "end_time": "11:00"}
    path = f"/api/enrollments/{school.enrollment_id}/requests"
    request = school.post(path, school.student, asked).json
    accepted = school.post(f"{path}/{request['id']}/accept")
    assert refused_with(accepted) == (409, "session_limit_reached")


def test_a_student_asks_so_often_and_withdrawing_makes_no_room(school: Any, at_most: Any) -> None:
    at_most(SessionRequestLimitReached, 1)
    path = f"/api/enrollments/{school.enrollment_id}/requests"
    asked = {"session_date": "2030-05-07", "start_time": "10:00", "end_time": "11:00"}
    request = school.post(path, school.student, asked).json
    school.post(f"{path}/{request['id']}/withdraw", school.student)
    again = school.post(path, school.student, asked)
    assert refused_with(again) == (409, "session_request_limit_reached")


def test_a_session_is_changed_so_often(school: Any, at_most: Any) -> None:
    at_most(SessionChangeLimitReached, 1)
    session = school.session()
    changed = school.patch(session, {"topics": ["Verbs"]})
    assert changed.status_code == 200
    again = school.patch(changed.json, {"topics": ["Nouns"]})
    assert refused_with(again) == (409, "session_change_limit_reached")


def test_an_enrolment_has_so_many_whiteboards(school: Any, at_most: Any) -> None:
    at_most(WhiteboardLimitReached, 1)
    wanted = {"enrolled_courses_id": school.enrollment_id}
    answers = [school.post("/api/whiteboards", school.student, wanted) for _ in range(2)]
    assert [refused_with(answer) for answer in answers] == [
        (201, None),
        (409, "whiteboard_limit_reached"),
    ]


@pytest.mark.usefixtures("race_round")
def test_a_whiteboard_holds_so_many_bytes(school: Any, at_most: Any) -> None:
    operation = {"text": "ש"}
    at_most(WhiteboardFull, 3 * (ROW_BYTES + len('{"text": "ש"}'.encode())))
    wanted = {"enrolled_courses_id": school.enrollment_id}
    board = school.post("/api/whiteboards", school.student, wanted).json
    app = school.client.application

    def draw(number: int) -> Any:
        strokes = [{"client_id": str(number), "operation": operation}]
        path = f"/api/whiteboards/{board['id']}/strokes"
        return app.test_client().post(path, json={"strokes": strokes}, user=school.student)

    answers = race([lambda number=number: draw(number) for number in range(6)])
    assert (
        sorted(map(refused_with, answers), key=str)
        == [(201, None)] * 3 + [(409, "whiteboard_full")] * 3
    )
    drawn = school.client.get(f"/api/whiteboards/{board['id']}/strokes", user=school.student)
    assert len(drawn.json["items"]) == 3
