"""RULES: the statements that find sessions near a point.

A list in the order of time is read from the cells that the area touches: each has an index in this order, and
PostgreSQL merges them. So of a place with thousands of sessions hardly more rows are read than shown.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    CompoundSelect,
    Double,
    Integer,
    Select,
    bindparam,
    literal_column,
    null,
    select,
    true,
    union_all,
)

from chassis.data.keyset import after_bound
from study_session_service.lists import HAS_STATUS, IN_LISTS
from study_session_service.locations import holds_exact, shown_to
from study_session_service.models import LARGER_CELLS, Participant, StudySession
from study_session_service.nearby.filters import FILTERS, IS_PUBLIC, NEXT_AT
from study_session_service.nearby.wanted import Sort
from study_session_service.rows import columns_of
from study_session_service.visibility import IS_MINE, MINE, OUT_OF_REACH, POSITION

LIMIT = bindparam("limit", type_=Integer)


class Cells(NamedTuple):
    """Cells of one size that an area touches, and the boxes of the area."""

    digits: int
    parts: int
    boxes: int


class Shape(NamedTuple):
    """What decides the text of a search. Everything else is bound, so there are few texts."""

    signed_in: bool
    measured: bool
    exact: int  # boxes around exact points
    shown: int  # boxes around points as the viewer sees them; without them `exact` hold a circle
    is_open: bool
    filters: frozenset[str]
    sort: Sort
    follows: bool
    only_next: bool
    one_by_one: bool
    cells: Cells | None  # None if the area touches too many, or is not read one by one


# More than clients use; with a bound, because what decides a shape is for anyone to choose.
@lru_cache(maxsize=256)
def statement(shape: Shape) -> Select[*tuple[Any, ...]]:
    """The statement for all searches of this shape."""
    shown = shown_to(signed_in=shape.signed_in)
    metres: ColumnElement[Any] = shown.distance() if shape.measured else null()
    order = [metres if shape.sort == Sort.DISTANCE else StudySession.start_time, StudySession.id]
    conditions: list[Any] = [IS_PUBLIC, HAS_STATUS, ~OUT_OF_REACH]
    conditions += [FILTERS[name] for name in sorted(shape.filters)]
    if shape.is_open:
        # It adds nothing but the proof that the partial indexes hold all that is looked for.
        conditions.append(StudySession.is_open)
    if shape.exact:
        conditions.append(holds_exact(shape.exact))
    if shape.shown:
        conditions.append(shown.lies_in(shape.shown))
    elif shape.exact:
        conditions.append(metres <= bindparam("radius", type_=Double))
    if shape.follows:
        conditions.append(after_bound(order))
    if shape.only_next and not shape.one_by_one:
        conditions.append(NEXT_AT["since" in shape.filters])
    session = columns_of(StudySession, IN_LISTS)
    matching = (
        select(*session, *MINE, POSITION.label("position"), metres.label("metres"))
        .select_from(StudySession)
        .outerjoin(Participant, IS_MINE)
        .where(*conditions)
    )
    if shape.one_by_one:
        return _one_by_one(matching, shape, order)
    return matching.order_by(*order).limit(LIMIT)


def _one_by_one(
    matching: Select[*tuple[Any, ...]], shape: Shape, order: Sequence[Any]
) -> Select[*tuple[Any, ...]]:
    """What matches, looked for in the order of the answer until there is enough."""
    asked = [FILTERS[name] for name in sorted(shape.filters)]
    if shape.follows:
        asked.append(after_bound(order))
    if shape.only_next:
        asked.append(NEXT_AT["since" in shape.filters])
    here = select(StudySession.id, StudySession.start_time).where(StudySession.is_open, *asked)
    here = here.order_by(*order)
    if shape.cells:
        first = _in_cells(here, shape.cells).subquery()
    else:
        first = here.where(holds_exact(shape.exact)).subquery()
    found = matching.where(StudySession.id == first.c.id).limit(1).lateral()
    return (
        select(*found.c)
        .join_from(first, found, true())
        .order_by(first.c.start_time, first.c.id)
        .limit(LIMIT)
    )


def _in_cells(here: Select[*tuple[Any, ...]], read: Cells) -> CompoundSelect[*tuple[Any, ...]]:
    """The sessions of each cell in their order; PostgreSQL reads no more of a cell than it needs."""
    cell = literal_column(LARGER_CELLS[read.digits], BigInteger)
    around = shown_to(signed_in=False).lies_in(read.boxes, "around")
    here = here.where(IS_PUBLIC, around)
    return union_all(*(here.where(cell == bindparam(f"cell_{part}")) for part in range(read.parts)))
