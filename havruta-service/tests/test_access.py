"""Every operation, called by each kind of caller: nothing is answered, or changed, beyond the table."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from chassis.clock import now
from chassis.testing import a_user
from chassis.testing.matrix import Row, World
from havruta_service import (
    erasure,
    invitation_emails,
    invitations,
    membership,
    navigation,
    notes,
    plans,
    talk,
    unsubscribe_tokens,
)
from havruta_service.models import Havruta, Invitation, db

from .access import ACCESS, CALLERS, STREAMS

ROOMS = {
    "stream_havruta_events": "havruta",
    "stream_havruta_session_events": "havruta-session",
}


def a_havruta(world: World, make: Any) -> Havruta:
    """A havruta of the owner and the member; the former member and the deleted person were in it."""
    owner, *others = (world.person(caller) for caller in ("owner", "member", "former", "deleted"))
    havruta: Havruta = make.havruta(owner, *others)
    make(membership.leave, havruta.id, world.person("former").id)
    world.delete("deleted", erasure.on_user_deleted)
    return havruta


def handed(world: World, make: Any) -> Any:
    """An active session in which the member turns the pages."""
    session = make.session(a_havruta(world, make), world.person("member"))
    make(
        navigation.pass_navigation, session.id, world.person("owner").id, world.person("member").id
    )
    return session.id


def invited(world: World, make: Any, by: str = "owner") -> Any:
    """An invitation whose e-mail was sent some minutes ago, so that it may be sent again."""
    inviter, havruta = make.caller(world.person(by)), a_havruta(world, make)
    (result,) = make(invitations.invite, havruta.id, inviter, [world.person("invited").email])
    invitation = make(lambda: db.session.get(Invitation, result.invitation_id))
    make(
        lambda: setattr(db.session.merge(invitation), "last_sent_at", now() - timedelta(minutes=5))
    )
    return invitation.id


THINGS: dict[str, Any] = {
    "book": lambda *_: "genesis",
    "ref": lambda *_: "Genesis 2:1",
    "number": lambda *_: 1,
    "words": lambda *_: "light",
    "user_id": lambda world, _: world.person("member").id,
    "havruta_id": lambda world, make: a_havruta(world, make).id,
    "planned": lambda world, make: make.plan(a_havruta(world, make)).id,
    "planned_by_member": lambda world, make: (
        make(
            plans.plan,
            a_havruta(world, make).id,
            world.person("member").id,
            now() + timedelta(days=1),
            60,
        ).id
    ),
    "message_id": lambda world, make: (
        make(talk.send, world["havruta_id"], world.person("member").id, "Shalom", None)[0].id
    ),
    "note_id": lambda world, make: (
        make(
            notes.create,
            world.person("member").id,
            "Genesis 1:1",
            "Why?",
            world["havruta_id"],
        ).id
    ),
    "due": lambda world, make: (
        make.plan(a_havruta(world, make), start_time=now() + timedelta(minutes=5)).id
    ),
    "active": lambda world, make: make.session(a_havruta(world, make), world.person("member")).id,
    "handed": handed,
    "session_id": lambda world, _: world["active"],
    "invitation_id": invited,
    "sent_by_member": lambda world, make: invited(world, make, by="member"),
    "token": lambda world, make: make(
        lambda: invitations.issue_token(db.session.get_one(Invitation, world["invitation_id"]))
    ),
    "unsubscribe_token": lambda world, make: make(
        lambda: unsubscribe_tokens.token_for(
            invitation_emails.digest(world.person("invited").email)
        )
    ),
}


@pytest.fixture
def world(app: Flask, client: FlaskClient, make: Any) -> World:
    people = {name: a_user(name, *(["admin"] if name == "admin" else [])) for name in CALLERS}
    return World(app, {**people, "anonymous": None}, THINGS, make)


@pytest.mark.parametrize("row", ACCESS.rows, ids=str)
def test_each_caller_gets_the_answer_of_the_row(world: World, row: Row) -> None:
    assert ACCESS.ask_all(row, world) == ACCESS.answers(row)


@pytest.mark.parametrize("role", ["member", "owner"])
def test_a_member_whose_account_is_deleted_is_a_stranger(world: World, role: str) -> None:
    world.furnish()
    world.delete(role, erasure.on_user_deleted)
    assert ACCESS.differing(role, world, like="deleted") == []


@pytest.mark.parametrize(
    ("path", "seen"),
    [
        ("/api/havrutas", {"member": 8, "owner": 8}),
        ("/api/havruta-sessions", {"member": 5, "owner": 5}),
        ("/api/invitations/mine", {"invited": 2}),
    ],
)
def test_each_list_holds_only_items_of_the_caller(
    world: World, path: str, seen: dict[str, int]
) -> None:
    world.furnish()
    assert world.counted(path) == seen


@pytest.mark.parametrize("row", STREAMS.rows, ids=str)
def test_only_members_may_watch_a_room(world: World, row: Row) -> None:
    assert world.watch(ROOMS[row.operation], row) == STREAMS.answers(row)


def test_every_operation_has_a_row(app: Flask) -> None:
    ACCESS.check_operations(app)
