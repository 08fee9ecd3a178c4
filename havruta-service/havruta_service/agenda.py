"""RULES: what a person has planned, for a calendar of all contexts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import contains_eager

from chassis.calendar import feeds
from chassis.calendar.events import Event
from havruta_service import sessions
from havruta_service.calendars import USUAL_LENGTH, changed_at, end_of, event_of
from havruta_service.models import HavrutaSession, Member, SessionStatus, db

MOST = 500
LONGEST = timedelta(days=1)


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
    """The sessions of the person's havrutas within the time, in part at least, that were neither cancelled
    nor missed.
    """
    query = _within(user_id, since, until).where(~sessions.has_status(SessionStatus.CANCELLED))
    # One more than asked for, to see whether there are more.
    found = db.session.scalars(query.limit(limit + 1)).all()
    return Agenda([_entry(each) for each in found[:limit]], len(found) > limit)


def events_of_person(user_id: UUID, since: datetime, until: datetime) -> list[Event]:
    """The sessions within the time for calendar programs, of every status; `Unavailable` if too many."""
    query = _within(user_id, since, until).limit(feeds.MOST + 1)
    found = db.session.scalars(query).all()
    feeds.require_whole(found)
    return [event_of(each) for each in found]


def _within(user_id: UUID, since: datetime, until: datetime) -> Select[HavrutaSession]:
    session = HavrutaSession
    return (
        select(session)
        .join(Member, (Member.havruta_id == session.havruta_id) & (Member.user_id == user_id))
        .join(session.havruta)
        .options(contains_eager(session.havruta))
        # No session takes longer than that, so that the index is read from there on.
        .where(session.start_time > since - LONGEST, session.start_time < until)
        .where(or_(session.start_time >= since, _ends_at() > since))
        .order_by(session.start_time, session.id)
    )


def _ends_at() -> ColumnElement[datetime]:
    """What an entry says, as SQL."""
    minutes = func.coalesce(HavrutaSession.planned_minutes, USUAL_LENGTH // timedelta(minutes=1))
    planned = HavrutaSession.start_time + func.make_interval(0, 0, 0, 0, 0, minutes)
    return func.coalesce(HavrutaSession.end_time, planned)


def _entry(session: HavrutaSession) -> Entry:
    return Entry(
        id=str(session.id),
        title=session.havruta.name,
        starts_at=session.starts_at,
        ends_at=end_of(session),
        status=session.current_status,
        location=None,
        path=f"/api/havruta-sessions/{session.id}",
        changed_at=changed_at(session),
    )
