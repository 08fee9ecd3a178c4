"""All that is kept about a person, for other services only."""

from collections.abc import Callable
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from chassis.testing import INTERNAL_PORT, a_user, count_queries

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
    with count_queries(app) as statements:
        kept = client.get("/internal/export", user=boaz, peer="gateway").json
    assert len(statements) == 4
    [session] = kept["sessions_hosted"]
    assert (session["latitude"], session["meeting_url"]) == (31.778, "https://meet.example.org/b")
    assert [(row["session_id"], row["role"]) for row in kept["participations"]] == [
        (hosted["id"], "host")
    ]
    assert [row["session_id"] for row in kept["waiting"]] == [full["id"]]
    assert [message["content"] for message in kept["messages"]] == ["mine"]


def test_nobody_has_nothing(client: FlaskClient) -> None:
    kept = client.get("/internal/export", user=a_user(), peer="gateway").json
    assert kept == {"sessions_hosted": [], "participations": [], "waiting": [], "messages": []}


def test_a_person_cannot_ask_for_it_here(client: FlaskClient) -> None:
    ruth = a_user("ruth")
    path, inside = "/internal/export", f"http://localhost:{INTERNAL_PORT}"
    assert client.get(path, user=ruth).status_code == 404
    assert client.get(path, user=ruth, base_url=inside).status_code == 401
