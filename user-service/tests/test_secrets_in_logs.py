"""Neither passwords nor tokens nor addresses are written to the log."""

import logging
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

CANARY = "canary-5c1d-password"


def test_secrets_stay_out_of_the_log(
    app: Flask,
    client: FlaskClient,
    join: Callable[..., Any],
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    ruth = join("ruth")
    login = {"login": ruth.email, "password": ruth.password}
    tokens = client.post("/api/auth/login", json=login).json
    client.post("/api/auth/login", json={**login, "password": CANARY})
    client.post("/api/auth/login", json={**login, "password": CANARY, "extra": CANARY})
    client.post(
        "/api/auth/register", data=f'{{"password": "{CANARY}"', content_type="application/json"
    )
    client.post("/api/auth/refresh", json={"refresh_token": tokens["refresh_token"]})
    client.post("/api/auth/refresh", json={"refresh_token": CANARY})
    client.post("/api/auth/verify-email", json={"token": CANARY})
    client.post("/api/auth/reset-password", json={"token": CANARY, "password": CANARY})
    client.get("/api/users/me", headers={"Authorization": f"Bearer {CANARY}"})
    client.put(
        "/api/users/me/password",
        json={"current_password": CANARY, "new_password": CANARY},
        headers=ruth.headers,
    )
    # The lines about requests do not go through loggers.
    logged = caplog.text + capfd.readouterr().err
    assert "/api/auth/login" in logged
    for secret in (
        CANARY,
        ruth.password,
        ruth.email,
        ruth.access_token,
        tokens["refresh_token"],
        ruth.refresh_token,
    ):
        assert secret not in logged


def test_an_internal_error_does_not_reveal_the_password(
    app: Flask,
    client: FlaskClient,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.delitem(app.extensions, "runtime")
    body = {"email": "r@example.org", "username": "ruth", "display_name": "R", "password": CANARY}
    response = client.post("/api/auth/register", json=body)
    assert response.status_code == 500
    assert CANARY not in response.text + caplog.text
