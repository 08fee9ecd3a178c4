"""Everything that a service's tables hold about a person, as JSON."""

from collections.abc import Mapping
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import ColumnElement, func, literal_column, select

from chassis.data import reads
from chassis.data.reading import Reading

SECRETS = frozenset(
    {
        "password_hash",
        "token_hash",
        "code_hash",
        "challenge_hash",
        "sealed_secret",
        "credential_id",
        "public_key",
        "invitation_token",
    }
)
"""Columns whose values open an account or an invitation, or are there to recognise what does."""


def rows_about(
    db: SQLAlchemy, owned: Mapping[str, ColumnElement[bool]]
) -> dict[str, list[dict[str, Any]]]:
    """The rows of each table that meet its condition, without secrets, in the order of their primary keys.

    `owned` maps the name of each table with people in it to the condition that finds a person's rows.
    """
    if reads.present() is Reading.ALONE:
        raise RuntimeError("rows of several tables agree in a snapshot only")
    return {name: _rows(db, name, condition) for name, condition in owned.items()}


def _rows(db: SQLAlchemy, name: str, condition: ColumnElement[bool]) -> list[dict[str, Any]]:
    table = db.metadata.tables[name]
    whole_row = func.to_jsonb(literal_column(f'"{name}"'))
    query = select(whole_row).select_from(table).where(condition).order_by(*table.primary_key)
    return [_without_secrets(row) for row in db.session.scalars(query)]


def _without_secrets(row: Mapping[str, Any]) -> dict[str, Any]:
    return {column: value for column, value in row.items() if column not in SECRETS}
