"""A person's own sessions, for pages that are made of several services' answers."""

from typing import Any

from chassis.testing import a_user


def test_an_admin_can_ask_for_his_own_sessions_alone(school: Any) -> None:
    admin = a_user("boss", "admin", "tutor")
    school.session()
    enrollment_id = school.enroll(school.student, admin)
    own = school.book(admin, enrolled_courses_id=enrollment_id, session_date="2030-01-09").json
    listed = school.client.get("/api/sessions?mine=true", user=admin).json["items"]
    assert [session["id"] for session in listed] == [own["id"]]
