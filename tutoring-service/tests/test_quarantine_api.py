"""What an admin sees of the older application's sessions that could not be carried over."""

from typing import Any

from sqlalchemy import insert

from chassis.data.db import transaction
from chassis.testing import a_user
from tutoring_service.models import db, quarantined_sessions


def test_an_admin_reads_what_was_put_aside_in_pages(school: Any, app: Any) -> None:
    rows = [
        {"session_id": number, "tutor_id": school.tutor.id, "session": {"end_time": "10:00:00"}}
        for number in (3, 1, 2)
    ]
    with app.app_context(), transaction(db.session):
        db.session.execute(insert(quarantined_sessions).values(rows))
    path, admin = "/api/sessions/quarantined?limit=2", a_user("deborah", "admin")
    page = school.client.get(path, user=admin).json
    assert [item["session_id"] for item in page["items"]] == [1, 2]
    rest = school.client.get(f"{path}&cursor={page['next']}", user=admin).json
    [last] = rest["items"]
    assert last.pop("quarantined_at")
    assert last == {
        "session_id": 3,
        "tutor_id": str(school.tutor.id),
        "student_id": None,
        "course_id": None,
        "data": {"end_time": "10:00:00"},
    }
