"""A person keeps another away."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from chassis.clock import now
from chassis.data.db import in_transaction
from chassis.testing import race
from user_service import blocks
from user_service.models import Block, Role, User, db, messages

Join = Callable[..., Any]
PATH = "/api/users/me/blocks"


def block(client: FlaskClient, person: Any, other: Any) -> Any:
    return client.put(f"{PATH}/{getattr(other, 'id', other)}", headers=person.headers)


def unblock(client: FlaskClient, person: Any, other: Any) -> Any:
    return client.delete(f"{PATH}/{other.id}", headers=person.headers)


def blocked_by(client: FlaskClient, person: Any, query: str = "") -> Any:
    return client.get(f"{PATH}{query}", headers=person.headers).json


def told(app: Flask, *types: str) -> list[Any]:
    """The events of these types, in order."""
    body = messages.outbox.c.body
    query = select(body).where(body["type"].astext.in_(types)).order_by(messages.outbox.c.position)
    with app.app_context():
        return list(db.session.scalars(query))


def verify(app: Flask, *people: Any) -> None:
    def proved() -> None:
        ids = [person.id for person in people]
        db.session.execute(update(User).where(User.id.in_(ids)).values(email_verified_at=now()))

    with app.app_context():
        in_transaction(db.session, proved)


def test_a_block_is_listed_for_its_person_alone(client: FlaskClient, join: Join) -> None:
    ruth, boaz, naomi = join("ruth"), join("boaz"), join("naomi")
    for other in (boaz, naomi, boaz):
        assert block(client, ruth, other).status_code == 204
    listed = [item["user_id"] for item in blocked_by(client, ruth)["items"]]
    assert listed == [str(naomi.id), str(boaz.id)]
    assert blocked_by(client, boaz)["items"] == []
    first = blocked_by(client, ruth, "?limit=1")
    second = blocked_by(client, ruth, f"?limit=1&cursor={first['next']}")
    assert [item["user_id"] for item in first["items"] + second["items"]] == listed
    assert second["next"] is None
    for _ in range(2):
        assert unblock(client, ruth, naomi).status_code == 204
    assert [item["user_id"] for item in blocked_by(client, ruth)["items"]] == [str(boaz.id)]


def test_no_one_blocks_themselves_or_no_one(client: FlaskClient, join: Join) -> None:
    ruth, gone = join("ruth"), join("gone")
    password = {"password": gone.password}
    assert client.delete("/api/users/me", json=password, headers=gone.headers).status_code == 202
    assert block(client, ruth, ruth).json["code"] == "own_account"
    for missing in (gone, uuid4()):
        assert block(client, ruth, missing).status_code == 404
    assert block(client, gone, ruth).status_code == 401


def test_the_other_services_are_told_of_each_change_once(
    app: Flask, client: FlaskClient, join: Join
) -> None:
    ruth, boaz = join("ruth"), join("boaz")
    verify(app, boaz)
    for act in (block, block, unblock, unblock, block):
        act(client, ruth, boaz)
    events = told(app, "user.blocked", "user.unblocked")
    assert [event["type"] for event in events] == ["user.blocked", "user.unblocked", "user.blocked"]
    people = {"blocker_id": str(ruth.id), "blocked_id": str(boaz.id)}
    # Of an address that is not proved nothing is told: it may be another person's.
    mailboxes = {"mailboxes": {str(boaz.id): blocks.mailbox_sha256("boaz@example.org")}}
    assert [event["data"] for event in events] == [
        {**people, **mailboxes},
        people,
        {**people, **mailboxes},
    ]
    versions = [event["aggregate_version"] for event in events]
    assert versions == sorted(set(versions))
    assert {event["aggregate_id"] for event in events} == {f"{ruth.id}:{boaz.id}"}


def test_a_mailbox_is_one_for_all_its_addresses() -> None:
    plain = blocks.mailbox_sha256("boaz@example.org")
    assert blocks.mailbox_sha256("Boaz+studies@Example.org") == plain
    assert blocks.mailbox_sha256("+boaz@example.org") != plain


@pytest.mark.usefixtures("race_round")
def test_two_who_block_each_other_at_once_both_do(
    app: Flask, client: FlaskClient, join: Join
) -> None:
    ruth, boaz = join("ruth"), join("boaz")
    pairs = [(ruth, boaz), (boaz, ruth)] * 4
    answers = race([lambda pair=pair: block(app.test_client(), *pair) for pair in pairs])
    assert {answer.status_code for answer in answers} == {204}
    assert len(told(app, "user.blocked")) == 2


def test_neither_finds_the_other(client: FlaskClient, join: Join) -> None:
    ruth, boaz = join("ruth"), join("boaz")

    def finds(viewer: Any, name: str) -> bool:
        page = client.get(f"/api/users/search?q={name}", headers=viewer.headers).json
        return bool(page["items"])

    block(client, ruth, boaz)
    assert not finds(ruth, "boaz")
    assert not finds(boaz, "ruth")
    assert finds(join("naomi"), "ruth")
    assert client.get(f"/api/users/{ruth.id}").status_code == 200


def test_no_one_finds_a_suspended_person(app: Flask, client: FlaskClient, join: Join) -> None:
    ada, ruth, boaz = join("ada", Role.ADMIN), join("ruth"), join("boaz")
    path, reason = f"/api/admin/users/{ruth.id}", {"reason": "Spam."}

    def found() -> int:
        page = client.get("/api/users/search?q=ruth", headers=boaz.headers)
        return len(page.json["items"])

    client.post(f"{path}/suspend", json=reason, headers=ada.headers)
    assert found() == 0
    client.post(f"{path}/lift-suspension", json=reason, headers=ada.headers)
    assert found() == 1
    events = told(app, "user.suspended", "user.suspension_lifted")
    assert [event["type"] for event in events] == ["user.suspended", "user.suspension_lifted"]
    assert events[0]["aggregate_version"] < events[1]["aggregate_version"]


def test_a_person_blocks_a_thousand_at_most(
    app: Flask, client: FlaskClient, join: Join, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocks.BlockLimitReached, "most", 1)
    ruth, boaz = join("ruth"), join("boaz")
    assert block(client, ruth, boaz).status_code == 204
    refused = block(client, ruth, join("naomi"))
    assert (refused.status_code, refused.json["code"]) == (409, "block_limit_reached")
    # One that is there stays there.
    assert block(client, ruth, boaz).status_code == 204


def test_blocks_are_exported_to_their_person_and_erased_with_either(
    app: Flask, client: FlaskClient, join: Join
) -> None:
    ruth, boaz, naomi = join("ruth"), join("boaz"), join("naomi")
    block(client, ruth, boaz)
    block(client, naomi, ruth)

    def export(person: Any) -> Any:
        headers = {"Subject-Token": person.access_token}
        return client.get("/internal/export", peer="gateway", headers=headers).json["blocks"]

    assert [row["blocked_id"] for row in export(ruth)] == [str(boaz.id)]
    assert export(boaz) == []
    client.delete("/api/users/me", json={"password": ruth.password}, headers=ruth.headers)
    with app.app_context():
        assert db.session.scalars(select(Block)).all() == []
