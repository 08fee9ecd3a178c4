"""RULES: what a person has planned, for a calendar of all contexts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, or_, select

from tutoring_service.models import Course, Enrollment, SessionBooking, TutoringSession, db
from tutoring_service.states import SessionStatus

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
    """The sessions the person gives or takes that begin within the time and were not cancelled."""
    booking = SessionBooking
    within = and_(booking.starts_at >= since, booking.starts_at < until)
    query = (
        select(TutoringSession, booking, Course.title)
        .join(booking, booking.session_id == TutoringSession.id)
        .join(Enrollment, Enrollment.id == booking.enrolled_courses_id)
        .join(Course, Course.id == Enrollment.course_id)
        # Each side has the time with it, so that each reads its own index no further than that.
        .where(
            or_(
                and_(booking.tutor_id == user_id, within),
                and_(booking.student_id == user_id, within),
            )
        )
        .where(TutoringSession.status != SessionStatus.CANCELLED)
        .order_by(booking.starts_at, booking.session_id)
        .limit(limit + 1)
    )
    found = db.session.execute(query).all()
    return Agenda([_entry(*row) for row in found[:limit]], len(found) > limit)


def _entry(session: TutoringSession, booking: SessionBooking, title: str) -> Entry:
    return Entry(
        id=str(session.id),
        title=title,
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        status=session.status or SessionStatus.SCHEDULED,
        location=session.location,
        path=f"/api/sessions/{session.id}",
        changed_at=session.updated_at or booking.starts_at,
    )
