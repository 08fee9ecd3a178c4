"""RULES: from starting soon to live to finished, or cancelled before.

The clock decides: `status_at` is what holds, and no read waits until it is written down. A write
writes it down first (`catch_up`), and the worker does so for the sessions that are not touched (`sweep`).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, bindparam, delete, or_, select

from chassis.clock import now
from chassis.data import statements
from chassis.errors import Conflict, Forbidden, InvalidTransition, NotFound, TooEarly
from chassis.versions import ANY, ExpectedVersion
from study_session_service import rooms
from study_session_service.models import SessionFacts, Status, StudySession, Waiting, db
from study_session_service.notifications import Happening, Kind, notify_once, people_in
from study_session_service.visibility import see

EARLIEST_START = timedelta(minutes=15)
# All of a batch stay locked until the last is written down, and joins and chats wait for that.
BATCH = 100

LOCK = (
    select(StudySession.id)
    .where(StudySession.id == bindparam("session_id"))
    # The weaker lock lets the foreign keys of new participants and messages through.
    .with_for_update(key_share=True)
)


class SessionEnded(Conflict):
    """The session has ended."""

    code = "session_ended"


class SessionCancelled(Conflict):
    """The session was cancelled."""

    code = "session_cancelled"


def start(session_id: UUID, host_id: UUID) -> StudySession:
    """Go live, from a quarter of an hour before the announced time on."""
    session = hosted(session_id, host_id)
    if session.status == Status.LIVE:
        return session
    _require(session, Status.STARTING_SOON, to=Status.LIVE)
    earliest = session.start_time - EARLIEST_START
    if now() < earliest:
        raise TooEarly(earliest, "A session can be started from 15 minutes before its start_time.")
    _go_live(session, now())
    return session


def finish(session_id: UUID, host_id: UUID) -> StudySession:
    """End a live session before its time."""
    session = hosted(session_id, host_id)
    if session.status != Status.FINISHED:
        _require(session, Status.LIVE, to=Status.FINISHED)
        _finish(session, now())
    return session


def cancel(session_id: UUID, host_id: UUID, reason: str | None = None) -> StudySession:
    """Cancel a session that has not begun."""
    session = hosted(session_id, host_id)
    if session.status != Status.CANCELLED:
        _require(session, Status.STARTING_SOON, to=Status.CANCELLED)
        notify_once(
            Kind.SESSION_CANCELLED, [cancel_locked(session, reason)], actor=host_id, reason=reason
        )
    return session


def cancel_locked(session: StudySession, reason: str | None) -> Happening:
    """Cancel the locked session, whatever it is doing; of what people are to be told."""
    session.status, session.cancelled_at = Status.CANCELLED, now()
    session.cancellation_reason = reason
    seq = _record(session, "cancelled")
    return Happening(session, seq, [*people_in(session.id), *_dismiss_waiting(session.id)])


def lock(session_id: UUID) -> None:
    """Lock the session's row against other writers."""
    if not statements.execute(db.session, LOCK, {"session_id": session_id}):
        raise NotFound


def locked(session_id: UUID) -> StudySession:
    """The session, its row locked as by `lock`."""
    # The weaker lock lets the foreign keys of new participants and messages through.
    session = db.session.get(
        StudySession, session_id, with_for_update={"key_share": True}, populate_existing=True
    )
    if session is None:
        raise NotFound
    return session


def hosted(session_id: UUID, user_id: UUID, *, expected: ExpectedVersion = ANY) -> StudySession:
    """The session, locked and caught up; `Forbidden` unless this person is its host.

    `PreconditionFailed` unless its version is the expected one.
    """
    # Before the lock, so that a caller who may not even see the session holds no one up.
    see(session_id, user_id)
    session = locked(session_id)
    if session.host_id != user_id:
        raise Forbidden("Only the host may do this.", required="host")
    # Compared before the clock's changes are written down: those would outdate what the client has
    # just read.
    expected.check(session.version)
    catch_up(session)
    return session


def require_open(session: SessionFacts) -> None:
    """`SessionEnded` or `SessionCancelled` unless the session goes on or is yet to come."""
    status = session.status_at(now())
    if status == Status.FINISHED:
        raise SessionEnded(session_status=status)
    if status == Status.CANCELLED:
        raise SessionCancelled(session_status=status)


def catch_up(session: StudySession) -> None:
    """Write down in the locked session what the clock has decided."""
    status = session.status_at(now())
    # One that was not touched while it went on goes live and ends here: watchers are told both, in order.
    if session.status == Status.STARTING_SOON and status in {Status.LIVE, Status.FINISHED}:
        _go_live(session, session.start_time)
    if session.status == Status.LIVE and status == Status.FINISHED:
        _finish(session, session.ends_at)


def sweep() -> int:
    """Write down what the clock has decided about sessions not touched; how many were in this batch."""
    at = now()
    due = or_(
        StudySession.ends_at <= at,
        and_(StudySession.status == Status.STARTING_SOON, StudySession.start_time <= at),
    )
    batch = (
        select(StudySession)
        .where(StudySession.is_open, due)
        .limit(BATCH)
        # A session that is being changed comes with the next round; the rest of the batch does not wait.
        .with_for_update(skip_locked=True, key_share=True)
        .execution_options(populate_existing=True)
    )
    sessions = db.session.scalars(batch).all()
    for session in sessions:
        catch_up(session)
    return len(sessions)


def _go_live(session: StudySession, at: datetime) -> None:
    session.status, session.started_at = Status.LIVE, at
    _record(session, "live")


def _finish(session: StudySession, at: datetime) -> None:
    session.status, session.ended_at = Status.FINISHED, at
    _record(session, "finished")
    _dismiss_waiting(session.id)


def _record(session: StudySession, event: str) -> int:
    session.version += 1
    # Before it is told: the database computes `ends_at` from what was just set.
    db.session.flush()
    return rooms.record(session.id, event, session)


def _dismiss_waiting(session_id: UUID) -> Sequence[UUID]:
    dismissal = delete(Waiting).where(Waiting.session_id == session_id).returning(Waiting.user_id)
    return db.session.scalars(dismissal).all()


def _require(session: StudySession, status: Status, *, to: Status) -> None:
    if session.status != status:
        raise InvalidTransition(session.status, to)
