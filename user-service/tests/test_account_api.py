"""A person's own account on the wire."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from chassis import testing
from user_service.models import User, db, messages

Join = Callable[..., Any]


def test_the_owner_reads_all_of_their_account(client: FlaskClient, join: Join) -> None:
    ruth = join("ruth")
    account = client.get("/api/users/me", headers=ruth.headers).json
    assert account.keys() == {
        *(
            "id",
            "email",
            "pending_email",
            "email_verified",
            "username",
            "display_name",
            "avatar_url",
            "bio",
            "timezone",
            "locale",
        ),
        *("roles", "created_at", "updated_at"),
    }
    assert (account["id"], account["email"], account["timezone"]) == (
        str(ruth.id),
        "ruth@example.org",
        "UTC",
    )


def test_changes_are_kept_and_the_rest_stays(client: FlaskClient, join: Join) -> None:
    ruth = join("ruth")
    before = client.get("/api/users/me", headers=ruth.headers).json
    changes = {
        "display_name": "Ruth Adler",
        "avatar_url": "https://pictures.example.org/ruth.png?size=64",
        "bio": "Reads\nslowly.",
        "timezone": "Asia/Jerusalem",
        "locale": "he-IL",
    }
    assert client.patch("/api/users/me", json=changes, headers=ruth.headers).status_code == 200
    after = client.get("/api/users/me", headers=ruth.headers).json
    assert after == {**before, **changes, "updated_at": after["updated_at"]}
    assert datetime.fromisoformat(after["updated_at"]) > datetime.fromisoformat(
        before["updated_at"]
    )


def test_picture_and_bio_can_be_removed(client: FlaskClient, join: Join) -> None:
    ruth = join("ruth")
    client.patch(
        "/api/users/me",
        json={"bio": "x", "avatar_url": "https://example.org/x"},
        headers=ruth.headers,
    )
    after = client.patch(
        "/api/users/me", json={"bio": None, "avatar_url": None}, headers=ruth.headers
    ).json
    assert (after["bio"], after["avatar_url"]) == (None, None)


def test_a_change_without_effect_sends_no_event(
    app: Flask, client: FlaskClient, join: Join
) -> None:
    ruth = join("ruth")
    before = client.get("/api/users/me", headers=ruth.headers).json
    assert client.patch("/api/users/me", json={}, headers=ruth.headers).json == before
    assert (
        client.patch("/api/users/me", json={"display_name": "Ruth"}, headers=ruth.headers).json
        == before
    )
    with app.app_context():
        assert db.session.scalars(select(messages.outbox)).all() == []


def test_other_services_receive_changes_in_order(
    app: Flask, client: FlaskClient, join: Join
) -> None:
    ruth = join("ruth")
    for name in ("Ruth A", "Ruth B"):
        client.patch("/api/users/me", json={"display_name": name}, headers=ruth.headers)
    with app.app_context():
        events = db.session.scalars(
            select(messages.outbox.c.body).order_by(messages.outbox.c.position)
        ).all()
    assert [event["type"] for event in events] == [
        "user.updated",
        "user.updated",
    ]
    versions = [event["aggregate_version"] for event in events]
    assert versions == sorted(set(versions))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("display_name", ""),
        ("display_name", None),
        ("display_name", "x" * 101),
        ("display_name", "\u202ehtuR"),
        ("display_name", "Ruth\u2064"),
        ("display_name", "\u0420uth"),
        ("display_name", "www.evil.example"),
        ("bio", "Read \u202ethis"),
        ("bio", "Read \u2067this"),
        ("avatar_url", "https://example/ruth.png"),
        ("avatar_url", "https://192.0.2.1/ruth.png"),
        ("avatar_url", "https://ex\u0430mple.org/"),
        ("avatar_url", "https://example.org:0/"),
        ("avatar_url", "http://example.org/ruth.png"),
        ("avatar_url", "javascript:alert(1)"),
        ("avatar_url", "https://"),
        ("avatar_url", "https://ruth:secret@example.org/"),
        ("avatar_url", "https://exam ple.org/"),
        ("avatar_url", "https://example.org:99999/"),
        ("avatar_url", "https://[::1/"),
        ("avatar_url", "https://example.org\\@evil.example/"),
        ("avatar_url", "HTTPS:example.org"),
        ("avatar_url", "https://example.org/" + "x" * 481),
        ("bio", "x" * 1001),
        ("timezone", "Mars/Olympus"),
        ("timezone", "../../etc/passwd"),
        ("timezone", None),
        ("locale", "hebrew"),
        ("locale", "he_IL"),
        ("email", "other@example.org"),
        ("username", "other"),
        ("roles", ["admin"]),
        ("email_verified", True),
        ("password", "seventeen olive trees"),
    ],
)
def test_a_bad_field_is_named_and_nothing_is_changed(
    client: FlaskClient, join: Join, field: str, value: object
) -> None:
    ruth = join("ruth")
    before = client.get("/api/users/me", headers=ruth.headers).json
    response = client.patch(
        "/api/users/me", json={"bio": "new", field: value}, headers=ruth.headers
    )
    assert response.status_code == 422
    assert [error["pointer"] for error in response.json["errors"]] == [f"/{field}"]
    assert client.get("/api/users/me", headers=ruth.headers).json == before


@pytest.mark.usefixtures("race_round")
def test_concurrent_changes_all_succeed(app: Flask, join: Join) -> None:
    ruth = join("ruth")

    def change(number: int) -> int:
        body = {"display_name": f"Ruth {number}"}
        return app.test_client().patch("/api/users/me", json=body, headers=ruth.headers).status_code

    assert testing.race([lambda n=n: change(n) for n in range(8)]) == [200] * 8
    with app.app_context():
        kept = db.session.get_one(User, ruth.id).display_name
    assert kept in {f"Ruth {number}" for number in range(8)}


def change_password(client: FlaskClient, member: Any, current: str, new: str) -> Any:
    body = {"current_password": current, "new_password": new}
    return client.put("/api/users/me/password", json=body, headers=member.headers)


def test_a_new_password_ends_the_sign_ins_elsewhere(client: FlaskClient, join: Join) -> None:
    ruth = join("ruth")
    login = {"login": "ruth", "password": ruth.password}
    elsewhere = client.post("/api/auth/login", json=login).json["refresh_token"]
    assert change_password(client, ruth, ruth.password, "eighteen fig trees").status_code == 204
    assert client.post("/api/auth/refresh", json={"refresh_token": elsewhere}).status_code == 401
    assert (
        client.post("/api/auth/refresh", json={"refresh_token": ruth.refresh_token}).status_code
        == 200
    )
    assert client.post("/api/auth/login", json=login).status_code == 401
    assert (
        client.post("/api/auth/login", json={**login, "password": "eighteen fig trees"}).status_code
        == 200
    )


def test_a_new_password_needs_the_present_one(client: FlaskClient, join: Join) -> None:
    ruth = join("ruth")
    response = change_password(client, ruth, "a guess", "eighteen fig trees")
    assert (response.status_code, response.json["code"]) == (403, "wrong_password")
    assert (
        client.post(
            "/api/auth/login", json={"login": "ruth", "password": ruth.password}
        ).status_code
        == 200
    )


def test_guesses_of_the_present_password_are_limited_apart_from_those_at_login(
    client: FlaskClient, join: Join
) -> None:
    ruth = join("ruth")
    statuses = [
        change_password(client, ruth, f"guess {n}", "eighteen fig trees").status_code
        for n in range(6)
    ]
    assert statuses == [403] * 5 + [429]
    login = {"login": "ruth", "password": ruth.password}
    assert client.post("/api/auth/login", json=login).status_code == 200


@pytest.mark.parametrize("new", ["short", "password1", "ruth@example.org", "x" * 129])
def test_a_bad_new_password_is_named(client: FlaskClient, join: Join, new: str) -> None:
    ruth = join("ruth")
    response = change_password(client, ruth, ruth.password, new)
    assert response.status_code == 422
    assert response.json["errors"][0]["pointer"] == "/new_password"
