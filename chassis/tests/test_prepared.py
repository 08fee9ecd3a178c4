"""A statement of a read is sent past SQLAlchemy, and everything else is as if it were not."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import Any
from uuid import UUID

import psycopg
import pytest
from flask import Flask
from sqlalchemy import (
    ARRAY,
    JSON,
    BigInteger,
    DateTime,
    Double,
    Enum,
    Integer,
    Interval,
    LargeBinary,
    Numeric,
    Select,
    String,
    Uuid,
    bindparam,
    cast,
    func,
    literal,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError

from chassis import testing
from chassis.data import reads
from chassis.data.reading import Reading

from .support.notes import Note, db

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
ALONE = partial(reads.read, db.session, how=Reading.ALONE)


class Color(StrEnum):
    RED = "red"


VALUES: Sequence[tuple[Any, Any]] = [
    (Integer(), 7),
    (BigInteger(), 2**40),
    (Double(), 0.1),
    (Numeric(), 2),
    (String(), "word"),
    (Uuid(), UUID(int=5)),
    (DateTime(timezone=True), NOON),
    (Interval(), timedelta(minutes=5)),
    (LargeBinary(), b"\x00\xff"),
    (JSON(), {"a": [1, None]}),
    (JSONB(), {"a": [1, None]}),
    (ARRAY(String), ["a", "b"]),
    (ARRAY(Uuid), [UUID(int=5)]),
    (Enum(Color, native_enum=False), Color.RED),
]


def both(statement: Select[*tuple[Any, ...]], values: dict[str, Any]) -> None:
    """The rows are what SQLAlchemy gives, each time."""
    expected = db.session.execute(statement, values).all()
    for _ in range(2):
        found = ALONE(lambda: reads.rows(db.session, statement, values))
        assert [row._mapping for row in found] == [row._mapping for row in expected]
        assert repr(found) == repr(expected)
        assert [list(map(type, row)) for row in found] == [list(map(type, row)) for row in expected]


@pytest.mark.parametrize(("kind", "value"), VALUES, ids=lambda item: str(item)[:20])
def test_values_are_bound_and_read_as_by_sqlalchemy(in_app: Flask, kind: Any, value: Any) -> None:
    given = cast(bindparam("given", type_=kind), kind)
    both(
        select(given.label("given"), cast(literal(value, kind), kind).label("own")),
        {"given": value},
    )
    both(select(given.label("given")), {"given": None})


def test_columns_of_one_name_are_told_apart_as_by_sqlalchemy(in_app: Flask) -> None:
    db.session.add(Note(owner_id=UUID(int=1), title="a"))
    db.session.commit()
    other = Note.__table__.alias()
    both(select(*Note.__table__.columns, *other.columns).join(other, other.c.id == Note.id), {})


def test_what_has_another_text_for_other_values_is_refused(in_app: Flask) -> None:
    statement = select(Note.id).where(Note.title.in_(bindparam("titles", expanding=True)))
    with pytest.raises(TypeError, match="IN"):
        ALONE(lambda: reads.rows(db.session, statement, {"titles": ["a"]}))


def test_a_change_is_refused(in_app: Flask) -> None:
    with pytest.raises(RuntimeError, match="no lock"):
        ALONE(lambda: reads.rows(db.session, select(Note.id).with_for_update(), {}))


def test_a_failure_has_the_class_that_sqlalchemy_gives_it(in_app: Flask) -> None:
    divided = select(literal(1) / bindparam("by", type_=Integer))
    with pytest.raises(DBAPIError) as failed:
        ALONE(lambda: reads.rows(db.session, divided, {"by": 0}))
    assert isinstance(failed.value.orig, psycopg.errors.DivisionByZero)
    assert not failed.value.connection_invalidated
    assert ALONE(lambda: reads.rows(db.session, divided, {"by": 1}))


def test_a_read_is_run_again_if_its_connection_is_dead(in_app: Flask) -> None:
    end = select(func.pg_terminate_backend(func.pg_backend_pid()))
    statements = [end, select(literal(1).label("one"))]
    found = ALONE(lambda: reads.rows(db.session, statements.pop(0), {}))
    assert [row.one for row in found] == [1]


def test_a_server_that_cannot_be_reached_is_an_error_of_sqlalchemy(
    in_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> None:
        raise psycopg.OperationalError

    monkeypatch.setattr(db.engine.pool, "connect", refuse)
    with pytest.raises(DBAPIError):
        ALONE(lambda: reads.rows(db.session, select(Note.id), {}))


def test_rows_and_entities_are_read_over_one_connection(in_app: Flask) -> None:
    own = select(func.pg_backend_pid().label("pid"))

    def work() -> tuple[int, int]:
        [row] = reads.rows(db.session, own, {})
        return row.pid, db.session.scalar(own)

    first, second = ALONE(work)
    assert first == second


def test_a_statement_is_compiled_once(in_app: Flask) -> None:
    statement = select(Note.title)
    read: Callable[[], Any] = partial(reads.rows, db.session, statement, {})
    with testing.count_compiled(in_app) as compiled, testing.count_queries(in_app) as sent:
        ALONE(read)
        ALONE(read)
    assert (len(compiled), len(sent)) == (1, 2)
