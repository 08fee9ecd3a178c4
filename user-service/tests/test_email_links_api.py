"""Verifying an address and replacing a forgotten password, from the e-mail to the effect."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from chassis import testing
from user_service import email_tokens
from user_service.models import EmailToken, Purpose, User, db, messages

from .support.emails import reset_token, take_emails, token_in

Join = Callable[..., Any]
RECEIVED = "2026-03-01T12:00:00Z"


def verify(client: FlaskClient, token: str) -> int:
    return client.post("/api/auth/verify-email", json={"token": token}).status_code


def reset(client: FlaskClient, token: str, new: str = "eighteen fig trees") -> Any:
    return client.post("/api/auth/reset-password", json={"token": token, "password": new})


def forgot(client: FlaskClient, email: str) -> Any:
    return client.post("/api/auth/forgot-password", json={"email": email})


def test_an_email_to_an_international_domain_is_addressed_in_ascii(
    app: Flask, client: FlaskClient
) -> None:
    account = {"username": "ruth", "display_name": "Ruth", "password": "seventeen olive trees"}
    registered = client.post(
        "/api/auth/register", json={**account, "email": "ruth@b\u00fccher.example"}
    )
    assert registered.json["user"]["email"] == "ruth@b\u00fccher.example"
    assert [email["To"] for email in take_emails(app)] == ["ruth@xn--bcher-kva.example"]


def test_a_new_account_gets_an_email_that_verifies_its_address(
    app: Flask, client: FlaskClient, join: Join
) -> None:
    ruth = join("ruth")
    (message,) = take_emails(app)
    assert message["To"] == "ruth@example.org"
    assert f"{testing.ISSUER}/verify-email#token=" in message.get_body(("plain",)).get_content()
    assert verify(client, token_in(message)) == 204
    assert client.get("/api/users/me", headers=ruth.headers).json["email_verified"] is True
    renewed = client.post("/api/auth/refresh", json={"refresh_token": ruth.refresh_token}).json
    assert app.extensions["verifier"].verify(renewed["access_token"]).email_verified


def test_an_email_says_the_same_in_html_and_escapes_names(
    app: Flask, client: FlaskClient, join: Join
) -> None:
    ruth = join("ruth")
    client.patch("/api/users/me", json={"display_name": "<b>Ruth</b>"}, headers=ruth.headers)
    (message,) = take_emails(app)
    html = message.get_body(("html",)).get_content()
    assert "&lt;b&gt;Ruth&lt;/b&gt;" in html
    assert f"#token={token_in(message)}" in html


def test_a_link_works_once(app: Flask, client: FlaskClient, join: Join) -> None:
    join("ruth")
    token = token_in(take_emails(app)[0])
    assert [verify(client, token), verify(client, token)] == [204, 410]


@pytest.mark.usefixtures("race_round")
def test_one_of_many_concurrent_uses_of_a_link_succeeds(
    app: Flask, client: FlaskClient, join: Join
) -> None:
    join("ruth")
    forgot(client, "ruth@example.org")
    token = token_in(take_emails(app)[-1])
    statuses = testing.race([lambda: reset(app.test_client(), token).status_code] * 6)
    assert sorted(statuses) == [204] + [410] * 5


@pytest.mark.parametrize(("hours", "status"), [(23.99, 204), (24, 410)])
def test_a_verification_link_lasts_a_day(
    app: Flask, client: FlaskClient, join: Join, hours: float, status: int
) -> None:
    with time_machine.travel(RECEIVED, tick=False) as clock:
        join("ruth")
        token = token_in(take_emails(app)[0])
        clock.shift(timedelta(hours=hours))
        assert verify(client, token) == status


def test_only_the_last_link_works_and_only_its_hash_is_kept(
    app: Flask, client: FlaskClient, join: Join
) -> None:
    ruth = join("ruth")
    first = token_in(take_emails(app)[0])
    assert client.post("/api/auth/verify-email/resend", headers=ruth.headers).status_code == 202
    last = token_in(take_emails(app)[0])
    with app.app_context():
        assert [
            last.encode() in token.token_hash for token in db.session.scalars(select(EmailToken))
        ] == [False]
    assert [verify(client, first), verify(client, last)] == [410, 204]


def test_a_link_is_sent_again_at_most_three_times_an_hour(
    app: Flask, client: FlaskClient, join: Join
) -> None:
    ruth = join("ruth")
    answers = [client.post("/api/auth/verify-email/resend", headers=ruth.headers) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [202, 202, 202, 429]
    assert int(answers[3].headers["Retry-After"]) > 60
    assert len(take_emails(app)) == 4


def test_a_verified_address_gets_no_further_link(
    app: Flask, client: FlaskClient, join: Join
) -> None:
    ruth = join("ruth")
    verify(client, token_in(take_emails(app)[0]))
    assert client.post("/api/auth/verify-email/resend", headers=ruth.headers).status_code == 202
    assert take_emails(app) == []


def test_an_email_waiting_for_a_verified_address_is_dropped(
    app: Flask, client: FlaskClient, join: Join
) -> None:
    ruth = join("ruth")
    token = token_in(take_emails(app)[0])
    client.post("/api/auth/verify-email/resend", headers=ruth.headers)
    verify(client, token)
    assert take_emails(app) == []


def test_a_forgotten_password_is_replaced(app: Flask, client: FlaskClient, join: Join) -> None:
    ruth = join("ruth")
    assert forgot(client, "RUTH@example.org").status_code == 202
    token = reset_token(app)
    assert reset(client, token).status_code == 204
    assert (
        client.post("/api/auth/refresh", json={"refresh_token": ruth.refresh_token}).status_code
        == 401
    )
    response = client.post(
        "/api/auth/login", json={"login": "ruth", "password": "eighteen fig trees"}
    )
    assert response.json["user"]["email_verified"] is True
    assert (
        client.post(
            "/api/auth/login", json={"login": "ruth", "password": ruth.password}
        ).status_code
        == 401
    )


def test_a_password_reset_opens_a_locked_account(
    app: Flask, client: FlaskClient, join: Join
) -> None:
    join("ruth")
    for n in range(10):
        body = {"login": "ruth", "password": f"guess {n}"}
        client.post("/api/auth/login", json=body, headers={"X-Forwarded-For": f"192.0.2.{n}"})
    login = {"login": "ruth", "password": "eighteen fig trees"}
    assert client.post("/api/auth/login", json=login).status_code == 429
    forgot(client, "ruth@example.org")
    reset(client, reset_token(app))
    assert client.post("/api/auth/login", json=login).status_code == 200


@pytest.mark.parametrize(("minutes", "status"), [(59, 204), (60, 410)])
def test_a_reset_link_lasts_an_hour(
    app: Flask, client: FlaskClient, join: Join, minutes: int, status: int
) -> None:
    with time_machine.travel(RECEIVED, tick=False) as clock:
        join("ruth")
        forgot(client, "ruth@example.org")
        token = reset_token(app)
        clock.shift(timedelta(minutes=minutes))
        assert reset(client, token).status_code == status


def test_asking_for_a_reset_does_not_reveal_whether_an_account_exists(
    app: Flask, client: FlaskClient, join: Join
) -> None:
    join("ruth")
    take_emails(app)
    answers, work = [], []
    for email in ("ruth@example.org", "unknown@example.org"):
        with testing.count_queries(app) as statements:
            answers.append(forgot(client, email))
        work.append(statements)
    assert [(answer.status_code, answer.json) for answer in answers] == [
        (202, {"status": "accepted"})
    ] * 2
    assert work[0] == work[1]
    assert [message["To"] for message in take_emails(app)] == ["ruth@example.org"]


def test_one_address_gets_three_resets_an_hour_and_the_answer_is_the_same(
    app: Flask, client: FlaskClient, join: Join
) -> None:
    join("ruth")
    take_emails(app)
    assert {forgot(client, "ruth@example.org").status_code for _ in range(6)} == {202}
    assert len(take_emails(app)) == 3


def test_a_token_is_good_for_its_own_purpose_only(
    app: Flask, client: FlaskClient, join: Join
) -> None:
    ruth = join("ruth")
    verification = token_in(take_emails(app)[0])
    assert reset(client, verification).status_code == 410
    as_access = client.get("/api/users/me", headers={"Authorization": f"Bearer {verification}"})
    assert as_access.status_code == 401
    assert verify(client, ruth.refresh_token) == 410
    assert client.post("/api/auth/refresh", json={"refresh_token": verification}).status_code == 401
    assert verify(client, verification) == 204


def test_a_bad_new_password_leaves_the_link_usable(
    app: Flask, client: FlaskClient, join: Join
) -> None:
    join("ruth")
    forgot(client, "ruth@example.org")
    token = reset_token(app)
    response = reset(client, token, "password1")
    assert (response.status_code, response.json["errors"][0]["pointer"]) == (422, "/password")
    assert reset(client, token).status_code == 204


def test_a_waiting_email_holds_neither_token_nor_address(
    app: Flask, client: FlaskClient, join: Join
) -> None:
    ruth = join("ruth")
    forgot(client, "ruth@example.org")
    with app.app_context():
        data = db.session.scalars(select(messages.mails.c.data)).all()
    assert [entry.keys() for entry in data] == [{"user_id", "origin"}] * 2
    assert {entry["user_id"] for entry in data} == {str(ruth.id)}


def test_expired_tokens_are_forgotten(in_app: Flask, a_user: Callable[..., User]) -> None:
    with time_machine.travel(RECEIVED, tick=False) as clock:
        user = a_user()
        email_tokens.issue(user, Purpose.VERIFY)
        email_tokens.issue(user, Purpose.RESET)
        clock.shift(timedelta(hours=2))
        assert email_tokens.forget_expired() == 1
        assert email_tokens.forget_expired() == 0
