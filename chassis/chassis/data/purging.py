"""Takes old rows so many at a time that a statement ends in good time."""

from datetime import datetime
from typing import Any, cast

from sqlalchemy import Column, ColumnElement, Connection, any_, delete, func, literal_column, select
from sqlalchemy.orm import Session, scoped_session
from sqlalchemy.sql.elements import KeyedColumnElement

BATCH = 5000  # rows


def delete_some(
    connection: "Connection | Session | scoped_session[Any]",
    since: KeyedColumnElement[Any],
    until: datetime,
    *more: ColumnElement[bool],
) -> int:
    """Delete up to `BATCH` rows, oldest first, and return how many those were.

    Their column `since` is not after the moment `until`, and all of `more` holds for them.
    """
    table = cast("Column[datetime]", since).table
    deletion = delete(table).where(are_some(since, since <= until, *more))
    return len(connection.execute(deletion.returning(since)).all())


def are_some(
    since: KeyedColumnElement[Any], *conditions: ColumnElement[bool]
) -> ColumnElement[bool]:
    """Whether a row is one of the first `BATCH`, by the column `since`, for which all conditions hold.

    They are locked, after a wait for any other transaction that has locked some: it may still fail, and leave
    them as they were.
    """
    # Where a row is; it stays there while it is locked.
    place: ColumnElement[Any] = literal_column("ctid")
    rows = (
        select(place)
        .where(*conditions)
        .select_from(cast("Column[datetime]", since).table)
        .order_by(since)
        .limit(BATCH)
        .with_for_update()
    )
    return place == any_(func.array(rows.scalar_subquery()))
