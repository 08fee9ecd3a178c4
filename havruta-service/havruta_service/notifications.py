"""RULES: what members are notified of outside the rooms."""

from enum import StrEnum
from typing import Any
from uuid import UUID

from chassis.clock import rfc3339
from havruta_service import havrutas
from havruta_service.models import Havruta, HavrutaSession, messages


class Kind(StrEnum):
    """What members are notified of."""

    STARTED = "havruta_session_started"
    MOVED = "session_moved"
    CANCELLED = "session_cancelled"


def notify_others(
    kind: Kind, havruta: Havruta, session: HavrutaSession, *, actor: UUID, **facts: Any
) -> None:
    """Have all members notified about a session, except the one who did it. The havruta is locked."""
    # No one needs to be told of what they did themselves.
    others = havrutas.member_ids(havruta, without=actor)
    if not others:
        return
    data = {
        "title": havruta.name,
        "book": havruta.book,
        "path": f"/api/havruta-sessions/{session.id}",
        "starts_at": rfc3339(session.starts_at),
        **facts,
    }
    content = {
        "user_ids": [str(user_id) for user_id in others],
        "kind": kind,
        "data": data,
        "author": str(actor),
        "words": ["reason"],
    }
    # An event has to have a version that grows; the number of the last live event does.
    messages.publish_event(
        "notification.requested", f"havruta_session:{session.id}", havruta.seq, content, actor=actor
    )
