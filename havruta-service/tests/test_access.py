"""Who may do what: every operation, for everybody it could be about."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from chassis.clock import now, rfc3339
from chassis.testing import a_user
from chassis.testing.matrix import Matrix, Row, World
from havruta_service import erasure, invitations, membership, navigation, plans
from havruta_service.models import Havruta, Invitation, db

HAVRUTA = "/api/havrutas/{havruta}"
PLANNED, HERS, DUE, ACTIVE, HANDED = (
    f"/api/havruta-sessions/{{{which}}}" for which in ("planned", "hers", "due", "active", "handed")
)
INVITATION = "/api/invitations/{invitation}"


def plan(_: World) -> dict[str, Any]:
    return {"start_time": rfc3339(now() + timedelta(days=2)), "planned_minutes": 60}


def token(world: World) -> dict[str, str]:
    return {"token": world["token"]}


def place(_: World) -> dict[str, str]:
    return {"ref": "Genesis 2:1"}


def member(world: World) -> dict[str, str]:
    return {"user_id": str(world["member"])}


# The former member has left; the deleted one was a member, and his token lives on. The invited one
# has not answered. They ask in this order: whoever is refused changes nothing for those who come
# after him.
WHO = ("anonymous", "deleted", "stranger", "admin", "invited", "former", "member", "owner")

ANYBODY = "200 200 200 200 200 200 200 200"
SIGNED_IN = "401 200 200 200 200 200 200 200"
# An admin leads no havruta: what people study, and with whom, is theirs.
MEMBERS = "401 404 404 404 404 404 200 200"
OWNER = "401 404 404 404 404 404 403 200"

MATRIX = Matrix(
    WHO,
    [
        ("GET", "/api/texts", None, ANYBODY),
        ("GET", "/api/texts/{book}", None, ANYBODY),
        ("GET", "/api/texts/refs/{ref}", None, ANYBODY),
        (
            "POST",
            "/api/havrutas",
            lambda _: {"name": "Mornings", "book": "Exodus"},
            "401 201 201 201 201 201 201 201",
        ),
        ("GET", "/api/havrutas", None, SIGNED_IN),
        ("GET", HAVRUTA, None, MEMBERS),
        ("PATCH", HAVRUTA, lambda _: {"name": "Evenings"}, OWNER),
        ("POST", f"{HAVRUTA}/archive", None, OWNER),
        ("GET", f"{HAVRUTA}/members", None, MEMBERS),
        ("POST", f"{HAVRUTA}/transfer", member, OWNER),
        # The owner may, once he has handed it over.
        ("POST", f"{HAVRUTA}/leave", None, "401 404 404 404 404 404 204 409"),
        ("DELETE", f"{HAVRUTA}/members/{{member}}", None, "401 404 404 404 404 404 403 204"),
        ("GET", f"{HAVRUTA}/progress", None, MEMBERS),
        ("GET", f"{HAVRUTA}/history", None, MEMBERS),
        (
            "POST",
            f"{HAVRUTA}/sessions",
            lambda _: {"type": "instant"},
            "401 404 404 404 404 404 201 201",
        ),
        (
            "POST",
            f"{HAVRUTA}/sessions",
            lambda world: {"type": "scheduled", **plan(world)},
            "401 404 404 404 404 404 201 201",
        ),
        ("GET", f"{HAVRUTA}/sessions", None, MEMBERS),
        ("POST", f"{HAVRUTA}/sessions/preview", plan, MEMBERS),
        ("GET", "/api/havruta-sessions", None, SIGNED_IN),
        ("GET", PLANNED, None, MEMBERS),
        ("PATCH", PLANNED, plan, OWNER),
        ("PATCH", HERS, plan, MEMBERS),
        ("POST", f"{PLANNED}/cancel", None, OWNER),
        ("POST", f"{HERS}/cancel", None, MEMBERS),
        ("PUT", f"{PLANNED}/rsvp", lambda _: {"answer": "yes"}, MEMBERS),
        ("GET", f"{PLANNED}/rsvps", None, MEMBERS),
        ("POST", f"{DUE}/start", None, MEMBERS),
        ("POST", f"{ACTIVE}/join", None, MEMBERS),
        ("POST", f"{ACTIVE}/heartbeat", None, MEMBERS),
        ("POST", f"{ACTIVE}/leave", None, "401 404 404 404 404 404 204 204"),
        ("GET", f"{ACTIVE}/state", None, MEMBERS),
        ("PUT", f"{ACTIVE}/position", place, OWNER),
        # Whoever navigates turns the pages; the owner takes it back first.
        ("PUT", f"{HANDED}/position", place, "401 404 404 404 404 404 200 403"),
        ("PUT", f"{ACTIVE}/navigator", member, OWNER),
        ("PUT", f"{HANDED}/navigator", member, MEMBERS),
        ("PUT", f"{ACTIVE}/mode", lambda _: {"mode": "shared"}, OWNER),
        ("POST", f"{ACTIVE}/end", None, OWNER),
        ("POST", f"{HAVRUTA}/invitations", lambda _: {"emails": ["esther@example.org"]}, MEMBERS),
        ("GET", f"{HAVRUTA}/invitations", None, MEMBERS),
        ("GET", "/api/invitations/mine", None, SIGNED_IN),
        ("POST", f"{INVITATION}/resend", None, OWNER),
        ("POST", f"{INVITATION}/revoke", None, OWNER),
        ("POST", "/api/invitations/{sent_by_her}/revoke", None, MEMBERS),
        ("POST", f"{INVITATION}/accept", None, "401 404 404 404 200 404 404 404"),
        ("POST", f"{INVITATION}/decline", None, "401 404 404 404 200 404 404 404"),
        # A mail may be read by others: its token says what one is invited to, and no more than its
        # address accepts.
        ("POST", "/api/invitations/preview", token, ANYBODY),
        ("POST", "/api/invitations/accept", token, "401 403 403 403 200 403 403 403"),
        ("POST", "/api/invitations/decline", token, ANYBODY),
    ],
)


def a_havruta(world: World, make: Any) -> Havruta:
    """One with everybody in it who is, or was; and an open invitation."""
    owner, *others = (world.person(who) for who in ("owner", "member", "former", "deleted"))
    havruta: Havruta = make.havruta(owner, *others)
    make(membership.leave, havruta.id, world.person("former").id)
    world.delete("deleted", erasure.erase)
    return havruta


def handed(world: World, make: Any) -> Any:
    """A session that goes on, in which the member turns the pages."""
    session = make.session(a_havruta(world, make), world.person("member"))
    make(navigation.hand_to, session.id, world.person("owner").id, world.person("member").id)
    return session.id


def invited(world: World, make: Any, by: str = "owner") -> Any:
    """An invitation whose mail was sent some minutes ago, so that it may be sent again."""
    inviter, havruta = make.caller(world.person(by)), a_havruta(world, make)
    (result,) = make(invitations.invite, havruta.id, inviter, [world.person("invited").email])
    invitation = make(lambda: db.session.get(Invitation, result["invitation_id"]))
    make(
        lambda: setattr(db.session.merge(invitation), "last_sent_at", now() - timedelta(minutes=5))
    )
    return invitation.id


THINGS: dict[str, Any] = {
    "book": lambda *_: "genesis",
    "ref": lambda *_: "Genesis 2:1",
    "member": lambda world, _: world.person("member").id,
    "havruta": lambda world, make: a_havruta(world, make).id,
    "planned": lambda world, make: make.plan(a_havruta(world, make)).id,
    "hers": lambda world, make: (
        make(
            plans.plan,
            a_havruta(world, make).id,
            world.person("member").id,
            now() + timedelta(days=1),
            60,
        ).id
    ),
    "due": lambda world, make: (
        make.plan(a_havruta(world, make), start_time=now() + timedelta(minutes=5)).id
    ),
    "active": lambda world, make: make.session(a_havruta(world, make), world.person("member")).id,
    "handed": handed,
    "invitation": invited,
    "sent_by_her": lambda world, make: invited(world, make, by="member"),
    "token": lambda world, make: make(
        lambda: invitations.issue_token(db.session.get_one(Invitation, world["invitation"]))
    ),
}


@pytest.fixture
def world(app: Flask, client: FlaskClient, make: Any) -> World:
    people = {who: a_user(who, *(["admin"] if who == "admin" else [])) for who in WHO}
    return World(app, {**people, "anonymous": None}, THINGS, make)


@pytest.mark.parametrize("row", MATRIX.changing, ids=str)
def test_everybody_does_what_is_his_to_do(world: World, row: Row) -> None:
    assert MATRIX.ask_all(row, world) == row.told


def test_everybody_reads_what_is_his_to_read(world: World) -> None:
    got = {str(row): MATRIX.ask_all(row, world) for row in MATRIX.reading}
    assert got == {str(row): row.told for row in MATRIX.reading}


@pytest.mark.parametrize("role", ["member", "owner"])
def test_who_was_in_it_and_whose_account_is_deleted_is_a_stranger(world: World, role: str) -> None:
    world.furnish()
    world.delete(role, erasure.erase)
    closed = [row for row in MATRIX.rows if row.told["deleted"] == 404]
    got = {str(row): world.ask(role, row.method, row.path, row.body).status_code for row in closed}
    assert got == dict.fromkeys(got, 404)


@pytest.mark.parametrize(
    ("path", "seen"),
    [
        ("/api/havrutas", {"member": 8, "owner": 8}),
        ("/api/havruta-sessions", {"member": 5, "owner": 5}),
        ("/api/invitations/mine", {"invited": 2}),
    ],
)
def test_lists_of_ones_own_hold_nothing_of_others(
    world: World, path: str, seen: dict[str, int]
) -> None:
    world.furnish()
    got = {who: world.ask(who, "GET", path).json.get("items", []) for who in WHO}
    assert {who: len(items) for who, items in got.items() if items} == seen


@pytest.mark.parametrize(("kind", "name"), [("havruta", "havruta"), ("havruta-session", "active")])
def test_only_members_watch(client: FlaskClient, world: World, kind: str, name: str) -> None:
    got = {
        who: client.get(
            f"/internal/rooms/{kind}/{world[name]}", user=user, peer="gateway"
        ).status_code
        for who, user in world.people.items()
    }
    assert got == dict(zip(WHO, map(int, MEMBERS.split()), strict=True))


def test_every_operation_is_in_the_matrix(app: Flask) -> None:
    MATRIX.check_operations(app)
