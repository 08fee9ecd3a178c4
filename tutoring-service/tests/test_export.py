"""Everything that is held about a person."""

from typing import Any

from flask import Flask

from chassis import testing
from chassis.testing import a_user

from .support.school import CANARY, a_history


def test_an_export_holds_a_persons_data_and_no_secret(app: Flask, school: Any) -> None:
    a_history(school)
    answer = school.client.get("/internal/export", user=school.student, peer="gateway")
    assert answer.status_code == 200
    held = answer.json
    assert len(held["sessions"]) == len(held["session_bookings"]) == 2
    assert [review["text"] for review in held["reviews"]] == [CANARY]
    assert len(held["whiteboard_strokes"]) == 2
    assert set(held["calendar_feeds"][0]) == {"user_id", "created_at"}
    nothing = school.client.get("/internal/export", user=a_user("stranger"), peer="gateway").json
    assert not any(nothing.values())


def test_only_a_service_may_ask_for_an_export(school: Any) -> None:
    path = "/internal/export"
    assert school.client.get(path, user=school.student).status_code == 404
    inside = f"http://localhost:{testing.INTERNAL_PORT}"
    assert school.client.get(path, user=school.student, base_url=inside).status_code == 401
