"""RULES: find sessions near a point.

Boxes find the candidates, the exact great circle decides. It is asked about the point that the viewer may
see, so that no one finds out an exact location by measuring from several sides. Boxes that are asked about
another point are a little wider.

A list in the order of time is read from the cells that the area touches: each has an index in this order, and
PostgreSQL merges them. So of a place with thousands of sessions hardly more rows are read than shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    CompoundSelect,
    Double,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    func,
    literal_column,
    null,
    or_,
    select,
    true,
    union_all,
)

from chassis.clock import now
from chassis.data.keyset import after_bound, after_values
from chassis.data.search import INDEXED, count_of, has_letter, says, values_of
from chassis.normalization import search_key
from chassis.pages import Page, cut
from study_session_service import cache, cells
from study_session_service.geometry import FARTHEST_SNAP, Box, Point, boxes_around, widened
from study_session_service.lists import ANNOUNCED, AT, HAS_STATUS, IN_LISTS, LIST_COLUMNS, in_order
from study_session_service.locations import exact_values, holds_exact, shown_to, shown_values
from study_session_service.models import (
    LARGER_CELLS,
    OPEN,
    WORDS,
    WORDS_FOR_ALL,
    LocationVisibility,
    Participant,
    StudySession,
    Visibility,
)
from study_session_service.rows import SessionRow, columns_of, fetch
from study_session_service.visibility import (
    IS_MINE,
    MINE,
    OUT_OF_REACH,
    POSITION,
    SeenSession,
    seen_in,
)

# Twice the longest page, because within the five minutes the clock ends some of them.
KEPT = 200
# Metres by which numbers that are rounded differently can differ, and more.
ROUNDING = 1.0
# A statement has one part for each cell that it reads, and so many parts in all. An area that touches fewer
# cells names some that do not exist.
CELLS_READ = (4, 9, 16)
NO_CELL = -1
# No index finds mere punctuation: so many open sessions are read for it.
SCANNED = 1000
# A letter or digit, and as many in a row as the index on words needs to find them anywhere.


class Shown(StrEnum):
    """Which sessions of a series a search shows."""

    ALL = "all"
    NEXT = "next"


class Sort(StrEnum):
    START_TIME = "start_time"
    DISTANCE = "distance"


@dataclass(frozen=True, kw_only=True)
class Search:
    """What is looked for. `origin` gives distances; the area is within `radius` metres of it, or in
    the boxes.
    """

    origin: Point | None = None
    radius: float | None = None
    boxes: Sequence[Box] = ()
    statuses: frozenset[str] = OPEN
    subject: str | None = None
    session_type: str | None = None
    mode: str | None = None
    q: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    has_space: bool | None = None
    host_id: UUID | None = None
    series: Shown = Shown.ALL
    sort: Sort = Sort.START_TIME


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


LIMIT = bindparam("limit", type_=Integer)
# Literally, so that the partial indexes that name it serve any prepared statement.
IS_PUBLIC = StudySession.visibility == literal_column(f"'{Visibility.PUBLIC}'")
SAID = literal_column(WORDS, String)
# Compared outside of the limit, where nothing but these is read.
FIRST = (
    select(StudySession.id, SAID.label("said"))
    .where(IS_PUBLIC, StudySession.is_open)
    .order_by(StudySession.start_time, StudySession.id)
    .limit(SCANNED)
    .subquery()
)
FILTERS: dict[str, ColumnElement[bool]] = {
    **ANNOUNCED,
    "subject": func.search_key(StudySession.subject) == bindparam("subject", type_=String),
    "session_type": StudySession.session_type == bindparam("session_type"),
    "mode": StudySession.mode == bindparam("mode"),
    "has_space": (StudySession.current_participants < StudySession.max_participants)
    == bindparam("has_space", type_=Boolean),
    "host_id": StudySession.host_id == bindparam("host_id"),
}


def _said_to_viewer(count: int) -> ColumnElement[bool]:
    """What a location is called is found by those who see exactly where it is; the rest by anyone.

    The index on words finds all that is said, and this is asked of what was found.
    """
    return or_(
        StudySession.location_visibility == literal_column(f"'{LocationVisibility.EXACT}'"),
        Participant.is_active,
        says(literal_column(WORDS_FOR_ALL, String), count),
    )


for number in range(1, INDEXED + 2):
    first = StudySession.id.in_(select(FIRST.c.id).where(says(FIRST.c.said, number)))
    FILTERS[f"words {number}"] = and_(says(SAID, number), _said_to_viewer(number))
    FILTERS[f"signs {number}"] = and_(first, _said_to_viewer(number))

NEXT_AT = {
    has_since: or_(
        StudySession.next_from.is_(None),
        StudySession.next_from <= (func.greatest(AT, bindparam("since")) if has_since else AT),
    )
    for has_since in (False, True)
}


def search(
    viewer_id: UUID | None, wanted: Search, limit: int, cursor: str | None
) -> Page[SeenSession]:
    """The public sessions that match, in the wanted order."""
    at = now()
    if (
        viewer_id is None
        and wanted == Search()
        and cursor is None
        and (page := _front_page(limit, at))
    ):
        return page
    found = matching(viewer_id, wanted, at, limit + 1, cursor)
    if wanted.sort == Sort.DISTANCE:
        return cut(found, limit, lambda seen: (seen.distance_m, seen.session.id))
    return cut(found, limit, in_order)


def matching(
    viewer_id: UUID | None, wanted: Search, at: datetime, limit: int, cursor: str | None = None
) -> Sequence[SeenSession]:
    """The first sessions that match at the instant, in the wanted order, after the cursor."""
    query, values = prepared(viewer_id, wanted, at, limit, cursor)
    return [seen_in(row, IN_LISTS, at, row.position, row.metres) for row in fetch(query, values)]


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


def _area(wanted: Search) -> Sequence[Box]:
    if wanted.boxes or not (wanted.origin and wanted.radius):
        return wanted.boxes
    return boxes_around(wanted.origin, wanted.radius)


def _front_page(limit: int, at: datetime) -> Page[SeenSession] | None:
    """The first page for strangers out of the kept list; None if that does not reach far enough."""
    kept = cache.active_sessions(lambda: _active(at))
    seen = [_uncached(row, at) for row in kept]
    # By the clock alone sessions end, but none opens: that takes a write, and every write drops the
    # list.
    still_open = [session for session in seen if session.is_open]
    if len(still_open) <= limit and len(kept) == KEPT:
        return None
    return cut(still_open[: limit + 1], limit, in_order)


def _active(at: datetime) -> Sequence[cache.Cached]:
    return [_cached(seen) for seen in matching(None, Search(), at, KEPT)]


def _cached(seen: SeenSession) -> cache.Cached:
    """What a stranger sees of the session in a list."""
    return {
        **cache.serialize(seen.session, LIST_COLUMNS),
        "latitude": seen.latitude,
        "longitude": seen.longitude,
        "venue_name": seen.venue_name,
    }


def _uncached(row: cache.Cached, at: datetime) -> SeenSession:
    """The session as it was cached: a stranger sees its one point, whichever that is."""
    # What an older process has kept does not know of series.
    unknown = {"approximate_latitude": None, "approximate_longitude": None, "series_id": None}
    session = SessionRow(**{**unknown, **cache.deserialize(StudySession, row)})
    return SeenSession(session, None, at)
