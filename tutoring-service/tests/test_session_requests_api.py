"""Students ask for sessions; tutors accept or decline."""

from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import text

from chassis.testing import a_user, race
from tutoring_service.models import db


def ask(school: Any, user: Any = None, enrollment: int | None = None, **wanted: Any) -> Any:
    body = {"session_date": "2030-01-08", "start_time": "10:00", "end_time": "11:00", **wanted}
    return school.post(
        f"/api/enrollments/{enrollment or school.enrollment_id}/requests",
        user or school.student,
        body,
    )


def answer(school: Any, request: Any, what: str, user: Any = None) -> Any:
    path = f"/api/enrollments/{request['enrolled_courses_id']}/requests/{request['id']}/{what}"
    return school.post(path, user)


def test_the_tutor_accepts_what_the_student_asks_for(school: Any) -> None:
    request = ask(school, topics=["Verbs"], message="Please").json
    accepted = answer(school, request, "accept")
    assert (accepted.status_code, accepted.json["status"]) == (200, "accepted")
    assert school.read(accepted.json["session_id"], school.student)["topics"] == ["Verbs"]
    assert answer(school, request, "accept").json == accepted.json
    assert answer(school, request, "decline").json["code"] == "invalid_transition"


def test_only_the_student_asks_and_withdraws_and_the_tutor_accepts(school: Any) -> None:
    assert ask(school, school.tutor).status_code == 403
    assert ask(school, a_user("stranger")).status_code == 404
    request = ask(school).json
    assert answer(school, request, "accept", school.student).status_code == 403
    assert answer(school, request, "withdraw", school.student).json["status"] == "withdrawn"
    assert answer(school, request, "accept").status_code == 409


def test_a_request_for_a_time_taken_meanwhile_is_not_accepted(school: Any) -> None:
    request = ask(school).json
    school.session(start_time="10:30", end_time="11:30")
    assert answer(school, request, "accept").json["code"] == "time_conflict"
    assert ask(school).json["code"] == "time_conflict"
    listed = school.client.get(
        f"/api/enrollments/{school.enrollment_id}/requests?status=pending", user=school.tutor
    ).json
    assert [one["id"] for one in listed["items"]] == [request["id"]]


@pytest.mark.parametrize(
    ("day", "start", "end", "pointer"),
    [
        ("2026-11-28", "09:00", "10:00", "/start_time"),
        ("2026-11-28", "13:49", "14:49", "/start_time"),
        ("2026-11-28", "00:30", "23:59", "/end_time"),
        ("2026-11-27", "23:30", "00:30", "/session_date"),
        ("2000-01-02", "10:00", "11:00", "/session_date"),
    ],
)
def test_no_one_asks_for_a_time_that_has_begun(
    school: Any, day: str, start: str, end: str, pointer: str
) -> None:
    with time_machine.travel("2026-11-28T12:49:56Z", tick=False):
        refused = ask(school, session_date=day, start_time=start, end_time=end)
    assert refused.status_code == 422
    assert [error["pointer"] for error in refused.json["errors"]] == [pointer]


def test_the_next_minute_can_be_asked_for(school: Any) -> None:
    with time_machine.travel("2026-11-28T12:49:56Z", tick=False):
        asked = ask(school, session_date="2026-11-28", start_time="13:50", end_time="14:50")
    assert asked.status_code == 201


def test_a_request_whose_time_has_begun_is_declined_or_withdrawn_but_not_accepted(
    school: Any,
) -> None:
    declined = ask(school).json
    withdrawn = ask(school, start_time="10:15", end_time="11:15").json
    with time_machine.travel("2030-01-08T10:00:00Z", tick=False):
        refused = answer(school, declined, "accept")
        assert (refused.status_code, refused.json["code"]) == (409, "deadline_passed")
        assert refused.json["deadline"] == "2030-01-08T09:00:00Z"
        assert answer(school, declined, "decline").json["status"] == "declined"
        withdrawn = answer(school, withdrawn, "withdraw", school.student).json
        assert withdrawn["status"] == "withdrawn"
    listed = school.client.get("/api/sessions", user=school.tutor).json
    assert listed["items"] == []


@pytest.mark.usefixtures("race_round")
def test_six_concurrent_acceptances_for_one_time_book_one_session(school: Any) -> None:
    requests = [ask(school).json]
    for number in range(5):
        student = a_user(f"student{number}")
        requests.append(ask(school, student, school.enroll(student)).json)
    answers = race([lambda r=r: answer(school, r, "accept") for r in requests])
    assert sorted(one.status_code for one in answers) == [200] + [409] * 5


def test_a_request_outside_the_working_hours_is_refused(school: Any) -> None:
    hours = {"weekday": "Tuesday", "start_time": "12:00", "end_time": "18:00"}
    body = {"timezone": "Europe/Berlin", "weekly": [hours]}
    school.client.put("/api/tutors/me/availability", user=school.tutor, json=body)
    refused = ask(school)
    assert (refused.status_code, refused.json["code"]) == (409, "outside_working_hours")
    assert refused.json["dates"] == ["2030-01-08"]


def test_an_answered_request_refuses_another_answer(school: Any) -> None:
    request = ask(school).json
    assert answer(school, request, "decline").json["status"] == "declined"
    assert answer(school, request, "decline").status_code == 200
    refused = answer(school, request, "withdraw", school.student)
    assert (refused.json["from"], refused.json["to"]) == ("declined", "withdrawn")


def test_requests_are_listed_by_several_states(school: Any) -> None:
    first, second, third = (
        ask(school, session_date=f"2030-01-{day:02}").json for day in (8, 9, 10)
    )
    answer(school, first, "accept")
    answer(school, second, "decline")
    path = f"/api/enrollments/{school.enrollment_id}/requests?status=accepted,pending"
    listed = school.client.get(path, user=school.student).json["items"]
    assert [one["id"] for one in listed] == [first["id"], third["id"]]


def notified(app: Flask) -> list[tuple[str, str, int]]:
    """The notifications about requests: kind, aggregate, version."""
    query = text(
        "SELECT body #>> '{data,kind}', body ->> 'aggregate_id', (body ->> 'aggregate_version')::int "
        "FROM outbox WHERE body ->> 'aggregate_id' LIKE 'session_request:%' ORDER BY position"
    )
    with app.app_context():
        return [tuple(row) for row in db.session.execute(query)]


def test_a_request_and_its_decline_send_one_notification_each(app: Flask, school: Any) -> None:
    request = ask(school).json
    answer(school, request, "decline")
    about = f"session_request:{request['id']}"
    assert notified(app) == [
        ("session_requested", about, 1),
        ("session_request_declined", about, 2),
    ]
