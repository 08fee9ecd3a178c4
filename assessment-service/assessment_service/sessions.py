"""RULES: sessions: whose they are, how they stand, how they are abandoned."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Integer, Row, Select, Uuid, bindparam, select

from assessment_service import expiry, versions
from assessment_service.models import AssessmentSession, SessionStatus, db
from assessment_service.versions import Pinned
from chassis.clock import now
from chassis.data import reads
from chassis.data.keyset import after_bound, after_values
from chassis.errors import Conflict, Gone, NotFound
from chassis.pages import Page, cut

# A list shows no result, which may be large.
IN_LISTS = [column for column in AssessmentSession.__table__.columns if column.key != "result"]


class SessionState(StrEnum):
    """The status of a session as the clock has it."""

    ACTIVE = "active"
    COMPLETED = "completed"
    ABANDONED = "user_abandoned_not_completed"
    EXPIRED = "expired"


class SessionNotFound(NotFound):
    """There is no such session, or it is not yours."""

    code = "session_not_found"


class SessionExpired(Gone):
    """Nothing happened in this session for 30 days, and it takes no more changes."""

    code = "session_expired"


class SessionEnded(Conflict):
    """The session has ended."""

    code = "session_ended"

    def __init__(self, state: SessionState) -> None:
        # `status` in a problem document is the HTTP status (RFC 9457), so the state has a name of its own.
        super().__init__("It takes no more changes.", session_status=state)


class NotValidReason(StrEnum):
    """Why a session cannot go on."""

    NOT_FOUND = "not_found"
    EXPIRED = "expired"
    COMPLETED = "completed"
    ABANDONED = "abandoned"


@dataclass(frozen=True)
class Progress:
    """How far a session has come. 100.0 means that nothing is missing, or that it is completed."""

    questions_answered: int
    questions_total: int
    total_xp: int
    completed: bool = False

    @property
    def percentage(self) -> float:
        """In steps of a tenth, rounded down."""
        if self.completed:
            return 100.0
        if not self.questions_total:
            return 0.0
        return 1000 * self.questions_answered // self.questions_total / 10


@dataclass(frozen=True)
class Standing:
    """A session, or the row of one that is only shown, with the version it is pinned to."""

    session: AssessmentSession | Row[Any]
    version: Pinned

    @property
    def state(self) -> SessionState:
        """What is stored, or that it expired since."""
        if expiry.has_expired(self.session, now()):
            return SessionState.EXPIRED
        return SessionState(self.session.status)

    @property
    def ends_at(self) -> datetime | None:
        """When it ended. Of an open session, when its time limit is over; None without one."""
        if self.state == SessionState.ACTIVE:
            return self.session.ends_at
        # What was abandoned or forgotten ended with the last thing that was done in it.
        return self.session.completed_at or self.session.last_activity

    @property
    def expires_at(self) -> datetime | None:
        """When it expires if nothing happens before."""
        if self.state != SessionState.ACTIVE:
            return None
        return self.session.last_activity + expiry.LIFETIME

    @property
    def progress(self) -> Progress:
        return Progress(
            self.session.questions_answered,
            len(self.version.questions),
            self.session.total_xp,
            completed=self.session.status == SessionStatus.COMPLETED,
        )


@dataclass(frozen=True)
class Validation:
    """Whether a session can go on, and if not, why."""

    valid: bool
    reason: NotValidReason | None
    standing: Standing | None

    @property
    def progress(self) -> Progress | None:
        if self.standing is None:
            return None
        return self.standing.progress


def find(session_id: str, user_id: UUID | None, *, lock: bool = False) -> AssessmentSession:
    """The session, if it is the caller's or has no owner: then the id itself is the permission."""
    query = (
        select(AssessmentSession)
        .filter_by(session_id=session_id)
        .execution_options(populate_existing=True)
    )
    if lock:
        query = query.with_for_update()
    session = db.session.scalar(query)
    if session is None or session.user_id not in {None, user_id}:
        raise SessionNotFound
    return session


def refuse_closed(status: SessionStatus, *, expired: bool) -> None:
    """Raise what fits if a session takes no more changes."""
    if expired:
        raise SessionExpired
    if status != SessionStatus.ACTIVE:
        raise SessionEnded(SessionState(status))


def open_session(session_id: str, user_id: UUID | None) -> AssessmentSession:
    """The session, locked, if it still takes changes."""
    session = find(session_id, user_id, lock=True)
    refuse_closed(session.status, expired=expiry.has_expired(session, now()))
    return session


def standing(session: AssessmentSession) -> Standing:
    return Standing(session, versions.pinned(session.version_id))


def validate(session_id: str, user_id: UUID | None) -> Validation:
    """Whether the session can go on. Changes nothing, not even when it was last active."""
    try:
        found = standing(find(session_id, user_id))
    except SessionNotFound:
        return Validation(False, NotValidReason.NOT_FOUND, None)
    if found.state == SessionState.ACTIVE:
        return Validation(True, None, found)
    return Validation(False, NotValidReason[found.state.name], found)


def list_own(user_id: UUID, state: str | None, limit: int, cursor: str | None) -> Page[Standing]:
    """A person's sessions, newest first."""
    query = _own(state, follows=bool(cursor))
    values = {"user_id": user_id, "at": now(), "limit": limit + 1}
    rows = reads.rows(db.session, query, values | after_values(cursor, [int]))
    known = versions.pin_all(row.version_id for row in rows)
    found = [Standing(row, known[row.version_id]) for row in rows]
    return cut(found, limit, lambda item: (item.session.id,))


@cache
def _own(state: str | None, *, follows: bool) -> Select[*tuple[Any, ...]]:
    """The statement for a page of a person's sessions, built once for each state."""
    is_own = AssessmentSession.user_id == bindparam("user_id", type_=Uuid)
    query = select(*IN_LISTS).where(is_own)
    has_expired = expiry.expired(bindparam("at", type_=DateTime(timezone=True)))
    if state == SessionState.EXPIRED:
        query = query.where(has_expired)
    elif state:
        query = query.where(AssessmentSession.status == SessionStatus(state), ~has_expired)
    if follows:
        query = query.where(after_bound([AssessmentSession.id], descending=True))
    return query.order_by(AssessmentSession.id.desc()).limit(bindparam("limit", type_=Integer))


def abandon(session_id: str, user_id: UUID | None) -> Standing:
    """Leave the session for good; its answers are kept. Twice is once."""
    session = find(session_id, user_id, lock=True)
    if session.status != SessionStatus.ABANDONED:
        refuse_closed(session.status, expired=expiry.has_expired(session, now()))
        session.status = SessionStatus.ABANDONED
        db.session.flush()
    return standing(session)
