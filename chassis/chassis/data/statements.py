"""Statements of the hottest operations: built once, when a module is imported, and executed past the session.

The session would prepare each execution as if it were to load entities.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Executable, Row
from sqlalchemy.orm import Session, scoped_session

from chassis.data import prepared


def execute(
    session: "scoped_session[Any]",
    statement: Executable,
    values: Mapping[str, Any],
    *,
    flush: bool = True,
) -> Sequence[Row[Any]]:
    """The rows of the statement with these values bound; what is pending is written before."""
    own: Session = session()
    if flush:
        own.flush()
    connection = own.connection()
    raw = connection.connection
    return prepared.execute(connection.engine, raw, lambda: connection, statement, values)
