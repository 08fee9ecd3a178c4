"""Opening an account on the wire."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from chassis import testing
from user_service.models import User, db, messages

RUTH = {
    "email": "ruth@example.org",
    "username": "ruth",
    "display_name": "Ruth Adler",
    "password": "seventeen olive trees",
}


def test_registering_opens_an_account_and_signs_in(app: Flask, client: FlaskClient) -> None:
    response = client.post("/api/auth/register", json=RUTH)
    assert response.status_code == 201
    assert response.json.keys() == {
        "user",
        "access_token",
        "refresh_token",
        "token_type",
        "expires_in",
        "device_token",
    }
    assert (response.json["token_type"], response.json["expires_in"]) == ("Bearer", 900)
    user = response.json["user"]
    assert (user["email"], user["username"], user["roles"]) == (
        "ruth@example.org",
        "ruth",
        ["learner"],
    )
    assert user["email_verified"] is False
    assert not [name for name in user if "password" in name]
    caller = app.extensions["verifier"].verify(response.json["access_token"])
    assert (str(caller.id), caller.username, caller.display_name) == (
        user["id"],
        "ruth",
        "Ruth Adler",
    )
    assert (caller.email, caller.email_verified, caller.roles) == (
        "ruth@example.org",
        False,
        {"learner"},
    )


def test_names_are_kept_in_their_normal_form(client: FlaskClient) -> None:
    body = {
        **RUTH,
        "email": "  Ruth@EXAMPLE.org ",
        "username": " Ruth.A ",
        "display_name": "  Ruth  ",
    }
    user = client.post("/api/auth/register", json=body).json["user"]
    assert (user["email"], user["username"], user["display_name"]) == (
        "Ruth@example.org",
        "ruth.a",
        "Ruth",
    )


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"username": "ruth2"}, "email_taken"),
        ({"username": "ruth2", "email": "RUTH@Example.ORG"}, "email_taken"),
        ({"email": "other@example.org"}, "username_taken"),
        ({"email": "other@example.org", "username": "RUTH"}, "username_taken"),
    ],
)
def test_a_taken_name_is_a_conflict(client: FlaskClient, other: dict[str, str], code: str) -> None:
    client.post("/api/auth/register", json=RUTH)
    response = client.post("/api/auth/register", json={**RUTH, **other})
    assert (response.status_code, response.json["code"]) == (409, code)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "ruth"),
        ("email", "ruth@localhost"),
        ("email", "rüth@example.org"),
        ("email", "a" * 244 + "@example.org"),
        ("email", "ruth@example.org\nBcc: all@example.org"),
        ("username", "ru"),
        ("username", "r" * 51),
        ("username", "ruth adler"),
        ("username", "rūth"),
        ("username", "ruth@example"),
        ("display_name", "   "),
        ("display_name", "r" * 101),
        ("display_name", "Ruth\x00"),
        ("display_name", "\u202ehtuR"),
        ("display_name", "Ruth\u3164"),
        ("display_name", "\u3164"),
        ("display_name", "R\u0443th"),
        ("display_name", "Ruth https://evil.example"),
        ("display_name", "ruth@evil.example"),
        ("password", "short"),
        ("password", "x" * 129),
        ("password", "password1"),
        ("password", "ruth1234"),
        ("password", 12345678),
    ],
)
def test_a_bad_field_is_named(client: FlaskClient, field: str, value: object) -> None:
    response = client.post("/api/auth/register", json={**RUTH, field: value})
    assert response.status_code == 422
    assert [error["pointer"] for error in response.json["errors"]] == [f"/{field}"]


@pytest.mark.parametrize(
    "field", ["roles", "id", "email_verified", "password_hash", "is_admin", "version"]
)
def test_a_field_that_is_not_asked_for_is_refused(client: FlaskClient, field: str) -> None:
    response = client.post("/api/auth/register", json={**RUTH, field: ["admin"]})
    assert response.status_code == 422
    assert response.json["errors"][0]["pointer"] == f"/{field}"


def test_a_new_account_is_announced_to_no_other_service(
    app: Flask, join: Callable[..., object]
) -> None:
    join("ruth")
    with app.app_context():
        assert db.session.scalars(select(messages.outbox)).all() == []


def test_the_location_of_a_new_account_is_its_profile(client: FlaskClient) -> None:
    registered = client.post("/api/auth/register", json=RUTH)
    profile = client.get(registered.headers["Location"]).json
    assert profile["id"] == registered.json["user"]["id"]


@pytest.mark.usefixtures("race_round")
def test_one_of_sixteen_concurrent_registrations_gets_the_name(app: Flask) -> None:
    def register(number: int) -> tuple[int, str]:
        mixed = "".join(c.upper() if number >> i & 1 else c for i, c in enumerate("ruth"))
        body = {**RUTH, "email": f"{mixed}@Example.org", "username": mixed}
        response = app.test_client().post("/api/auth/register", json=body)
        return response.status_code, response.json.get("code", "")

    answers = testing.race([lambda number=number: register(number) for number in range(16)])
    with app.app_context():
        assert db.session.scalar(select(func.count(User.id))) == 1
    testing.empty(app)
    assert sorted(status for status, _ in answers) == [201] + [409] * 15
    assert {code for status, code in answers if status == 409} <= {"email_taken", "username_taken"}
