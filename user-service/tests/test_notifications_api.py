"""Notifications: made once for each event, listed, read, and e-mailed if wanted."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
import redis
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from chassis import testing
from chassis.clock import now
from chassis.data.db import in_transaction
from chassis.messaging.messages import Event
from user_service import blocks, mails, notifications
from user_service.models import Notification, User, db, messages
from user_service.notification_kinds import EMAILS, NotificationKind

from .support.emails import verify
from .support.notifications import a_request

Join = Callable[..., Any]


def notify(
    app: Flask,
    user_id: UUID,
    kind: str = NotificationKind.SESSION_MOVED,
    event: Event | None = None,
    **more: Any,
) -> bool:
    asked = event or a_request(kind, **more)
    with app.app_context():
        return in_transaction(db.session, lambda: notifications.notify(asked, user_id))


def waiting(app: Flask) -> list[dict[str, Any]]:
    """The data of the e-mails about notifications that wait to be composed, earliest first."""
    emails = messages.mails.c
    query = select(emails.data).where(emails.kind == "notification").order_by(emails.due_at)
    with app.app_context():
        return list(db.session.scalars(query))


def live_events(app: Flask, user_id: UUID) -> Any:
    """The entries of the person's room in Redis, after all that waited has been published."""
    with app.app_context():
        app.extensions["worker"].publisher.publish_pending()
    with redis.Redis.from_url(testing.redis_url(), decode_responses=True) as connection:
        return connection.xrange(f"room:user:{user_id}")


def inbox(client: FlaskClient, member: Any, query: str = "") -> Any:
    return client.get(f"/api/notifications{query}", headers=member.headers).json


def items(client: FlaskClient, member: Any) -> list[dict[str, Any]]:
    return list(inbox(client, member)["items"])


def test_notifications_are_listed_newest_first(app: Flask, client: FlaskClient, join: Join) -> None:
    ruth = join("ruth")
    assert notify(app, ruth.id, NotificationKind.INVITATION)
    assert notify(app, ruth.id, NotificationKind.REMINDER)
    items = inbox(client, ruth)["items"]
    assert [item["kind"] for item in items] == ["reminder", "invitation"]
    assert items[0].keys() == {"id", "kind", "data", "actor_id", "times", "created_at", "read_at"}
    assert (items[0]["data"], items[0]["read_at"]) == ({"session_id": "7"}, None)


def test_an_event_delivered_repeatedly_notifies_once(
    app: Flask, client: FlaskClient, join: Join
) -> None:
    ruth, event = join("ruth"), a_request()
    assert [notify(app, ruth.id, event=event) for _ in range(3)] == [True, False, False]
    assert len(inbox(client, ruth)["items"]) == 1


@pytest.mark.usefixtures("race_round")
def test_an_event_delivered_concurrently_notifies_once(app: Flask, join: Join) -> None:
    ruth, event = join("ruth"), a_request()
    answers = testing.race([lambda: notify(app, ruth.id, event=event)] * 6)
    assert sorted(answers) == [False] * 5 + [True]
    with app.app_context():
        assert db.session.scalar(select(func.count(Notification.id))) == 1
        assert db.session.get_one(User, ruth.id).stream_position == 1


def test_a_requested_notification_reaches_each_named_person(
    app: Flask, client: FlaskClient, join: Join
) -> None:
    ruth, boaz = join("ruth"), join("boaz")
    asked = {
        "user_ids": [str(ruth.id), str(boaz.id), str(uuid4())],
        "kind": "session_request_declined",
        "data": {"path": "/x"},
    }
    event = Event(uuid4(), "notification.requested", "tutoring-service", "7", 1, now(), None, asked)
    for _ in range(2):
        with app.app_context():
            in_transaction(db.session, lambda: notifications.on_requested(event))
    for person in (ruth, boaz):
        [item] = inbox(client, person)["items"]
        assert item["kind"] == "session_request_declined"
        assert (item["data"], item["actor_id"]) == ({"path": "/x"}, None)


