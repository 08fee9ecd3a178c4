"""RULES: find sessions near a point.

Boxes on `idx_sessions_location` find the candidates, the exact great circle decides. Both are asked
about the point that the viewer may see, so that no one finds out an exact location by measuring from
several sides; the boxes are a little wider than asked, because they are asked about exact points.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Double,
    Select,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
)

from chassis.clock import now
from chassis.data.keyset import ordered
from chassis.pages import Page, cut
from study_session_service import cache
from study_session_service.geometry import (
    DECIMALS,
    FARTHEST_SNAP,
    RADIUS,
    Box,
    Point,
    boxes_around,
    widened,
)
from study_session_service.models import OPEN, Participant, StudySession, Visibility, db
from study_session_service.visibility import SeenSession, position_of

SMALLEST = Decimal(1).scaleb(-DECIMALS)
# Twice the longest page, because within the five minutes the clock ends some of them.
KEPT = 200
# A cached session has the point that strangers see instead of its own, and nothing that lists do not show.
NOT_LISTED = frozenset(
    {
        "latitude",
        "longitude",
        "approximate_latitude",
        "approximate_longitude",
        "description",
        "meeting_url",
        "join_code",
    }
)
LIST_COLUMNS = tuple(
    column.key for column in StudySession.__table__.columns if column.key not in NOT_LISTED
)


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
    sort: Sort = Sort.START_TIME


@dataclass(frozen=True)
class VisiblePoint:
    """The point of each session as a viewer sees it, in SQL."""

    latitude: ColumnElement[float]
    longitude: ColumnElement[float]

    def distance(self, origin: Point) -> ColumnElement[float]:
        """`geometry.distance`, as SQL."""
        half_height = func.power(
            func.sin(func.radians(self.latitude - literal(origin.latitude, Double)) / 2), 2
        )
        half_width = func.power(
            func.sin(func.radians(self.longitude - literal(origin.longitude, Double)) / 2), 2
        )
        shrinking = func.cos(func.radians(literal(origin.latitude, Double))) * func.cos(
            func.radians(self.latitude)
        )
        # Between antipodes rounding can lift it above 1, where `asin` is an error.
        chord = func.least(1.0, half_height + shrinking * half_width)
        return func.asin(func.sqrt(chord), type_=Double) * literal(2 * RADIUS, Double)

    def lies_in(self, box: Box) -> ColumnElement[bool]:
        return and_(
            self.latitude.between(literal(box.south, Double), literal(box.north, Double)),
            self.longitude.between(literal(box.west, Double), literal(box.east, Double)),
        )


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
    query, order = matching(viewer_id, wanted, at)
    rows = db.session.execute(ordered(query, order, limit, cursor)).all()
    found = [
        SeenSession(session, mine, at, position, metres) for session, mine, position, metres in rows
    ]
    if wanted.sort == Sort.DISTANCE:
        return cut(found, limit, lambda seen: (seen.distance_m, seen.session.id))
    return cut(found, limit, in_order)


def matching(
    viewer_id: UUID | None, wanted: Search, at: datetime
) -> tuple[Select[*tuple[Any, ...]], list[Any]]:
    """The query for what matches, with what the viewer has to do with it, and the columns of its order."""
    shown = shown_to(viewer_id)
    metres: ColumnElement[Any] = shown.distance(wanted.origin) if wanted.origin else null()
    query = (
        select(StudySession, Participant, position_of(viewer_id), metres)
        .outerjoin(
            Participant,
            and_(Participant.session_id == StudySession.id, Participant.user_id == viewer_id),
        )
        .where(
            StudySession.visibility == Visibility.PUBLIC,
            *_area(wanted, shown, metres),
            *_filters(wanted, at),
        )
    )
    by_distance = wanted.sort == Sort.DISTANCE
    return query, [metres if by_distance else StudySession.start_time, StudySession.id]


def shown_to(viewer_id: UUID | None) -> VisiblePoint:
    """The points as this viewer may see them; the viewer's row of `Participant` is joined."""

    def column(exact: Any, approximate: Any) -> ColumnElement[float]:
        visible = func.coalesce(approximate, exact)
        return cast(
            visible if viewer_id is None else case((Participant.is_active, exact), else_=visible),
            Double,
        )

    return VisiblePoint(
        column(StudySession.latitude, StudySession.approximate_latitude),
        column(StudySession.longitude, StudySession.approximate_longitude),
    )


