"""Every operation, called by each kind of caller: none answers or changes more than the table allows."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from chassis.clock import now, rfc3339
from chassis.testing import a_user, token_for
from chassis.testing.matrix import Row, World
from study_session_service import erasure
from study_session_service.models import StudySession, db

from .access import ACCESS, CALLERS, STREAMS

BASE = "/api/study-sessions"
Thing = Callable[[World, Callable[..., Any]], Any]


def a_session(visibility: str, *, minutes: int = 10) -> Thing:
    """A session with its present and past participants, and a message by the participant."""

    def make(world: World, open_session: Callable[..., Any]) -> Any:
        inside = [world.person(name) for name in ("participant", "left", "removed", "deleted")]
        start = rfc3339(now() + timedelta(minutes=minutes))
        session = open_session(
            world.person("host"), *inside, visibility=visibility, start_time=start
        )
        path = f"{BASE}/{session['id']}"
        message = world.made("participant", f"{path}/messages", {"content": "Shalom"})
        assert world.ask("left", "POST", f"{path}/leave").status_code == 204
        assert (
            world.ask(
                "host", "DELETE", f"{path}/participants/{world.person('removed').id}"
            ).status_code
            == 204
        )
        world.delete("deleted", erasure.on_user_deleted)
        # The table asks with the version 1, and the removal has changed the code and the version.
        with world.app.app_context():
            db.session.execute(update(StudySession).values(version=1))
            db.session.commit()
        code = world.ask("host", "GET", path).json["join_code"]
        return {**session, "message_id": message["id"], "join_code": code}

    return make


@pytest.fixture
def world(
    app: Flask,
    client: FlaskClient,
    open_session: Callable[..., Any],
    wanted: Callable[..., dict[str, Any]],
) -> World:
    people = {name: a_user(name, *(["admin"] if name == "admin" else [])) for name in CALLERS}
    things: dict[str, Thing] = {
        "participant": lambda world, _: world.person("participant").id,
        "wanted": lambda *_: wanted(),
        "bbox": lambda *_: "0,0,1,1",
        "zoom": lambda *_: 3,
        "place": lambda *_: "haifa",
    }
    for visibility in ("public", "unlisted", "private"):
        things |= session_things(visibility)
    return World(app, {**people, "anonymous": None}, things, open_session)


def session_things(visibility: str) -> dict[str, Thing]:
    """Two sessions of this visibility, their ids, and the id of the message in the first."""
    whole, live = f"whole_{visibility}", f"whole_live_{visibility}"
    return {
        whole: a_session(visibility),
        live: a_session(visibility, minutes=-1),
        visibility: lambda world, _: world[whole]["id"],
        f"live_{visibility}": lambda world, _: world[live]["id"],
        f"message_in_{visibility}": lambda world, _: world[whole]["message_id"],
    }


@pytest.mark.parametrize("row", ACCESS.rows, ids=str)
def test_each_caller_gets_the_answer_of_the_row(world: World, row: Row) -> None:
    assert ACCESS.ask_all(row, world) == ACCESS.answers(row)


@pytest.mark.parametrize("role", ["left", "participant", "host"])
def test_a_participant_whose_account_is_deleted_is_a_stranger(world: World, role: str) -> None:
    world.furnish()
    world.delete(role, erasure.on_user_deleted)
    assert ACCESS.differing(role, world, like="stranger") == []


@pytest.mark.parametrize(
    ("path", "seen"),
    [
        (f"{BASE}/mine", {"participant": 6, "host": 6}),
        (BASE, dict.fromkeys(CALLERS, 2)),
    ],
)
def test_each_list_holds_only_public_or_own_sessions(
    world: World, path: str, seen: dict[str, int]
) -> None:
    world.furnish()
    assert world.counted(path) == seen


@pytest.mark.parametrize("row", STREAMS.rows, ids=str)
def test_only_participants_may_watch(world: World, row: Row) -> None:
    assert world.watch("study-session", row) == STREAMS.answers(row)


def test_a_room_that_does_not_exist_cannot_be_watched(client: FlaskClient) -> None:
    for room_id in (str(uuid4()), "no-id"):
        answer = client.get(
            f"/internal/rooms/study-session/{room_id}", user=a_user(), peer="gateway"
        )
        assert answer.status_code == 404


def test_a_forged_token_is_refused_wherever_a_token_is_read(
    client: FlaskClient, world: World
) -> None:
    headers = {"Authorization": f"Bearer {token_for(a_user())[:-4]}AAAA"}
    for row in ACCESS.rows:
        method, address = world.operation(row).method, world.address(row)
        refused = client.open(address, method=method, headers=headers)
        assert refused.status_code == 401, row.operation


def test_every_operation_has_a_row(app: Flask) -> None:
    ACCESS.check_operations(app)
