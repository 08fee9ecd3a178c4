"""RULES: what a map shows where sessions lie too close together to be drawn one by one."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Integer,
    Select,
    Uuid,
    and_,
    any_,
    bindparam,
    func,
    literal_column,
    select,
)

from chassis.clock import now
from study_session_service import cells
from study_session_service.geometry import Box
from study_session_service.lists import AT, HAS_STATUS, IN_LISTS
from study_session_service.locations import shown_to, shown_values
from study_session_service.models import MAP_CELL, OPEN, StudySession
from study_session_service.nearby.filters import IS_PUBLIC, NEXT_AT
from study_session_service.nearby.wanted import Shown
from study_session_service.rows import SessionRow, columns_of, fetch_shown_to
from study_session_service.visibility import OUT_OF_REACH, SeenSession

CELLS_PER_TILE = 4  # along each side of a map tile, of which zoom 0 has one for the whole Earth
FEW = 3  # sessions in a cell that are still shown one by one
MOST_SINGLES = 500  # sessions of a map that are shown one by one
# The largest screens show half as many.
MOST_CELLS = 4096
# Entries of the index that one request reads, shared evenly by its cells: a few hundred cells of a
# screen count some hundreds each, and no request more than this.
MOST_READ = 100_000
SINGLES = (
    select(*columns_of(StudySession, IN_LISTS))
    .where(StudySession.id == any_(bindparam("ids", type_=ARRAY(Uuid))))
    # Asked again: a session may have been hidden since the cells were counted.
    .where(IS_PUBLIC, StudySession.is_open, HAS_STATUS, ~OUT_OF_REACH)
    .order_by(StudySession.start_time, StudySession.id)
)


@dataclass(frozen=True)
class Cluster:
    """So many sessions around here, or more."""

    latitude: float
    longitude: float
    count: int
    more: bool


@dataclass(frozen=True)
class Map:
    """What to draw: clusters where there are many, single sessions where there are few."""

    clusters: Sequence[Cluster]
    sessions: Sequence[SeenSession]


def can_draw(boxes: Sequence[Box], zoom: int) -> bool:
    """Whether the boxes have no more cells at this zoom than one request may gather."""
    return sum(cells.count(box, _digits(zoom)) for box in boxes) <= MOST_CELLS


def draw(
    boxes: Sequence[Box],
    zoom: int,
    viewer_id: UUID | None = None,
    series: Shown = Shown.ALL,
) -> Map:
    """The open public sessions in the boxes, gathered in cells by the points that everyone may see.

    A cell with more than can be read counts what was read, and counts what is out of the viewer's reach.
    The caller asks `can_draw` first.
    """
    clusters: list[Cluster] = []
    ids: list[UUID] = []
    for cell in fetch_shown_to(viewer_id, *prepared(boxes, zoom, series)):
        if cell.sessions <= FEW and not cell.more and len(ids) + FEW <= MOST_SINGLES:
            ids += cell.ids
        else:
            clusters.append(Cluster(cell.latitude, cell.longitude, cell.sessions, cell.more))
    return Map(clusters, _sessions(ids, viewer_id))


def prepared(
    boxes: Sequence[Box], zoom: int, series: Shown = Shown.ALL
) -> tuple[Select[*tuple[Any, ...]], dict[str, Any]]:
    """The statement that counts in so many boxes, which is built once, and the values of these."""
    # A cell of this zoom is a square of 2^depth by 2^depth of the finest cells.
    digits = _digits(zoom)
    depth = cells.FINEST - digits
    firsts = [number << 2 * depth for box in boxes for number in cells.touching(box, digits)]
    values: dict[str, Any] = {"cells": firsts, "width": 1 << 2 * depth, "at": now()}
    values["most"] = MOST_READ // len(firsts)
    return _query(len(boxes), only_next=series == Shown.NEXT), values | shown_values(boxes)


def _digits(zoom: int) -> int:
    """The binary digits that number a column of cells."""
    return zoom + CELLS_PER_TILE.bit_length() - 1


@lru_cache
def _query(boxes: int, *, only_next: bool) -> Select[*tuple[Any, ...]]:
    """The statement for so many boxes: of each cell with sessions how many, where, and the first ids."""
    asked = func.unnest(bindparam("cells", type_=ARRAY(BigInteger))).table_valued("first")
    asked = asked.render_derived(name="cell")
    width, most = bindparam("width", type_=BigInteger), bindparam("most", type_=Integer)
    conditions = [StudySession.ends_at > AT, *([NEXT_AT[False]] if only_next else [])]
    cell, point = literal_column(MAP_CELL, BigInteger), shown_to(signed_in=False)
    read = (
        select(
            StudySession.id,
            point.latitude.label("latitude"),
            point.longitude.label("longitude"),
            and_(point.lies_in(boxes), *conditions).label("counts"),
        )
        .where(IS_PUBLIC, StudySession.is_open)
        .where(cell >= asked.c.first, cell < asked.c.first + width)
        .order_by(cell)
        .limit(most)
        .correlate(asked)
        .subquery()
    )
    counted = read.c.counts
    gathered = select(
        func.avg(read.c.latitude).filter(counted).label("latitude"),
        func.avg(read.c.longitude).filter(counted).label("longitude"),
        func.count().filter(counted).label("sessions"),
        (func.count() == most).label("more"),
        func.array_agg(read.c.id).filter(counted)[1:FEW].label("ids"),
    ).lateral()
    return select(gathered).join_from(asked, gathered, gathered.c.sessions > 0)


def _sessions(ids: Sequence[UUID], viewer_id: UUID | None) -> Sequence[SeenSession]:
    at = now()
    values = {"ids": ids, "at": at, "statuses": sorted(OPEN), "viewer_id": viewer_id}
    rows = fetch_shown_to(viewer_id, SINGLES, values)
    return [SeenSession(SessionRow(**row._mapping), None, at) for row in rows]
