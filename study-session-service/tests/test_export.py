"""All that is kept about a person, for other services only."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from flask import Flask
from flask.testing import FlaskClient

from chassis.testing import INTERNAL_PORT, a_user, count_queries
from study_session_service.models import Base
from study_session_service.personal_data import about

BASE = "/api/study-sessions"
Open = Callable[..., Any]


def test_everything_about_a_person_is_in_one_answer(
    app: Flask, client: FlaskClient, open_session: Open
) -> None:
    ruth, boaz = a_user("ruth"), a_user("boaz")
    hosted = open_session(
        boaz, ruth, location_visibility="approximate", meeting_url="https://meet.example.org/b"
    )
    full = open_session(ruth, a_user(), max_participants=2)
    client.post(f"{BASE}/{hosted['id']}/messages", json={"content": "mine"}, user=boaz)
    client.post(f"{BASE}/{hosted['id']}/messages", json={"content": "hers"}, user=ruth)
    client.post(f"{BASE}/{full['id']}/join", json={"waitlist": True}, user=boaz)
    client.put(f"{BASE}/{hosted['id']}/reminders", json={"minutes_before": [60]}, user=boaz)
    with count_queries(app) as statements:
        kept = client.get("/internal/export", user=boaz, peer="gateway").json
    assert len(statements) == 8
    [session] = kept["study_sessions"]
    assert (session["latitude"], session["meeting_url"]) == (31.778, "https://meet.example.org/b")
    assert [(row["session_id"], row["role"]) for row in kept["session_participants"]] == [
        (hosted["id"], "host")
    ]
    assert [row["session_id"] for row in kept["session_waitlist"]] == [full["id"]]
    assert [row["minutes_before"] for row in kept["session_reminders"]] == [60]
    assert [message["content"] for message in kept["chat_messages"]] == ["mine"]


def test_nothing_is_kept_about_a_stranger(client: FlaskClient) -> None:
    kept = client.get("/internal/export", user=a_user(), peer="gateway").json
    assert kept == {
        "study_sessions": [],
        "study_session_series": [],
        "session_participants": [],
        "session_waitlist": [],
        "session_reminders": [],
        "chat_messages": [],
        "blocks": [],
        "suspensions": [],
    }


def test_every_table_with_people_in_it_is_exported() -> None:
    named = {
        table.name
        for table in Base.metadata.sorted_tables
        if {"user_id", "host_id", "blocker_id"} & set(table.columns.keys())
    }
    # Stored answers are kept for a day, to be repeated.
    # A series is that of the people who host its sessions.
    assert about(uuid4()).keys() == named - {"idempotency_keys"} | {"study_session_series"}


def test_only_other_services_may_request_the_export(client: FlaskClient) -> None:
    ruth = a_user("ruth")
    path, inside = "/internal/export", f"http://localhost:{INTERNAL_PORT}"
    assert client.get(path, user=ruth).status_code == 404
    assert client.get(path, user=ruth, base_url=inside).status_code == 401
