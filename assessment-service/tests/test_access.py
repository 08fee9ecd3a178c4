"""Who may do what: every operation, for everybody it could be about."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from assessment_service import erasure
from chassis.testing import a_user
from chassis.testing.matrix import Matrix, Row, World

ASSESSMENTS = "/api/v2/assessments"
PUBLISHED, DRAFTED, ORPHANED = (
    f"{ASSESSMENTS}/{{{which}}}" for which in ("published", "drafted", "orphaned")
)
OWNED, ANSWERED, DONE, NOBODYS, ANSWERED_BY_NOBODY, DONE_BY_NOBODY, ERASED = (
    f"/api/v2/session/{{{which}.session_id}}"
    for which in (
        "owned",
        "answered",
        "done",
        "nobodys",
        "answered_by_nobody",
        "done_by_nobody",
        "erased",
    )
)


def answer(session: str) -> Callable[[World], dict[str, Any]]:
    """An answer to a question of this session."""
    return lambda world: {
        "session_id": world[session].session_id,
        "question_id": world[session].version.question_ids["truth"],
        "value": True,
    }


def answers(session: str) -> Callable[[World], dict[str, Any]]:
    def body(world: World) -> dict[str, Any]:
        one = answer(session)(world)
        return {"session_id": one.pop("session_id"), "answers": [one]}

    return body


def second_page(session: str) -> Callable[[World], dict[str, Any]]:
    return lambda world: {"page_id": world[session].version.page_ids["second"]}


# The deleted one took an assessment and wrote one, and is an author as long as his token lasts.
# They ask in this order: whoever is refused changes nothing for those who come after him.
WHO = (
    "anonymous",
    "deleted",
    "stranger",
    "other taker",
    "other author",
    "taker",
    "author",
    "admin",
)

ANYBODY = "200 200 200 200 200 200 200 200"
NOBODY = "404 404 404 404 404 404 404 404"
SIGNED_IN = "401 200 200 200 200 200 200 200"
# What somebody answers is his own: neither author nor admin sees it.
TAKER = "404 404 404 404 404 200 404 404"
AUTHOR = "401 404 404 404 404 404 200 200"
# Of what the deleted one published: it stays, and only admins look after it.
ADMIN = "401 404 404 404 404 404 404 200"

MATRIX = Matrix(
    WHO,
    [
        (
            "POST",
            "/api/v2/session/start",
            lambda world: {"assessment": world["published"]},
            "201 201 201 201 201 201 201 201",
        ),
        (
            "POST",
            "/api/v2/session/start",
            lambda world: {"assessment": world["for_members"]},
            "401 201 201 201 201 201 201 201",
        ),
        ("POST", "/api/v2/session/start", lambda world: {"assessment": world["drafted"]}, NOBODY),
        ("GET", "/api/v2/session", None, SIGNED_IN),
        ("GET", OWNED, None, TAKER),
        ("GET", f"{OWNED}/validate", None, ANYBODY),
        ("PUT", f"{OWNED}/page", second_page("owned"), TAKER),
        ("POST", f"{OWNED}/abandon", None, TAKER),
        ("POST", f"{OWNED}/claim", None, "401 404 404 404 404 200 404 404"),
        ("POST", f"{ANSWERED}/complete", None, TAKER),
        ("GET", f"{DONE}/result", None, TAKER),
        ("POST", "/api/v2/answers/submit", answer("owned"), TAKER),
        ("POST", "/api/v2/answers/batch", answers("owned"), TAKER),
        # Of a session without an owner the id itself is the permission.
        ("GET", NOBODYS, None, ANYBODY),
        ("GET", f"{NOBODYS}/validate", None, ANYBODY),
        ("PUT", f"{NOBODYS}/page", second_page("nobodys"), ANYBODY),
        ("POST", f"{NOBODYS}/abandon", None, ANYBODY),
        ("POST", f"{NOBODYS}/claim", None, SIGNED_IN),
        ("POST", f"{ANSWERED_BY_NOBODY}/complete", None, ANYBODY),
        ("GET", f"{DONE_BY_NOBODY}/result", None, ANYBODY),
        ("POST", "/api/v2/answers/submit", answer("nobodys"), ANYBODY),
        ("POST", "/api/v2/answers/batch", answers("nobodys"), ANYBODY),
        # Of somebody whose account is deleted the id opens nothing any more.
        ("GET", ERASED, None, NOBODY),
        ("GET", f"{ERASED}/validate", None, ANYBODY),
        ("PUT", f"{ERASED}/page", second_page("erased"), NOBODY),
        ("POST", f"{ERASED}/abandon", None, NOBODY),
        ("POST", f"{ERASED}/claim", None, "401 404 404 404 404 404 404 404"),
        ("POST", f"{ERASED}/complete", None, NOBODY),
        ("GET", f"{ERASED}/result", None, NOBODY),
        ("POST", "/api/v2/answers/submit", answer("erased"), NOBODY),
        ("POST", "/api/v2/answers/batch", answers("erased"), NOBODY),
        ("GET", "/api/v2/xp", None, SIGNED_IN),
        ("GET", "/api/v2/xp/{person}", None, ANYBODY),
        ("GET", ASSESSMENTS, None, ANYBODY),
        ("GET", PUBLISHED, None, ANYBODY),
        ("GET", DRAFTED, None, NOBODY),
        # An admin looks after what others write; to write he needs the role of an author.
        (
            "POST",
            ASSESSMENTS,
            lambda _: {"slug": f"a-{uuid4()}", "definition": {"title": "Mine"}},
            "401 201 403 403 201 403 201 403",
        ),
        ("GET", f"{ASSESSMENTS}/mine", None, SIGNED_IN),
        ("GET", f"{DRAFTED}/draft", None, AUTHOR),
        ("PUT", f"{DRAFTED}/draft", lambda _: {"definition": {"title": "New"}}, AUTHOR),
        ("DELETE", f"{DRAFTED}/draft", None, "401 404 404 404 404 404 204 204"),
        ("POST", f"{DRAFTED}/publish", None, AUTHOR),
        ("POST", f"{PUBLISHED}/draft", None, "401 404 404 404 404 404 201 201"),
        ("GET", f"{PUBLISHED}/versions", None, AUTHOR),
        ("GET", f"{PUBLISHED}/versions/{{number}}", None, AUTHOR),
        ("GET", f"{PUBLISHED}/statistics", None, AUTHOR),
        ("POST", f"{ORPHANED}/draft", None, "401 404 404 404 404 404 404 201"),
        ("GET", f"{ORPHANED}/versions", None, ADMIN),
        ("GET", f"{ORPHANED}/versions/{{number}}", None, ADMIN),
        ("GET", f"{ORPHANED}/statistics", None, ADMIN),
    ],
)


@dataclass(frozen=True)
class Desk:
    """What assessments are written with and taken at."""

    publish: Callable[..., Any]
    begin: Callable[..., Any]
    everything: dict[str, Any]

    def published(self, author: Any, **changes: Any) -> Any:
        return self.publish(f"a-{uuid4()}", author, **changes)


def taken(who: str, *, answered: bool = False, done: bool = False) -> Callable[[World, Desk], Any]:
    """A session of an assessment of its own: one cannot take the same one twice at once."""

    def begin(world: World, desk: Desk) -> Any:
        taker = desk.begin(world.people[who], desk.published(world.person("author")))
        if answered or done:
            taker.answer_all()
        if done:
            assert taker.do("complete").status_code == 200
        return taker

    return begin


def drafted(world: World, desk: Desk) -> str:
    draft = world.made(
        "author", ASSESSMENTS, lambda _: {"slug": f"a-{uuid4()}", "definition": desk.everything}
    )
    return str(draft["slug"])


def orphaned(world: World, desk: Desk) -> str:
    slug = desk.published(world.person("deleted")).slug
    world.delete("deleted", erasure.on_user_deleted)
    return str(slug)


def erased(world: World, desk: Desk) -> Any:
    taker = taken("deleted")(world, desk)
    world.delete("deleted", erasure.on_user_deleted)
    return taker


THINGS: dict[str, Callable[[World, Desk], Any]] = {
    "published": lambda world, desk: desk.published(world.person("author")).slug,
    "for_members": lambda world, desk: (
        desk.published(world.person("author"), audience="members").slug
    ),
    "drafted": drafted,
    "orphaned": orphaned,
    "number": lambda *_: 1,
    "owned": taken("taker"),
    "answered": taken("taker", answered=True),
    "done": taken("taker", done=True),
    "theirs": taken("other taker"),
    "nobodys": taken("anonymous"),
    "answered_by_nobody": taken("anonymous", answered=True),
    "done_by_nobody": taken("anonymous", done=True),
    "erased": erased,
    "person": lambda world, _: world.person("taker").id,
}


@pytest.fixture
def world(
    app: Flask, client: FlaskClient, publish: Any, begin: Any, everything: dict[str, Any]
) -> World:
    roles = {"deleted": "author", "author": "author", "other author": "author", "admin": "admin"}
    people = {
        who: a_user(who.replace(" ", "-"), *([roles[who]] if who in roles else [])) for who in WHO
    }
    return World(app, {**people, "anonymous": None}, THINGS, Desk(publish, begin, everything))


@pytest.mark.parametrize("row", MATRIX.changing, ids=str)
def test_everybody_does_what_is_his_to_do(world: World, row: Row) -> None:
    assert MATRIX.ask_all(row, world) == row.told


def test_everybody_reads_what_is_his_to_read(world: World) -> None:
    got = {str(row): MATRIX.ask_all(row, world) for row in MATRIX.reading}
    assert got == {str(row): row.told for row in MATRIX.reading}


@pytest.mark.parametrize(
    ("session", "valid"), [(OWNED, ["taker"]), (NOBODYS, list(WHO)), (ERASED, [])]
)
def test_a_session_is_valid_for_whom_it_is_there(
    world: World, session: str, valid: list[str]
) -> None:
    told = {who: world.ask(who, "GET", f"{session}/validate").json for who in WHO}
    assert [who for who in WHO if told[who]["valid"]] == valid
    assert {told[who]["reason"] for who in WHO if who not in valid} <= {"not_found"}


@pytest.mark.parametrize("role", ["taker", "author"])
def test_who_wrote_or_took_and_whose_account_is_deleted_is_a_stranger(
    world: World, role: str
) -> None:
    world.furnish()
    world.delete(role, erasure.on_user_deleted)
    closed = [row for row in MATRIX.rows if row.told["deleted"] == 404]
    got = {str(row): world.ask(role, row.method, row.path, row.body).status_code for row in closed}
    assert got == dict.fromkeys(got, 404)


@pytest.mark.parametrize(
    ("path", "seen"),
    [
        ("/api/v2/session", {"taker": 3, "other taker": 1}),
        (f"{ASSESSMENTS}/mine", {"author": 11, "admin": 12}),
    ],
)
def test_lists_of_ones_own_hold_nothing_of_others(
    world: World, path: str, seen: dict[str, int]
) -> None:
    world.furnish()
    got = {who: len(world.ask(who, "GET", path).json["items"]) for who in WHO if who != "anonymous"}
    assert {who: count for who, count in got.items() if count} == seen


def test_every_operation_is_in_the_matrix(app: Flask) -> None:
    MATRIX.check_operations(app)
