"""RULES: what becomes of the sessions and words of somebody whose account is deleted."""

from collections.abc import Sequence
from uuid import UUID, uuid4

from sqlalchemy import select

from chassis.clock import now
from chassis.data.stored_answers import forget_answers
from chassis.messaging.messages import Event
from study_session_service import cache, chat, lifecycle, seats
from study_session_service.models import ChatMessage, Participant, StudySession, Waiting, db

REASON = "The host's account was deleted."


def on_user_deleted(event: Event) -> None:
    """Call off what the person was going to host, end their part in the rest, erase what they wrote.

    An id that stands for nobody takes their place: whoever still has their token is a stranger.
    """
    user_id, nobody = UUID(event.aggregate_id), uuid4()
    for session_id in _involving(user_id):
        _depart(session_id, user_id, nobody)
    forget_answers(db, user_id)


def _depart(session_id: UUID, user_id: UUID, nobody: UUID) -> None:
    own = (
        select(Participant)
        .filter_by(session_id=session_id, user_id=user_id)
        .with_for_update(key_share=True)
    )
    participant = db.session.scalar(own.execution_options(populate_existing=True))
    session = lifecycle.locked(session_id)
    # What is over by the clock took place, whether or not that was written down: it is not called
    # off.
    lifecycle.catch_up(session)
    if session.host_id == user_id and session.is_open:
        lifecycle.call_off(session, REASON)
    if participant and participant.is_active:
        participant.is_active, participant.left_at = False, now()
        seats.release(participant, "left")
    seats.stop_waiting(session_id, user_id)
    for message in db.session.scalars(
        select(ChatMessage).filter_by(session_id=session_id, user_id=user_id)
    ):
        # First, so that what is told of the deletion does not name them.
        message.user_id = nobody
        if not message.deleted:
            chat.erase(message)
    if participant:
        participant.user_id = nobody
    if session.host_id == user_id:
        session.host_id = nobody
    # Of a session long over nothing is recorded, and the person's id is in the caches all the same.
    cache.forget(session_id)


def _involving(user_id: UUID) -> Sequence[UUID]:
    """The sessions that the person is, was or wants to be in, always in the same order: each gets locked."""
    rows = [
        select(kind.session_id).where(kind.user_id == user_id)
        for kind in (Participant, Waiting, ChatMessage)
    ]
    hosted = select(StudySession.id).where(StudySession.host_id == user_id)
    return sorted(db.session.scalars(hosted.union(*rows)))
