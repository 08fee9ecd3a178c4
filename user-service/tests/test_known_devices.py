"""Wrong passwords from elsewhere do not keep a person out of their own devices."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from chassis.data.db import in_transaction
from user_service import known_devices
from user_service.models import KnownDevice, db

from .support.emails import subjects, take_emails

Join = Callable[..., Any]


def log_in(
    client: FlaskClient, login: str, password: str, ip: str = "192.0.2.1", **more: Any
) -> Any:
    body = {"login": login, "password": password, **more}
    return client.post("/api/auth/login", json=body, headers={"X-Forwarded-For": ip})


def guess(client: FlaskClient, login: str, times: int = 12) -> None:
    """Wrong passwords from so many addresses that everybody else is locked out."""
    for number in range(times):
        log_in(client, login, "wrong", ip=f"198.51.100.{number}")


@pytest.fixture
def device(client: FlaskClient, join: Join) -> str:
    ruth = join("ruth")
    return str(log_in(client, "ruth", ruth.password).json["device_token"])


PASSWORD = "seventeen olive trees"  # of people who exist in these tests


@pytest.mark.parametrize("login", ["ruth", "ruth@example.org"])
def test_a_known_device_is_not_locked_out(client: FlaskClient, device: str, login: str) -> None:
    guess(client, login)
    assert log_in(client, login, PASSWORD).status_code == 429
    signed_in = log_in(client, login, PASSWORD, device_token=device)
    assert signed_in.status_code == 200
    assert signed_in.json["device_token"] == device


def test_a_known_device_has_an_allowance_of_its_own(client: FlaskClient, device: str) -> None:
    statuses = [
        log_in(client, "ruth", "wrong", ip=f"198.51.100.{n}", device_token=device).status_code
        for n in range(7)
    ]
    assert statuses == [401] * 5 + [429] * 2
    assert log_in(client, "ruth", PASSWORD).status_code == 200, "others are not concerned"


@pytest.mark.parametrize("kind", ["another person's", "made up"])
def test_a_token_that_is_not_the_persons_gives_nothing(
    client: FlaskClient, join: Join, device: str, kind: str
) -> None:
    boaz = join("boaz")
    tokens = {
        "another person's": log_in(client, "boaz", boaz.password).json["device_token"],
        "made up": "x" * 43,
    }
    guess(client, "ruth")
    refused = log_in(client, "ruth", PASSWORD, device_token=tokens[kind])
    assert refused.status_code == 429


def test_an_account_is_no_easier_to_find_with_a_device_token(
    client: FlaskClient, device: str
) -> None:
    guess(client, "nobody")
    assert log_in(client, "nobody", "wrong", device_token=device).status_code == 429


def test_the_signed_in_owner_can_act_while_others_guess(client: FlaskClient, join: Join) -> None:
    ruth = join("ruth")
    guess(client, "ruth")
    guess(client, "ruth@example.org")
    body = {"current_password": ruth.password, "new_password": "eighteen fig trees"}
    changed = client.put("/api/users/me/password", json=body, headers=ruth.headers)
    assert changed.status_code == 204
    deletion = client.delete(
        "/api/users/me", json={"password": "eighteen fig trees"}, headers=ruth.headers
    )
    assert deletion.status_code == 202


def test_a_stranger_does_not_use_up_the_owners_resets(
    app: Flask, client: FlaskClient, join: Join
) -> None:
    join("ruth")
    take_emails(app)
    for _ in range(5):
        body = {"email": "ruth@example.org"}
        headers = {"X-Forwarded-For": "198.51.100.7"}
        assert (
            client.post("/api/auth/forgot-password", json=body, headers=headers).status_code == 202
        )
    assert subjects(app) == ["Set a new password"] * 3
    client.post("/api/auth/forgot-password", json={"email": "ruth@example.org"})
    assert subjects(app) == ["Set a new password"]


def test_the_owner_is_told_of_many_guesses_once_and_strangers_are_not(
    app: Flask, client: FlaskClient, join: Join
) -> None:
    join("ruth")
    take_emails(app)
    guess(client, "ruth")
    guess(client, "nobody")
    assert subjects(app) == ["Many wrong passwords"]


def test_the_owner_is_told_of_a_sign_in_on_a_new_device(
    app: Flask, client: FlaskClient, join: Join
) -> None:
    ruth = join("ruth")
    take_emails(app)
    firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    body = {"login": "ruth", "password": ruth.password}
    token = client.post("/api/auth/login", json=body, headers={"User-Agent": firefox}).json[
        "device_token"
    ]
    [message] = take_emails(app)
    assert message["Subject"] == "A sign-in on a new device · Lyceum"
    for form in ("plain", "html"):
        text = message.get_body((form,)).get_content()
        assert "Firefox on Linux" in text
        assert "/forgot-password" in text
    client.post("/api/auth/login", json={**body, "device_token": token})
    assert subjects(app) == []


def test_devices_are_forgotten_after_a_year_without_use(
    app: Flask, client: FlaskClient, device: str
) -> None:
    with time_machine.travel("2030-03-01T12:00:00Z", tick=False) as clock, app.app_context():
        token = in_transaction(db.session, lambda: log_in(client, "ruth", PASSWORD)).json[
            "device_token"
        ]
        clock.shift(timedelta(days=364))
        used = log_in(client, "ruth", PASSWORD, device_token=token)
        assert used.json["device_token"] == token
        clock.shift(timedelta(days=364))
        assert in_transaction(db.session, known_devices.forget_unused) == 2
        assert db.session.scalar(select(func.count()).select_from(KnownDevice)) == 1


def test_a_person_has_fifty_known_devices_at_most(
    app: Flask, client: FlaskClient, join: Join
) -> None:
    ruth = join("ruth")
    with app.app_context():
        first = in_transaction(db.session, lambda: known_devices.remember(ruth.id))
        for _ in range(known_devices.MOST):
            in_transaction(db.session, lambda: known_devices.remember(ruth.id))
        assert db.session.scalar(select(func.count()).select_from(KnownDevice)) == 50
        assert known_devices.find(ruth.id, first) is None
