"""RULES: what follows when people are kept apart; what is reported, and what an admin hides."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import and_, or_, select

from chassis.clock import now
from chassis.errors import NotFound
from chassis.json_schema import IDENTIFIER, TEXT
from chassis.messaging.apart import BLOCKED
from chassis.messaging.contracts import reads
from chassis.messaging.messages import Event
from study_session_service import cache, chat, lifecycle, seats
from study_session_service.models import ChatMessage, Participant, StudySession, Waiting, db
from study_session_service.series.next_session import renew_next
from study_session_service.visibility import look


@dataclass(frozen=True)
class Reported:
    """Who wrote something, and what it says."""

    author_id: UUID
    words: Mapping[str, str | None]


@reads(optional=("blocker_id", "blocked_id"), blocker_id=IDENTIFIER, blocked_id=IDENTIFIER)
def on_kept_apart(event: Event) -> None:
    """Act on a block or a suspension, or on the end of one, which has been noted."""
    # Strangers do not see the sessions of people who are suspended.
    cache.forget_active_sessions()
    if event.type == BLOCKED:
        _stop_waiting(UUID(event.data["blocker_id"]), UUID(event.data["blocked_id"]))


def reported_session(session_id: UUID, reporter_id: UUID) -> Reported:
    """A session that the person may see, or might if it were not kept from them."""
    seen = look(session_id, reporter_id)
    if not replace(seen, is_out_of_reach=False).is_known:
        raise NotFound
    session = seen.session
    words = {name: getattr(session, name) for name in ("title", "subject", "description")}
    return Reported(session.host_id, words)


def reported_message(message_id: UUID, reporter_id: UUID) -> Reported:
    """A message in a session that the person is or was in."""
    message = db.session.get(ChatMessage, message_id)
    if message is None or message.deleted:
        raise NotFound
    of_reporter = select(Participant.id).filter_by(
        session_id=message.session_id, user_id=reporter_id
    )
    if db.session.scalar(of_reporter) is None:
        raise NotFound
    return Reported(message.user_id, {"content": message.content})


@reads(about=TEXT, about_id=IDENTIFIER)
def on_content_hidden(event: Event) -> None:
    """Hide what an admin has decided to hide, if it is a session or a message of one."""
    about, about_id = event.data["about"], UUID(event.data["about_id"])
    if about == "study_session":
        _hide_session(about_id)
    elif about == "message":
        _hide_message(about_id)


def _hide_session(session_id: UUID) -> None:
    session = db.session.get(StudySession, session_id, populate_existing=True)
    if session is None:
        return
    # Those of a series say the same. A session without one is like no other.
    alike = and_(
        StudySession.series_id.is_not(None),
        StudySession.series_id == session.series_id,
        StudySession.host_id == session.host_id,
    )
    # In one order, because each gets locked.
    shown = (
        select(StudySession)
        .where(or_(StudySession.id == session_id, alike), StudySession.hidden_at.is_(None))
        .order_by(StudySession.id)
        .with_for_update(key_share=True)
    )
    for each in db.session.scalars(shown, execution_options={"populate_existing": True}):
        each.hidden_at = now()
        cache.forget(each.id)
    renew_next(session.series_id)


def _hide_message(message_id: UUID) -> None:
    message = db.session.get(ChatMessage, message_id)
    if message is None:
        return
    # Its author and the host delete and edit under this lock.
    lifecycle.lock(message.session_id)
    db.session.refresh(message)
    chat.conversation.erase(message)


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
