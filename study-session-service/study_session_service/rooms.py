"""RULES: what happens in a session is numbered, and told live to those who watch it."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import Uuid, bindparam, literal, update

from chassis.auth.tokens import Caller
from chassis.data import statements
from chassis.errors import NotFound
from study_session_service import cache
from study_session_service.models import StudySession, apart, db, messages
from study_session_service.visibility import see_inside

KIND = "study-session"

NUMBER = (
    update(StudySession)
    .where(StudySession.id == bindparam("session_id"))
    # What is said about a session is no change of the session.
    .values(last_seq=StudySession.last_seq + 1, updated_at=StudySession.updated_at)
    .returning(StudySession.last_seq)
)


def may_watch(caller: Caller, session_id: str) -> int:
    """The number of the session's last event, for an active participant."""
    try:
        seen = see_inside(UUID(session_id), caller.id)
    except ValueError:
        raise NotFound from None
    last_seq: int = seen.session.last_seq
    return last_seq


def blocked_by(caller: Caller) -> Collection[UUID]:
    """The people whom the caller blocks: what they write is folded for them."""
    return db.session.scalars(apart.blocked_by(literal(caller.id, Uuid))).all()


def record(
    session_id: UUID,
    event: str,
    resource: object,
    *,
    members_changed: Sequence[UUID] = (),
    takes_back: UUID | None = None,
) -> int:
    """Number what happened and tell it, with the row that it is about; the number.

    `takes_back` is the id of what was deleted: what was told about it before is given to no one any more.
    """
    seq = next_seq(session_id)
    tell(session_id, seq, event, resource, members_changed=members_changed, takes_back=takes_back)
    return seq


def next_seq(session_id: UUID) -> int:
    """The number of what happens next. Locks the session's row, so numbers follow the order of commits."""
    [row] = statements.execute(db.session, NUMBER, {"session_id": session_id})
    seq: int = row.last_seq
    return seq


def tell(
    session_id: UUID,
    seq: int,
    event: str,
    resource: object,
    *,
    members_changed: Sequence[UUID] = (),
    takes_back: UUID | None = None,
) -> None:
    """Tell those who watch what has this number. The row is told as it is now, so it is flushed before."""
    room = f"{KIND}:{session_id}"
    messages.publish_live(
        room, seq, event, resource, members_changed=members_changed, takes_back=takes_back
    )
    cache.forget(session_id)


def forget(session_id: UUID) -> None:
    """Take back what watchers can still be given of the past: something of it was deleted."""
    messages.clear_room(f"{KIND}:{session_id}")
