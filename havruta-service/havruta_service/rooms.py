"""RULES: what is told live in the rooms of a havruta and of its sessions, and who may watch.

Every event takes the next number of its room, under the lock of the room's row, which the caller holds.
Telling flushes: whatever else changes in the row is set before, because a row that is updated twice while
many wait for it can deadlock with them.
"""

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Select, and_, bindparam, or_, select, update

from chassis.auth.tokens import Caller
from chassis.clock import now
from chassis.errors import NotFound
from havruta_service.models import (
    MISSED_AFTER,
    Havruta,
    HavrutaSession,
    Member,
    SessionStatus,
    apart,
    db,
    messages,
)

SOON = timedelta(days=1)
HAVRUTA = "havruta"
SESSION = "havruta-session"

# Past the entity: a rule that changes that afterwards reads it again.
NUMBER = (
    update(Havruta)
    .where(Havruta.id == bindparam("room_id"))
    # What is said in a havruta is no change of it.
    .values(seq=Havruta.seq + 1, updated_at=Havruta.updated_at)
    .returning(Havruta.seq)
)


@dataclass(frozen=True)
class Departed:
    """A person who left; nothing more is left of them in the room."""

    user_id: UUID


def tell_havruta(
    havruta: Havruta,
    event: str,
    about: object,
    *,
    gone: Sequence[UUID] = (),
    takes_back: UUID | None = None,
) -> None:
    """Tell everyone who watches the havruta. Those who are `gone` may not watch any longer.

    `takes_back` is the id of what was deleted: what was told about it before is given to no one any more.
    """
    havruta.seq += 1
    # What is told is what is stored: the flush sets times and defaults.
    db.session.flush()
    room = f"{HAVRUTA}:{havruta.id}"
    messages.publish_live(
        room, havruta.seq, event, about, members_changed=gone, takes_back=takes_back
    )


def tell_in(
    havruta_id: UUID | None, event: str, about: object, *, takes_back: UUID | None = None
) -> None:
    """The same by the id of the havruta, which is locked; nothing to tell without one."""
    havruta = havruta_id and db.session.get(Havruta, havruta_id)
    if havruta:
        tell_havruta(havruta, event, about, takes_back=takes_back)


def tell_of_message(
    havruta_id: UUID, seq: int | None, event: str, message: object, takes_back: UUID | None
) -> None:
    """Tell what became of a message; without a number it takes the next one."""
    if seq is None:
        tell_in(havruta_id, event, message, takes_back=takes_back)
    else:
        messages.publish_live(f"{HAVRUTA}:{havruta_id}", seq, event, message)


def blocked_by(caller: Caller) -> Collection[UUID]:
    """The people whom the caller blocks: what they write is folded for them."""
    return db.session.scalars(apart.blocked_by(caller.id)).all()


def forget_havruta(havruta_id: UUID) -> None:
    """Take back what watchers of the havruta can still be given of the past: something of it was deleted."""
    messages.clear_room(f"{HAVRUTA}:{havruta_id}")


def tell_session(
    session: HavrutaSession, event: str, about: object, *, gone: Sequence[UUID] | None = ()
) -> None:
    """Tell everyone who watches the session. Those who are `gone` may not watch any longer; None may be
    any of them.
    """
    session.seq += 1
    db.session.flush()
    room = f"{SESSION}:{session.id}"
    messages.publish_live(room, session.seq, event, about, members_changed=gone)


def may_watch_havruta(caller: Caller, room_id: str) -> int:
    """The number of the last event of a havruta; for its members."""
    return _only(may_watch_havrutas(caller, [room_id]))


def may_watch_havrutas(caller: Caller, room_ids: Collection[str]) -> Mapping[str, int]:
    """The same for those of these havrutas of which the caller is a member."""
    return _seqs(_havrutas_of(caller).where(Havruta.id.in_(_uuids_in(room_ids))))


def havrutas_of(caller: Caller, limit: int) -> Mapping[str, int]:
    """The same for the caller's havrutas that are not archived, the newest first."""
    query = _havrutas_of(caller).where(Havruta.archived_at.is_(None))
    return _seqs(query.order_by(Member.joined_at.desc(), Havruta.id).limit(limit))


def may_watch_session(caller: Caller, room_id: str) -> int:
    """The number of the last event of a session; for the members of its havruta."""
    return _only(may_watch_sessions(caller, [room_id]))


def may_watch_sessions(caller: Caller, room_ids: Collection[str]) -> Mapping[str, int]:
    """The same for those of these sessions whose havruta has the caller as a member."""
    return _seqs(_sessions_of(caller).where(HavrutaSession.id.in_(_uuids_in(room_ids))))


def sessions_of(caller: Caller, limit: int) -> Mapping[str, int]:
    """The same for the caller's sessions that go on, or are to begin within a day, the earliest first."""
    at, session = now(), HavrutaSession
    is_active = session.status == SessionStatus.ACTIVE
    is_to_begin = and_(
        session.status == SessionStatus.SCHEDULED,
        session.start_time > at - MISSED_AFTER,
        session.start_time < at + SOON,
    )
    query = _sessions_of(caller).where(or_(is_active, is_to_begin))
    return _seqs(query.order_by(session.start_time, session.id).limit(limit))


def _havrutas_of(caller: Caller) -> Select[UUID, int]:
    query = select(Havruta.id, Havruta.seq).join(Member, Member.havruta_id == Havruta.id)
    return query.where(Member.user_id == caller.id)


def _sessions_of(caller: Caller) -> Select[UUID, int]:
    its = Member.havruta_id == HavrutaSession.havruta_id
    query = select(HavrutaSession.id, HavrutaSession.seq).join(Member, its)
    return query.where(Member.user_id == caller.id)


def _seqs(query: Select[UUID, int]) -> Mapping[str, int]:
    return {str(room_id): seq for room_id, seq in db.session.execute(query)}


def _only(seqs: Mapping[str, int]) -> int:
    """The number of the one room that was asked about; `NotFound` if it may not be watched."""
    for seq in seqs.values():
        return seq
    raise NotFound


def _uuids_in(room_ids: Collection[str]) -> list[UUID]:
    """Those that are UUIDs: any text may come here."""
    found: list[UUID] = []
    for room_id in room_ids:
        with suppress(ValueError):
            found.append(UUID(room_id))
    return found
