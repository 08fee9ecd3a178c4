"""RULES: what follows in study sessions when people are kept apart, and when an admin hides something."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import and_, or_, select

from chassis.messaging.apart import BLOCKED
from chassis.messaging.messages import Event
from study_session_service import cache, lifecycle, seats
from study_session_service.models import StudySession, Waiting, db


def on_kept_apart(event: Event) -> None:
    """Act on a block or a suspension, or on the end of one, which has been noted."""
    # Strangers do not see the sessions of people who are suspended.
    cache.forget_active_sessions()
    if event.type == BLOCKED:
        _stop_waiting(UUID(event.data["blocker_id"]), UUID(event.data["blocked_id"]))


def _stop_waiting(one: UUID, other: UUID) -> None:
    """Take each of two people off the waitlists of sessions that the other hosts."""
    for session_id, user_id in _waits(one, other):
        lifecycle.lock(session_id)
        seats.stop_waiting(session_id, user_id)


def _waits(one: UUID, other: UUID) -> Sequence[tuple[UUID, UUID]]:
    """The sessions and who waits, in one order, because each session gets locked."""
    between = or_(
        and_(StudySession.host_id == one, Waiting.user_id == other),
        and_(StudySession.host_id == other, Waiting.user_id == one),
    )
    waits = select(Waiting.session_id, Waiting.user_id).join(
        StudySession, StudySession.id == Waiting.session_id
    )
    rows = db.session.execute(waits.where(between).order_by(Waiting.session_id))
    return [(row.session_id, row.user_id) for row in rows]
