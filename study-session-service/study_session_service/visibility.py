"""RULES: who may see a session, and what of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    Uuid,
    and_,
    bindparam,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from chassis.clock import now
from chassis.errors import Forbidden, NotFound
from study_session_service.geometry import Point, distance
from study_session_service.models import (
    OPEN,
    LocationVisibility,
    Participant,
    Status,
    StudySession,
    Visibility,
    Waiting,
    apart,
)
from study_session_service.rows import SessionRow, columns_of, fetch


class Mine(NamedTuple):
    """The viewer's row among the participants of a session."""

    id: UUID
    role: str
    is_active: bool
    joined_at: datetime
    left_at: datetime | None
    removed_at: datetime | None
    attended: bool | None


# For a stranger NULL, which no row's user equals.
VIEWER = bindparam("viewer_id", type_=Uuid)
IS_MINE = and_(Participant.session_id == StudySession.id, Participant.user_id == VIEWER)
MINE = [getattr(Participant, name).label(f"mine_{name}") for name in Mine._fields]
BEFORE = aliased(Waiting)
# From 1; NULL for a viewer who does not wait. A person on the waitlist counts themselves, so that
# only for others the count is 0.
POSITION = (
    select(func.nullif(func.count(BEFORE.number), literal_column("0")))
    .join_from(
        Waiting,
        BEFORE,
        and_(BEFORE.session_id == Waiting.session_id, BEFORE.number <= Waiting.number),
    )
    .where(Waiting.session_id == StudySession.id, Waiting.user_id == VIEWER)
    .scalar_subquery()
)
# Hidden by an admin, or the host and the viewer are kept apart.
OUT_OF_REACH = or_(
    StudySession.hidden_at.is_not(None), StudySession.host_id.in_(apart.people_apart_from(VIEWER))
)
ABOUT_VIEWER = (*MINE, POSITION.label("position"), OUT_OF_REACH.label("out_of_reach"))
# `SeenSession.is_known`, as SQL.
IS_KNOWN = or_(
    Participant.is_active,
    POSITION.is_not(None),
    and_(
        ~OUT_OF_REACH,
        or_(
            StudySession.visibility != Visibility.PRIVATE,
            and_(Participant.id.is_not(None), Participant.removed_at.is_(None)),
        ),
    ),
)
DETAILS = tuple(c.key for c in StudySession.__table__.columns if c.key != "is_open")


def standing(columns: Sequence[str], *more: ColumnElement[Any]) -> Select[*tuple[Any, ...]]:
    """These columns of a session, for `seen_by`; the viewer's `position` on its waitlist; and more."""
    return (
        select(*columns_of(StudySession, columns), *ABOUT_VIEWER, *more)
        .outerjoin_from(StudySession, Participant, IS_MINE)
        .where(StudySession.id == bindparam("session_id", type_=Uuid))
    )


LOOK = standing(DETAILS)


@dataclass(frozen=True, kw_only=True)
class MyParticipation:
    """What the viewer is in a session: a participant now or before, or waiting."""

    role: str | None = None
    is_active: bool = False
    joined_at: datetime | None = None
    left_at: datetime | None = None
    removed: bool = False
    attended: bool | None = None
    waitlist_position: int | None = None


@dataclass(frozen=True)
class SeenSession:
    """A session as one viewer sees it at one instant. What does not depend on them is the session's own."""

    session: SessionRow
    mine: Mine | None
    at: datetime
    position: int | None = None
    distance_m: float | None = None
    participants: Sequence[Any] | None = None
    is_out_of_reach: bool = False
    series: Any | None = None  # the rule, where it is shown

    @property
    def is_inside(self) -> bool:
        """Whether the viewer has a seat in the session."""
        return self.mine is not None and self.mine.is_active

    @property
    def is_known(self) -> bool:
        """Whether the session is no secret to the viewer."""
        if self.is_out_of_reach:
            return self.is_inside or self.position is not None
        # After a removal by the host it is as secret as to a stranger.
        has_been_in = self.mine is not None and self.mine.removed_at is None
        return (
            self.session.visibility != Visibility.PRIVATE
            or has_been_in
            or self.position is not None
        )

    @property
    def status(self) -> Status:
        return self.session.status_at(self.at)

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def latitude(self) -> float:
        return self.point.latitude

    @property
    def longitude(self) -> float:
        return self.point.longitude

    @property
    def venue_name(self) -> str | None:
        """What the location is called: for those who see exactly where it is."""
        is_exact = self.session.location_visibility == LocationVisibility.EXACT
        return self.session.venue_name if self.is_inside or is_exact else None

    @property
    def meeting_url(self) -> str | None:
        return self.session.meeting_url if self.is_inside else None

    @property
    def join_code(self) -> str | None:
        return self.session.join_code if self.is_inside else None

    @property
    def my_participation(self) -> "MyParticipation | None":
        if self.mine is None and self.position is None:
            return None
        waiting = MyParticipation(waitlist_position=self.position)
        if self.mine is None:
            return waiting
        return replace(
            waiting,
            role=self.mine.role,
            is_active=self.mine.is_active,
            joined_at=self.mine.joined_at,
            left_at=self.mine.left_at,
            removed=self.mine.removed_at is not None,
            attended=self.mine.attended,
        )

    @property
    def point(self) -> Point:
        """Where the viewer sees it: exactly from inside, else as exactly as the host wants."""
        session = self.session
        if (
            self.is_inside
            or session.approximate_latitude is None
            or session.approximate_longitude is None
        ):
            return Point(session.latitude, session.longitude)
        return Point(session.approximate_latitude, session.approximate_longitude)

    def seen_from(self, origin: Point) -> "SeenSession":
        """The same with its distance from there, to the point that the viewer sees."""
        return replace(self, distance_m=distance(origin, self.point))


def see(session_id: UUID, viewer_id: UUID | None, origin: Point | None = None) -> SeenSession:
    """The session as this person sees it; `NotFound` if it is a secret."""
    seen = look(session_id, viewer_id)
    if not seen.is_known:
        raise NotFound
    return seen.seen_from(origin) if origin else seen


def look(session_id: UUID, viewer_id: UUID | None) -> SeenSession:
    """The session and what the person has to do with it, secret or not."""
    rows = fetch(LOOK, {"session_id": session_id, "viewer_id": viewer_id})
    if not rows:
        raise NotFound
    [row] = rows
    return seen_by(row, DETAILS, now())


def seen_by(row: Row[Any], columns: Sequence[str], at: datetime) -> SeenSession:
    """The session in a row of a `standing` with these columns."""
    seen = seen_in(row, columns, at, row.position)
    return replace(seen, is_out_of_reach=row.out_of_reach)


def seen_in(
    row: Row[Any],
    columns: Sequence[str],
    at: datetime,
    position: int | None = None,
    metres: float | None = None,
) -> SeenSession:
    """The session in a row that begins with these columns of it, and after them `MINE`."""
    session = SessionRow(**dict(zip(columns, row, strict=False)))
    mine = Mine(*row[len(columns) : len(columns) + len(MINE)])
    return SeenSession(session, mine if mine.id else None, at, position, metres)


def see_inside(session_id: UUID, viewer_id: UUID) -> SeenSession:
    """The session as one of its active participants sees it; `Forbidden` for others."""
    seen = look(session_id, viewer_id)
    require_inside(seen)
    return seen


def require_inside(seen: SeenSession) -> None:
    """`Forbidden` unless the viewer has a seat; `NotFound` if the session is a secret to them."""
    if not seen.is_known:
        raise NotFound
    if not seen.is_inside:
        raise Forbidden("Join the session first.", required="participant")
