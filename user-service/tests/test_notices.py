"""What owners of accounts are told, and how many e-mails an address gets."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from user_service import mails, notices
from user_service.notices import WORDS, Notice

from .support.emails import subjects, take_emails

Join = Callable[..., Any]


def composed(app: Flask, person: Any, notice: Notice, **more: Any) -> bool:
    data = {"user_id": str(person.id), "notice": str(notice), "at": "2030-03-01T12:00:00Z", **more}
    with app.app_context():
        return mails.notice(data) is not None


def verify(app: Flask, client: FlaskClient, person: Any) -> None:
    [message] = take_emails(app)
    text = message.get_body(("plain",)).get_content()
    token = text.partition("#token=")[2].split()[0]
    assert client.post("/api/auth/verify-email", json={"token": token}).status_code == 204


def test_every_notice_has_words() -> None:
    assert WORDS.keys() == set(Notice)


@pytest.mark.parametrize("notice", Notice)
def test_every_notice_can_be_composed(app: Flask, join: Join, notice: Notice) -> None:
    assert composed(app, join("ruth"), notice)


def test_a_new_password_and_a_reset_are_told(app: Flask, client: FlaskClient, join: Join) -> None:
    ruth = join("ruth")
    take_emails(app)
    body = {"current_password": ruth.password, "new_password": "eighteen fig trees"}
    client.put("/api/users/me/password", json=body, headers=ruth.headers)
    assert subjects(app) == ["Your password was changed"]


def test_an_address_that_is_no_ones_gets_few_emails_in_all(app: Flask, join: Join) -> None:
    ruth = join("ruth")
    kinds = [list(Notice)[number % len(Notice)] for number in range(20)]
    assert sum(composed(app, ruth, kind) for kind in kinds) == 12


def test_no_kind_of_email_uses_up_what_another_needs(
    app: Flask, client: FlaskClient, join: Join
) -> None:
    ruth = join("ruth")
    verify(app, client, ruth)
    sent = [composed(app, ruth, Notice.MANY_GUESSES) for _ in range(40)]
    assert sum(sent) == 30
    assert composed(app, ruth, Notice.PASSWORD_CHANGED)


def test_an_email_that_is_tried_again_counts_once(app: Flask, join: Join) -> None:
    ruth = join("ruth")
    assert composed(app, ruth, Notice.NEW_DEVICE)
    assert all(composed(app, ruth, Notice.NEW_DEVICE, is_repeated=True) for _ in range(30))


def test_no_address_stands_in_what_waits(app: Flask, client: FlaskClient, join: Join) -> None:
    ruth = join("ruth")
    client.post("/api/auth/login", json={"login": "ruth", "password": ruth.password})
    with app.app_context():
        waiting = notices.messages.db.session.execute(notices.messages.mails.select()).all()
    assert len(waiting) == 2
    assert "@" not in json.dumps([row.data for row in waiting])
