"""RULES: what is left in study sessions of a person whose account is deleted."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from uuid import UUID, uuid4

from sqlalchemy import select

from chassis.clock import now
from chassis.data.stored_answers import forget_answers
from chassis.messaging.messages import Event
from study_session_service import cache, chat, lifecycle, reminders, rooms, seats
from study_session_service.geometry import Point, approximate
from study_session_service.models import (
    ChatMessage,
    LocationVisibility,
    Participant,
    StudySession,
    Waiting,
    apart,
    db,
)
from study_session_service.notifications import Happening, Kind, notify_once
from study_session_service.series.next_session import renew_next

REASON = "The host's account was deleted."
TITLE, SUBJECT = "A study session", "Study"


def on_user_deleted(event: Event) -> None:
    """Erase the person whose account the user-service has deleted."""
    erase(UUID(event.aggregate_id))


def erase(user_id: UUID) -> None:
    """Cancel what the person was going to host, end their part in the rest, erase what they wrote.

    An id that stands for no one replaces theirs: a caller who still has their token is a stranger.
    """
    no_one = uuid4()
    seats.in_turn(user_id)
    cancelled = []
    for session_id in _involving(user_id):
        cancelled += _erase_in(session_id, user_id, no_one)
    # At last, so that of a series each person is told once.
    for _, of_series in groupby(sorted(cancelled, key=_order), lambda each: _order(each)[0]):
        notify_once(Kind.SESSION_CANCELLED, list(of_series), reason=REASON)
    renew_next(*{each.session.series_id for each in cancelled})
    reminders.forget(user_id)
    apart.forget(user_id)
    forget_answers(db, user_id)


def _order(cancelled: Happening) -> tuple[str, datetime]:
    session = cancelled.session
    # One without a series is not told of together with others.
    return str(session.series_id or session.id), session.start_time


def _erase_in(session_id: UUID, user_id: UUID, no_one: UUID) -> list[Happening]:
    """Erase them there; the cancellation of which people are to be told, if it was one that they hosted."""
    cancelled = []
    session = lifecycle.locked(session_id)
    participant = _locked_participant(session_id, user_id)
    # What is over by the clock took place, whether or not that was written down: it is not cancelled.
    lifecycle.catch_up(session)
    if session.host_id == user_id:
        # First, so that what is told of the cancellation has none of the words.
        _erase_words(session)
        if session.is_open:
            cancelled.append(lifecycle.cancel_locked(session, REASON))
    if participant and participant.is_active:
        participant.is_active, participant.left_at = False, now()
        seats.release(participant)
    seats.stop_waiting(session_id, user_id)
    _erase_messages(session_id, user_id, no_one)
    if participant:
        participant.user_id = no_one
    if session.host_id == user_id:
        session.host_id = no_one
    # Of a session long over nothing is recorded, and the person's id is in the caches all the same.
    cache.forget(session_id)
    return cancelled


def _erase_words(session: StudySession) -> None:
    """Leave that there was a session then, and about where.

    What its host called it, and where exactly they met, is theirs: it may be their home.
    """
    session.title, session.subject = TITLE, SUBJECT
    session.description = session.venue_name = session.meeting_url = None
    if session.cancellation_reason:
        session.cancellation_reason = REASON
    about = approximate(Point(session.latitude, session.longitude))
    session.latitude = session.approximate_latitude = about.latitude
    session.longitude = session.approximate_longitude = about.longitude
    session.location_visibility = LocationVisibility.APPROXIMATE
    rooms.forget(session.id)


def _locked_participant(session_id: UUID, user_id: UUID) -> Participant | None:
    own = select(Participant).filter_by(session_id=session_id, user_id=user_id)
    locked = own.with_for_update(key_share=True)
    return db.session.scalar(locked.execution_options(populate_existing=True))


def _erase_messages(session_id: UUID, user_id: UUID, no_one: UUID) -> None:
    written = chat.conversation.written_by(user_id, session_id)
    if written:
        # All of the past, because it names them in more than in their messages.
        rooms.forget(session_id)
    for message in written:
        # First, so that what is told of the deletion does not name them.
        message.user_id, message.client_message_id = no_one, None
        chat.conversation.erase(message)


def _involving(user_id: UUID) -> Sequence[UUID]:
    """The sessions that the person is, was or wants to be in; in one order, because each gets locked."""
    rows = [
        select(kind.session_id).where(kind.user_id == user_id)
        for kind in (Participant, Waiting, ChatMessage)
    ]
    hosted = select(StudySession.id).where(StudySession.host_id == user_id)
    return sorted(db.session.scalars(hosted.union(*rows)))
