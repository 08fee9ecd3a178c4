"""RULES: a session is started, completed, cancelled. Doing it again changes nothing."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from chassis.auth.tokens import Caller
from chassis.clock import now
from chassis.errors import InvalidTransition, TooEarly
from tutoring_service import notifications, reminders, sessions
from tutoring_service.models import Course, Enrollment, TutoringSession, db
from tutoring_service.notifications import Kind
from tutoring_service.roles import require
from tutoring_service.scheduling import series
from tutoring_service.states import Role, Scope, SessionStatus

EARLY = timedelta(minutes=15)
ALLOWED = {
    SessionStatus.IN_PROGRESS: {SessionStatus.SCHEDULED},
    SessionStatus.COMPLETED: {SessionStatus.IN_PROGRESS},
    SessionStatus.CANCELLED: {SessionStatus.SCHEDULED, SessionStatus.IN_PROGRESS},
}


def start(caller: Caller, session_id: int) -> TutoringSession:
    """The tutor begins."""
    session, role = sessions.get(caller, session_id, lock=True)
    require(role, Role.TUTOR)
    if session.status == SessionStatus.IN_PROGRESS:
        return session
    _check(session, SessionStatus.IN_PROGRESS)
    earliest = session.booking.starts_at - EARLY
    if now() < earliest:
        raise TooEarly(earliest, "A session can be started from 15 minutes before it begins.")
    session.status = SessionStatus.IN_PROGRESS
    session.booking.started_at = now()
    return _settled(session)


def complete(caller: Caller, session_id: int, topics_covered: list[str] | None) -> TutoringSession:
    """The tutor ends it and may say what was covered."""
    session, role = sessions.get(caller, session_id, lock=True)
    require(role, Role.TUTOR)
    if session.status == SessionStatus.COMPLETED:
        return session
    _check(session, SessionStatus.COMPLETED)
    session.status = SessionStatus.COMPLETED
    session.booking.completed_at = now()
    session.booking.held = False
    if topics_covered is not None:
        session.topics_covered = topics_covered
    return _settled(session)


def cancel(caller: Caller, session_id: int, reason: str | None, scope: str) -> TutoringSession:
    """The tutor or the student calls off the session, or what is still to come of its series."""
    session, role = sessions.get(caller, session_id, lock=True)
    require(role, Role.TUTOR, Role.STUDENT)
    if scope == Scope.THIS or session.booking.series_id is None:
        if session.status == SessionStatus.CANCELLED:
            return session
        _check(session, SessionStatus.CANCELLED)
        session.booking.detached = session.booking.series_id is not None
        cancel_all([session], reason, caller.id)
    else:
        cancel_all(series.affected(session, scope, detached=True), reason, caller.id)
    return session


def cancel_all(
    cancelled: Sequence[TutoringSession], reason: str | None, actor: UUID, told: Iterable[UUID] = ()
) -> None:
    """Call off these sessions of one enrolment, and tell the others once; `told` if they are not
    all of them.
    """
    if not cancelled:
        return
    notice = _notice(cancelled[0])
    for session in cancelled:
        booking = session.booking
        session.status = SessionStatus.CANCELLED
        booking.held = False
        booking.cancelled_at, booking.cancelled_by, booking.cancellation_reason = (
            now(),
            actor,
            reason,
        )
        booking.late_cancel = now() > booking.starts_at - notice
        booking.version += 1
        booking.sequence += 1
    reminders.forget(session.id for session in cancelled)
    db.session.flush()
    first = cancelled[0].booking
    people = list(told) or notifications.everyone(first)
    notifications.tell(
        Kind.SESSION_CANCELLED,
        people,
        first,
        actor,
        count=len(cancelled),
        late=first.late_cancel,
        reason=reason,
    )


def _check(session: TutoringSession, to: SessionStatus) -> None:
    if session.status not in ALLOWED[to]:
        raise InvalidTransition(str(session.status), to)


def _settled(session: TutoringSession) -> TutoringSession:
    session.booking.version += 1
    reminders.forget([session.id])
    db.session.flush()
    return session


def _notice(session: TutoringSession) -> timedelta:
    """How long before a session cancelling it is in time."""
    hours = (
        select(Course.cancel_notice_hours)
        .join(Enrollment, Enrollment.course_id == Course.id)
        .where(Enrollment.id == session.enrolled_courses_id)
    )
    return timedelta(hours=db.session.scalar(hours) or 0)
