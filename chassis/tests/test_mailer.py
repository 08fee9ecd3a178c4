"""Mails go out once each, and wait while the mail server does not take them."""

import socket
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage, Message
from typing import Any

import pytest
import time_machine
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message as Handler
from flask import Flask
from notes import db, messages
from sqlalchemy import select

from chassis.clock import now
from chassis.db import transaction
from chassis.mailer import TRIES, Mailer

NOWHERE = "smtp://127.0.0.1:1"


class Post(Handler):  # type: ignore[misc]  # aiosmtpd comes without types
    """A mail server's memory; it refuses those who are called nobody."""

    def __init__(self) -> None:
        super().__init__()
        self.taken: list[Message] = []

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        if address.startswith("nobody@"):
            return "550 nobody lives here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    def handle_message(self, message: Message) -> None:
        self.taken.append(message)


@pytest.fixture(scope="module")
def server() -> Iterator[Controller]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(Post(), hostname="127.0.0.1", port=port)
    controller.start()
    yield controller
    controller.stop()


@pytest.fixture
def post(server: Controller) -> Post:
    post: Post = server.handler
    post.taken.clear()
    return post


@pytest.fixture
def mailer(in_app: Flask, server: Controller) -> Mailer:
    return Mailer(messages, {"greeting": greeting}, f"smtp://127.0.0.1:{server.port}", "lyceum@example.org")


def greeting(data: dict[str, Any]) -> EmailMessage | None:
    if "to" not in data:
        return None
    message = EmailMessage()
    message["To"], message["Subject"] = data["to"], "Shalom"
    message.set_content("Shalom!")
    return message


def order(kind: str = "greeting", /, **data: Any) -> None:
    with transaction(db.session):
        messages.mail(kind, data)


def waiting() -> list[Any]:
    with transaction(db.session):
        return list(db.session.execute(select(messages.mails)).all())


def test_a_mail_is_sent_once(mailer: Mailer, post: Post) -> None:
    order(to="ruth@example.org")
    assert (mailer.send_due(), mailer.send_due()) == (1, 0)
    [mail] = post.taken
    assert (mail["To"], mail["From"], mail["Subject"]) == ("ruth@example.org", "lyceum@example.org", "Shalom")
    assert mail["Message-ID"]
    assert waiting() == []


def test_a_mail_that_is_no_longer_wanted_is_dropped(mailer: Mailer, post: Post) -> None:
    order()
    assert mailer.send_due() == 1
    assert (post.taken, waiting()) == ([], [])


def test_a_mail_for_later_waits(mailer: Mailer, post: Post) -> None:
    with transaction(db.session):
        messages.mail("greeting", {"to": "ruth@example.org"}, due_at=now() + timedelta(hours=1))
    assert mailer.send_due() == 0
    with time_machine.travel(now() + timedelta(hours=1)):
        assert mailer.send_due() == 1


def test_a_mail_waits_while_the_server_is_away_and_then_goes_out(in_app: Flask, mailer: Mailer, post: Post) -> None:
    order(to="ruth@example.org")
    away = Mailer(messages, {"greeting": greeting}, NOWHERE, "lyceum@example.org")
    assert away.send_due() == 1
    [mail] = waiting()
    assert (mail.tries, mail.parked_at) == (1, None)
    with time_machine.travel(mail.due_at):
        assert mailer.send_due() == 1
    assert len(post.taken) == 1


def test_a_mail_that_is_refused_holds_up_no_other_and_is_put_aside_in_the_end(mailer: Mailer, post: Post) -> None:
    order(to="nobody@example.org")
    order("unknown")
    order(to="ruth@example.org")
    with time_machine.travel(now(), tick=False) as clock:
        for _ in range(TRIES):
            mailer.send_due()
            clock.shift(timedelta(days=1))
        assert mailer.send_due() == 0
    assert [mail["To"] for mail in post.taken] == ["ruth@example.org"]
    assert [(mail.tries, mail.parked_at is None) for mail in waiting()] == [(TRIES, False)] * 2