def candidates(boxes: Sequence[Box]) -> ColumnElement[bool]:
    """The sessions with their exact point in or near the boxes, by the index on exact points."""
    return or_(*(_holds_exact(wide) for box in boxes for wide in widened(box, FARTHEST_SNAP)))


def has_status(statuses: frozenset[str], at: datetime) -> ColumnElement[bool]:
    """The sessions that are in one of these states at the instant."""
    # `is_open` adds nothing but the proof that the partial indexes hold all that is looked for.
    matches = StudySession.status_column(at).in_(sorted(statuses))
    return and_(StudySession.is_open, matches) if statuses <= OPEN else matches


def announced_within(
    since: datetime | None, until: datetime | None
) -> Sequence[ColumnElement[bool]]:
    """The sessions that are announced to start within the period, which may be open at either end."""
    bounds = []
    if since:
        bounds.append(StudySession.start_time >= since)
    if until:
        bounds.append(StudySession.start_time < until)
    return bounds


def _area(
    wanted: Search, shown: VisiblePoint, metres: ColumnElement[Any]
) -> Sequence[ColumnElement[bool]]:
    if wanted.boxes:
        return [candidates(wanted.boxes), or_(*(shown.lies_in(box) for box in wanted.boxes))]
    if wanted.origin and wanted.radius:
        nearby = boxes_around(wanted.origin, wanted.radius)
        return [candidates(nearby), metres <= literal(wanted.radius, Double)]
    return []


def _filters(wanted: Search, at: datetime) -> Sequence[ColumnElement[bool]]:
    session = StudySession
    filters = [has_status(wanted.statuses, at), *announced_within(wanted.since, wanted.until)]
    if wanted.subject:
        filters.append(func.lower(session.subject) == func.lower(wanted.subject))
    if wanted.session_type:
        filters.append(session.session_type == wanted.session_type)
    if wanted.mode:
        filters.append(session.mode == wanted.mode)
    if wanted.q:
        # Escaped below: a `%` or `_` is looked for as it stands.
        texts = (session.title, session.subject, session.description, session.venue_name)
        filters.append(or_(*(text.icontains(wanted.q, autoescape=True) for text in texts)))
    if wanted.has_space is not None:
        has_space = session.current_participants < session.max_participants
        filters.append(has_space if wanted.has_space else ~has_space)
    if wanted.host_id:
        filters.append(session.host_id == wanted.host_id)
    return filters


def in_order(seen: SeenSession) -> tuple[datetime, UUID]:
    """What lists of sessions are sorted by."""
    return seen.session.start_time, seen.session.id


def _holds_exact(box: Box) -> ColumnElement[bool]:
    # Decimals: compared with a float, the column would be converted and the index of no use.
    return and_(
        StudySession.latitude.between(
            _bound(box.south, ROUND_FLOOR), _bound(box.north, ROUND_CEILING)
        ),
        StudySession.longitude.between(
            _bound(box.west, ROUND_FLOOR), _bound(box.east, ROUND_CEILING)
        ),
    )


def _bound(degrees: float, rounding: str) -> Decimal:
    # The caller rounds outwards: a point on the rim must not be lost at the last decimal.
    return Decimal(degrees).quantize(SMALLEST, rounding)


def _front_page(limit: int, at: datetime) -> Page[SeenSession] | None:
    """The first page for strangers out of the kept list; None if that does not reach far enough."""
    kept = cache.active_sessions(lambda: _active(at))
    seen = [SeenSession(cache.deserialize(StudySession, row), None, at) for row in kept]
    # By the clock alone sessions end, but none opens: that takes a write, and every write drops the
    # list.
    still_open = [session for session in seen if session.is_open]
    if len(still_open) <= limit and len(kept) == KEPT:
        return None
    return cut(still_open[: limit + 1], limit, in_order)


def _active(at: datetime) -> Sequence[cache.Cached]:
    query, order = matching(None, Search(), at)
    rows = db.session.execute(query.order_by(*order).limit(KEPT)).all()
    return [_cached(SeenSession(row[0], None, at)) for row in rows]


def _cached(seen: SeenSession) -> cache.Cached:
    """What a stranger sees of the session in a list."""
    return {
        **cache.serialize(seen.session, LIST_COLUMNS),
        "latitude": seen.latitude,
        "longitude": seen.longitude,
    }
