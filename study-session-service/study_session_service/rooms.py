"""RULES: what happens in a session is numbered, told to whoever watches it, and told to other services."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from chassis.clock import rfc3339
from study_session_service import cache
from study_session_service.models import Participant, StudySession, db, messages

KIND = "study-session"
NEWS = {
    "rescheduled": "session_moved",
    "cancelled": "session_cancelled",
    "promoted": "waitlist_promotion",
}


def record(
    session_id: UUID,
    event: str,
    data: dict[str, Any] | None = None,
    *,
    members_changed: Sequence[UUID] = (),
) -> int:
    """Note that this happened; its number. Locks the session's row, so numbers follow the order of
    commits.
    """
    number = (
        update(StudySession)
        .where(StudySession.id == session_id)
        # What is said about a session is no change of the session.
        .values(last_seq=StudySession.last_seq + 1, updated_at=StudySession.updated_at)
        .returning(StudySession.last_seq)
        .execution_options(synchronize_session=False)
    )
    seq: int = db.session.execute(number).scalar_one()
    messages.publish_live(
        f"{KIND}:{session_id}", seq, event, data or {}, members_changed=members_changed
    )
    cache.forget(session_id)
    return seq


def forget(session_id: UUID) -> None:
    """Take back what watchers can still be given of the past: something of it was deleted."""
    messages.clear_room(f"{KIND}:{session_id}")


def announce(
    session_id: UUID,
    event: str,
    seq: int,
    concerned: Sequence[UUID],
    *,
    actor: UUID | None = None,
    **data: Any,
) -> None:
    """Tell other services about the event with this number, and whom it concerns; to them it may be news."""
    content = {"user_ids": [str(user_id) for user_id in concerned], **data}
    messages.publish_event(f"study_session.{event}", session_id, seq, content, actor=actor)
    readers = [user_id for user_id in concerned if user_id != actor]
    if event in NEWS and readers:
        _notify(session_id, seq, NEWS[event], readers, actor)


def present(session_id: UUID) -> Sequence[UUID]:
    """The people who have a seat in the session, first come first."""
    active = select(Participant.user_id).where(
        Participant.session_id == session_id, Participant.is_active
    )
    return db.session.scalars(active.order_by(Participant.joined_at)).all()


def _notify(
    session_id: UUID, seq: int, kind: str, readers: Sequence[UUID], actor: UUID | None
) -> None:
    session = db.session.get_one(StudySession, session_id)
    facts = {
        "session_id": str(session_id),
        "title": session.title,
        "starts_at": rfc3339(session.start_time),
        "path": f"/api/study-sessions/{session_id}",
    }
    content = {"user_ids": [str(user_id) for user_id in readers], "kind": kind, "data": facts}
    messages.publish_event("notification.requested", session_id, seq, content, actor=actor)
