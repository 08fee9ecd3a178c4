"""Deleting an account on the wire."""

import hashlib
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import String, select, update

from chassis.clock import now
from chassis.data.db import in_transaction
from user_service import deletion, notifications
from user_service.models import Notification, User, db, messages
from user_service.notification_kinds import NotificationKind

from .support.emails import verify
from .support.notifications import a_request

Join = Callable[..., Any]
CANARY = "canary7f3a"


def delete_account(client: FlaskClient, member: Any, password: str = "") -> Any:
    return client.delete(
        "/api/users/me", json={"password": password or member.password}, headers=member.headers
    )


def test_a_deletion_needs_the_password(client: FlaskClient, join: Join) -> None:
    ruth = join("ruth")
    response = delete_account(client, ruth, "a guess")
    assert (response.status_code, response.json["code"]) == (403, "wrong_password")
    assert client.get("/api/users/me", headers=ruth.headers).status_code == 200


def test_a_deleted_account_is_refused_immediately(client: FlaskClient, join: Join) -> None:
    ruth = join("ruth")
    response = delete_account(client, ruth)
    assert (response.status_code, response.json) == (202, {"status": "accepted"})
    login = {"login": "ruth", "password": ruth.password}
    assert client.post("/api/auth/login", json=login).status_code == 401
    assert client.post("/api/auth/login", json={**login, "login": ruth.email}).status_code == 401
    assert (
        client.post("/api/auth/refresh", json={"refresh_token": ruth.refresh_token}).status_code
        == 401
    )
    for method, path in (("get", "/api/users/me"), ("patch", "/api/users/me")):
        assert (
            getattr(client, method)(
                path, json={} if method == "patch" else None, headers=ruth.headers
            ).status_code
            == 401
        )
    assert delete_account(client, ruth).status_code == 401


def test_a_deleted_account_is_shown_to_others_as_deleted_user(
    client: FlaskClient, join: Join
) -> None:
    ruth = join("ruth")
    delete_account(client, ruth)
    assert client.get(f"/api/users/{ruth.id}").status_code == 404
    batch = client.get(f"/api/users?ids={ruth.id}").json
    assert batch["items"] == [{"id": str(ruth.id), "display_name": "Deleted user"}]


def test_names_of_a_deleted_account_are_free_again_and_its_id_is_not(
    client: FlaskClient, join: Join
) -> None:
    ruth = join("ruth")
    delete_account(client, ruth)
    assert join("ruth").id != ruth.id


def test_a_username_taken_by_a_stranger_does_not_prevent_a_deletion(
    client: FlaskClient, join: Join
) -> None:
    ruth = join("ruth")
    join(f"deleted-{ruth.id.hex}")
    assert delete_account(client, ruth).status_code == 202


def test_nothing_of_the_person_is_left_in_any_table(
    app: Flask, client: FlaskClient, join: Join
) -> None:
    member = join(CANARY)
    agent = {"User-Agent": f"{CANARY}/1.0"}
    client.post(
        "/api/auth/login", json={"login": CANARY, "password": member.password}, headers=agent
    )
    changes = {
        "display_name": f"{CANARY} D",
        "bio": CANARY,
        "avatar_url": f"https://example.org/{CANARY}",
    }
    client.patch("/api/users/me", json=changes, headers=member.headers)
    client.put(
        "/api/notifications/preferences",
        json={"email": {"reminder": False}},
        headers=member.headers,
    )
    event = a_request(NotificationKind.REMINDER, data={"from": CANARY})
    with app.app_context():
        in_transaction(db.session, lambda: notifications.notify(event, member.id))
    verify(app, member)
    application = {"role": "tutor", "text": CANARY, "subjects": [CANARY]}
    made = client.post("/api/users/me/applications", json=application, headers=member.headers)
    assert made.status_code == 201
    assert delete_account(client, member).status_code == 202
    app.extensions["worker"].publisher.publish_pending()
    with app.app_context():
        found = [
            (table.name, row)
            for table in db.metadata.sorted_tables
            for row in db.session.execute(table.select())
            if CANARY in str(tuple(row))
        ]
    assert found == []


def test_a_deletion_clears_each_optional_text_of_the_account(
    app: Flask, client: FlaskClient, join: Join
) -> None:
    member = join(CANARY)
    optional = [
        column.name
        for column in User.__table__.columns
        if isinstance(column.type, String) and column.nullable
    ]
    with app.app_context():
        filled = update(User).where(User.id == member.id).values(dict.fromkeys(optional, CANARY))
        in_transaction(db.session, lambda: db.session.execute(filled))
    assert delete_account(client, member).status_code == 202
    with app.app_context():
        account = db.session.get_one(User, member.id)
        kept = [name for name in optional if getattr(account, name) == CANARY]
    assert {"avatar_url", "bio"} <= set(optional)
    assert kept == []


def test_the_last_event_of_an_account_is_its_deletion(
    app: Flask, client: FlaskClient, join: Join
) -> None:
    ruth = join("ruth")
    client.patch("/api/users/me", json={"bio": "Leaves soon."}, headers=ruth.headers)
    delete_account(client, ruth)
    with app.app_context():
        sent = select(messages.outbox.c.body).filter_by(stream="events:user-service")
        events = db.session.scalars(sent.order_by(messages.outbox.c.position)).all()
        version = db.session.get_one(User, ruth.id).version
    assert [event["type"] for event in events] == [
        "user.updated",
        "sign_in.ended",
        "user.access_ended",
        "user.deleted",
    ]
    assert events[-1]["aggregate_id"] == str(ruth.id)
    assert events[-1]["data"] == {"email_sha256": hashlib.sha256(b"ruth@example.org").hexdigest()}
    assert events[-1]["aggregate_version"] == version > events[0]["aggregate_version"]


