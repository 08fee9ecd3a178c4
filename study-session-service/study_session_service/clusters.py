"""RULES: what a map shows where sessions lie too close together to be drawn one by one."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Double, Select, Uuid, any_, bindparam, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from chassis.clock import now
from study_session_service.geometry import FARTHEST_SNAP, Box, widened
from study_session_service.locations import exact_values, holds_exact, shown_to, shown_values
from study_session_service.models import OPEN, StudySession
from study_session_service.nearby import HAS_STATUS, IN_LISTS, IS_PUBLIC
from study_session_service.rows import SessionRow, columns_of, fetch
from study_session_service.visibility import SeenSession

CELLS_PER_TILE = 4  # along each side of a map tile, of which zoom 0 has one for the whole Earth
FEW = 3  # sessions in a cell that are still shown one by one
# The largest screens show half as many; the bound is on what one request can make the database
# gather.
MOST_CELLS = 4096
SINGLES = (
    select(*columns_of(StudySession, IN_LISTS))
    .where(StudySession.id == any_(bindparam("ids", type_=ARRAY(Uuid))))
    # Asked again: a session may have been hidden since the cells were counted.
    .where(IS_PUBLIC, StudySession.is_open, HAS_STATUS)
    .order_by(StudySession.start_time, StudySession.id)
)


@dataclass(frozen=True)
class Cluster:
    """So many sessions around here."""

    latitude: float
    longitude: float
    count: int


@dataclass(frozen=True)
class Map:
    """What to draw: clusters where there are many, single sessions where there are few."""

    clusters: Sequence[Cluster]
    sessions: Sequence[SeenSession]


def can_draw(boxes: Sequence[Box], zoom: int) -> bool:
    """Whether the boxes have no more cells at this zoom than one request may gather."""
    return sum(_cells(box, _size(zoom)) for box in boxes) <= MOST_CELLS


def draw(boxes: Sequence[Box], zoom: int) -> Map:
    """The open public sessions in the boxes, gathered in cells by the points that everyone may see.

    The caller asks `can_draw` first.
    """
    exact = [wide for box in boxes for wide in widened(box, FARTHEST_SNAP)]
    values = {"at": now(), "statuses": sorted(OPEN), "size": _size(zoom)}
    cells = fetch(
        _query(len(exact), len(boxes)), values | exact_values(exact) | shown_values(boxes)
    )
    clusters, ids = [], []
    for cell in cells:
        if cell.sessions > FEW:
            clusters.append(Cluster(cell.latitude, cell.longitude, cell.sessions))
        else:
            ids += cell.first
    return Map(clusters, _sessions(ids))


def _size(zoom: int) -> float:
    """Degrees along a side of a cell."""
    return 360 / (1 << zoom) / CELLS_PER_TILE


def _cells(box: Box, size: float) -> float:
    # One more each way: a box seldom begins where a cell does.
    return ((box.north - box.south) / size + 1) * ((box.east - box.west) / size + 1)


@lru_cache
def _query(exact: int, shown: int) -> Select[*tuple[Any, ...]]:
    """The statement for so many boxes around exact points, and around the points that all see."""
    point, size = shown_to(signed_in=False), bindparam("size", type_=Double)
    ids = func.array_agg(
        aggregate_order_by(StudySession.id, StudySession.start_time, StudySession.id)
    )
    return (
        select(
            func.avg(point.latitude).label("latitude"),
            func.avg(point.longitude).label("longitude"),
            func.count().label("sessions"),
            ids[1:FEW].label("first"),
        )
        .where(IS_PUBLIC, StudySession.is_open, HAS_STATUS)
        .where(holds_exact(exact), point.lies_in(shown))
        .group_by(func.floor(point.latitude / size), func.floor(point.longitude / size))
    )


def _sessions(ids: Sequence[UUID]) -> Sequence[SeenSession]:
    at = now()
    rows = fetch(SINGLES, {"ids": ids, "at": at, "statuses": sorted(OPEN)})
    return [SeenSession(SessionRow(**row._mapping), None, at) for row in rows]
