"""RULES: which people are notified of what happens to a session. The user-service notifies them."""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select

from chassis.clock import rfc3339
from study_session_service.models import Participant, StudySession, db, messages
from study_session_service.rows import SessionRow


class Kind(StrEnum):
    SESSION_MOVED = "session_moved"
    SESSION_CANCELLED = "session_cancelled"
    WAITLIST_PROMOTION = "waitlist_promotion"
    PERSON_JOINED = "person_joined"
    PERSON_LEFT = "person_left"
    REMOVED = "removed"
    MADE_HOST = "made_host"


# What a notification needs to know of the session.
FACTS = ("title", "host_id", "start_time", "started_at", "ended_at", "cancelled_at", "ends_at")


def notify(
    session: StudySession | SessionRow,
    kind: Kind,
    people: Iterable[UUID],
    seq: int,
    *,
    actor: UUID | None = None,
    **facts: str | bool | None,
) -> None:
    """Have these people notified, except the one who did it. `seq` is the number of what happened."""
    readers = [str(user_id) for user_id in people if user_id != actor]
    if not readers:
        return
    data = {
        "session_id": str(session.id),
        "title": session.title,
        "starts_at": rfc3339(session.starts_at),
        "path": f"/api/study-sessions/{session.id}",
        **facts,
    }
    content = {
        "user_ids": readers,
        "kind": kind,
        "data": data,
        "author": str(session.host_id),
        "words": ["title", "reason"],
    }
    aggregate_id = f"study_session:{session.id}"
    messages.publish_event("notification.requested", aggregate_id, seq, content, actor=actor)


def people_in(session_id: UUID) -> Sequence[UUID]:
    """The people who have a seat in the session, in the order of joining."""
    active = select(Participant.user_id).where(
        Participant.session_id == session_id, Participant.is_active
    )
    return db.session.scalars(active.order_by(Participant.joined_at)).all()