def test_moving_a_session_forty_times_leaves_one_unread_notification(
    app: Flask, client: FlaskClient, join: Join
) -> None:
    ruth = join("ruth")
    notify(app, ruth.id, about="study_session:b")
    notify(app, ruth.id, NotificationKind.REMINDER, about="study_session:a")
    for number in range(40):
        assert notify(app, ruth.id, about="study_session:a", data={"number": number})
    newest, reminder, _ = inbox(client, ruth, "?unread=true")["items"]
    assert (newest["data"]["number"], reminder["kind"]) == (39, "reminder")
    assert (newest["times"], reminder["times"]) == (40, 1)
    told = [json.loads(fields["event"])["data"] for _, fields in live_events(app, ruth.id)]
    assert [note["id"] for note in told[2:]] == [newest["id"]] * 40


def test_a_notification_that_was_read_is_not_replaced(
    app: Flask, client: FlaskClient, join: Join
) -> None:
    ruth = join("ruth")
    for number in range(2):
        notify(app, ruth.id, about="study_session:a", data={"number": number})
        client.post("/api/notifications/read-all", headers=ruth.headers)
    notify(app, ruth.id, about="study_session:a", data={"number": 2})
    shown = [(item["data"]["number"], item["read_at"] is None) for item in items(client, ruth)]
    assert shown == [(2, True), (1, False), (0, False)]


def test_an_older_event_replaces_no_newer_notification(
    app: Flask, client: FlaskClient, join: Join
) -> None:
    ruth, event = join("ruth"), a_request(about="study_session:a")
    newer = replace(event, id=uuid4(), occurred_at=event.occurred_at + timedelta(seconds=1))
    assert [notify(app, ruth.id, event=each) for each in (newer, event)] == [True, False]
    assert len(items(client, ruth)) == 1


def test_a_replaced_notification_is_emailed_once(app: Flask, join: Join) -> None:
    ruth = join("ruth")
    for _ in range(3):
        notify(app, ruth.id, NotificationKind.REMINDER, about="study_session:a")
    assert len(waiting(app)) == 1


@pytest.mark.usefixtures("race_round")
def test_concurrent_events_about_one_thing_leave_the_newest(
    app: Flask, client: FlaskClient, join: Join
) -> None:
    ruth, at = join("ruth"), now()
    events = [
        a_request(about="study_session:a", data={"number": n}, at=at + timedelta(seconds=n))
        for n in range(8)
    ]
    testing.race([partial(notify, app, ruth.id, event=event) for event in events])
    [note] = items(client, ruth)
    assert note["data"]["number"] == 7


def test_ten_who_join_are_one_unread_notification_of_the_last(
    app: Flask, client: FlaskClient, join: Join
) -> None:
    ruth, people = join("ruth"), [uuid4() for _ in range(10)]
    kind, about = NotificationKind.PERSON_JOINED, "study_session:a"
    for person in people:
        event = a_request(kind, about=about, actor=person)
        assert [notify(app, ruth.id, event=event) for _ in range(2)] == [True, False]
    [note] = items(client, ruth)
    assert (note["times"], note["actor_id"]) == (10, str(people[-1]))
    client.post("/api/notifications/read-all", headers=ruth.headers)
    notify(app, ruth.id, kind, about=about, actor=people[0])
    assert [item["times"] for item in items(client, ruth)] == [1, 10]


@pytest.mark.parametrize("blocker", ["reader", "actor"])
def test_a_person_kept_apart_is_not_named(
    app: Flask, client: FlaskClient, join: Join, blocker: str
) -> None:
    ruth, boaz, naomi = join("ruth"), join("boaz"), join("naomi")
    pair = (ruth, boaz) if blocker == "reader" else (boaz, ruth)
    client.put(f"/api/users/me/blocks/{pair[1].id}", headers=pair[0].headers)
    for reader in (ruth, naomi):
        notify(app, reader.id, actor=boaz.id)
    [of_ruth], [of_naomi] = items(client, ruth), items(client, naomi)
    assert (of_ruth["actor_id"], of_naomi["actor_id"]) == (None, str(boaz.id))


def addressed_to(email: str, **more: Any) -> Event:
    """The request to notify the person with this address of an invitation, as another service sends it."""
    digest = hashlib.sha256(email.encode()).hexdigest()
    return a_request(NotificationKind.INVITATION, email_sha256=digest, **more)


