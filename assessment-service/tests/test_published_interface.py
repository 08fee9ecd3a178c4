"""The published interface of pausing and resuming, as its documentation shows it."""

from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from assessment_service.models import SessionStatus, db
from chassis.data.db import transaction


def test_an_unknown_session_is_not_valid(client: FlaskClient) -> None:
    answer = client.get("/api/v2/session/test-123/validate")
    assert (answer.status_code, answer.json) == (
        200,
        {"valid": False, "reason": "not_found", "session": None, "progress": None},
    )


def test_a_session_starts_without_a_body_or_a_content_type(
    client: FlaskClient, publish: Any
) -> None:
    version = publish()
    started = client.post("/api/v2/session/start")
    assert (started.status_code, started.json["assessment"]) == (201, version.slug)
    assert started.headers["Location"] == f"/api/v2/session/{started.json['session_id']}"
    validated = client.get(f"/api/v2/session/{started.json['session_id']}/validate").json
    assert validated == {
        "valid": True,
        "reason": None,
        "session": {
            "status": "active",
            "current_page_id": version.page_ids["first"],
            "last_activity": started.json["last_activity"],
        },
        "progress": {
            "questions_answered": 0,
            "questions_total": 8,
            "total_xp": 0,
            "percentage": 0.0,
        },
    }


def test_an_abandoned_session_is_no_longer_valid(client: FlaskClient, publish: Any) -> None:
    publish()
    session_id = client.post("/api/v2/session/start").json["session_id"]
    abandoned = client.post(f"/api/v2/session/{session_id}/abandon")
    assert (abandoned.status_code, abandoned.json["status"]) == (
        200,
        "user_abandoned_not_completed",
    )
    validated = client.get(f"/api/v2/session/{session_id}/validate").json
    assert (validated["valid"], validated["reason"]) == (False, "abandoned")
    assert validated["session"]["status"] == SessionStatus.ABANDONED.value


def test_the_reply_to_an_answer_says_what_it_earned(begin: Any) -> None:
    taker = begin()
    answer = taker.answer("truth", True)
    assert (answer.status_code, answer.json) == (
        200,
        {
            "xp_gained": 10,
            "total_xp": 10,
            "progress": {
                "questions_answered": 1,
                "questions_total": 8,
                "total_xp": 10,
                "percentage": 12.5,
            },
        },
    )


def test_a_session_inserted_with_the_documented_columns_is_of_the_default_assessment(
    app: Flask, client: FlaskClient, publish: Any
) -> None:
    publish()
    current = publish()
    publish("another")
    insertion = (
        "INSERT INTO student_responses (session_id, current_page_id) VALUES ('inserted', :page_id)"
    )
    with app.app_context(), transaction(db.session):
        db.session.execute(text(insertion), {"page_id": current.page_ids["second"]})
    found = client.get("/api/v2/session/inserted").json
    session = found["session"]
    assert (session["assessment"], session["version"]) == (current.slug, current.number)
    assert (session["status"], found["page"]["title"]) == ("active", "Second")
    assert client.post("/api/v2/session/inserted/abandon").status_code == 200


def test_a_start_without_a_default_assessment_is_not_found(client: FlaskClient) -> None:
    answer = client.post("/api/v2/session/start")
    assert (answer.status_code, answer.json["code"]) == (404, "assessment_not_found")
