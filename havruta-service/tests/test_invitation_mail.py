"""An invitation from request to acceptance: the worker sends it, and the token in the e-mail accepts it."""

import socket
from collections.abc import Iterator
from datetime import timedelta
from email import policy
from email.parser import BytesParser
from typing import Any

import pytest
import time_machine
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope
from flask import Flask
from flask.testing import FlaskClient

from chassis.clock import now
from chassis.messaging.mailer import Mailer
from chassis.testing import User
from chassis.testing.letters import wrong_with_catalogues
from havruta_service import mails
from havruta_service.models import messages


class Letterbox:
    """Takes any e-mail, and keeps it."""

    def __init__(self) -> None:
        self.emails = []

    async def handle_DATA(
        self, server: object, session: object, envelope: Envelope
    ) -> Any:  # aiosmtpd's name
        self.emails.append(BytesParser(policy=policy.default).parsebytes(envelope.content))
        return "250 OK"


@pytest.fixture
def letterbox() -> Iterator[tuple[Letterbox, str]]:
    """An SMTP server for this test, and its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    box = Letterbox()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield box, f"smtp://127.0.0.1:{port}"
    controller.stop()


def test_an_invitation_is_sent_once_and_accepted_with_its_token(
    app: Flask,
    client: FlaskClient,
    make: Any,
    letterbox: tuple[Letterbox, str],
    ruth: User,
    naomi: User,
) -> None:
    box, url = letterbox
    havruta = make.havruta(ruth)
    client.post(
        f"/api/havrutas/{havruta.id}/invitations", json={"emails": [naomi.email]}, user=ruth
    )
    mailer = Mailer(messages, mails.COMPOSERS, url, "lyceum@localhost")
    with app.app_context():
        assert mailer.send_due() == 1
        assert mailer.send_due() == 0
    (email,) = box.emails
    assert (email["To"], email["From"]) == (naomi.email, "lyceum@localhost")
    token = email.get_body(("plain",)).get_content().split("#token=")[1].split()[0]
    accepted = client.post("/api/invitations/accept", json={"token": token}, user=naomi)
    assert accepted.json["status"] == "accepted"


@pytest.mark.parametrize(
    ("language", "subject", "opening"),
    [
        (None, "Study Genesis together · Lyceum", '<html lang="en" dir="ltr">'),
        ("en", "Study Genesis together · Lyceum", '<html lang="en" dir="ltr">'),
        ("he", "לימוד משותף: בראשית · Lyceum", '<html lang="he" dir="rtl">'),
    ],
)
def test_an_invitation_is_in_the_language_that_the_inviter_chose_also_when_it_is_sent_again(
    app: Flask,
    client: FlaskClient,
    make: Any,
    letterbox: tuple[Letterbox, str],
    ruth: User,
    language: str | None,
    subject: str,
    opening: str,
) -> None:
    box, url = letterbox
    body = {"emails": ["naomi@example.org"], **({"language": language} if language else {})}
    path = f"/api/havrutas/{make.havruta(ruth).id}/invitations"
    [invited] = client.post(path, json=body, user=ruth).json["results"]
    with time_machine.travel(now() + timedelta(minutes=10)):
        again = client.post(f"/api/invitations/{invited['invitation_id']}/resend", user=ruth)
        assert again.status_code == 200
        with app.app_context():
            Mailer(messages, mails.COMPOSERS, url, "lyceum@localhost").send_due()
    assert {email["Subject"] for email in box.emails} == {subject}
    for email in box.emails:
        assert opening in email.get_body(("html",)).get_content()


def test_the_catalogues_have_each_message_of_the_code_and_its_translation() -> None:
    assert wrong_with_catalogues("havruta_service") == ""


def test_a_mail_program_unsubscribes_by_the_header_as_it_arrives(
    app: Flask,
    client: FlaskClient,
    make: Any,
    letterbox: tuple[Letterbox, str],
    ruth: User,
    boaz: User,
) -> None:
    box, url = letterbox
    for sender, there in ((ruth, 1), (boaz, 1)):
        path = f"/api/havrutas/{make.havruta(sender).id}/invitations"
        client.post(path, json={"emails": ["naomi@example.org"]}, user=sender)
        with app.app_context():
            Mailer(messages, mails.COMPOSERS, url, "lyceum@localhost").send_due()
        assert len(box.emails) == there
        email = box.emails[0]
        # As it stands in the e-mail, which no program decodes here.
        [(_, header)] = [h for h in email.raw_items() if h[0] == "List-Unsubscribe"]
        assert email["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        address = str(header).strip().removeprefix("<").removesuffix(">")
        assert address.startswith("http://lyceum.test/api/invitations/unsubscribe/")
        done = client.post(
            address.removeprefix("http://lyceum.test"), data={"List-Unsubscribe": "One-Click"}
        )
        assert (done.status_code, done.data) == (204, b"")


def test_an_email_to_an_international_domain_is_addressed_in_ascii(
    app: Flask, client: FlaskClient, make: Any, letterbox: tuple[Letterbox, str], ruth: User
) -> None:
    box, url = letterbox
    body = {"emails": ["naomi@b\u00fccher.example"]}
    client.post(f"/api/havrutas/{make.havruta(ruth).id}/invitations", json=body, user=ruth)
    with app.app_context():
        assert Mailer(messages, mails.COMPOSERS, url, "lyceum@localhost").send_due() == 1
    assert [email["To"] for email in box.emails] == ["naomi@xn--bcher-kva.example"]


def test_the_email_of_a_revoked_invitation_is_not_sent(
    app: Flask, client: FlaskClient, make: Any, letterbox: tuple[Letterbox, str], ruth: User
) -> None:
    box, url = letterbox
    havruta = make.havruta(ruth)
    body = {"emails": ["naomi@example.org"]}
    invited = client.post(f"/api/havrutas/{havruta.id}/invitations", json=body, user=ruth).json[
        "results"
    ]
    client.post(f"/api/invitations/{invited[0]['invitation_id']}/revoke", user=ruth)
    with app.app_context():
        assert Mailer(messages, mails.COMPOSERS, url, "lyceum@localhost").send_due() == 1
    assert box.emails == []


def test_an_email_waits_while_the_smtp_server_is_down(
    app: Flask, client: FlaskClient, make: Any, ruth: User
) -> None:
    havruta = make.havruta(ruth)
    client.post(
        f"/api/havrutas/{havruta.id}/invitations", json={"emails": ["naomi@example.org"]}, user=ruth
    )
    with app.app_context():
        Mailer(messages, mails.COMPOSERS, "smtp://127.0.0.1:1", "lyceum@localhost").send_due()
    (waiting,) = make(lambda: messages.db.session.execute(messages.mails.select()).all())
    assert waiting.tries == 1
    shown = client.get(f"/api/havrutas/{havruta.id}/invitations", user=ruth).json["items"]
    assert [invitation["status"] for invitation in shown] == ["pending"]