def request(app: Flask, event: Event) -> None:
    with app.app_context():
        in_transaction(db.session, lambda: notifications.on_requested(event))


def test_a_person_is_notified_by_their_proved_address_and_emailed_by_the_sender(
    app: Flask, client: FlaskClient, join: Join
) -> None:
    ruth, boaz = join("ruth"), join("boaz")
    request(app, addressed_to(ruth.email))
    assert items(client, ruth) == []
    verify(app, ruth)
    event = addressed_to(ruth.email, actor=boaz.id)
    for each in (event, event, addressed_to(boaz.email), addressed_to("no@one.example")):
        request(app, each)
    [note] = items(client, ruth)
    assert (note["kind"], note["actor_id"]) == ("invitation", str(boaz.id))
    assert items(client, boaz) == []
    assert waiting(app) == []


def test_an_address_that_is_not_ascii_is_found(app: Flask, client: FlaskClient, join: Join) -> None:
    ruth = join("ruth")
    with app.app_context():
        values = {"email": "Ruth@bücher.example", "email_verified_at": now()}
        in_transaction(db.session, lambda: db.session.execute(update(User).values(values)))
    request(app, addressed_to("ruth@bücher.example"))
    assert len(items(client, ruth)) == 1


@pytest.mark.parametrize("blocker", ["invited", "inviter"])
def test_of_two_kept_apart_neither_is_notified_of_the_others_invitation(
    app: Flask, client: FlaskClient, join: Join, blocker: str
) -> None:
    ruth, boaz = join("ruth"), join("boaz")
    verify(app, ruth)
    pair = (ruth, boaz) if blocker == "invited" else (boaz, ruth)
    client.put(f"/api/users/me/blocks/{pair[1].id}", headers=pair[0].headers)
    request(app, addressed_to(ruth.email, actor=boaz.id))
    assert items(client, ruth) == []


def test_one_event_notifies_each_of_several_people(
    app: Flask, client: FlaskClient, join: Join
) -> None:
    ruth, boaz, event = join("ruth"), join("boaz"), a_request()
    assert notify(app, ruth.id, event=event)
    assert notify(app, boaz.id, event=event)
    assert [len(inbox(client, person)["items"]) for person in (ruth, boaz)] == [1, 1]


def test_an_unknown_or_deleted_account_is_not_notified(
    app: Flask, client: FlaskClient, join: Join
) -> None:
    ruth = join("ruth")
    client.delete("/api/users/me", json={"password": ruth.password}, headers=ruth.headers)
    assert not notify(app, ruth.id)
    assert not notify(app, uuid4())


def test_an_account_that_is_erased_meanwhile_is_not_notified(app: Flask, join: Join) -> None:
    ruth = join("ruth")
    erasure = "UPDATE users SET deleted_at = now(), email = 'gone@deleted.invalid'"
    assert not testing.overtaken(app, erasure, lambda: notify(app, ruth.id))
    with app.app_context():
        assert db.session.scalar(select(func.count(Notification.id))) == 0


def test_a_notification_does_not_change_the_account(
    app: Flask, client: FlaskClient, join: Join
) -> None:
    ruth = join("ruth")
    before = client.get("/api/users/me", headers=ruth.headers).json
    notify(app, ruth.id)
    assert client.get("/api/users/me", headers=ruth.headers).json == before


def test_reading_again_keeps_the_time_of_the_first_reading(
    app: Flask, client: FlaskClient, join: Join
) -> None:
    ruth = join("ruth")
    notify(app, ruth.id)
    path = f"/api/notifications/{inbox(client, ruth)['items'][0]['id']}/read"
    assert client.post(path, headers=ruth.headers).status_code == 204
    first = inbox(client, ruth)["items"][0]["read_at"]
    assert first
    assert client.post(path, headers=ruth.headers).status_code == 204
    assert inbox(client, ruth)["items"][0]["read_at"] == first


