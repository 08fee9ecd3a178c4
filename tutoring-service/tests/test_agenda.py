"""A person's own sessions, for pages that are made of several services' answers."""

from typing import Any

from flask import Flask

from chassis import testing
from chassis.testing import User, a_user


def agenda(school: Any, person: User, end: str = "2030-02-01", more: str = "") -> Any:
    query = f"from=2030-01-01T00:00:00Z&to={end}T00:00:00Z{more}"
    return school.client.get(f"/internal/agenda/{person.id}?{query}", peer="gateway").json


def test_a_session_is_shown_to_its_tutor_and_its_student(school: Any) -> None:
    session = school.session(session_mode="hybrid", location="Room 2")
    entry = {
        "id": str(session["id"]),
        "title": "Mishnah",
        "starts_at": session["starts_at"],
        "ends_at": session["ends_at"],
        "status": "scheduled",
        "location": "Room 2",
        "path": f"/api/sessions/{session['id']}",
        "changed_at": session["updated_at"],
    }
    for person in (school.tutor, school.student):
        assert agenda(school, person) == {"items": [entry], "more": False}
    assert agenda(school, a_user("boss", "admin"))["items"] == []


def test_sessions_come_in_order_within_the_period_and_the_limit(app: Flask, school: Any) -> None:
    days = ["2030-01-10", "2030-01-08", "2030-01-09", "2030-02-02"]
    sessions = {day: school.session(session_date=day) for day in days}
    cancelled = school.session(session_date="2030-01-07")
    school.post(f"/api/sessions/{cancelled['id']}/cancel")
    with testing.count_queries(app) as statements:
        shown = agenda(school, school.tutor)
    assert [entry["id"] for entry in shown["items"]] == [
        str(sessions[day]["id"]) for day in sorted(days)[:3]
    ]
    assert len(statements) == 1
    cut = agenda(school, school.tutor, more="&limit=2")
    assert (cut["items"], cut["more"]) == (shown["items"][:2], True)


def test_what_goes_on_at_the_beginning_of_the_period_is_shown(school: Any) -> None:
    session = school.session(start_time="10:00", end_time="11:00")
    for begin, shown in (("09:03", [str(session["id"])]), ("10:00", [])):
        query = f"from=2030-01-08T{begin}:00Z&to=2030-01-09T00:00:00Z"
        path = f"/internal/agenda/{school.tutor.id}?{query}"
        items = school.client.get(path, peer="gateway").json["items"]
        assert [entry["id"] for entry in items] == shown


def test_a_lesson_takes_no_longer_than_it_was_planned_or_held(school: Any) -> None:
    for day, minutes, end in ((8, 25, "09:25"), (9, 90, "10:00"), (10, 0, "09:00")):
        school.held(minutes, session_date=f"2030-01-{day:02}")
        [*_, entry] = agenda(school, school.tutor)["items"]
        assert entry["ends_at"] == f"2030-01-{day:02}T{end}:00Z"


def test_an_admin_can_list_only_their_own_sessions(school: Any) -> None:
    admin = a_user("boss", "admin", "tutor")
    school.session()
    enrollment_id = school.enroll(school.student, admin)
    own = school.book(admin, enrolled_courses_id=enrollment_id, session_date="2030-01-09").json
    listed = school.client.get("/api/sessions?mine=true", user=admin).json["items"]
    assert [session["id"] for session in listed] == [own["id"]]
