"""Students ask for sessions; tutors accept or decline."""

from typing import Any

import pytest
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
