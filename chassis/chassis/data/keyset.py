"""Keyset pagination: at any depth, a page is a bounded read after the last row of the page before."""

from collections.abc import Sequence
from typing import Any, TypeVarTuple

from sqlalchemy import ColumnElement, Select, tuple_

from chassis.pages import decode

Row = TypeVarTuple("Row")


def ordered(
    query: Select[*Row],
    columns: Sequence[Any],
    limit: int,
    cursor: str | None,
    *,
    descending: bool = False,
) -> Select[*Row]:
    """The query, ordered by the columns, after the cursor, for one row more than the page holds."""
    if cursor:
        query = query.where(after(columns, cursor, descending=descending))
    order = [column.desc() for column in columns] if descending else columns
    return query.order_by(*order).limit(limit + 1)


def after(
    columns: Sequence[ColumnElement[Any]], cursor: str, *, descending: bool = False
) -> ColumnElement[bool]:
    """The rows after the cursor in the order of these columns: one comparison, which an index serves."""
    kinds = [column.type.python_type for column in columns]
    position = tuple_(*columns)
    values = decode(cursor, kinds)
    bound = tuple_(*values, types=[column.type for column in columns])
    return position < bound if descending else position > bound
