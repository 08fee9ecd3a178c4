"""Who may do what: every operation, for everybody it could be about."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from chassis.clock import now, rfc3339
from chassis.testing import a_user, token_for
from chassis.testing.matrix import Body, Matrix, Row, World
from study_session_service import departures

BASE = "/api/study-sessions"
CLUSTERS = f"{BASE}/clusters?bbox=0,0,1,1&zoom=3"

# The removed one was sent away by the host; who left may come back; the deleted one was in it, and
# his token lives on. They ask in this order: whoever is refused changes nothing for those who come
# after him.
WHO = ("anonymous", "deleted", "stranger", "admin", "removed", "left", "participant", "host")

ANYBODY = "200 200 200 200 200 200 200 200"
SIGNED_IN = "401 200 200 200 200 200 200 200"


def told(*, public: str, private: str) -> dict[str, str]:
    return {"public": public, "unlisted": public, "private": private}


# A private session is a secret to strangers, and to those who were removed. To admins all are as to
# strangers.
KNOWN = told(public=ANYBODY, private="404 404 404 404 404 200 200 200")
INSIDE = told(public="401 403 403 403 403 403 200 200", private="401 404 404 404 404 403 200 200")
SPEAKING = told(public="401 403 403 403 403 403 201 201", private="401 404 404 404 404 403 201 201")
AUTHOR = told(public="401 403 403 403 403 403 200 403", private="401 404 404 404 404 403 200 403")
DELETING = told(public="401 403 403 403 403 403 204 204", private="401 404 404 404 404 403 204 204")
HOST = told(public="401 403 403 403 403 403 403 200", private="401 404 404 404 404 403 403 200")
REMOVING = told(public="401 403 403 403 403 403 403 204", private="401 404 404 404 404 403 403 204")
# The host hands the session over before he leaves.
LEAVING = told(public="401 204 204 204 204 204 204 409", private="401 404 404 404 404 204 204 409")
# Without its code nobody joins a private session; whoever was removed is told so.
JOINING = told(public="401 201 201 201 403 201 200 200", private="401 404 404 404 403 201 200 200")
WITH_CODE = told(
    public="401 201 201 201 403 201 200 200", private="401 201 201 201 403 201 200 200"
)


def title(_: World) -> dict[str, str]:
    return {"title": "x"}


def words(_: World) -> dict[str, str]:
    return {"content": "!"}


def new_host(world: World) -> dict[str, str]:
    return {"user_id": str(world.person("participant").id)}


def about(visibility: str) -> list[tuple[str, str, Body, str]]:
    """The rows about one session of this visibility."""
    one, live = f"{BASE}/{{{visibility}[id]}}", f"{BASE}/{{live_{visibility}[id]}}"
    message, participant = (
        f"{one}/messages/{{{visibility}[message_id]}}",
        f"{one}/participants/{{participant}}",
    )
    rows: list[tuple[str, str, Body, dict[str, str]]] = [
        ("GET", one, None, KNOWN),
        ("PATCH", one, title, HOST),
        ("POST", f"{one}/start", None, HOST),
        ("POST", f"{live}/finish", None, HOST),
        ("POST", f"{one}/cancel", None, HOST),
        ("POST", f"{one}/host", new_host, HOST),
        ("POST", f"{one}/join", None, JOINING),
        (
            "POST",
            f"{one}/join",
            lambda world: {"join_code": world[visibility]["join_code"]},
            WITH_CODE,
        ),
        ("POST", f"{one}/leave", None, LEAVING),
        ("GET", f"{one}/participants", None, INSIDE),
        ("DELETE", participant, None, REMOVING),
        ("GET", f"{one}/messages", None, INSIDE),
        ("POST", f"{one}/messages", words, SPEAKING),
        ("PATCH", message, words, AUTHOR),
        ("DELETE", message, None, DELETING),
    ]
    return [(method, path, body, answers[visibility]) for method, path, body, answers in rows]


MATRIX = Matrix(
    WHO,
    [
        ("GET", BASE, None, ANYBODY),
        ("GET", CLUSTERS, None, ANYBODY),
        ("GET", f"{BASE}/mine", None, SIGNED_IN),
        ("POST", BASE, lambda world: world["wanted"], "401 201 201 201 201 201 201 201"),
        *about("public"),
        *about("unlisted"),
        *about("private"),
    ],
)

Thing = Callable[[World, Callable[..., Any]], Any]


def a_session(visibility: str, *, minutes: int = 10) -> Thing:
    """One with everybody in it who is, or was; and a message of the participant."""

    def make(world: World, open_session: Callable[..., Any]) -> Any:
        inside = [world.person(who) for who in ("participant", "left", "removed", "deleted")]
        start = rfc3339(now() + timedelta(minutes=minutes))
        session = open_session(
            world.person("host"), *inside, visibility=visibility, start_time=start
        )
        one = f"{BASE}/{session['id']}"
        said = world.made("participant", f"{one}/messages", lambda _: {"content": "Shalom"})
        assert world.ask("left", "POST", f"{one}/leave").status_code == 204
        assert (
            world.ask(
                "host", "DELETE", f"{one}/participants/{world.person('removed').id}"
            ).status_code
            == 204
        )
        world.delete("deleted", departures.on_user_deleted)
        return {**session, "message_id": said["id"]}

    return make


@pytest.fixture
def world(
    app: Flask,
    client: FlaskClient,
    open_session: Callable[..., Any],
    wanted: Callable[..., dict[str, Any]],
) -> World:
    people = {who: a_user(who, *(["admin"] if who == "admin" else [])) for who in WHO}
    kinds = ("public", "unlisted", "private")
    things: dict[str, Thing] = {
        "participant": lambda world, _: world.person("participant").id,
        "wanted": lambda *_: wanted(),
        **{kind: a_session(kind) for kind in kinds},
        **{f"live_{kind}": a_session(kind, minutes=-1) for kind in kinds},
    }
    return World(app, {**people, "anonymous": None}, things, open_session)


@pytest.mark.parametrize("row", MATRIX.changing, ids=str)
def test_everybody_does_what_is_his_to_do(world: World, row: Row) -> None:
    assert MATRIX.ask_all(row, world) == row.told


def test_everybody_reads_what_is_his_to_read(world: World) -> None:
    got = {str(row): MATRIX.ask_all(row, world) for row in MATRIX.reading}
    assert got == {str(row): row.told for row in MATRIX.reading}


@pytest.mark.parametrize("role", ["left", "participant", "host"])
def test_who_was_in_it_and_whose_account_is_deleted_is_a_stranger(world: World, role: str) -> None:
    world.furnish()
    world.delete(role, departures.on_user_deleted)
    closed = [row for row in MATRIX.rows if row.told["stranger"] in {403, 404}]
    got = {str(row): world.ask(role, row.method, row.path, row.body).status_code for row in closed}
    assert got == {str(row): row.told["stranger"] for row in closed}


@pytest.mark.parametrize(
    ("path", "seen"),
    [
        (f"{BASE}/mine", {"participant": 6, "host": 6}),
        (BASE, dict.fromkeys(WHO, 2)),
    ],
)
def test_lists_hold_what_is_ones_own_or_public(
    world: World, path: str, seen: dict[str, int]
) -> None:
    world.furnish()
    got = {who: len(world.ask(who, "GET", path).json.get("items", [])) for who in WHO}
    assert {who: count for who, count in got.items() if count} == seen


@pytest.mark.parametrize("visibility", ["public", "unlisted", "private"])
def test_only_who_is_in_it_watches(client: FlaskClient, world: World, visibility: str) -> None:
    room = f"/internal/rooms/study-session/{world[visibility]['id']}"
    got = {
        who: client.get(room, user=user, peer="gateway").status_code
        for who, user in world.people.items()
    }
    assert got == dict(zip(WHO, map(int, INSIDE[visibility].split()), strict=True))


def test_nobody_watches_what_is_not_there(client: FlaskClient) -> None:
    for room_id in (str(uuid4()), "no-id"):
        answer = client.get(
            f"/internal/rooms/study-session/{room_id}", user=a_user(), peer="gateway"
        )
        assert answer.status_code == 404


def test_a_forged_token_opens_nothing(client: FlaskClient, world: World) -> None:
    headers = {"Authorization": f"Bearer {token_for(a_user())[:-4]}AAAA"}
    got = {
        str(row): client.open(
            row.path.format_map(world), method=row.method, headers=headers
        ).status_code
        for row in MATRIX.rows
    }
    assert {row: status for row, status in got.items() if status != 401} == {f"GET {CLUSTERS}": 200}


def test_every_operation_is_in_the_matrix(app: Flask) -> None:
    MATRIX.check_operations(app)
