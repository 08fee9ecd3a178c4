"""RULES: what happens in a session is numbered, and told live to those who watch it."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    DateTime,
    Integer,
    Row,
    Uuid,
    any_,
    bindparam,
    literal,
    select,
    update,
)

from chassis.auth.tokens import Caller
from chassis.clock import now
from chassis.data import statements
from chassis.errors import NotFound
from study_session_service import cache
from study_session_service.models import Participant, StudySession, apart, db, messages
from study_session_service.rows import fetch
from study_session_service.visibility import see_inside

KIND = "study-session"

NUMBER = (
    update(StudySession)
    .where(StudySession.id == bindparam("room_id"))
    # What is said about a session is no change of the session.
    .values(last_seq=StudySession.last_seq + 1, updated_at=StudySession.updated_at)
    .returning(StudySession.last_seq)
)
LAST = (
    select(StudySession.last_seq)
    .where(StudySession.id == bindparam("room_id", type_=Uuid))
    .scalar_subquery()
)
# `SeenSession.is_inside`, as SQL.
INSIDE = (
    select(StudySession.id, StudySession.last_seq)
    .join(Participant, Participant.session_id == StudySession.id)
    .where(Participant.user_id == bindparam("user_id", type_=Uuid), Participant.is_active)
)
AMONG = INSIDE.where(StudySession.id == any_(bindparam("ids", type_=ARRAY(Uuid))))
NOT_OVER = (
    INSIDE.where(
        StudySession.is_open, StudySession.ends_at > bindparam("at", type_=DateTime(timezone=True))
    )
    .order_by(StudySession.starts_at, StudySession.id)
    .limit(bindparam("limit", type_=Integer))
)


def may_watch(caller: Caller, session_id: str) -> int:
    """The number of the session's last event, for an active participant."""
    try:
        seen = see_inside(UUID(session_id), caller.id)
    except ValueError:
        raise NotFound from None
    last_seq: int = seen.session.last_seq
    return last_seq


def may_watch_of(caller: Caller, session_ids: Collection[str]) -> Mapping[str, int]:
    """The numbers of the last events of those of these sessions in which the caller is active."""
    return _seqs(fetch(AMONG, {"user_id": caller.id, "ids": _uuids_in(session_ids)}))


def rooms_of(caller: Caller, limit: int) -> Mapping[str, int]:
    """The same of the sessions that are not over, the earliest first."""
    return _seqs(fetch(NOT_OVER, {"user_id": caller.id, "at": now(), "limit": limit}))


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
    [row] = statements.execute(db.session, NUMBER, {"room_id": session_id})
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


def tell_of_message(
    session_id: UUID, seq: int | None, event: str, message: object, takes_back: UUID | None
) -> None:
    """Tell what became of a message; without a number it takes the next one."""
    number = next_seq(session_id) if seq is None else seq
    tell(session_id, number, event, message, takes_back=takes_back)


def forget(session_id: UUID) -> None:
    """Take back what watchers can still be given of the past: something of it was deleted."""
    messages.clear_room(f"{KIND}:{session_id}")


def _seqs(rows: Sequence[Row[Any]]) -> Mapping[str, int]:
    return {str(row.id): row.last_seq for row in rows}


def _uuids_in(session_ids: Collection[str]) -> list[UUID]:
    """Those that are UUIDs: any text may come here."""
    found: list[UUID] = []
    for session_id in session_ids:
        with suppress(ValueError):
            found.append(UUID(session_id))
    return found
