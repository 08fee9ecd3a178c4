"""RULES: what a person has planned, for a calendar of all contexts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from chassis.clock import now
from study_session_service.models import Participant, Status, StudySession, db

MOST = 500


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
    """The sessions the person has a seat in that begin within the period and were not cancelled."""
    session, at = StudySession, now()
    query = (
        select(session)
        .join(Participant, Participant.session_id == session.id)
        .where(Participant.user_id == user_id, Participant.is_active)
        # The clock cancels nothing, so what was last written is right about that.
        .where(
            session.starts_at >= since,
            session.starts_at < until,
            session.status != Status.CANCELLED,
        )
        .order_by(session.starts_at, session.id)
        .limit(limit + 1)
    )
    found = db.session.scalars(query).all()
    return Agenda([_entry(each, at) for each in found[:limit]], len(found) > limit)


def _entry(session: StudySession, at: datetime) -> Entry:
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
