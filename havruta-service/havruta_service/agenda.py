"""RULES: what a person has planned, for a calendar of all contexts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from havruta_service import sessions
from havruta_service.models import HavrutaSession, Member, SessionStatus, db

MOST = 500
USUAL_LENGTH = timedelta(hours=1)


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
    """The sessions of the person's havrutas that begin within the time and were neither cancelled
    nor missed.
    """
    session = HavrutaSession
    query = (
        select(session)
        .join(Member, (Member.havruta_id == session.havruta_id) & (Member.user_id == user_id))
        .join(session.havruta)
        .options(contains_eager(session.havruta))
        .where(
            session.start_time >= since,
            session.start_time < until,
            ~sessions.has_status(SessionStatus.CANCELLED),
        )
        .order_by(session.start_time, session.id)
        # One more than asked for, to see whether there are more.
        .limit(limit + 1)
    )
    found = db.session.scalars(query).all()
    return Agenda([_entry(each) for each in found[:limit]], len(found) > limit)


def _entry(session: HavrutaSession) -> Entry:
    return Entry(
        id=str(session.id),
        title=session.havruta.name,
        starts_at=session.starts_at,
        ends_at=session.ends_at or session.starts_at + USUAL_LENGTH,
        status=session.current_status,
        location=None,
        path=f"/api/havruta-sessions/{session.id}",
        changed_at=session.created_at,
    )
