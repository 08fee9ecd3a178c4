"""What people report of study sessions, and what an admin hides."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from chassis.clock import now
from chassis.data.db import in_transaction
from chassis.messaging.messages import Event
from chassis.testing import HeardOf, User, a_user
from study_session_service.models import db
from study_session_service.moderation import on_content_hidden

BASE = "/api/study-sessions"
Open = Callable[..., Any]


@pytest.fixture
def ruth() -> User:
    return a_user("ruth")


@pytest.fixture
def boaz() -> User:
    return a_user("boaz")


def reported(client: FlaskClient, about: str, about_id: Any, reporter: User) -> Any:
    return client.get(f"/internal/reported/{about}/{about_id}", user=reporter, peer="gateway")


def hide(app: Flask, about: str, about_id: Any) -> None:
    data = {"about": about, "about_id": str(about_id)}
    thing = f"{about}:{about_id}"
    event = Event(uuid4(), "content.hidden", "user-service", thing, 1, now(), uuid4(), data)
    with app.app_context():
        in_transaction(db.session, lambda: on_content_hidden(event))


def say(client: FlaskClient, session: Any, author: User, content: str) -> Any:
    path = f"{BASE}/{session['id']}/messages"
    return client.post(path, json={"content": content}, user=author).json


def test_a_session_is_reported_by_those_who_may_see_it(
    client: FlaskClient, open_session: Open, heard: HeardOf, ruth: User, boaz: User
) -> None:
    session = open_session(ruth, description="Bring your books.")
    expected = {
        "author_id": str(ruth.id),
        "words": {"title": "Berakhot", "subject": "Talmud", "description": "Bring your books."},
    }
    assert reported(client, "study_session", session["id"], boaz).json == expected
    # Who blocks somebody goes on being able to report them.
    heard.block(boaz, ruth)
    assert reported(client, "study_session", session["id"], boaz).json == expected
    private = open_session(ruth, visibility="private")
    assert reported(client, "study_session", private["id"], boaz).status_code == 404
    assert reported(client, "study_session", uuid4(), boaz).status_code == 404


def test_a_message_is_reported_by_those_who_were_there(
    client: FlaskClient, open_session: Open, ruth: User, boaz: User
) -> None:
    session = open_session(ruth, boaz)
    message = say(client, session, ruth, "Go away!")
    client.post(f"{BASE}/{session['id']}/leave", user=boaz)
    found = reported(client, "message", message["id"], boaz)
    assert found.json == {"author_id": str(ruth.id), "words": {"content": "Go away!"}}
    assert reported(client, "message", message["id"], a_user()).status_code == 404
    client.delete(f"{BASE}/{session['id']}/messages/{message['id']}", user=ruth)
    assert reported(client, "message", message["id"], boaz).status_code == 404


def test_a_hidden_session_is_known_to_those_in_it_alone(
    app: Flask, client: FlaskClient, open_session: Open, ruth: User, boaz: User
) -> None:
    session = open_session(ruth, boaz)
    path, stranger = f"{BASE}/{session['id']}", a_user()
    assert session["id"] in [item["id"] for item in client.get(BASE).json["items"]]
    for _ in range(2):
        hide(app, "study_session", session["id"])
    assert client.get(BASE).json["items"] == []
    assert client.get(BASE, user=stranger).json["items"] == []
    assert client.get(f"{BASE}/clusters?bbox=35,31,36,32&zoom=8").json["sessions"] == []
    assert client.get(path, user=stranger).status_code == 404
    assert client.post(f"{path}/join", user=stranger).status_code == 404
    assert client.get(path, user=boaz).status_code == 200
    assert client.post(f"{path}/cancel", user=ruth).status_code == 200


def test_other_sessions_of_the_host_are_shown_as_before(
    app: Flask, client: FlaskClient, open_session: Open, ruth: User
) -> None:
    hidden, other = open_session(ruth), open_session(ruth)
    hide(app, "study_session", hidden["id"])
    assert [item["id"] for item in client.get(BASE).json["items"]] == [other["id"]]


def test_of_a_hidden_message_nothing_is_left_but_its_number(
    app: Flask, client: FlaskClient, open_session: Open, ruth: User, boaz: User
) -> None:
    session = open_session(ruth, boaz)
    message = say(client, session, boaz, "Go away!")
    for _ in range(2):
        hide(app, "message", message["id"])
    [seen] = client.get(f"{BASE}/{session['id']}/messages", user=ruth).json["items"]
    assert (seen["content"], seen["deleted"]) == (None, True)


def test_what_is_not_here_is_no_concern_of_this_service(app: Flask, client: FlaskClient) -> None:
    for about in ("study_session", "message", "havruta", "course"):
        hide(app, about, uuid4())
