"""Invitations between people of whom one blocks the other, or is suspended."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from chassis.clock import now
from chassis.data.db import in_transaction
from chassis.messaging.messages import Event
from chassis.messaging.worker import run_sweep
from chassis.testing import HeardOf, User, a_user
from havruta_service import mails, moderation
from havruta_service.app import SWEEPS
from havruta_service.erasure import erase
from havruta_service.models import Mailbox, apart, db, messages

Act = Callable[..., Any]

pytestmark = pytest.mark.usefixtures("client")


@pytest.fixture
def invite(client: FlaskClient, make: Any) -> Act:
    """Invite a person to a new havruta of the inviter, or to a given one; the result of it."""

    def post(inviter: User, invited: User | str, havruta: Any = None) -> Any:
        email = invited if isinstance(invited, str) else invited.email
        path = f"/api/havrutas/{(havruta or make.havruta(inviter)).id}/invitations"
        [result] = client.post(path, json={"emails": [email]}, user=inviter).json["results"]
        assert (result["email"], result["status"]) == (email, "sent")
        return result

    return post


@pytest.fixture
def emailed(make: Any) -> Act:
    """What the worker sends of the e-mails on their way."""

    def taken() -> Any:
        rows = db.session.execute(messages.mails.delete().returning(messages.mails.c.data)).all()
        return [mail for row in rows if (mail := mails.invitation(row.data))]

    return lambda: make(taken)


def token_in(mail: Any) -> str:
    text = mail.get_body(("plain",)).get_content()
    return re.search(r"invitations#token=([\w-]+)", text)[1]


def invitations_of(client: FlaskClient, user: User) -> list[str]:
    return [item["id"] for item in client.get("/api/invitations/mine", user=user).json["items"]]


@pytest.mark.parametrize("blocker", ["inviter", "invited"])
def test_neither_invites_the_other(
    client: FlaskClient,
    heard: HeardOf,
    invite: Act,
    emailed: Act,
    ruth: User,
    boaz: User,
    blocker: str,
) -> None:
    before = invite(ruth, boaz)
    [mail] = emailed()
    token = token_in(mail)
    pair = (ruth, boaz) if blocker == "inviter" else (boaz, ruth)
    heard.block(*pair)
    # No answer tells the inviter.
    invite(ruth, boaz)
    invite(ruth, f"{boaz.username}+studies@example.org")
    assert emailed() == []
    assert invitations_of(client, boaz) == []
    own = client.post(f"/api/invitations/{before['invitation_id']}/accept", user=boaz)
    assert own.status_code == 404
    assert (
        client.post("/api/invitations/accept", json={"token": token}, user=boaz).status_code == 404
    )
    # Another person is still invited.
    invite(ruth, a_user("naomi"))
    assert len(emailed()) == 1
    heard.unblock(*pair)
    assert before["invitation_id"] in invitations_of(client, boaz)


def test_an_email_that_waits_when_the_block_comes_is_not_sent(
    heard: HeardOf, invite: Act, emailed: Act, ruth: User, boaz: User
) -> None:
    invite(ruth, boaz)
    heard.block(boaz, ruth)
    assert emailed() == []


def test_no_member_invites_a_person_to_an_owner_who_is_kept_apart(
    client: FlaskClient,
    make: Any,
    heard: HeardOf,
    invite: Act,
    emailed: Act,
    ruth: User,
    boaz: User,
    naomi: User,
) -> None:
    havruta = make.havruta(ruth, naomi)
    heard.block(boaz, ruth)
    result = invite(naomi, boaz, havruta)
    assert emailed() == []
    assert invitations_of(client, boaz) == []
    own = client.post(f"/api/invitations/{result['invitation_id']}/accept", user=boaz)
    assert own.status_code == 404


def test_other_members_who_are_kept_apart_share_a_havruta(
    client: FlaskClient,
    make: Any,
    heard: HeardOf,
    invite: Act,
    emailed: Act,
    ruth: User,
    boaz: User,
    naomi: User,
) -> None:
    havruta = make.havruta(ruth, naomi)
    heard.block(boaz, naomi)
    result = invite(ruth, boaz, havruta)
    assert len(emailed()) == 1
    path = f"/api/invitations/{result['invitation_id']}/accept"
    assert client.post(path, user=boaz).status_code == 200


def test_a_suspended_person_invites_no_one(
    client: FlaskClient, heard: HeardOf, invite: Act, emailed: Act, ruth: User, boaz: User
) -> None:
    invited = invite(ruth, boaz)
    [mail] = emailed()
    token = {"token": token_in(mail)}
    preview = "/api/invitations/preview"
    assert client.post(preview, json=token).status_code == 200
    heard.suspend(ruth)
    assert client.post(preview, json=token).status_code == 404
    assert invitations_of(client, boaz) == []
    accept = client.post(f"/api/invitations/{invited['invitation_id']}/accept", user=boaz)
    assert accept.status_code == 404
    invite(ruth, a_user("naomi"))
    assert emailed() == []
    heard.lift(ruth)
    assert invitations_of(client, boaz) == [invited["invitation_id"]]


def prove_email(app: Flask, person: User, at: Any = None) -> None:
    data = {"mailbox_sha256": person.mailbox_sha256}
    at = at or now()
    event = Event(
        uuid4(), "user.email_proved", "user-service", str(person.id), 1, at, person.id, data
    )
    with app.app_context():
        in_transaction(db.session, lambda: moderation.on_email_proved(event))


def test_a_block_follows_a_person_to_their_new_address(
    app: Flask, heard: HeardOf, invite: Act, emailed: Act, ruth: User, boaz: User
) -> None:
    heard.block(boaz, ruth)
    moved = User("boaz-of-judah", id=boaz.id)
    prove_email(app, moved)
    # What comes late is older.
    prove_email(app, boaz, now() - timedelta(minutes=1))
    invite(ruth, moved)
    assert emailed() == []
    # The former address may be another person's by now.
    invite(ruth, boaz)
    assert len(emailed()) == 1


def test_the_address_of_a_person_without_blocks_is_not_kept(
    app: Flask, heard: HeardOf, ruth: User, boaz: User, naomi: User
) -> None:
    def kept() -> set[Any]:
        with app.app_context():
            return set(db.session.scalars(select(Mailbox.user_id)))

    prove_email(app, naomi)
    assert kept() == set()
    with time_machine.travel(now() - timedelta(days=70)):
        heard.block(ruth, boaz)
        heard.unblock(ruth, boaz)
    heard.block(naomi, boaz)
    sweeps = [sweep for sweep in SWEEPS if sweep.name in {"ended-blocks", "old-mailboxes"}]
    with app.app_context():
        assert sum(run_sweep(messages, sweep) for sweep in reversed(sweeps)) == 2
    assert kept() == {naomi.id, boaz.id}


def test_blocks_and_mailboxes_are_erased_with_the_person(
    app: Flask, heard: HeardOf, ruth: User, boaz: User
) -> None:
    heard.block(ruth, boaz)
    heard.suspend(ruth)
    with app.app_context():
        in_transaction(db.session, lambda: erase(ruth.id, None))
        assert db.session.execute(apart.blocks.select()).all() == []
        assert db.session.execute(apart.suspensions.select()).all() == []
        assert db.session.scalars(select(Mailbox.user_id)).all() == [boaz.id]
