"""RULES: how long before a session its student may still cancel or move it.

Where students ask, a late cancellation is noted (`late_cancel`). Where they book themselves, it is refused:
the time was taken without the tutor's word, and is not given back without it either.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from chassis.clock import now
from chassis.errors import DeadlinePassed
from tutoring_service.models import Course, Enrollment, TutoringSession, apart, db
from tutoring_service.states import CourseBooking


@dataclass(frozen=True)
class Notice:
    """What is late in a course, and whether its students book themselves."""

    period: timedelta
    is_binding: bool

    def is_late(self, session: TutoringSession) -> bool:
        """Whether the notice for the session has passed."""
        return now() > session.booking.starts_at - self.period


def of(session: TutoringSession) -> Notice:
    """The notice in the session's course."""
    query = (
        select(Course.cancel_notice_hours, Course.booking)
        .join(Enrollment, Enrollment.course_id == Course.id)
        .where(Enrollment.id == session.booking.enrolled_courses_id)
    )
    hours, kind = db.session.execute(query).one()
    return Notice(timedelta(hours=hours), kind == CourseBooking.BOOK)


def check(changed: Sequence[TutoringSession]) -> None:
    """`DeadlinePassed` if the student may no longer cancel or move one of these, all of one enrolment."""
    if not changed:
        return
    first = min(changed, key=lambda session: session.booking.starts_at)
    notice = of(first)
    # No one is held to meet a person whom they block, or who blocks them.
    if notice.is_binding and notice.is_late(first) and not _are_kept_apart(first):
        raise DeadlinePassed(
            first.booking.starts_at - notice.period,
            "The notice of the course has passed; only the tutor may change the session now.",
        )


def _are_kept_apart(session: TutoringSession) -> bool:
    tutor_id, student_id = session.booking.tutor_id, session.booking.student_id
    return apart.is_apart(tutor_id, [tutor_id, student_id])
