"""RULES: what a person has planned, for a calendar of all contexts.

A session in which the person waits for a seat is among it until it is over, marked as tentative.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, Integer, Uuid, bindparam, func, literal_column, or_, select

from chassis.calendar import events, feeds
from chassis.calendar.events import Event
from chassis.clock import now
from study_session_service.models import (
    LocationVisibility,
    Participant,
    Status,
    StudySession,
    Waiting,
)
from study_session_service.notifications import calendar_uid
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
    "location_visibility",
)
PERSON = bindparam("user_id", type_=Uuid)
# No one waits and has a seat.
PLACES = (
    select(Participant.session_id, literal_column("FALSE").label("waits"))
    .where(Participant.user_id == PERSON, Participant.is_active)
    .union_all(select(Waiting.session_id, literal_column("TRUE")).where(Waiting.user_id == PERSON))
    .subquery()
)
# Who waits for what is over is forgotten by the worker, soon.
STILL_AWAITED = StudySession.is_open & (
    StudySession.ends_at > bindparam("at", type_=DateTime(timezone=True))
)
ALL = (
    select(*columns_of(StudySession, SHOWN), PLACES.c.waits)
    .join(PLACES, PLACES.c.session_id == StudySession.id)
    .where(or_(~PLACES.c.waits, STILL_AWAITED))
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
    tentative: bool
    changed_at: datetime


@dataclass(frozen=True)
class Agenda:
    """The first entries, and whether there are more."""

    items: Sequence[Entry]
    more: bool


def of_person(user_id: UUID, since: datetime, until: datetime, limit: int) -> Agenda:
    """The sessions the person has a seat in, or waits for one, within the period, in part at least, that were
    not cancelled.
    """
    at = now()
    values = {"user_id": user_id, "since": since, "until": until, "at": at, "limit": limit + 1}
    found = [SessionRow(**row._mapping) for row in fetch(PLANNED, values)]
    return Agenda([_entry(each, at) for each in found[:limit]], len(found) > limit)


def events_of_person(user_id: UUID, since: datetime, until: datetime) -> list[Event]:
    """The sessions within the period for calendar programs, of every status; `Unavailable` if too many."""
    values = {"user_id": user_id, "since": since, "until": until, "at": now()}
    values["limit"] = feeds.MOST + 1
    found = fetch(ALL, values)
    feeds.require_whole(found)
    return [_event(SessionRow(**row._mapping)) for row in found]


def _entry(session: SessionRow, at: datetime) -> Entry:
    return Entry(
        id=str(session.id),
        title=session.title,
        starts_at=session.starts_at,
        ends_at=session.actual_end,
        status=session.status_at(at),
        location=_location(session),
        path=f"/api/study-sessions/{session.id}",
        tentative=session.waits,
        changed_at=session.updated_at,
    )


def _location(session: SessionRow) -> str | None:
    """What the location is called, for those who see exactly where it is."""
    is_exact = session.location_visibility == LocationVisibility.EXACT
    return session.venue_name if is_exact or not session.waits else None


def _status(session: SessionRow) -> events.Status:
    if session.cancelled_at is not None:
        return events.Status.CANCELLED
    return events.Status.TENTATIVE if session.waits else events.Status.CONFIRMED


def _event(session: SessionRow) -> Event:
    return Event(
        uid=calendar_uid(session.id),
        sequence=session.version,
        status=_status(session),
        changed_at=session.updated_at,
        starts_at=session.starts_at,
        ends_at=session.actual_end,
        title=session.title,
        location=_location(session),
        path=f"/api/study-sessions/{session.id}",
    )
