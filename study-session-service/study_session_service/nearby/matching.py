"""RULES: which statement a search needs, and what it is bound to; what that finds."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select

from chassis.data.keyset import after_values
from chassis.data.search import count_of, has_letter, values_of
from chassis.normalization import search_key
from study_session_service import cells
from study_session_service.geometry import FARTHEST_SNAP, Box, boxes_around, widened
from study_session_service.lists import ANNOUNCED, IN_LISTS
from study_session_service.locations import exact_values, shown_values
from study_session_service.models import LARGER_CELLS, OPEN
from study_session_service.nearby.filters import FILTERS
from study_session_service.nearby.statements import Cells, Shape, statement
from study_session_service.nearby.wanted import Search, Shown, Sort
from study_session_service.rows import fetch, fetch_shown_to
from study_session_service.visibility import SeenSession, seen_in

# Metres by which numbers that are rounded differently can differ, and more.
ROUNDING = 1.0
# A statement has one part for each cell that it reads, and so many parts in all. An area that touches fewer
# cells names some that do not exist.
CELLS_READ = (4, 9, 16)
NO_CELL = -1


def matching(
    viewer_id: UUID | None, wanted: Search, at: datetime, limit: int, cursor: str | None = None
) -> Sequence[SeenSession]:
    """The first sessions that match at the instant, in the wanted order, after the cursor."""
    query, values = prepared(viewer_id, wanted, at, limit, cursor)
    return _seen(fetch_shown_to(viewer_id, query, values), at)


def first(at: datetime, limit: int) -> Sequence[SeenSession]:
    """The first open sessions for strangers, to be kept: as the primary has them.

    A replica may not show yet what has just dropped the list that is kept.
    """
    return _seen(fetch(*prepared(None, Search(), at, limit)), at)


def prepared(
    viewer_id: UUID | None, wanted: Search, at: datetime, limit: int, cursor: str | None = None
) -> tuple[Select[*tuple[Any, ...]], dict[str, Any]]:
    """The statement for such a search, which is built once, and the values of this one."""
    exact = [wide for box in _area(wanted) for wide in widened(box, FARTHEST_SNAP)]
    filters = {name: getattr(wanted, name, None) for name in FILTERS}
    given = {name: value for name, value in filters.items() if value is not None}
    names = frozenset(given)
    if wanted.q:
        looked_for = "words" if has_letter(wanted.q) else "signs"
        names |= {f"{looked_for} {count_of(wanted.q)}"}
    one_by_one = _is_read_one_by_one(wanted, names)
    touched: Cells | None = None
    cell_values: dict[str, Any] = {}
    if one_by_one:
        touched, cell_values = _cells(wanted, FARTHEST_SNAP if viewer_id else ROUNDING)
    shape = Shape(
        signed_in=viewer_id is not None,
        measured=wanted.origin is not None,
        exact=len(exact),
        shown=len(wanted.boxes),
        is_open=wanted.statuses <= OPEN,
        filters=names,
        sort=wanted.sort,
        follows=bool(cursor),
        only_next=wanted.series == Shown.NEXT,
        one_by_one=one_by_one,
        cells=touched,
    )
    values: dict[str, Any] = {"viewer_id": viewer_id, "at": at, "limit": limit}
    values["statuses"] = sorted(wanted.statuses)
    values |= given | exact_values(exact) | shown_values(wanted.boxes) | cell_values
    if wanted.q:
        values |= values_of(wanted.q)
    if wanted.subject:
        values["subject"] = search_key(wanted.subject)
    if wanted.origin:
        origin = wanted.origin
        values |= {"lat": origin.latitude, "lng": origin.longitude, "radius": wanted.radius}
    kind = float if wanted.sort == Sort.DISTANCE else datetime
    return statement(shape), values | after_values(cursor, [kind, UUID])


def _seen(rows: Sequence[Row[Any]], at: datetime) -> Sequence[SeenSession]:
    return [seen_in(row, IN_LISTS, at, row.position, row.metres) for row in rows]


def _is_read_one_by_one(wanted: Search, names: frozenset[str]) -> bool:
    """Whether most of the sessions in the area match, so that the first ones are soon found."""
    in_order = bool(wanted.radius or wanted.boxes) and wanted.sort == Sort.START_TIME
    return in_order and wanted.statuses == OPEN and names <= ANNOUNCED.keys()


def _cells(wanted: Search, margin: float) -> tuple[Cells | None, dict[str, Any]]:
    """The smallest cells of which the area touches few, and what they are bound to.

    Of each session they know the point that strangers see, so the area is wider by the margin.
    """
    boxes = [wide for box in _area(wanted) for wide in widened(box, margin)]
    for digits in LARGER_CELLS:
        if sum(cells.count(box, digits) for box in boxes) <= CELLS_READ[-1]:
            break
    else:
        return None, {}
    # Boxes on both sides of 180° can share cells.
    numbers = sorted({number for box in boxes for number in cells.touching(box, digits)})
    parts = next(parts for parts in CELLS_READ if parts >= len(numbers))
    numbers += [NO_CELL] * (parts - len(numbers))
    values = {f"cell_{part}": number for part, number in enumerate(numbers)}
    return Cells(digits, parts, len(boxes)), values | shown_values(boxes, "around")


def _area(wanted: Search) -> Sequence[Box]:
    if wanted.boxes or not (wanted.origin and wanted.radius):
        return wanted.boxes
    return boxes_around(wanted.origin, wanted.radius)
