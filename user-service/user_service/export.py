"""RULES: everything that is held about a person, as JSON."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, literal_column, select

from user_service.models import Base, SignIn, db

OWN = {
    "users": "id",
    "sign_ins": "user_id",
    "refresh_tokens": "family_id",
    "email_tokens": "user_id",
    "notifications": "user_id",
    "mail_preferences": "user_id",
    "calendar_feeds": "user_id",
}
"""Each table with people in it, and its column that names them."""

SECRETS = frozenset({"password_hash", "token_hash"})


def everything_about(user_id: UUID) -> dict[str, Any]:
    """The person's rows of each table, without what would let others in."""
    return {table: _rows(table, _about(table, user_id)) for table in OWN}


def _about(name: str, user_id: UUID) -> ColumnElement[bool]:
    column = Base.metadata.tables[name].c[OWN[name]]
    return (
        column.in_(select(SignIn.id).filter_by(user_id=user_id))
        if name == "refresh_tokens"
        else column == user_id
    )


def _rows(name: str, condition: ColumnElement[bool]) -> list[dict[str, Any]]:
    table = Base.metadata.tables[name]
    rows = db.session.scalars(
        select(func.to_jsonb(literal_column(f'"{name}"'))).select_from(table).where(condition)
    )
    return [{key: value for key, value in row.items() if key not in SECRETS} for row in rows]
