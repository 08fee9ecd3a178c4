"""What people want to be notified of, and where: in the app, by e-mail, and not at night."""

from collections.abc import Callable
from datetime import datetime
from email.message import EmailMessage
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from chassis.data.db import in_transaction
from user_service import mails, notifications, unsubscribe_tokens
from user_service.models import db, messages
from user_service.notification_kinds import NotificationKind

from .support.emails import take_emails, verify
from .support.notifications import a_request

Join = Callable[..., Any]
PATH = "/api/notifications/preferences"
ONE_CLICK = {"data": {"List-Unsubscribe": "One-Click"}}
ABOUT = "study_session:7"


@pytest.fixture
def ruth(app: Flask, join: Join) -> Any:
    ruth = join("ruth")
    take_emails(app)
    return ruth


def prefer(client: FlaskClient, person: Any, **wanted: Any) -> None:
    assert client.put(PATH, json=wanted, headers=person.headers).status_code == 200


def preferences(client: FlaskClient, person: Any) -> Any:
    return client.get(PATH, headers=person.headers).json


def notify(app: Flask, person: Any, kind: str = NotificationKind.REMINDER, **more: Any) -> bool:
    asked = a_request(kind, **more)
    with app.app_context():
        return in_transaction(db.session, lambda: notifications.notify(asked, person.id))


def inbox(client: FlaskClient, person: Any) -> list[dict[str, Any]]:
    return list(client.get("/api/notifications", headers=person.headers).json["items"])


def due(app: Flask) -> list[datetime]:
    emails = messages.mails.c
    with app.app_context():
        return list(db.session.scalars(select(emails.due_at).where(emails.kind == "notification")))


def token_for(app: Flask, person: Any, kind: str = NotificationKind.REMINDER) -> str:
    with app.app_context():
        return unsubscribe_tokens.token_for(person.id, kind)


def unsubscribe_path(message: EmailMessage) -> str:
    header = str(message["List-Unsubscribe"])
    return header.removeprefix("<http://lyceum.test").removesuffix(">")


def test_a_kind_that_is_wanted_nowhere_is_not_kept(
    app: Flask, client: FlaskClient, ruth: Any
) -> None:
    prefer(client, ruth, email={"reminder": False}, in_app={"reminder": False})
    assert not notify(app, ruth)
    assert (inbox(client, ruth), due(app)) == ([], [])


@pytest.mark.usefixtures("unpublished")
def test_a_kind_that_is_wanted_by_email_alone_is_not_shown(
    app: Flask, client: FlaskClient, ruth: Any
) -> None:
    prefer(client, ruth, in_app={"reminder": False})
    assert notify(app, ruth)
    assert inbox(client, ruth) == []
    for query in ("?unread=true", "?unread=false"):
        found = client.get(f"/api/notifications{query}", headers=ruth.headers)
        assert found.json["items"] == []
    # Reading all that is shown does not keep the e-mail back.
    client.post("/api/notifications/read-all", headers=ruth.headers)
    [message] = take_emails(app)
    assert message["Subject"].endswith("begins soon · Lyceum")
    streams = select(messages.outbox.c.stream).where(messages.outbox.c.stream.startswith("room:"))
    with app.app_context():
        assert db.session.scalars(streams).all() == []


def test_of_what_is_emailed_alone_each_is_emailed_once_the_one_before_has_gone(
    app: Flask, client: FlaskClient, ruth: Any
) -> None:
    prefer(client, ruth, in_app={"reminder": False})
    notify(app, ruth, about=ABOUT)
    notify(app, ruth, about=ABOUT)
    assert len(take_emails(app)) == 1
    notify(app, ruth, about=ABOUT)
    assert len(take_emails(app)) == 1


def test_an_invitation_that_is_not_wanted_in_the_app_is_not_shown(
    app: Flask, client: FlaskClient, ruth: Any
) -> None:
    prefer(client, ruth, in_app={"invitation": False})
    assert not notify(app, ruth, NotificationKind.INVITATION, email_sha256="0" * 64)
    assert (inbox(client, ruth), due(app)) == ([], [])


def test_an_email_that_is_not_wanted_any_more_is_not_sent(
    app: Flask, client: FlaskClient, ruth: Any
) -> None:
    notify(app, ruth)
    prefer(client, ruth, email={"reminder": False})
    assert take_emails(app) == []
    assert len(inbox(client, ruth)) == 1


def test_a_mail_program_ends_emails_of_the_kind_with_one_click(
    app: Flask, client: FlaskClient, ruth: Any
) -> None:
    prefer(client, ruth, email={"session_moved": True}, in_app={"reminder": False})
    notify(app, ruth)
    [message] = take_emails(app)
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = unsubscribe_path(message)
    for _ in range(2):
        answer = client.post(path, **ONE_CLICK)
        assert (answer.status_code, answer.data) == (204, b"")
    wanted = preferences(client, ruth)
    assert (wanted["email"]["reminder"], wanted["in_app"]["reminder"]) == (False, False)
    assert wanted["email"]["session_moved"]
    assert not notify(app, ruth)


def test_the_text_has_a_link_to_the_page_that_asks(app: Flask, ruth: Any) -> None:
    notify(app, ruth)
    [message] = take_emails(app)
    body = message.get_body(("plain",))
    assert body
    token = unsubscribe_path(message).rpartition("/")[2]
    address = f"http://lyceum.test/notifications/unsubscribe#token={token}&kind=reminder"
    assert address in body.get_content().split()


