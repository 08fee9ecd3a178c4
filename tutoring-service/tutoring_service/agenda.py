"""RULES: what a person has planned, for a calendar of all contexts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, func, or_, select

from tutoring_service.models import Course, Enrollment, SessionBooking, TutoringSession, db
from tutoring_service.states import SessionStatus

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
    """The sessions the person gives or takes within the time, in part at least, that were not cancelled."""
    booking = SessionBooking
    # What was completed early leaves the rest free; what was completed late ended all the same.
    ends_at = func.greatest(booking.starts_at, func.least(booking.ends_at, booking.completed_at))
    within = and_(booking.starts_at > since - LONGEST, booking.starts_at < until)
    query = (
        select(TutoringSession, booking, ends_at, Course.title)
        .join(booking, booking.session_id == TutoringSession.id)
        .join(Enrollment, Enrollment.id == booking.enrolled_courses_id)
        .join(Course, Course.id == Enrollment.course_id)
        # Each side has the time with it, so that each reads its own index no further than that. No session
        # takes longer than a day.
        .where(
            or_(
                and_(booking.tutor_id == user_id, within),
                and_(booking.student_id == user_id, within),
            )
        )
        .where(or_(booking.starts_at >= since, ends_at > since))
        .where(TutoringSession.status != SessionStatus.CANCELLED)
        .order_by(booking.starts_at, booking.session_id)
        .limit(limit + 1)
    )
    found = db.session.execute(query).all()
    return Agenda([_entry(*row) for row in found[:limit]], len(found) > limit)


def _entry(
    session: TutoringSession, booking: SessionBooking, ends_at: datetime, title: str
) -> Entry:
    return Entry(
        id=str(session.id),
        title=title,
        starts_at=booking.starts_at,
        ends_at=ends_at,
        status=session.status or SessionStatus.SCHEDULED,
        location=session.location,
        path=f"/api/sessions/{session.id}",
        changed_at=session.updated_at or booking.starts_at,
    )
