"""Every operation, called by each kind of caller: nothing is answered, or changed, beyond the table."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from assessment_service import erasure
from chassis.testing import a_user
from chassis.testing.matrix import Row, World

from .access import ACCESS, CALLERS, new_assessment

ASSESSMENTS = "/api/v2/assessments"


@dataclass(frozen=True)
class Desk:
    """The fixtures with which assessments are published and taken."""

    publish: Callable[..., Any]
    begin: Callable[..., Any]
    everything: dict[str, Any]

    def published(self, author: Any, **changes: Any) -> Any:
        return self.publish(f"a-{uuid4()}", author, **changes)


def taken(
    caller: str, *, answered: bool = False, done: bool = False
) -> Callable[[World, Desk], Any]:
    """A session of an assessment of its own: a taker has one session of an assessment at a time."""

    def begin(world: World, desk: Desk) -> Any:
        taker = desk.begin(world.people[caller], desk.published(world.person("author")))
        if answered or done:
            taker.answer_all()
        if done:
            assert taker.do("complete").status_code == 200
        return taker

    return begin


def drafted(world: World, desk: Desk) -> str:
    new = {**new_assessment(world), "definition": desk.everything}
    return str(world.made("author", ASSESSMENTS, new)["slug"])


def orphaned(world: World, desk: Desk) -> str:
    slug = desk.published(world.person("deleted")).slug
    world.delete("deleted", erasure.on_user_deleted)
    return str(slug)


def erased(world: World, desk: Desk) -> Any:
    taker = taken("deleted")(world, desk)
    world.delete("deleted", erasure.on_user_deleted)
    return taker


SESSIONS: dict[str, Callable[[World, Desk], Any]] = {
    "owned": taken("taker"),
    "answered": taken("taker", answered=True),
    "done": taken("taker", done=True),
    "of_other_taker": taken("other taker"),
    "unowned": taken("anonymous"),
    "unowned_answered": taken("anonymous", answered=True),
    "unowned_done": taken("anonymous", done=True),
    "erased": erased,
}
THINGS: dict[str, Callable[[World, Desk], Any]] = {
    "published": lambda world, desk: desk.published(world.person("author")).slug,
    "for_members": lambda world, desk: (
        desk.published(world.person("author"), audience="members").slug
    ),
    "drafted": drafted,
    "orphaned": orphaned,
    "number": lambda *_: 1,
    "user_id": lambda world, _: world.person("taker").id,
}


def session_things(session: str) -> dict[str, Callable[[World, Desk], Any]]:
    """A session's id, and the ids of a question and a page that it shows."""
    whole = f"whole_{session}"
    return {
        whole: SESSIONS[session],
        session: lambda world, _: world[whole].session_id,
        f"question_in_{session}": lambda world, _: world[whole].version.question_ids["truth"],
        f"page_in_{session}": lambda world, _: world[whole].version.page_ids["second"],
    }


for _session in SESSIONS:
    THINGS |= session_things(_session)


@pytest.fixture
def world(
    app: Flask, client: FlaskClient, publish: Any, begin: Any, everything: dict[str, Any]
) -> World:
    roles = {"deleted": "author", "author": "author", "other author": "author", "admin": "admin"}
    people = {
        caller: a_user(caller.replace(" ", "-"), *([roles[caller]] if caller in roles else []))
        for caller in CALLERS
    }
    return World(app, {**people, "anonymous": None}, THINGS, Desk(publish, begin, everything))


@pytest.mark.parametrize("row", ACCESS.rows, ids=str)
def test_each_caller_gets_the_answer_of_the_row(world: World, row: Row) -> None:
    assert ACCESS.ask_all(row, world) == ACCESS.answers(row)


@pytest.mark.parametrize(
    ("session", "valid"), [("owned", {"taker"}), ("unowned", set(CALLERS)), ("erased", set())]
)
def test_a_session_is_valid_only_for_callers_who_may_use_it(
    world: World, session: str, valid: set[str]
) -> None:
    path = f"/api/v2/session/{world[session]}/validate"
    answers = {caller: world.ask(caller, "GET", path).json for caller in CALLERS}
    assert {caller for caller in CALLERS if answers[caller]["valid"]} == valid
    invalid = set(CALLERS) - valid
    assert {answers[caller]["reason"] for caller in invalid} <= {"not_found"}


@pytest.mark.parametrize("role", ["taker", "author"])
def test_a_taker_or_author_whose_account_is_deleted_is_a_stranger(world: World, role: str) -> None:
    world.furnish()
    world.delete(role, erasure.on_user_deleted)
    assert ACCESS.differing(role, world, like="deleted") == []


@pytest.mark.parametrize(
    ("path", "seen"),
    [
        ("/api/v2/session", {"taker": 3, "other taker": 1}),
        (f"{ASSESSMENTS}/mine", {"author": 11, "admin": 12}),
    ],
)
def test_a_list_holds_only_what_the_caller_may_see(
    world: World, path: str, seen: dict[str, int]
) -> None:
    world.furnish()
    assert world.counted(path) == seen


def test_every_operation_has_a_row(app: Flask) -> None:
    ACCESS.check_operations(app)
