"""RULES: what those who watch a havruta or one of its sessions are told, and who may watch.

Every event takes the next number of its room, under the lock of the room's row, which the caller
holds. Writing an event flushes: whatever else changes in the row is set before, because a row that
is updated twice while many wait for it can deadlock with them.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from chassis.auth.tokens import Caller
from chassis.errors import NotFound
from havruta_service.models import Havruta, HavrutaSession, Member, db, messages

HAVRUTA = "havruta"
SESSION = "havruta-session"


def tell_havruta(
    havruta: Havruta, event: str, data: dict[str, Any], *, members_changed: Sequence[UUID] = ()
) -> None:
    """Tell whoever watches the havruta."""
    havruta.seq += 1
    messages.publish_live(
        f"{HAVRUTA}:{havruta.id}", havruta.seq, event, data, members_changed=members_changed
    )


def tell_session(
    session: HavrutaSession, event: str, data: dict[str, Any], *, gone: Sequence[UUID] | None = ()
) -> None:
    """Tell whoever watches the session; those who are `gone` may not watch any longer, None is any
    of them.
    """
    session.seq += 1
    messages.publish_live(f"{SESSION}:{session.id}", session.seq, event, data, members_changed=gone)


def notify(
    session: HavrutaSession,
    havruta: Havruta,
    kind: str,
    user_ids: Sequence[UUID],
    actor: UUID,
    **facts: Any,
) -> None:
    """Have people notified about a session."""
    if not user_ids:
        return
    data = {
        "title": havruta.name,
        "book": havruta.book,
        "path": f"/api/havruta-sessions/{session.id}",
        **facts,
    }
    content = {"user_ids": [str(user_id) for user_id in user_ids], "kind": kind, "data": data}
    # An event has to have a version that grows; the number of the last live event does.
    messages.publish_event("notification.requested", havruta.id, havruta.seq, content, actor=actor)


def may_watch_havruta(caller: Caller, room_id: str) -> int:
    """The number of the last event of a havruta; for its members."""
    query = select(Havruta.seq).join(Member, Member.havruta_id == Havruta.id)
    return _seq(query.where(Havruta.id == _id(room_id), Member.user_id == caller.id))


def may_watch_session(caller: Caller, room_id: str) -> int:
    """The number of the last event of a session; for the members of its havruta."""
    query = select(HavrutaSession.seq).join(Member, Member.havruta_id == HavrutaSession.havruta_id)
    return _seq(query.where(HavrutaSession.id == _id(room_id), Member.user_id == caller.id))


def _seq(query: Any) -> int:
    seq: int | None = db.session.scalar(query)
    if seq is None:
        raise NotFound
    return seq


def _id(room_id: str) -> UUID:
    try:
        return UUID(room_id)
    except ValueError:
        raise NotFound from None