def test_unread_and_read_notifications_are_listed_separately(
    app: Flask, client: FlaskClient, join: Join
) -> None:
    ruth = join("ruth")
    for kind in (NotificationKind.INVITATION, NotificationKind.REMINDER):
        notify(app, ruth.id, kind)
    client.post(
        f"/api/notifications/{inbox(client, ruth)['items'][0]['id']}/read", headers=ruth.headers
    )
    for query, kind in (("?unread=true", "invitation"), ("?unread=false", "reminder")):
        assert [item["kind"] for item in inbox(client, ruth, query)["items"]] == [kind]


def test_reading_all_leaves_other_peoples_notifications_unread(
    app: Flask, client: FlaskClient, join: Join
) -> None:
    ruth, boaz = join("ruth"), join("boaz")
    for member in (ruth, ruth, boaz):
        notify(app, member.id)
    assert client.post("/api/notifications/read-all", headers=ruth.headers).status_code == 204
    assert inbox(client, ruth, "?unread=true")["items"] == []
    assert len(inbox(client, boaz, "?unread=true")["items"]) == 1


def test_notifications_of_others_are_not_found(app: Flask, client: FlaskClient, join: Join) -> None:
    ruth, boaz = join("ruth"), join("boaz")
    notify(app, ruth.id)
    note_id = inbox(client, ruth)["items"][0]["id"]
    assert inbox(client, boaz)["items"] == []
    assert (
        client.post(f"/api/notifications/{note_id}/read", headers=boaz.headers).status_code == 404
    )
    assert inbox(client, ruth)["items"][0]["read_at"] is None
    assert (
        client.post(f"/api/notifications/{uuid4()}/read", headers=ruth.headers).status_code == 404
    )


def test_pages_hold_each_notification_once_and_take_one_statement(
    app: Flask, client: FlaskClient, join: Join
) -> None:
    ruth = join("ruth")
    for _ in range(5):
        notify(app, ruth.id)
    seen, cursor = [], ""
    for _ in range(3):
        with testing.count_queries(app) as statements:
            page = inbox(client, ruth, f"?limit=2{cursor}")
        assert len(statements) == 1
        seen += [item["id"] for item in page["items"]]
        cursor = f"&cursor={page['next']}"
    assert page["next"] is None
    assert len(set(seen)) == 5


@pytest.mark.parametrize(
    "query", ["?unread=1", "?unread=", "?limit=0", "?limit=101", "?cursor=x", "?page=2"]
)
def test_a_bad_query_parameter_is_named(client: FlaskClient, join: Join, query: str) -> None:
    response = client.get(f"/api/notifications{query}", headers=join("ruth").headers)
    assert response.status_code == 422
    assert response.json["errors"][0]["pointer"] == "?" + query[1:].partition("=")[0]


def test_what_waits_for_a_person_is_emailed_by_default(client: FlaskClient, join: Join) -> None:
    ruth = join("ruth")
    preferences = client.get("/api/notifications/preferences", headers=ruth.headers).json
    kinds = {str(kind) for kind in NotificationKind}
    by_default = {kind for kind, wanted in preferences["email"].items() if wanted}
    assert by_default == {"invitation", "reminder", "content_hidden"}
    assert preferences["email"].keys() == kinds
    assert preferences["in_app"] == dict.fromkeys(kinds, True)
    assert preferences["quiet_hours"] is None


def test_preferences_are_replaced_as_a_whole(client: FlaskClient, join: Join) -> None:
    ruth, boaz = join("ruth"), join("boaz")
    initial = client.get("/api/notifications/preferences", headers=ruth.headers).json

    def prefer(**wanted: Any) -> Any:
        return client.put("/api/notifications/preferences", json=wanted, headers=ruth.headers).json

    emails, hours = initial["email"], {"begins": "22:00:00", "ends": "07:00:00"}
    assert prefer(
        email={"reminder": False, "session_moved": True},
        in_app={"reminder": False, "person_left": False},
        quiet_hours={"begins": "22:00", "ends": "07:00"},
    ) == {
        "email": {**emails, "reminder": False, "session_moved": True},
        "in_app": {**initial["in_app"], "reminder": False, "person_left": False},
        "quiet_hours": hours,
    }
    assert prefer(email={"invitation": False}) == {
        **initial,
        "email": {**emails, "invitation": False},
    }
    assert client.get("/api/notifications/preferences", headers=boaz.headers).json == initial


