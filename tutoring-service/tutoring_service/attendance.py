"""RULES: the tutor marks who was there."""

from chassis.auth.tokens import Caller
from chassis.clock import now
from chassis.errors import Conflict, TooEarly
from tutoring_service import history, sessions
from tutoring_service.models import TutoringSession, db
from tutoring_service.roles import require
from tutoring_service.states import ChangeKind, Role, SessionStatus


class SessionCancelled(Conflict):
    """The session was cancelled."""

    code = "session_cancelled"


def mark(
    caller: Caller, session_id: int, tutor: str | None, student: str | None
) -> TutoringSession:
    """Mark both; None is unmarked. Who marked what stays in the session's history."""
    session, role = sessions.get(caller, session_id, lock=True)
    require(role, Role.TUTOR)
    if session.status == SessionStatus.CANCELLED:
        raise SessionCancelled
    if session.status == SessionStatus.SCHEDULED and now() < session.booking.starts_at:
        raise TooEarly(session.booking.starts_at)
    # A later mark replaces an earlier one: a student who comes late was perhaps marked absent.
    before = _marks(session)
    session.tutor_attendance_status, session.student_attendance_status = tutor, student
    if before != _marks(session):
        session.booking.version += 1
        history.note(session, ChangeKind.ATTENDANCE, caller.id, before, _marks(session))
    db.session.flush()
    return session


def _marks(session: TutoringSession) -> dict[str, str | None]:
    return {"tutor": session.tutor_attendance_status, "student": session.student_attendance_status}