def test_a_deletion_is_sent_again_when_the_last_token_has_expired(
    app: Flask, client: FlaskClient, join: Join
) -> None:
    with time_machine.travel("2030-03-01T12:00:00Z", tick=False) as clock:
        ruth = join("ruth")
        join("boaz")
        delete_account(client, ruth)
        repeated = []
        for seconds in (900, 60, 60):
            clock.shift(seconds)
            with app.app_context():
                repeated.append(in_transaction(db.session, deletion.repeat_erasures))
    assert repeated == [0, 1, 0]
    with app.app_context():
        sent = select(messages.outbox.c.body).filter_by(stream="events:user-service")
        events = db.session.scalars(sent.order_by(messages.outbox.c.position)).all()
    first, second = (event for event in events if event["type"] == "user.deleted")
    assert first["aggregate_id"] == second["aggregate_id"] == str(ruth.id)
    assert second["aggregate_version"] > first["aggregate_version"]
    assert second["data"] == {}


def test_what_a_person_wrote_leaves_the_notifications_of_others(
    app: Flask, client: FlaskClient, join: Join
) -> None:
    ruth, boaz = join("ruth"), join("boaz")

    def notify(author: Any, **more: Any) -> None:
        said = {"title": f"{CANARY} Genesis", "reason": CANARY, "session_id": "7"}
        words = {"author": str(author.id), "words": ["title", "reason"]}
        event = a_request(NotificationKind.SESSION_CANCELLED, data=said, **words, **more)
        with app.app_context():
            in_transaction(db.session, lambda: notifications.notify(event, boaz.id))

    def shown() -> list[Any]:
        items = client.get("/api/notifications", headers=boaz.headers).json["items"]
        return [(item["kind"], item["data"]) for item in items]

    notify(ruth, about="study_session:1")
    notify(ruth, about="study_session:1")  # replaces the first
    notify(boaz)
    delete_account(client, ruth)
    notify(ruth)  # requested before, and delivered late
    of_boaz = {"title": f"{CANARY} Genesis", "reason": CANARY, "session_id": "7"}
    left = ("session_cancelled", {"session_id": "7"})
    assert shown() == [left, ("session_cancelled", of_boaz), left]


@pytest.mark.parametrize("leaving", ["author", "coauthor"])
def test_what_concerns_two_people_goes_with_either(
    app: Flask, client: FlaskClient, join: Join, leaving: str
) -> None:
    reader, people = join("reader"), {"author": join("ruth"), "coauthor": join("boaz")}
    by = {name: str(person.id) for name, person in people.items()}

    def notify() -> None:
        said = {"location": CANARY, "session_id": "7"}
        event = a_request(data=said, words=["location"], **by)
        with app.app_context():
            in_transaction(db.session, lambda: notifications.notify(event, reader.id))

    notify()
    delete_account(client, people[leaving])
    notify()  # requested before, and delivered late
    items = client.get("/api/notifications", headers=reader.headers).json["items"]
    assert [item["data"] for item in items] == [{"session_id": "7"}] * 2


@pytest.mark.usefixtures("unpublished")
def test_live_events_are_taken_back_where_they_have_words_of_the_person(
    app: Flask, client: FlaskClient, join: Join
) -> None:
    ruth, boaz, naomi = join("ruth"), join("boaz"), join("naomi")
    for reader, reason in ((boaz, CANARY), (naomi, None)):
        words = {"author": str(ruth.id), "words": ["reason"]}
        event = a_request(data={"reason": reason}, **words)
        with app.app_context():
            notifying = partial(notifications.notify, event, reader.id)
            in_transaction(db.session, notifying)
    delete_account(client, ruth)
    outbox = messages.outbox.c
    cleared = select(outbox.stream).where(outbox.body == {}, outbox.stream.startswith("room:user:"))
    with app.app_context():
        rooms = set(db.session.scalars(cleared))
    assert rooms == {f"room:user:{person.id}" for person in (ruth, boaz)}


def test_a_notification_that_is_being_replaced_loses_its_words_at_the_repetition(
    app: Flask, client: FlaskClient, join: Join
) -> None:
    ruth, boaz = join("ruth"), join("boaz")
    words = {"data": {"title": CANARY}, "author": str(ruth.id), "words": ["title"]}
    with app.app_context():
        in_transaction(db.session, lambda: notifications.notify(a_request(**words), boaz.id))
        with db.engine.connect() as connection:
            connection.execute(select(Notification.id).with_for_update())
            assert delete_account(client, ruth).status_code == 202
        kept = db.session.scalars(select(Notification.data)).all()
    assert kept == [{"title": CANARY}]
    with time_machine.travel(now() + deletion.LAST_WORDS), app.app_context():
        assert in_transaction(db.session, deletion.repeat_erasures) == 1
        assert db.session.scalars(select(Notification.data)).all() == [{}]


def test_a_deleted_person_is_named_in_no_notification(
    app: Flask, client: FlaskClient, join: Join
) -> None:
    ruth, boaz = join("ruth"), join("boaz")

    def notify(number: int) -> None:
        event = a_request(data={"number": number}, actor=ruth.id)
        with app.app_context():
            in_transaction(db.session, lambda: notifications.notify(event, boaz.id))

    notify(1)
    delete_account(client, ruth)
    notify(2)  # requested before, and delivered late
    noted = client.get("/api/notifications", headers=boaz.headers).json["items"]
    assert [(item["data"], item["actor_id"]) for item in noted] == [
        ({"number": 2}, None),
        ({"number": 1}, None),
    ]
