"""Rows that are read to be shown or judged: no entities, which only a change needs.

Statements are built once, when a module is imported or by a cached function of what decides their
text. All else is bound, so SQLAlchemy compiles each text once and PostgreSQL prepares it.
"""

from collections.abc import Iterable, Sequence
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select

from chassis.data import reads, replica_reads
from study_session_service.models import Base, SessionFacts, db


class SessionRow(SessionFacts, SimpleNamespace):
    """Columns of a session. What was not asked for is missing, not NULL."""


def columns_of(kind: type[Base], names: Sequence[str]) -> Sequence[Any]:
    """These columns of the table."""
    return [getattr(kind, name) for name in names]


def earliest_first(rows: Iterable[Row[Any]]) -> Sequence[SessionRow]:
    """The sessions in the rows, in the order of time."""
    found = [SessionRow(**row._mapping) for row in rows]
    return sorted(found, key=lambda each: (each.start_time, each.id))


def fetch(statement: Select[*tuple[Any, ...]], values: dict[str, Any]) -> Sequence[Row[Any]]:
    """The rows of the statement with these values bound; what is pending is written before."""
    return reads.rows(db.session, statement, values)


def fetch_shown_to(
    reader_id: UUID | None, statement: Select[*tuple[Any, ...]], values: dict[str, Any]
) -> Sequence[Row[Any]]:
    """The rows as a replica has them, if there is one that shows all that the reader has written."""
    return replica_reads.rows(db.session, statement, values, reader_id)
