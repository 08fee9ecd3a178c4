"""Statements that are built once are sent past SQLAlchemy, and everything else is as if they were not."""

from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import Executable, Uuid, bindparam, delete, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from chassis import testing
from chassis.data import statements

from .support.notes import Note, db

RUTH = UUID(int=1)
OWNER = bindparam("owner", type_=Uuid)
OWN = Note.owner_id == OWNER
TITLES = select(Note.title).where(OWN)
ADD = insert(Note).values(id=bindparam("new_id", type_=Uuid), owner_id=OWNER, title="b", version=1)


@pytest.mark.parametrize(
    "statement",
    [
        TITLES,
        ADD.returning(Note.title, Note.id),
        select(ADD.returning(Note.owner_id).cte("added")),
        update(Note).values(version=Note.version + 1).where(OWN).returning(Note.__table__),
        delete(Note).where(OWN).returning(Note.version.label("last")),
        text(
            "SELECT title AS name, version + 1, ARRAY[owner_id] FROM notes WHERE owner_id = :owner"
        ),
    ],
    ids=lambda statement: str(statement).split("\n")[0][:30],
)
def test_rows_are_what_sqlalchemy_gives(in_app: Flask, statement: Executable) -> None:
    db.session.add(Note(id=UUID(int=4), owner_id=RUTH, title="a"))
    db.session.flush()
    values = {"owner": RUTH, "new_id": UUID(int=5)}
    for _ in range(2):
        with db.session.begin_nested() as first:
            expected = db.session.connection().execute(statement, values).all()
            first.rollback()
        with db.session.begin_nested() as second:
            found = statements.execute(db.session, statement, values)
            second.rollback()
        assert found
        assert repr(found) == repr(expected)
        assert [row._mapping for row in found] == [row._mapping for row in expected]
        assert [list(map(type, row)) for row in found] == [list(map(type, row)) for row in expected]
    db.session.rollback()


def test_what_returns_nothing_has_no_rows(in_app: Flask) -> None:
    values = {"owner": RUTH, "new_id": uuid4()}
    assert statements.execute(db.session, ADD, values) == []
    assert [row.title for row in statements.execute(db.session, TITLES, values)] == ["b"]
    db.session.rollback()


def test_a_statement_sees_what_is_pending_unless_that_shall_stay_so(in_app: Flask) -> None:
    db.session.add(Note(owner_id=RUTH, title="a"))
    assert not statements.execute(db.session, TITLES, {"owner": RUTH}, flush=False)
    assert statements.execute(db.session, TITLES, {"owner": RUTH})
    db.session.rollback()


def test_a_failure_is_that_of_sqlalchemy_and_ends_the_transaction(in_app: Flask) -> None:
    values = {"owner": RUTH, "new_id": uuid4()}
    statements.execute(db.session, ADD, values)
    with pytest.raises(IntegrityError):
        statements.execute(db.session, ADD, values)
    db.session.rollback()
    assert not statements.execute(db.session, TITLES, values)
    db.session.rollback()


def test_values_that_sqlalchemy_makes_for_each_execution_are_refused(in_app: Flask) -> None:
    with pytest.raises(TypeError, match="each execution"):
        statements.execute(db.session, insert(Note).values(title="c", version=1), {})
    db.session.rollback()


def test_a_statement_is_compiled_once(in_app: Flask) -> None:
    statement = select(Note.id).where(OWN)
    with testing.count_compiled(in_app) as compiled:
        for _ in range(2):
            statements.execute(db.session, statement, {"owner": RUTH})
    assert len(compiled) == 1
    db.session.rollback()
