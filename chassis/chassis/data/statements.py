"""Statements of the hottest operations: built once, when a module is imported, and executed past the session.

SQLAlchemy knows such a statement at once, and does not compare all of its parts with those of others to find
its text.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import CursorResult, Executable
from sqlalchemy.orm import Session, scoped_session


def execute(
    session: "scoped_session[Any]", statement: Executable, values: Mapping[str, Any]
) -> CursorResult[Any]:
    """Execute the statement with these values bound; what is pending is written before."""
    own: Session = session()
    own.flush()
    # The session would prepare each execution as if it were to load entities.
    return own.connection().execute(statement, values)
