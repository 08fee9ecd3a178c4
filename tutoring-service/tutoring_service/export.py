"""RULES: everything that is held about a person, as JSON."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, literal_column, select

from tutoring_service.models import Base, db
from tutoring_service.personal_data import OWN, about

HIDDEN = {"calendar_feeds": {"token_hash"}}


def everything_about(user_id: UUID) -> dict[str, Any]:
    """The person's rows of each table, in order, whatever he is in them."""
    return {table: _rows(table, about(table, user_id)) for table in OWN}


def _rows(name: str, condition: ColumnElement[bool]) -> list[dict[str, Any]]:
    table = Base.metadata.tables[name]
    rows = db.session.scalars(
        select(func.to_jsonb(literal_column(f'"{name}"'))).select_from(table).where(condition)
    )
    return [
        {key: value for key, value in row.items() if key not in HIDDEN.get(name, ())}
        for row in rows
    ]