def test_following_the_link_changes_nothing(app: Flask, client: FlaskClient, ruth: Any) -> None:
    path = f"/api/notifications/unsubscribe/{token_for(app, ruth)}"
    assert client.get(path).status_code == 405
    assert client.post(path, json={"kind": "reminder"}).status_code == 422
    assert preferences(client, ruth)["email"]["reminder"]


def test_a_forged_token_ends_nothing(
    app: Flask, client: FlaskClient, join: Join, ruth: Any
) -> None:
    own, other = token_for(app, ruth), token_for(app, join("boaz"))
    with app.app_context():
        unknown = unsubscribe_tokens.token_for(ruth.id, "weather_changed")
    for forged in (own[:43] + other[43:], own[:-4], own + "AAAA", "x", "é", "A" * 400, unknown):
        answer = client.post(f"/api/notifications/unsubscribe/{forged}")
        assert answer.status_code == 404, forged
    assert preferences(client, ruth)["email"]["reminder"]


def test_the_token_of_a_deleted_account_ends_nothing(
    app: Flask, client: FlaskClient, ruth: Any
) -> None:
    token = token_for(app, ruth)
    client.delete("/api/users/me", json={"password": ruth.password}, headers=ruth.headers)
    assert client.post(f"/api/notifications/unsubscribe/{token}").status_code == 404


def test_unsubscribing_from_invitations_is_told_to_the_service_that_sends_them(
    app: Flask, client: FlaskClient, ruth: Any
) -> None:
    verify(app, ruth)
    token = token_for(app, ruth, NotificationKind.INVITATION)
    for _ in range(2):
        client.post(f"/api/notifications/unsubscribe/{token}")
    body = messages.outbox.c.body
    with app.app_context():
        events = db.session.scalars(select(body)).all()
    told = [
        e["data"]["wanted"] for e in events if e.get("type") == "user.invitation_emails_changed"
    ]
    assert told == [False]


def test_emails_that_one_asks_for_and_notices_cannot_be_ended(
    app: Flask, client: FlaskClient, join: Join
) -> None:
    ruth = join("ruth")
    client.post("/api/auth/forgot-password", json={"email": ruth.email})
    body = {"current_password": ruth.password, "new_password": "eighteen fig trees"}
    client.put("/api/users/me/password", json=body, headers=ruth.headers)
    sent = take_emails(app)
    assert len(sent) == 3
    assert not any(message["List-Unsubscribe"] for message in sent)


@pytest.mark.parametrize(
    ("hours", "at", "begins_at", "expected"),
    [
        # In Jerusalem it is three hours later in summer.
        (("22:00", "07:00"), "2027-07-01T20:00:00Z", None, "2027-07-02T04:00:00Z"),
        (("22:00", "07:00"), "2027-07-02T01:00:00Z", None, "2027-07-02T04:00:00Z"),
        (("22:00", "07:00"), "2027-07-02T04:00:00Z", None, "2027-07-02T04:00:00Z"),
        (("22:00", "07:00"), "2027-07-02T12:00:00Z", None, "2027-07-02T12:00:00Z"),
        (("13:00", "15:00"), "2027-07-02T11:00:00Z", None, "2027-07-02T12:00:00Z"),
        (("13:00", "15:00"), "2027-07-02T09:59:00Z", None, "2027-07-02T09:59:00Z"),
        (("13:00", "15:00"), "2027-07-02T12:00:00Z", None, "2027-07-02T12:00:00Z"),
        # What begins before the hours end does not wait.
        (
            ("22:00", "07:00"),
            "2027-07-02T01:00:00Z",
            "2027-07-02T03:30:00Z",
            "2027-07-02T01:00:00Z",
        ),
        (
            ("22:00", "07:00"),
            "2027-07-02T01:00:00Z",
            "2027-07-02T04:30:00Z",
            "2027-07-02T04:00:00Z",
        ),
        # The clocks are put forward in this night.
        (("22:00", "07:00"), "2027-03-25T21:00:00Z", None, "2027-03-26T04:00:00Z"),
    ],
)
def test_emails_wait_for_the_end_of_quiet_hours(
    app: Flask,
    client: FlaskClient,
    join: Join,
    hours: tuple[str, str],
    at: str,
    begins_at: str | None,
    expected: str,
) -> None:
    with time_machine.travel(datetime.fromisoformat(at), tick=False):
        ruth = join("ruth")
        zone = {"timezone": "Asia/Jerusalem"}
        client.patch("/api/users/me", json=zone, headers=ruth.headers)
        prefer(client, ruth, quiet_hours={"begins": hours[0], "ends": hours[1]})
        notify(app, ruth, data={"starts_at": begins_at} if begins_at else None)
        assert due(app) == [datetime.fromisoformat(expected)]


def test_what_is_read_during_quiet_hours_is_not_emailed_after_them(
    app: Flask, client: FlaskClient, ruth: Any
) -> None:
    prefer(client, ruth, quiet_hours={"begins": "00:00", "ends": "23:59"})
    notify(app, ruth)
    client.post("/api/notifications/read-all", headers=ruth.headers)
    assert take_emails(app) == []


def test_a_new_preference_ends_quiet_hours_that_it_does_not_name(
    client: FlaskClient, ruth: Any
) -> None:
    prefer(client, ruth, quiet_hours={"begins": "22:00", "ends": "07:00"})
    prefer(client, ruth)
    assert preferences(client, ruth)["quiet_hours"] is None


def test_an_email_that_is_tried_again_is_written_again(app: Flask, ruth: Any) -> None:
    notify(app, ruth)
    with app.app_context():
        query = select(messages.mails.c.data).where(messages.mails.c.kind == "notification")
        data = db.session.scalars(query).one()
        for is_repeated in (False, True):
            assert mails.notification({**data, "is_repeated": is_repeated})
