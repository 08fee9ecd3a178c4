"""Keyset pagination: at any depth, a page is a bounded read after the last row of the page before."""

from collections.abc import Sequence
from typing import Any, TypeVarTuple

from sqlalchemy import ColumnElement, Select, bindparam, tuple_

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


def after_bound(columns: Sequence[Any], *, descending: bool = False) -> ColumnElement[bool]:
    """As `after`, for a statement that is built once: it is bound to the `after_values` of a cursor."""
    bounds = [bindparam(f"after_{number}", type_=c.type) for number, c in enumerate(columns)]
    here, there = tuple_(*columns), tuple_(*bounds)
    return here < there if descending else here > there


def after_values(cursor: str | None, kinds: Sequence[type]) -> dict[str, Any]:
    """The values in the cursor, of these kinds, by the names that `after_bound` has for them.

    Nothing without a cursor.
    """
    if not cursor:
        return {}
    return {f"after_{number}": value for number, value in enumerate(decode(cursor, kinds))}
