"""RULES: what a person has planned, for a calendar of all contexts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Integer, bindparam, func, or_, select

from chassis import calendar
from chassis.calendar import Event
from chassis.clock import now
from study_session_service.models import Participant, Status, StudySession
from study_session_service.rows import SessionRow, columns_of, fetch

MOST = 500
SHOWN = (
    "id",
    "title",
    "venue_name",
    "start_time",
    "ends_at",
    "started_at",
    "ended_at",
    "cancelled_at",
    "updated_at",
    "version",
)
ALL = (
    select(*columns_of(StudySession, SHOWN))
    .join(Participant, Participant.session_id == StudySession.id)
    .where(Participant.user_id == bindparam("user_id"), Participant.is_active)
    .where(StudySession.starts_at < bindparam("until"))
    .where(
        or_(
            StudySession.starts_at >= bindparam("since"),
            func.coalesce(StudySession.ended_at, StudySession.ends_at) > bindparam("since"),
        )
    )
    .order_by(StudySession.starts_at, StudySession.id)
    .limit(bindparam("limit", type_=Integer))
)
# The clock cancels nothing, so what was last written is right about that.
PLANNED = ALL.where(StudySession.status != Status.CANCELLED)


@dataclass(frozen=True)
class Entry:
    """A session as a calendar shows it."""

    id: str
    title: str
    starts_at: datetime
    ends_at: datetime
    status: str
    location: str | None
    path: str
    changed_at: datetime


@dataclass(frozen=True)
class Agenda:
    """The first entries, and whether there are more."""

    items: Sequence[Entry]
    more: bool


def of_person(user_id: UUID, since: datetime, until: datetime, limit: int) -> Agenda:
    """The sessions the person has a seat in within the period, in part at least, that were not cancelled."""
    at = now()
    values = {"user_id": user_id, "since": since, "until": until, "limit": limit + 1}
    found = [SessionRow(**row._mapping) for row in fetch(PLANNED, values)]
    return Agenda([_entry(each, at) for each in found[:limit]], len(found) > limit)


def events_of_person(user_id: UUID, since: datetime, until: datetime) -> list[Event]:
    """The sessions within the period for calendar programs, of every status; `Unavailable` if too many."""
    values = {"user_id": user_id, "since": since, "until": until, "limit": calendar.MOST + 1}
    found = fetch(ALL, values)
    calendar.require_whole(found)
    return [_event(SessionRow(**row._mapping)) for row in found]


def _entry(session: SessionRow, at: datetime) -> Entry:
    return Entry(
        id=str(session.id),
        title=session.title,
        starts_at=session.starts_at,
        ends_at=session.actual_end,
        status=session.status_at(at),
        location=session.venue_name,
        path=f"/api/study-sessions/{session.id}",
        changed_at=session.updated_at,
    )


def _event(session: SessionRow) -> Event:
    cancelled = session.cancelled_at is not None
    return Event(
        uid=f"study-session-{session.id}@lyceum",
        sequence=session.version,
        status=calendar.Status.CANCELLED if cancelled else calendar.Status.CONFIRMED,
        changed_at=session.updated_at,
        starts_at=session.starts_at,
        ends_at=session.actual_end,
        title=session.title,
        location=session.venue_name,
        path=f"/api/study-sessions/{session.id}",
    )
