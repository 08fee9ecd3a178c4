"""Every operation, called by each kind of caller: nothing is answered, or changed, beyond the table."""

import secrets
from collections.abc import Callable, Mapping
from itertools import count, product
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from chassis import testing
from chassis.data.db import in_transaction
from chassis.testing.matrix import Row, World
from user_service import accounts, email_tokens, notifications, reports, unsubscribe_tokens
from user_service.models import Passkey, Purpose, ReportedThing, ReportKind, Role, db
from user_service.notification_kinds import NotificationKind

from .access import ACCESS, CALLERS, login, password
from .support.emails import verify
from .support.notifications import a_request

NUMBERS = count()
APPLICATIONS = "/api/users/me/applications"
TUTOR = {"role": "tutor", "text": "I teach.", "subjects": ["Mishnah"]}


def unsubscribe_token(world: World) -> str:
    """The token in an e-mail about a notification of the owner."""
    with world.app.app_context():
        return unsubscribe_tokens.token_for(world.person("owner").id, NotificationKind.REMINDER)


def emailed_token(world: World, caller: str, purpose: Purpose) -> str:
    """The token that an e-mail to this person holds."""
    with world.app.app_context():
        user_id = world.person(caller).id
        return in_transaction(
            db.session, lambda: email_tokens.issue(accounts.own(user_id), purpose)
        )


def signed_in(world: World) -> Any:
    """The tokens of the owner on another device."""
    return world.made("anonymous", "/api/auth/login", login("owner"))


def device(world: World, _: Any) -> str:
    signed_in(world)
    return str(world.ask("owner", "GET", "/api/auth/sessions").json["items"][0]["id"])


def notification(world: World, _: Any) -> str:
    with world.app.app_context():
        user_id = world.person("owner").id
        event = a_request(NotificationKind.REMINDER)
        assert in_transaction(db.session, lambda: notifications.notify(event, user_id))
    return str(world.ask("owner", "GET", "/api/notifications").json["items"][0]["id"])


def application(world: World, _: Any) -> str:
    return str(world.made("owner", APPLICATIONS, TUTOR)["id"])


def report(world: World, _: Any) -> str:
    reporter, author = (world.person(caller).id for caller in ("stranger", "owner"))
    about = ReportedThing.PERSON, author, author, {}
    with world.app.app_context():
        return in_transaction(
            db.session, lambda: str(reports.file(reporter, *about, ReportKind.SPAM, None).id)
        )


def passkey(world: World, _: Any) -> str:
    made = Passkey(
        user_id=world.person("owner").id,
        credential_id=secrets.token_bytes(16),
        public_key=b"",
        sign_count=0,
        name="Phone",
        backup_eligible=False,
        backed_up=False,
    )

    def keep() -> str:
        db.session.add(made)
        db.session.flush()
        return str(made.id)

    with world.app.app_context():
        return in_transaction(db.session, keep)


@pytest.fixture
def world(app: Flask, client: FlaskClient, join: Callable[..., Any]) -> World:
    granted: Mapping[str, Role] = {"deleted": Role.ADMIN, "admin": Role.ADMIN}
    # That name is kept from people who register.
    usernames = {"admin": "ada"}
    members = {
        caller: join(
            usernames.get(caller, caller), *([granted[caller]] if caller in granted else [])
        )
        for caller in CALLERS[1:]
    }
    join("abigail", Role.ADMIN)
    verify(app, members["owner"])
    people = {
        caller: testing.User(
            member.username,
            ("learner", *([granted[caller]] if caller in granted else [])),
            id=member.id,
        )
        for caller, member in members.items()
    }

    def another_application(*_: Any) -> str:
        """That of a person who has made no other."""
        applicant = join(f"applicant{next(NUMBERS)}")
        verify(app, applicant)
        made = app.test_client().post(APPLICATIONS, json=TUTOR, headers=applicant.headers)
        return str(made.json["id"])

    things: dict[str, Callable[[World, Any], Any]] = {
        "application_id": application,
        "report_id": report,
        "another_application": another_application,
        "owner": lambda world, _: world.person("owner").id,
        "deleted": lambda world, _: world.person("deleted").id,
        "unsubscribe_token": lambda world, _: unsubscribe_token(world),
        "words": lambda *_: "own",
        "sign_in_id": device,
        "notification_id": notification,
        "passkey_id": passkey,
        "refresh_token": lambda world, _: signed_in(world)["refresh_token"],
        "verification": lambda world, _: emailed_token(world, "owner", Purpose.VERIFY),
        "reset": lambda world, _: emailed_token(world, "owner", Purpose.RESET),
    }
    world = World(app, {"anonymous": None, **people}, things, members)
    of_deleted = {
        "verification_of_deleted": emailed_token(world, "deleted", Purpose.VERIFY),
        "reset_of_deleted": emailed_token(world, "deleted", Purpose.RESET),
    }
    things |= {name: lambda *_, token=token: token for name, token in of_deleted.items()}
    assert world.ask("deleted", "DELETE", "/api/users/me", password).status_code == 202
    return world


@pytest.mark.parametrize("row", ACCESS.rows, ids=str)
def test_each_caller_gets_the_answer_of_the_row(world: World, row: Row) -> None:
    assert ACCESS.ask_all(row, world) == ACCESS.answers(row)


@pytest.mark.parametrize(
    ("path", "seen"),
    [
        ("/api/auth/sessions", {"stranger": 1, "admin": 2, "owner": 3}),
        ("/api/notifications", {"owner": 1}),
        (APPLICATIONS, {"owner": 1}),
        ("/api/users/me/passkeys", {"owner": 1}),
    ],
)
def test_each_list_holds_only_the_callers_own(
    world: World, path: str, seen: dict[str, int]
) -> None:
    world.furnish()
    assert world.counted(path) == seen


def test_no_person_may_call_an_internal_operation(app: Flask, world: World) -> None:
    paths = [path for _, path, _, _ in testing.operations(app) if path.startswith("/internal/")]
    ids = {"<token_hash>": "00", "<kind>": "user", "<room_id>": str(world["owner"])}
    for slot, value in ids.items():
        paths = [path.replace(slot, value) for path in paths]
    for path, caller in product(paths, CALLERS):
        assert world.ask(caller, "GET", path).status_code == 404, (path, caller)


def test_every_operation_has_a_row(app: Flask) -> None:
    ACCESS.check_operations(app)