def invitation_emails(app: Flask) -> list[dict[str, Any]]:
    """What other services were told of whether people want e-mails with invitations."""
    body = messages.outbox.c.body
    of_type = body["type"].astext == "user.invitation_emails_changed"
    with app.app_context():
        query = select(body).where(of_type).order_by(messages.outbox.c.position)
        return [event["data"] for event in db.session.scalars(query)]


def test_the_services_that_invite_hear_of_the_preference_when_it_changes(
    app: Flask, client: FlaskClient, join: Join
) -> None:
    ruth = join("ruth")
    verify(app, ruth)
    mailbox = blocks.mailbox_sha256(ruth.email)
    for wanted in ({}, {"invitation": False}, {"invitation": False, "reminder": False}, {}):
        body = {"email": wanted}
        client.put("/api/notifications/preferences", json=body, headers=ruth.headers)
    assert invitation_emails(app) == [
        {"mailbox_sha256": mailbox, "wanted": False},
        {"mailbox_sha256": mailbox, "wanted": True},
    ]


def test_the_preference_is_told_of_an_address_once_that_is_proved(
    app: Flask, client: FlaskClient, join: Join
) -> None:
    ruth, boaz = join("ruth"), join("boaz")
    wanted = {"email": {"invitation": False}}
    client.put("/api/notifications/preferences", json=wanted, headers=ruth.headers)
    assert invitation_emails(app) == []
    for person in (ruth, boaz):
        verify(app, person)
    mailbox = blocks.mailbox_sha256(ruth.email)
    assert invitation_emails(app) == [{"mailbox_sha256": mailbox, "wanted": False}]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"email": {"reminder": "yes"}}, "/email/reminder"),
        ({"email": {"reminder": None}}, "/email/reminder"),
        ({"in_app": {"reminder": 1}}, "/in_app/reminder"),
        ({"in_app": {"weather": True}}, "/in_app/weather"),
        ({"in_app": None}, "/in_app"),
        ({"reminder": True}, "/reminder"),
        ({"quiet_hours": {"begins": "22:00"}}, "/quiet_hours/ends"),
        ({"quiet_hours": {"begins": "22:00", "ends": "22:00"}}, "/quiet_hours/ends"),
        ({"quiet_hours": {"begins": "24:00", "ends": "22:00"}}, "/quiet_hours/begins"),
    ],
)
def test_a_bad_preference_is_named(
    client: FlaskClient, join: Join, body: dict[str, object], pointer: str
) -> None:
    response = client.put("/api/notifications/preferences", json=body, headers=join("ruth").headers)
    assert response.status_code == 422
    assert response.json["errors"][0]["pointer"] == pointer


def test_every_kind_has_an_email() -> None:
    assert EMAILS.keys() == set(NotificationKind)


@pytest.mark.parametrize("kind", NotificationKind)
def test_every_kind_can_be_emailed(
    app: Flask, client: FlaskClient, join: Join, kind: NotificationKind
) -> None:
    ruth = join("ruth")
    wanted = dict.fromkeys(NotificationKind, True)
    path = "/api/notifications/preferences"
    answer = client.put(path, json={"email": wanted}, headers=ruth.headers)
    assert answer.json["email"] == wanted
    notify(app, ruth.id, kind)
    (due,) = waiting(app)
    with app.app_context():
        message = mails.notification(due)
    assert message["Subject"]


def test_an_unknown_kind_stays_in_the_inbox(app: Flask, client: FlaskClient, join: Join) -> None:
    ruth = join("ruth")
    assert notify(app, ruth.id, "weather_changed")
    assert [item["kind"] for item in inbox(client, ruth)["items"]] == ["weather_changed"]
    assert waiting(app) == []


