"""Who may do what: every operation, for everybody it could be about."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from chassis import testing
from chassis.data.db import in_transaction
from chassis.testing.matrix import Matrix, Row, World
from user_service import accounts, email_tokens, notifications
from user_service.models import Purpose, Role, db
from user_service.notification_kinds import NotificationKind

NEW_PASSWORD = "eighteen fig trees"
DEVICE = "/api/auth/sessions/{device}"
NOTE = "/api/notifications/{note}"

# The deleted one was an admin, and his token says so as long as it lasts.
# They ask in this order: whoever is refused changes nothing for those who come after him.
WHO = ("anonymous", "deleted", "somebody else", "admin", "oneself")

ANYBODY = "200 200 200 200 200"
SIGNED_IN = "401 200 200 200 200"
HAS_ACCOUNT = "401 401 200 200 200"
ONESELF = "401 404 404 404 204"
DONE = "204 204 204 204 204"
NOBODY, REFUSED, GONE = "404 404 404 404 404", "401 401 401 401 401", "410 410 410 410 410"


def account(_: World) -> dict[str, str]:
    name = f"new-{uuid4().hex[:8]}"
    return {
        "email": f"{name}@example.org",
        "username": name,
        "display_name": "New",
        "password": NEW_PASSWORD,
    }


def login(who: str) -> Callable[[World], dict[str, str]]:
    return lambda world: {"login": world.person(who).username, "password": world.aid[who].password}


def token(thing: str) -> Callable[[World], dict[str, str]]:
    return lambda world: {"token": world[thing]}


def new_password(thing: str) -> Callable[[World], dict[str, str]]:
    return lambda world: {"token": world[thing], "password": NEW_PASSWORD}


def refresh_token(world: World) -> dict[str, str]:
    return {"refresh_token": world["refresh_token"]}


def password(world: World) -> dict[str, str]:
    return {"password": world.aid["oneself"].password}


def roles(_: World) -> dict[str, list[str]]:
    return {"roles": ["learner", "tutor"]}


MATRIX = Matrix(
    WHO,
    [
        ("POST", "/api/auth/register", account, "201 201 201 201 201"),
        # Whoever knows the password, or has the token that was mailed, is let in, whatever else he
        # sends.
        ("POST", "/api/auth/login", login("oneself"), ANYBODY),
        ("POST", "/api/auth/login", login("deleted"), REFUSED),
        ("POST", "/api/auth/login", lambda _: {"login": "nobody", "password": "a guess"}, REFUSED),
        ("POST", "/api/auth/refresh", refresh_token, ANYBODY),
        (
            "POST",
            "/api/auth/refresh",
            lambda world: {"refresh_token": world.aid["deleted"].refresh_token},
            REFUSED,
        ),
        ("POST", "/api/auth/refresh", lambda _: {"refresh_token": "x"}, REFUSED),
        ("POST", "/api/auth/logout", None, "401 204 204 204 204"),
        ("POST", "/api/auth/logout", refresh_token, DONE),
        ("POST", "/api/auth/logout-all", None, "401 204 204 204 204"),
        ("GET", "/api/auth/sessions", None, SIGNED_IN),
        ("DELETE", DEVICE, None, ONESELF),
        ("POST", "/api/auth/verify-email", token("verification"), DONE),
        ("POST", "/api/auth/verify-email", token("verification_of_deleted"), GONE),
        ("POST", "/api/auth/verify-email", lambda _: {"token": "x"}, GONE),
        ("POST", "/api/auth/verify-email/resend", None, "401 401 202 202 202"),
        (
            "POST",
            "/api/auth/forgot-password",
            lambda _: {"email": "x@example.org"},
            "202 202 202 202 202",
        ),
        ("POST", "/api/auth/reset-password", new_password("reset"), DONE),
        ("POST", "/api/auth/reset-password", new_password("reset_of_deleted"), GONE),
        (
            "POST",
            "/api/auth/reset-password",
            lambda _: {"token": "x", "password": NEW_PASSWORD},
            GONE,
        ),
        ("GET", "/api/users?ids={oneself}", None, ANYBODY),
        ("GET", "/api/users?ids={deleted}", None, ANYBODY),
        ("GET", "/api/users/search?q=one", None, SIGNED_IN),
        ("GET", "/api/users/{oneself}", None, ANYBODY),
        ("GET", "/api/users/{deleted}", None, NOBODY),
        ("GET", "/api/users/me", None, HAS_ACCOUNT),
        ("PATCH", "/api/users/me", lambda _: {"bio": "Reads."}, HAS_ACCOUNT),
        ("DELETE", "/api/users/me", password, "401 401 202 202 202"),
        ("DELETE", "/api/users/me", lambda _: {"password": "a guess"}, "401 401 403 403 403"),
        (
            "PUT",
            "/api/users/me/password",
            lambda world: {
                "current_password": world.aid["oneself"].password,
                "new_password": NEW_PASSWORD,
            },
            "401 401 204 204 204",
        ),
        ("PUT", "/api/users/{oneself}/roles", roles, "401 403 403 200 403"),
        ("PUT", "/api/users/{deleted}/roles", roles, "401 403 403 404 403"),
        ("GET", "/api/notifications", None, SIGNED_IN),
        ("POST", f"{NOTE}/read", None, ONESELF),
        ("POST", "/api/notifications/read-all", None, "401 204 204 204 204"),
        ("GET", "/api/notifications/preferences", None, SIGNED_IN),
        ("PUT", "/api/notifications/preferences", lambda _: {"reminder": False}, HAS_ACCOUNT),
        ("POST", "/api/calendar/feed", None, "401 401 201 201 201"),
        ("DELETE", "/api/calendar/feed", None, "401 204 204 204 204"),
        ("GET", "/.well-known/jwks.json", None, ANYBODY),
    ],
)


def mailed(world: World, who: str, purpose: Purpose) -> str:
    """The token in a mail to this person."""
    with world.app.app_context():
        user_id = world.person(who).id
        return in_transaction(
            db.session, lambda: email_tokens.issue(accounts.own(user_id), purpose)
        )


def signed_in(world: World) -> Any:
    """What one gets who signs in on another device."""
    return world.made("anonymous", "/api/auth/login", login("oneself"))


def device(world: World, _: Any) -> str:
    signed_in(world)
    return str(world.ask("oneself", "GET", "/api/auth/sessions").json["items"][0]["id"])


def note(world: World, _: Any) -> str:
    with world.app.app_context():
        user_id = world.person("oneself").id
        assert in_transaction(
            db.session,
            lambda: notifications.notify(uuid4(), user_id, NotificationKind.REMINDER, {}),
        )
    return str(world.ask("oneself", "GET", "/api/notifications").json["items"][0]["id"])


@pytest.fixture
def world(app: Flask, client: FlaskClient, join: Callable[..., Any]) -> World:
    granted: Mapping[str, Role] = {"deleted": Role.ADMIN, "admin": Role.ADMIN}
    members = {
        who: join(who.replace(" ", "-"), *([granted[who]] if who in granted else []))
        for who in WHO[1:]
    }
    join("another-admin", Role.ADMIN)
    people = {
        who: testing.User(
            member.username, ("learner", *([granted[who]] if who in granted else [])), id=member.id
        )
        for who, member in members.items()
    }
    things: dict[str, Callable[[World, Any], Any]] = {
        "oneself": lambda world, _: world.person("oneself").id,
        "deleted": lambda world, _: world.person("deleted").id,
        "device": device,
        "note": note,
        "refresh_token": lambda world, _: signed_in(world)["refresh_token"],
        "verification": lambda world, _: mailed(world, "oneself", Purpose.VERIFY),
        "reset": lambda world, _: mailed(world, "oneself", Purpose.RESET),
    }
    world = World(app, {"anonymous": None, **people}, things, members)
    of_deleted = {
        "verification_of_deleted": mailed(world, "deleted", Purpose.VERIFY),
        "reset_of_deleted": mailed(world, "deleted", Purpose.RESET),
    }
    things |= {name: lambda *_, token=token: token for name, token in of_deleted.items()}
    assert world.ask("deleted", "DELETE", "/api/users/me", password).status_code == 202
    return world


@pytest.mark.parametrize("row", MATRIX.changing, ids=str)
def test_everybody_does_what_is_his_to_do(world: World, row: Row) -> None:
    assert MATRIX.ask_all(row, world) == row.told


def test_everybody_reads_what_is_his_to_read(world: World) -> None:
    got = {str(row): MATRIX.ask_all(row, world) for row in MATRIX.reading}
    assert got == {str(row): row.told for row in MATRIX.reading}


@pytest.mark.parametrize(
    ("path", "seen"),
    [
        ("/api/auth/sessions", {"somebody else": 1, "admin": 2, "oneself": 3}),
        ("/api/notifications", {"oneself": 1}),
    ],
)
def test_lists_of_ones_own_hold_nothing_of_others(
    world: World, path: str, seen: dict[str, int]
) -> None:
    world.furnish()
    got = {who: len(world.ask(who, "GET", path).json.get("items", [])) for who in WHO}
    assert {who: count for who, count in got.items() if count} == seen


def test_what_services_tell_each_other_is_told_to_nobody_else(app: Flask, world: World) -> None:
    paths = [path for _, path, _ in testing.operations(app) if path.startswith("/internal/")]
    ids = {"<token_hash>": "00", "<kind>": "user", "<room_id>": str(world["oneself"])}
    for slot, value in ids.items():
        paths = [path.replace(slot, value) for path in paths]
    got = {path: [world.ask(who, "GET", path).status_code for who in WHO] for path in paths}
    assert got == dict.fromkeys(paths, [404] * len(WHO))


def test_every_operation_is_in_the_matrix(app: Flask) -> None:
    MATRIX.check_operations(app)
