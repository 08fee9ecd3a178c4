"""RULES: what a map shows where sessions lie too close together to be drawn one by one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from chassis.clock import now
from chassis.errors import Invalid
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


def draw(boxes: Sequence[Box], zoom: int) -> Map:
    """The open public sessions in the boxes, at the points that everybody may see, gathered in cells."""
    size = 360 / 2**zoom / CELLS_PER_TILE
    if sum(_cells(box, size) for box in boxes) > MOST_CELLS:
        raise Invalid(
            errors=[{"pointer": "?zoom", "detail": "Too close for an area of this size."}]
        )
    cells = db.session.execute(_query(boxes, size)).all()
    clusters = [
        Cluster(cell.latitude, cell.longitude, cell.sessions)
        for cell in cells
        if cell.sessions > FEW
    ]
    return Map(
        clusters, _sessions([i for cell in cells if cell.sessions <= FEW for i in cell.first])
    )


def _cells(box: Box, size: float) -> float:
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
    # Asked again: since the cells were counted, a session may have become nobody's business.
    still_shown = (StudySession.visibility == Visibility.PUBLIC, has_status(OPEN, at))
    query = select(StudySession).where(StudySession.id.in_(ids), *still_shown)
    rows = db.session.scalars(query.order_by(StudySession.start_time, StudySession.id))
    return [SeenSession(session, None, at) for session in rows]
