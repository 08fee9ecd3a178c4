"""RULES: what is told live in the rooms of a havruta and of its sessions, and who may watch.

Every event takes the next number of its room, under the lock of the room's row, which the caller holds.
Telling flushes: whatever else changes in the row is set before, because a row that is updated twice while
many wait for it can deadlock with them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, select

from chassis.auth.tokens import Caller
from chassis.errors import NotFound
from havruta_service.models import Havruta, HavrutaSession, Member, db, messages

HAVRUTA = "havruta"
SESSION = "havruta-session"


@dataclass(frozen=True)
class Departed:
    """A person who left; nothing more is left of them in the room."""

    user_id: UUID


def tell_havruta(havruta: Havruta, event: str, about: object, *, gone: Sequence[UUID] = ()) -> None:
    """Tell everyone who watches the havruta. Those who are `gone` may not watch any longer."""
    havruta.seq += 1
    # What is told is what is stored: the flush sets times and defaults.
    db.session.flush()
    room = f"{HAVRUTA}:{havruta.id}"
    messages.publish_live(room, havruta.seq, event, about, members_changed=gone)


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
    query = select(Havruta.seq).join(Member, Member.havruta_id == Havruta.id)
    return _seq(query.where(Havruta.id == _id(room_id), Member.user_id == caller.id))


def may_watch_session(caller: Caller, room_id: str) -> int:
    """The number of the last event of a session; for the members of its havruta."""
    query = select(HavrutaSession.seq).join(Member, Member.havruta_id == HavrutaSession.havruta_id)
    return _seq(query.where(HavrutaSession.id == _id(room_id), Member.user_id == caller.id))


def _seq(query: Select[int]) -> int:
    seq = db.session.scalar(query)
    if seq is None:
        raise NotFound
    return seq


def _id(room_id: str) -> UUID:
    try:
        return UUID(room_id)
    except ValueError:
        raise NotFound from None
