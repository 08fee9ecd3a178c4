"""Statements that are built once."""

from uuid import uuid4

from flask import Flask
from sqlalchemy import bindparam, select

from chassis import testing
from chassis.data import statements

from .support.notes import Note, db

TITLES = select(Note.title).where(Note.owner_id == bindparam("owner_id"))


def test_a_statement_sees_what_is_pending(in_app: Flask) -> None:
    owner_id = uuid4()
    db.session.add(Note(owner_id=owner_id, title="a"))
    rows = statements.execute(db.session, TITLES, {"owner_id": owner_id})
    assert rows.scalars().all() == ["a"]
    db.session.rollback()


def test_a_statement_is_compiled_once(in_app: Flask) -> None:
    statements.execute(db.session, TITLES, {"owner_id": uuid4()})
    with testing.count_compiled(in_app) as compiled:
        statements.execute(db.session, TITLES, {"owner_id": uuid4()})
    assert compiled == []
    db.session.rollback()
