"""RULES: what a map shows where sessions lie too close together to be drawn one by one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from chassis.clock import now
from study_session_service.geometry import Box
from study_session_service.models import OPEN, StudySession, Visibility, db
from study_session_service.nearby import candidates, has_status, shown_to
from study_session_service.visibility import SeenSession

CELLS_PER_TILE = 4  # along each side of a map tile, of which zoom 0 has one for the whole Earth
FEW = 3  # sessions in a cell that are still shown one by one
# The largest screens show half as many; the bound is on what one request can make the database
# gather.
MOST_CELLS = 4096


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
    clusters, ids = [], []
    for cell in db.session.execute(_query(boxes, _size(zoom))):
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


def _query(boxes: Sequence[Box], size: float) -> Any:
    shown = shown_to(None)
    ids = func.array_agg(
        aggregate_order_by(StudySession.id, StudySession.start_time, StudySession.id)
    )
    return (
        select(
            func.avg(shown.latitude).label("latitude"),
            func.avg(shown.longitude).label("longitude"),
            func.count().label("sessions"),
            ids[1:FEW].label("first"),
        )
        .where(StudySession.visibility == Visibility.PUBLIC, has_status(OPEN, now()))
        .where(candidates(boxes), or_(*(shown.lies_in(box) for box in boxes)))
        .group_by(func.floor(shown.latitude / size), func.floor(shown.longitude / size))
    )


def _sessions(ids: Sequence[UUID]) -> Sequence[SeenSession]:
    at = now()
    # Asked again: a session may have been hidden since the cells were counted.
    still_shown = (StudySession.visibility == Visibility.PUBLIC, has_status(OPEN, at))
    query = select(StudySession).where(StudySession.id.in_(ids), *still_shown)
    rows = db.session.scalars(query.order_by(StudySession.start_time, StudySession.id))
    return [SeenSession(session, None, at) for session in rows]
