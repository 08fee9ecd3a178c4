"""RULES: the conversation of the participants, open until two hours after the session."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func

from chassis.clock import now
from chassis.data import statements
from chassis.errors import DeadlinePassed, Forbidden, NotFound
from chassis.messaging.conversations import Conversation, MessageRow, fold, starting
from chassis.pages import Page
from study_session_service import cache, lifecycle, rooms
from study_session_service.models import ChatMessage, apart, db
from study_session_service.rows import SessionRow, fetch
from study_session_service.visibility import (
    DETAILS,
    VIEWER,
    require_inside,
    see_inside,
    seen_by,
    standing,
)

STAYS_OPEN = timedelta(hours=2)
# The length of a page when none is asked for.
KEPT = 50
KEPT_COLUMNS = tuple(column.key for column in ChatMessage.__table__.columns)
conversation = Conversation(
    db,
    ChatMessage,
    "session_id",
    number=rooms.NUMBER,
    last=rooms.LAST,
    tell=rooms.tell_of_message,
)
# What decides whether a person may write: of the session, of their seat, of what they wrote before.
FACTS = ("visibility", "cancelled_at", "ended_at", "ends_at")
STANDING = standing(FACTS, *conversation.facts)
# Whether a person may read, and the people whose words they do not want to see.
READING = standing(DETAILS, func.array(apart.blocked_by(VIEWER).scalar_subquery()).label("blocked"))


def send(
    session_id: UUID, author_id: UUID, content: str, client_message_id: str | None
) -> tuple[ChatMessage | MessageRow, bool]:
    """Send a message; it, and whether it is new: a retry finds what the first attempt has written."""
    before = _open_chat(session_id, author_id)
    return conversation.send(session_id, author_id, content, client_message_id, before)


def edit(session_id: UUID, author_id: UUID, message_id: UUID, content: str) -> ChatMessage:
    """Edit a message, within a quarter of an hour."""
    _open_chat(session_id, author_id)
    return conversation.edit(session_id, author_id, message_id, content)


def delete(session_id: UUID, caller_id: UUID, message_id: UUID) -> None:
    """Delete a message, as its author or as the host. What it said is gone."""
    # In a closed chat, too: a message can be taken back for ever.
    see_inside(session_id, caller_id)
    session = lifecycle.locked(session_id)
    message = conversation.find(session_id, message_id)
    if caller_id not in {message.user_id, session.host_id}:
        raise Forbidden("Its author or the host may delete a message.", required="author")
    conversation.erase(message)


def history(
    session_id: UUID,
    reader_id: UUID,
    limit: int,
    cursor: str | None,
    before: int | None,
    after: int | None,
) -> Page[MessageRow]:
    """A page of the conversation, newest first: the last, or the next one before or after a message."""
    rows = fetch(READING, {"session_id": session_id, "viewer_id": reader_id})
    if not rows:
        raise NotFound
    [row] = rows
    seen = seen_by(row, DETAILS, now())
    require_inside(seen)
    latest = partial(_latest, seen.session) if limit <= KEPT else None
    start, event = starting(cursor, before, after), seen.session.last_seq
    page = conversation.history(session_id, limit, start, event=event, latest=latest)
    return fold(page, row.blocked)


def _latest(session: SessionRow) -> tuple[Sequence[MessageRow], bool]:
    """The last messages, and whether there are more."""
    key = cache.chat_key(session.id)
    if kept := cache.get(key, session.last_seq):
        found = [cache.deserialize(ChatMessage, message) for message in kept["messages"]]
        return [MessageRow(**message) for message in found], kept["more"]
    rows = conversation.read(session.id, KEPT + 1, None, session.last_seq)
    messages, more = rows[:KEPT], len(rows) > KEPT
    plain = [cache.serialize(message, KEPT_COLUMNS) for message in messages]
    cache.put(key, session.last_seq, cache.CHAT_LIFETIME, {"messages": plain, "more": more})
    return messages, more


def _open_chat(session_id: UUID, author_id: UUID) -> Row[Any]:
    """Lock the session, if this person may write in it now; what they wrote before."""
    lifecycle.lock(session_id)
    at = now()
    who = {"session_id": session_id, "viewer_id": author_id}
    values = {**who, **conversation.facts_of(session_id, author_id)}
    # Asked under the lock: no one is removed between this and the writing.
    [found] = statements.execute(db.session, STANDING, values)
    seen = seen_by(found, FACTS, at)
    require_inside(seen)
    open_until = seen.session.closed_at + STAYS_OPEN
    if at >= open_until:
        raise DeadlinePassed(open_until, "The chat closes two hours after the session.")
    return found