def test_only_the_wanted_kinds_are_emailed(app: Flask, client: FlaskClient, join: Join) -> None:
    ruth = join("ruth")
    client.put(
        "/api/notifications/preferences",
        json={"email": {"reminder": False, "session_moved": True}},
        headers=ruth.headers,
    )
    for kind in (
        NotificationKind.INVITATION,
        NotificationKind.REMINDER,
        NotificationKind.SESSION_MOVED,
        NotificationKind.SESSION_CANCELLED,
    ):
        notify(app, ruth.id, kind)
    due = waiting(app)
    with app.app_context():
        subjects = [mails.notification(data)["Subject"] for data in due]
    assert sorted(subjects) == [
        "A session was moved to another time · Lyceum",
        "You are invited to a session · Lyceum",
    ]


def test_a_notification_read_meanwhile_is_not_emailed(
    app: Flask, client: FlaskClient, join: Join
) -> None:
    ruth = join("ruth")
    notify(app, ruth.id, NotificationKind.INVITATION)
    client.post("/api/notifications/read-all", headers=ruth.headers)
    (data,) = waiting(app)
    with app.app_context():
        assert mails.notification(data) is None


def test_notifications_are_published_live_in_order(app: Flask, join: Join) -> None:
    ruth = join("ruth")
    for _ in range(2):
        notify(app, ruth.id)
    assert [entry_id for entry_id, _ in live_events(app, ruth.id)] == ["1-0", "2-0"]


def test_a_live_event_holds_the_notification_as_listed(
    app: Flask, client: FlaskClient, join: Join
) -> None:
    ruth = join("ruth")
    notify(app, ruth.id)
    [(_, fields)] = live_events(app, ruth.id)
    event = json.loads(fields["event"])
    assert event["type"] == "notification"
    assert [event["data"]] == inbox(client, ruth)["items"]


def test_a_room_is_watched_by_its_owner_only(app: Flask, client: FlaskClient, join: Join) -> None:
    ruth, boaz = join("ruth"), join("boaz")
    notify(app, ruth.id)

    def ask(member: Any) -> Any:
        headers = {"Subject-Token": member.access_token}
        return client.get(f"/internal/rooms/user/{ruth.id}", peer="gateway", headers=headers)

    assert ask(ruth).json == {"room": f"user:{ruth.id}", "seq": 1, "blocked": []}
    assert ask(boaz).status_code == 404


def test_the_room_of_a_person_is_their_own(app: Flask, client: FlaskClient, join: Join) -> None:
    ruth, boaz = join("ruth"), join("boaz")
    notify(app, ruth.id)

    def ask(member: Any, question: str) -> Any:
        headers = {"Subject-Token": member.access_token}
        return client.get(f"/internal/rooms{question}", peer="gateway", headers=headers)

    own = {"room": f"user:{ruth.id}", "seq": 1}
    for question in ("/mine", f"?rooms=user:{ruth.id}"):
        assert ask(ruth, question).json == {"rooms": [own], "blocked": []}
    assert [room["seq"] for room in ask(boaz, "/mine").json["rooms"]] == [0]
    refused = ask(boaz, f"?rooms=user:{boaz.id},user:{ruth.id}")
    assert (refused.status_code, refused.json["room"]) == (404, own["room"])


def test_an_inbox_keeps_the_newest(
    app: Flask, client: FlaskClient, join: Join, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notifications, "MOST_KEPT", 2)
    ruth, boaz = join("ruth"), join("boaz")
    notify(app, boaz.id)
    for number in range(4):
        notify(app, ruth.id, data={"number": number})
    assert [item["data"]["number"] for item in items(client, ruth)] == [3, 2]
    assert len(items(client, boaz)) == 1


def test_a_second_inbox_of_the_same_shape_builds_and_compiles_nothing(
    app: Flask, client: FlaskClient, join: Join
) -> None:
    def work(member: Any, query: str) -> tuple[int, int]:
        with testing.count_compiled(app) as compiled:
            assert "items" in inbox(client, member, query)
        return notifications._inbox.cache_info().misses, len(compiled)

    notifications._inbox.cache_clear()
    ruth, boaz = join("ruth"), join("boaz")
    work(ruth, "?unread=true&limit=5")
    assert work(boaz, "?unread=true&limit=7") == (1, 0)
    assert work(boaz, "")[0] == 2
