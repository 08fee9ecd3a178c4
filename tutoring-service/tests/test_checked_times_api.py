"""What a tutor and a student learn of each other's other sessions: that a time is not free, so many times."""

from collections.abc import Callable
from typing import Any

import pytest

from chassis.testing import User, a_user
from tutoring_service import checked_times

TIMES = {"session_date": "2030-01-08", "start_time": "10:00", "end_time": "11:00"}
SECRETS = ("zaftopic", "zaflocation", "zafcourse")


@pytest.fixture
def at_most(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    return lambda most: monkeypatch.setattr(checked_times, "MOST", most)


@pytest.fixture
def hidden(school: Any) -> dict[str, Any]:
    """A session that the student has with another tutor, with a word in each of its texts."""
    hillel = a_user("hillel", "tutor")
    enrollment = school.enroll(school.student, hillel, title="zafcourse")
    booked = school.book(
        hillel,
        enrolled_courses_id=enrollment,
        start_time="09:40",
        end_time="10:25",
        topics=["zaftopic"],
        session_mode="in-person",
        location="zaflocation",
    )
    assert booked.status_code == 201
    return {**booked.json, "enrollment": enrollment, "hillel": hillel}


def preview(school: Any, user: User | None = None, **wanted: Any) -> Any:
    plain = {"enrolled_courses_id": school.enrollment_id, **TIMES}
    return school.post("/api/sessions/preview", user, {**plain, **wanted})


def ask(school: Any, **wanted: Any) -> Any:
    path = f"/api/enrollments/{school.enrollment_id}/requests"
    return school.post(path, school.student, {**TIMES, **wanted})


def refused_with(answer: Any) -> tuple[int, str | None]:
    return answer.status_code, answer.json.get("code")


TOO_MANY = (429, "too_many_times_checked")


def test_a_preview_tells_that_the_other_person_is_not_free_and_nothing_more(
    school: Any, hidden: dict[str, Any]
) -> None:
    shown = preview(school)
    assert shown.json["conflicts"] == [
        {
            "session_date": "2030-01-08",
            "starts_at": "2030-01-08T09:00:00Z",
            "ends_at": "2030-01-08T10:00:00Z",
            "who": ["student"],
            "session_id": None,
        }
    ], "the times are those that were asked about"
    told = [shown, school.book(), school.book(rrule="FREQ=DAILY;COUNT=2", on_conflict="skip")]
    told.append(school.patch(school.session(session_date="2030-02-01"), TIMES))
    assert [answer.status_code for answer in told] == [200, 409, 201, 409]
    assert told[1].json["detail"] == "The student is not free at that time."
    for answer in told:
        assert not [word for word in (*SECRETS, str(hidden["hillel"].id)) if word in answer.text]
        conflicts = answer.json.get("conflicts", [])
        assert [conflict["session_id"] for conflict in conflicts] == [None] * len(conflicts)


def test_a_student_is_told_which_of_their_own_sessions_is_in_the_way(
    school: Any, hidden: dict[str, Any]
) -> None:
    refused = ask(school)
    assert refused.json["session_id"] == hidden["id"]
    others = school.enroll(a_user("david"))
    school.session(enrolled_courses_id=others, session_date="2030-02-01")
    refused = ask(school, session_date="2030-02-01")
    assert (refused.json["who"], refused.json["session_id"]) == ("tutor", None)


def test_a_preview_is_for_the_tutor_of_an_active_enrolment(school: Any) -> None:
    assert preview(school, a_user("hillel", "tutor")).status_code == 404
    assert preview(school, enrolled_courses_id=school.enrollment_id + 1).status_code == 404
    assert preview(school, school.student).status_code == 403
    for step in ("pause", "resume", "complete"):
        school.post(f"/api/enrollments/{school.enrollment_id}/{step}")
        expected = (200, None) if step == "resume" else (409, "enrollment_not_active")
        assert refused_with(preview(school)) == expected


def test_previews_of_a_person_are_counted_by_their_times(school: Any, at_most: Any) -> None:
    at_most(5)
    assert len(preview(school, rrule="FREQ=WEEKLY;COUNT=4").json["occurrences"]) == 4
    refused = preview(school, rrule="FREQ=WEEKLY;COUNT=2")
    assert refused_with(refused) == TOO_MANY
    assert int(refused.headers["Retry-After"]) > 0
    assert preview(school).status_code == 200
    assert refused_with(preview(school)) == TOO_MANY
    david = school.enroll(a_user("david"))
    assert preview(school, enrolled_courses_id=david).status_code == 200
    same_person = school.enroll(school.student)
    assert refused_with(preview(school, enrolled_courses_id=same_person)) == TOO_MANY


def test_what_is_refused_for_another_reason_is_not_counted(school: Any, at_most: Any) -> None:
    at_most(1)
    assert preview(school, end_time="10:01").status_code == 422
    assert preview(school, rrule="FREQ=WEEKLY").status_code == 422
    assert preview(school, a_user("hillel", "tutor")).status_code == 404
    assert preview(school).status_code == 200


def test_refused_bookings_and_moves_are_counted_with_previews(
    school: Any, hidden: dict[str, Any], at_most: Any
) -> None:
    session = school.session(session_date="2030-02-01")
    at_most(4)
    assert refused_with(school.book()) == (409, "time_conflict")
    assert refused_with(school.patch(session, TIMES)) == (409, "time_conflict")
    assert preview(school).status_code == 200
    for again in (school.book(), school.patch(session, TIMES), preview(school)):
        assert refused_with(again) == TOO_MANY
    assert school.patch(session, {"topics": ["Verbs"]}).status_code == 200


def test_refused_requests_of_a_student_are_counted(school: Any, at_most: Any) -> None:
    busy = school.enroll(a_user("david"))
    school.session(enrolled_courses_id=busy)
    at_most(3)
    assert [refused_with(ask(school)) for _ in range(3)] == [(409, "time_conflict")] * 3
    assert refused_with(ask(school)) == TOO_MANY


def test_a_request_is_accepted_however_much_the_student_has_asked(
    school: Any, at_most: Any
) -> None:
    at_most(1)
    request = ask(school).json
    assert refused_with(ask(school, session_date="2030-01-09")) == TOO_MANY
    path = f"/api/enrollments/{school.enrollment_id}/requests/{request['id']}/accept"
    assert school.post(path).status_code == 200
