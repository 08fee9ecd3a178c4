"""Changing the e-mail address: the new one proves itself, and the old one has a way back."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from chassis import testing
from chassis.data.db import in_transaction
from user_service import blocks, email_changes
from user_service.models import EmailChange, User, db, messages

from .support.emails import reset_token, subjects, take_emails, token_in

Join = Callable[..., Any]
NEW = "ruth@new.example"
START = "2030-03-01T12:00:00Z"


@pytest.fixture
def ruth(app: Flask, client: FlaskClient, join: Join) -> Any:
    """A person with a verified address."""
    person = join("ruth")
    [message] = take_emails(app)
    client.post("/api/auth/verify-email", json={"token": token_in(message)})
    return person


def ask(client: FlaskClient, person: Any, email: str = NEW, **body: Any) -> Any:
    json = {"email": email, "password": person.password, **body}
    return client.post("/api/users/me/email", json=json, headers=person.headers)


def post(client: FlaskClient, path: str, token: str) -> Any:
    return client.post(f"/api/auth/{path}", json={"token": token})


def emailed(app: Flask, subject: str) -> Any:
    """The one e-mail about this that waits, and its token; all that wait are removed."""
    [found] = [email for email in take_emails(app) if email["Subject"].startswith(subject)]
    return found


def changed(app: Flask, client: FlaskClient, person: Any, email: str = NEW) -> Any:
    """The e-mail to the old address, after a change."""
    assert ask(client, person, email).status_code == 202
    token = token_in(emailed(app, "Confirm your new"))
    assert post(client, "change-email", token).status_code == 204
    return emailed(app, "Your e-mail address was changed")


def me(client: FlaskClient, person: Any) -> Any:
    return client.get("/api/users/me", headers=person.headers).json


def log_in(client: FlaskClient, login: str, password: str) -> Any:
    return client.post("/api/auth/login", json={"login": login, "password": password})


def test_nothing_changes_until_the_new_address_is_confirmed(
    app: Flask, client: FlaskClient, ruth: Any
) -> None:
    assert ask(client, ruth).status_code == 202
    seen = me(client, ruth)
    assert (seen["email"], seen["pending_email"]) == (ruth.email, NEW)
    to = {(email["To"], email["Subject"].removesuffix(" · Lyceum")) for email in take_emails(app)}
    assert to == {
        (NEW, "Confirm your new e-mail address"),
        (ruth.email, "A change of your e-mail address was asked for"),
    }
    assert log_in(client, NEW, ruth.password).status_code == 401


def test_the_new_address_counts_once_it_is_confirmed(
    app: Flask, client: FlaskClient, ruth: Any
) -> None:
    way_back = changed(app, client, ruth)
    assert way_back["To"] == ruth.email
    seen = me(client, ruth)
    assert (seen["email"], seen["email_verified"], seen["pending_email"]) == (NEW, True, None)
    assert log_in(client, NEW, ruth.password).status_code == 200
    assert log_in(client, ruth.email, ruth.password).status_code == 401
    with app.app_context():
        bodies = db.session.scalars(select(messages.outbox.c.body)).all()
    assert not any("@" in str(body["data"]) for body in bodies), "events carry ids alone"


def test_a_link_changes_the_address_once_and_only_as_long_as_it_is_wanted(
    app: Flask, client: FlaskClient, ruth: Any
) -> None:
    ask(client, ruth)
    first = token_in(emailed(app, "Confirm your new"))
    ask(client, ruth, "other@new.example")
    second = token_in(emailed(app, "Confirm your new"))
    assert post(client, "change-email", first).status_code == 410
    assert client.delete("/api/users/me/email", headers=ruth.headers).status_code == 204
    assert post(client, "change-email", second).status_code == 410
    assert me(client, ruth)["email"] == ruth.email


@pytest.mark.parametrize("path", ["verify-email", "revert-email"])
def test_a_link_is_good_for_one_purpose(
    app: Flask, client: FlaskClient, ruth: Any, path: str
) -> None:
    ask(client, ruth)
    assert post(client, path, token_in(emailed(app, "Confirm your new"))).status_code == 410


def test_the_answer_does_not_tell_that_an_address_has_an_account(
    app: Flask, client: FlaskClient, ruth: Any, join: Join
) -> None:
    boaz = join("boaz")
    take_emails(app)
    free, taken = ask(client, ruth), ask(client, ruth, "BOAZ@example.org")
    assert (taken.status_code, taken.json) == (free.status_code, free.json)
    told = next(email for email in take_emails(app) if email["To"].lower() == boaz.email)
    assert told["Subject"] == "This address has an account · Lyceum"
    assert "Ruth" not in told.as_string()


def test_an_address_taken_meanwhile_is_not_given(
    app: Flask, client: FlaskClient, ruth: Any
) -> None:
    ask(client, ruth)
    token = token_in(emailed(app, "Confirm your new"))
    account = {"username": "other", "display_name": "Other", "password": "seventeen olive trees"}
    registered = client.post("/api/auth/register", json={**account, "email": NEW.upper()})
    assert registered.status_code == 201
    refused = post(client, "change-email", token)
    assert (refused.status_code, refused.json["code"]) == (409, "email_taken")
    assert me(client, ruth)["email"] == ruth.email


@pytest.mark.usefixtures("race_round")
def test_of_two_who_confirm_one_address_one_gets_it(
    app: Flask, client: FlaskClient, ruth: Any, join: Join
) -> None:
    boaz = join("boaz")
    tokens = []
    for person in (ruth, boaz):
        ask(client, person)
        tokens.append(token_in(emailed(app, "Confirm your new")))
    answers = testing.race(
        [lambda token=token: post(app.test_client(), "change-email", token) for token in tokens]
    )
    assert sorted(answer.status_code for answer in answers) == [204, 409]


def test_the_password_and_a_second_factor_are_asked_for(client: FlaskClient, ruth: Any) -> None:
    refused = ask(client, ruth, password="a guess")
    assert (refused.status_code, refused.json["code"]) == (403, "wrong_password")


def test_a_person_cannot_have_many_addresses_written_to(
    app: Flask, client: FlaskClient, ruth: Any
) -> None:
    statuses = [ask(client, ruth, f"a{n}@new.example").status_code for n in range(7)]
    assert statuses == [202] * 5 + [429] * 2


def test_links_to_the_old_address_end_with_the_change(
    app: Flask, client: FlaskClient, ruth: Any
) -> None:
    client.post("/api/auth/forgot-password", json={"email": ruth.email})
    reset = reset_token(app)
    changed(app, client, ruth)
    body = {"token": reset, "password": "eighteen fig trees"}
    assert client.post("/api/auth/reset-password", json=body).status_code == 410


def test_the_old_address_goes_back_and_the_thief_is_out(
    app: Flask, client: FlaskClient, ruth: Any
) -> None:
    token = token_in(changed(app, client, ruth))
    thief = log_in(client, NEW, ruth.password).json
    bearer = {"Authorization": f"Bearer {thief['access_token']}"}
    body = {"current_password": ruth.password, "new_password": "eighteen fig trees"}
    assert client.put("/api/users/me/password", json=body, headers=bearer).status_code == 204
    assert client.post("/api/auth/logout-all", headers=bearer).status_code == 204
    take_emails(app)
    assert post(client, "revert-email", token).status_code == 204
    refresh = {"refresh_token": thief["refresh_token"]}
    assert client.post("/api/auth/refresh", json=refresh).status_code == 401
    for login in (NEW, ruth.email, "ruth"):
        assert log_in(client, login, "eighteen fig trees").status_code == 401
    reset = {"token": reset_token(app), "password": "nineteen date palms"}
    assert client.post("/api/auth/reset-password", json=reset).status_code == 204
    assert log_in(client, ruth.email, "nineteen date palms").status_code == 200
    assert post(client, "revert-email", token).status_code == 410


def test_that_a_person_wants_no_invitations_follows_them_to_the_address(
    app: Flask, client: FlaskClient, ruth: Any
) -> None:
    path, wanted = "/api/notifications/preferences", {"email": {"invitation": False}}
    client.put(path, json=wanted, headers=ruth.headers)
    token = token_in(changed(app, client, ruth))
    assert post(client, "revert-email", token).status_code == 204
    body = messages.outbox.c.body
    told = select(body["data"]).where(body["type"].astext == "user.invitation_emails_changed")
    with app.app_context():
        heard = db.session.scalars(told.order_by(messages.outbox.c.position)).all()
    addresses = [ruth.email, NEW, ruth.email]
    mailboxes = [blocks.mailbox_sha256(address) for address in addresses]
    assert heard == [{"mailbox_sha256": mailbox, "wanted": False} for mailbox in mailboxes]


@pytest.mark.parametrize(("days", "status"), [(6.99, 204), (7, 410)])
def test_the_way_back_is_open_for_a_week(
    app: Flask, client: FlaskClient, ruth: Any, days: float, status: int
) -> None:
    with time_machine.travel(START, tick=False) as clock:
        fresh = log_in(client, "ruth", ruth.password).json["access_token"]
        body = {"email": NEW, "password": ruth.password}
        client.post("/api/users/me/email", json=body, headers={"Authorization": f"Bearer {fresh}"})
        post(client, "change-email", token_in(emailed(app, "Confirm your new")))
        token = token_in(emailed(app, "Your e-mail address was changed"))
        clock.shift(timedelta(days=days))
        assert post(client, "revert-email", token).status_code == status


def test_the_old_address_is_kept_for_the_way_back(
    app: Flask, client: FlaskClient, ruth: Any, join: Join
) -> None:
    token = token_in(changed(app, client, ruth))
    account = {"username": "other", "display_name": "Other", "password": "seventeen olive trees"}
    refused = client.post("/api/auth/register", json={**account, "email": ruth.email.upper()})
    assert (refused.status_code, refused.json["code"]) == (409, "email_taken")
    boaz = join("boaz")
    ask(client, boaz, ruth.email)
    held = post(client, "change-email", token_in(emailed(app, "Confirm your new")))
    assert (held.status_code, held.json["code"]) == (409, "email_taken")
    assert post(client, "revert-email", token).status_code == 204


def test_an_address_that_was_never_proved_has_no_way_back(
    app: Flask, client: FlaskClient, join: Join
) -> None:
    boaz = join("boaz")
    take_emails(app)
    ask(client, boaz, NEW)
    token = token_in(emailed(app, "Confirm your new"))
    assert post(client, "change-email", token).status_code == 204
    assert subjects(app) == []
    with app.app_context():
        assert db.session.scalars(select(EmailChange)).all() == []


def test_changes_are_forgotten_after_a_month_and_with_the_account(
    app: Flask, client: FlaskClient, ruth: Any, join: Join
) -> None:
    changed(app, client, ruth)
    with app.app_context():
        assert in_transaction(db.session, email_changes.forget_old) == 0
        old = update(EmailChange).values(changed_at=EmailChange.changed_at - timedelta(days=31))
        in_transaction(db.session, lambda: db.session.execute(old))
        assert in_transaction(db.session, email_changes.forget_old) == 1
    miriam = join("miriam")
    ask(client, miriam, "miriam@new.example")
    client.delete("/api/users/me", json={"password": miriam.password}, headers=miriam.headers)
    with app.app_context():
        assert db.session.get_one(User, miriam.id).pending_email is None
