"""Rows that are read to be shown or judged: no entities, which only a change needs.

Statements are built once, when a module is imported or by a cached function of what decides their
text. All else is bound, so SQLAlchemy compiles each text once and PostgreSQL prepares it.
"""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, bindparam, tuple_

from chassis.data import reads
from chassis.pages import decode
from study_session_service.models import Base, MessageFacts, SessionFacts, db


class SessionRow(SessionFacts, SimpleNamespace):
    """Columns of a session. What was not asked for is missing, not NULL."""


class MessageRow(MessageFacts, SimpleNamespace):
    """The columns of a message."""


def columns_of(kind: type[Base], names: Sequence[str]) -> Sequence[Any]:
    """These columns of the table."""
    return [getattr(kind, name) for name in names]


def fetch(statement: Select[*tuple[Any, ...]], values: dict[str, Any]) -> Sequence[Row[Any]]:
    """The rows of the statement with these values bound; what is pending is written before."""
    return reads.rows(db.session, statement, values).all()


def after(columns: Sequence[Any], *, descending: bool = False) -> ColumnElement[bool]:
    """The rows after a bound position in the order of the columns: one comparison, which an index serves."""
    bounds = [bindparam(f"after_{number}", type_=c.type) for number, c in enumerate(columns)]
    here, there = tuple_(*columns), tuple_(*bounds)
    return here < there if descending else here > there


def after_values(cursor: str | None, kinds: Sequence[type]) -> dict[str, Any]:
    """What `after` is bound to: the position in the cursor; nothing without one."""
    if not cursor:
        return {}
    return {f"after_{number}": value for number, value in enumerate(decode(cursor, kinds))}
