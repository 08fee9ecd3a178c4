"""The access matrix notices a missing row, and a refused call that changes something."""

from uuid import uuid4

import pytest

from chassis.testing import a_user
from chassis.testing.matrix import Matrix, Row, World

CALLERS = ("anonymous", "ruth", "admin")
PEOPLE = {"anonymous": None, "ruth": a_user("ruth"), "admin": a_user("boss", "admin")}


def a_title(_: World) -> dict[str, str]:
    return {"title": str(uuid4())}


NOTES = Matrix(
    CALLERS,
    [
        Row("create_note", "401 201 201", a_title),
        Row("create_draft", "201 201 201"),
        Row("email_note", "204 204 204"),
        Row("list_notes", "200 200 200"),
        Row("search_notes", "200 200 200", about={"stars": "one"}),
        Row("get_note", "401 200 200"),
        Row("get_note", "401 200 200", about={"note_id": "another_note"}),
        Row("update_note", "401 200 200", a_title),
        Row("delete_notes", "401 403 204"),
    ],
)


@pytest.fixture
def world(app, client):
    def a_note(world, day):
        return world.made("ruth", "/api/notes", {"title": f"{day} {uuid4()}"})["id"]

    things = {"note_id": a_note, "another_note": a_note, "one": lambda *_: 1}
    return World(app, PEOPLE, things, "Monday")


@pytest.mark.parametrize("row", NOTES.rows, ids=str)
def test_each_caller_gets_the_answer_of_the_row(world, row):
    assert NOTES.ask_all(row, world) == NOTES.answers(row)


def test_a_thing_is_made_once_until_the_world_is_cleared(world):
    first = world["note_id"]
    assert world["note_id"] == first
    world.clear()
    assert world["note_id"] != first


def test_the_address_names_the_things_that_the_row_is_about(world):
    row = Row("get_note", "401 200 200", about={"note_id": "another_note"})
    assert world.address(row) == f"/api/notes/{world['another_note']}"
    row = Row("search_notes", "200 200 200", about={"stars": "one"})
    assert world.address(row) == "/api/notes/search?stars=1"


def test_an_operation_without_a_row_is_noticed(app):
    NOTES.check_operations(app)
    with pytest.raises(AssertionError):
        Matrix(CALLERS, [Row("list_notes", "200 200 200")]).check_operations(app)


def test_a_row_without_an_operation_is_noticed(app, world):
    song = Row("list_songs", "200 200 200")
    with pytest.raises(AssertionError):
        Matrix(CALLERS, [*NOTES.rows, song]).check_operations(app)
    with pytest.raises(KeyError, match="list_songs"):
        world.call("ruth", song)


def test_a_refused_call_that_changes_something_is_noticed(world):
    row = Row("create_note", "401 403 403", {"title": "kept"})
    with pytest.raises(AssertionError, match="ruth was answered 403"):
        Matrix(CALLERS, [row]).ask_all(row, world)


def test_a_row_must_have_an_answer_for_every_caller():
    with pytest.raises(ValueError, match="shorter"):
        Matrix(CALLERS, [Row("list_notes", "200 200")])
