"""RULES: a session is started, completed, cancelled, which done again changes nothing; or deleted."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, update

from chassis.auth.tokens import Caller
from chassis.clock import now
from chassis.errors import InvalidTransition, TooEarly
from tutoring_service import calendars, notifications, reminders, sessions
from tutoring_service.models import SessionBooking, SessionSeries, TutoringSession, db
from tutoring_service.notifications import Kind
from tutoring_service.roles import require
from tutoring_service.scheduling import notice, series
from tutoring_service.scheduling.notice import Notice
from tutoring_service.states import Role, Scope, SessionStatus

EARLY = timedelta(minutes=15)
DELETED = "deleted"
ALLOWED = {
    SessionStatus.IN_PROGRESS: {SessionStatus.SCHEDULED},
    SessionStatus.COMPLETED: {SessionStatus.IN_PROGRESS},
    SessionStatus.CANCELLED: {SessionStatus.SCHEDULED, SessionStatus.IN_PROGRESS},
}


def start(caller: Caller, session_id: int) -> TutoringSession:
    """The tutor begins."""
    session, role = sessions.get(caller, session_id, lock=True)
    require(role, Role.TUTOR)
    # Pressed twice, or sent again by a client that got no answer.
    if session.status == SessionStatus.IN_PROGRESS:
        return session
    _check(session, SessionStatus.IN_PROGRESS)
    earliest = session.booking.starts_at - EARLY
    if now() < earliest:
        raise TooEarly(earliest, "A session can be started from 15 minutes before it begins.")
    session.status = SessionStatus.IN_PROGRESS
    session.booking.started_at = now()
    _finalize(session)
    return session


def complete(caller: Caller, session_id: int, topics_covered: list[str] | None) -> TutoringSession:
    """The tutor ends it and may say what was covered; `TooEarly` before it was to begin."""
    session, role = sessions.get(caller, session_id, lock=True)
    require(role, Role.TUTOR)
    if session.status == SessionStatus.COMPLETED:
        return session
    _check(session, SessionStatus.COMPLETED)
    # It may have been started before that, but counts as long as it was planned.
    if now() < session.booking.starts_at:
        raise TooEarly(session.booking.starts_at, "A session is completed once it has begun.")
    session.status = SessionStatus.COMPLETED
    session.booking.completed_at = now()
    # It no longer takes the time of either: one that ended early leaves the rest free.
    session.booking.held = False
    if topics_covered is not None:
        session.topics_covered = topics_covered
    _finalize(session)
    return session


def cancel(caller: Caller, session_id: int, reason: str | None, scope: str) -> TutoringSession:
    """The tutor or the student cancels the session, or what is still to come of its series; `DeadlinePassed`
    for a student who books themselves, once the notice has passed.
    """
    session, role = sessions.get(caller, session_id, lock=True)
    require(role, Role.TUTOR, Role.STUDENT)
    if scope != Scope.THIS and session.booking.series_id is not None:
        # A series ends with all its occurrences, those that were moved alone among them.
        meant = series.affected(session, scope, detached=True)
        if role == Role.STUDENT:
            notice.check(meant)
        cancel_all(meant, reason, caller.id)
        return session
    if session.status == SessionStatus.CANCELLED:
        return session
    _check(session, SessionStatus.CANCELLED)
    if role == Role.STUDENT:
        notice.check([session])
    # Left out of its series alone: a change of the series does not bring it back.
    session.booking.detached = session.booking.series_id is not None
    cancel_all([session], reason, caller.id)
    return session


def cancel_all(cancelled: Sequence[TutoringSession], reason: str | None, actor: UUID) -> None:
    """Cancel these sessions of one enrolment, which are locked, and tell the others once."""
    if not cancelled:
        return
    # All are of one enrolment, and so of one course.
    terms = notice.of(cancelled[0])
    for session in cancelled:
        _cancel(session, reason, actor, terms)
    reminders.forget(cancelled)
    db.session.flush()
    first = cancelled[0].booking
    notifications.tell(
        Kind.SESSION_CANCELLED,
        notifications.everyone(first),
        first,
        actor,
        calendar=calendars.told_of(cancelled),
        count=len(cancelled),
        late=first.late_cancel,
        reason=reason,
    )


def remove(caller: Caller, session_id: int) -> None:
    """Delete a session that was never started; the others are told that it is cancelled."""
    session, role = sessions.get(caller, session_id, lock=True)
    require(role, Role.TUTOR, Role.ADMIN)
    if session.booking.started_at or session.status in (
        SessionStatus.IN_PROGRESS,
        SessionStatus.COMPLETED,
    ):
        raise InvalidTransition(str(session.status), DELETED, "A session that was started is kept.")
    # Of one that was cancelled they have been told already.
    if session.status == SessionStatus.SCHEDULED:
        cancel_all([session], None, caller.id)
    _keep_revisions(session.booking)
    # In SQL: the database deletes what hangs on it, which the ORM would read first.
    db.session.execute(delete(TutoringSession).where(TutoringSession.id == session_id))


def _keep_revisions(booking: SessionBooking) -> None:
    """Count those of an occurrence that is being deleted for its series, if it is in one."""
    if booking.series_id is not None:
        # The rule that leaves it out is one, too.
        revisions = SessionSeries.sequence + booking.sequence + 1
        of_series = update(SessionSeries).where(SessionSeries.id == booking.series_id)
        db.session.execute(of_series.values(sequence=revisions))


def _cancel(session: TutoringSession, reason: str | None, actor: UUID, terms: Notice) -> None:
    booking = session.booking
    session.status = SessionStatus.CANCELLED
    booking.held = False
    booking.cancelled_at = now()
    booking.cancelled_by = actor
    booking.cancellation_reason = reason
    # Kept as it was at that moment: the tutor may change the course's notice later.
    booking.late_cancel = terms.is_late(session)
    booking.version += 1
    booking.sequence += 1


def _check(session: TutoringSession, to: SessionStatus) -> None:
    if session.status not in ALLOWED[to]:
        raise InvalidTransition(str(session.status), to)


def _finalize(session: TutoringSession) -> None:
    session.booking.version += 1
    reminders.forget([session])
    db.session.flush()
