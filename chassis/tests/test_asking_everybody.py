"""The matrix of who may do what: it notices what is missing in it, and who changes something though
refused.
"""

from uuid import uuid4

import pytest

from chassis.testing import a_user
from chassis.testing.matrix import Matrix, World

WHO = ("anonymous", "ruth", "admin")
PEOPLE = {"anonymous": None, "ruth": a_user("ruth"), "admin": a_user("boss", "admin")}
NOTES = Matrix(
    WHO,
    [
        ("POST", "/api/notes", lambda _: {"title": str(uuid4())}, "401 201 201"),
        ("POST", "/api/notes/drafts", None, "201 201 201"),
        ("POST", "/api/notes/mailed", None, "204 204 204"),
        ("GET", "/api/notes", None, "200 200 200"),
        ("GET", "/api/notes/search?stars=1", None, "200 200 200"),
        ("GET", "/api/notes/{note}", None, "401 200 200"),
        ("PUT", "/api/notes/{note}", lambda _: {"title": str(uuid4())}, "401 200 200"),
        ("DELETE", "/api/notes", None, "401 403 204"),
    ],
)


@pytest.fixture
def world(app, client):
    def a_note(world, day):
        return world.made("ruth", "/api/notes", lambda _: {"title": f"{day} {uuid4()}"})["id"]

    return World(app, PEOPLE, {"note": a_note}, "Monday")


@pytest.mark.parametrize("row", NOTES.rows, ids=str)
def test_everybody_is_told_what_the_row_says(world, row):
    assert NOTES.ask_all(row, world) == row.told


def test_what_a_row_names_is_made_once_until_all_is_made_anew(world):
    first = world["note"]
    assert world["note"] == first
    world.clear()
    assert world["note"] != first


def test_an_operation_without_a_row_is_noticed(app):
    NOTES.check_operations(app)
    with pytest.raises(AssertionError):
        Matrix(WHO, [("GET", "/api/notes", None, "200 200 200")]).check_operations(app)


def test_a_row_without_an_operation_is_noticed(app):
    rows = [(row.method, row.path, row.body, "200 200 200") for row in NOTES.rows]
    with pytest.raises(AssertionError):
        Matrix(WHO, [*rows, ("GET", "/api/songs", None, "200 200 200")]).check_operations(app)


def test_who_is_refused_and_yet_changes_something_is_noticed(world):
    kept = Matrix(WHO, [("POST", "/api/notes", lambda _: {"title": "kept"}, "401 403 403")])
    with pytest.raises(AssertionError, match="ruth was told 403"):
        kept.ask_all(kept.rows[0], world)


def test_every_column_has_its_answer():
    with pytest.raises(ValueError, match="shorter"):
        Matrix(WHO, [("GET", "/api/notes", None, "200 200")])
