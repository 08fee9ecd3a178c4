"""What people report of havrutas, and what an admin hides."""

from typing import Any
from uuid import uuid4

from flask import Flask
from flask.testing import FlaskClient

from chassis.clock import now
from chassis.data.db import in_transaction
from chassis.messaging.messages import Event
from chassis.testing import User, a_user
from havruta_service.models import db
from havruta_service.moderation import on_content_hidden


def reported(client: FlaskClient, havruta_id: Any, reporter: User) -> Any:
    return client.get(f"/internal/reported/havruta/{havruta_id}", user=reporter, peer="gateway")


def hide(app: Flask, about: str, about_id: Any) -> None:
    data = {"about": about, "about_id": str(about_id)}
    thing = f"{about}:{about_id}"
    event = Event(uuid4(), "content.hidden", "user-service", thing, 1, now(), uuid4(), data)
    with app.app_context():
        in_transaction(db.session, lambda: on_content_hidden(event))


def test_a_havruta_is_reported_by_members_and_by_those_who_are_invited(
    client: FlaskClient, make: Any, ruth: User, boaz: User, naomi: User
) -> None:
    havruta = make.havruta(ruth, boaz)
    client.post(
        f"/api/havrutas/{havruta.id}/invitations", json={"emails": [naomi.email]}, user=ruth
    )
    expected = {"author_id": str(ruth.id), "words": {"name": havruta.name}}
    for reporter in (boaz, naomi):
        assert reported(client, havruta.id, reporter).json == expected
    pretender = a_user("naomi", email_verified=False)
    for stranger in (pretender, a_user()):
        assert reported(client, havruta.id, stranger).status_code == 404
    assert reported(client, uuid4(), boaz).status_code == 404


def test_a_hidden_havruta_loses_its_name_and_its_open_invitations(
    app: Flask, client: FlaskClient, make: Any, ruth: User, naomi: User
) -> None:
    havruta = make.havruta(ruth)
    path = f"/api/havrutas/{havruta.id}"
    client.patch(path, json={"name": "Go away"}, user=ruth, headers={"If-Match": '"1"'})
    client.post(f"{path}/invitations", json={"emails": [naomi.email]}, user=ruth)
    for _ in range(2):
        hide(app, "havruta", havruta.id)
    assert client.get(path, user=ruth).json["name"] == havruta.book
    assert client.get("/api/invitations/mine", user=naomi).json["items"] == []
    [invitation] = client.get(f"{path}/invitations", user=ruth).json["items"]
    assert invitation["status"] == "revoked"


def test_what_members_write_is_reported_by_members_and_hidden(
    app: Flask, client: FlaskClient, make: Any, ruth: User, boaz: User
) -> None:
    havruta = make.havruta(ruth, boaz)
    path = f"/api/havrutas/{havruta.id}/messages"
    message = client.post(path, json={"content": "Go away!"}, user=boaz).json
    shared = {"ref": "Genesis 1:1", "text": "Nonsense", "havruta_id": str(havruta.id)}
    note = client.post("/api/notes", json=shared, user=boaz).json
    words = {
        "havruta_message": (message, {"content": "Go away!"}),
        "note": (note, {"text": "Nonsense"}),
    }
    for about, (thing, said) in words.items():
        address = f"/internal/reported/{about}/{thing['id']}"
        found = client.get(address, user=ruth, peer="gateway")
        assert found.json == {"author_id": str(boaz.id), "words": said}
        assert client.get(address, user=a_user(), peer="gateway").status_code == 404
        for _ in range(2):
            hide(app, about, thing["id"])
        assert client.get(address, user=ruth, peer="gateway").status_code == 404
    [left] = client.get(path, user=ruth).json["items"]
    assert (left["content"], left["deleted"]) == (None, True)
    assert client.get("/api/notes", user=boaz).json["items"] == []


def test_a_note_of_ones_own_is_reported_by_no_one_else(
    client: FlaskClient, make: Any, ruth: User, boaz: User
) -> None:
    make.havruta(ruth, boaz)
    note = client.post("/api/notes", json={"ref": "Genesis 1:1", "text": "Mine"}, user=boaz).json
    address = f"/internal/reported/note/{note['id']}"
    assert client.get(address, user=ruth, peer="gateway").status_code == 404


def test_what_is_not_here_is_no_concern_of_this_service(app: Flask, client: FlaskClient) -> None:
    for about in ("havruta", "message"):
        hide(app, about, uuid4())
