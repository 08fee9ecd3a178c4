"""RULES: the conversation of the participants."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Integer, Row, bindparam, func, insert, select

from chassis.clock import now
from chassis.data import statements
from chassis.data.limits import LimitReached, counting
from chassis.errors import (
    Conflict,
    DeadlinePassed,
    Forbidden,
    NotFound,
    TooManyRequests,
)
from chassis.pages import Page, decode, encode
from study_session_service import cache, lifecycle, rooms
from study_session_service.models import ChatMessage, apart, db
from study_session_service.rows import MessageRow, SessionRow, columns_of, fetch
from study_session_service.visibility import (
    DETAILS,
    VIEWER,
    require_inside,
    see_inside,
    seen_by,
    standing,
)

STAYS_OPEN = timedelta(hours=2)
EDITABLE = timedelta(minutes=15)
BURST, WINDOW = 10, timedelta(seconds=10)
# The length of a page when none is asked for.
KEPT = 50
KEPT_COLUMNS = tuple(column.key for column in ChatMessage.__table__.columns)

SEQ = bindparam("seq", type_=BigInteger)
MESSAGES = (
    select(*columns_of(ChatMessage, KEPT_COLUMNS))
    .where(ChatMessage.session_id == bindparam("session_id"))
    .limit(bindparam("limit", type_=Integer))
)
FROM_THE_END = MESSAGES.order_by(ChatMessage.seq.desc())
BEFORE = FROM_THE_END.where(ChatMessage.seq < SEQ)
AFTER = MESSAGES.where(ChatMessage.seq > SEQ).order_by(ChatMessage.seq)

OWN = select(ChatMessage.created_at).where(
    ChatMessage.session_id == bindparam("session_id"), ChatMessage.user_id == VIEWER
)
LAST_OF_BURST = (
    OWN.where(ChatMessage.created_at > bindparam("since"))
    .order_by(ChatMessage.created_at.desc())
    .offset(BURST - 1)
    .limit(1)
)
# What decides whether a person may write: of the session, of their seat, of what they wrote before.
FACTS = ("visibility", "cancelled_at", "ended_at", "ends_at")
STANDING = standing(
    FACTS,
    counting(OWN).scalar_subquery().label("written"),
    LAST_OF_BURST.scalar_subquery().label("last_of_burst"),
)
# Whether a person may read, and the people whose words they do not want to see.
READING = standing(DETAILS, func.array(apart.blocked_by(VIEWER).scalar_subquery()).label("blocked"))
NUMBER = rooms.NUMBER.cte("number")
NEW = columns_of(
    ChatMessage, ("session_id", "user_id", "content", "client_message_id", "created_at")
)
# Numbered and written in one statement, because the session's row is locked meanwhile.
SAY = (
    insert(ChatMessage)
    .from_select(
        [*NEW, ChatMessage.seq],
        # SQLAlchemy would take a value under the name of a column for a value of that column, in
        # the numbered session, too.
        select(
            *(bindparam(f"new_{column.key}", type_=column.type) for column in NEW),
            NUMBER.c.last_seq,
        ),
    )
    .returning(*columns_of(ChatMessage, KEPT_COLUMNS))
)


class MessageDeleted(Conflict):
    """The message was deleted."""

    code = "message_deleted"


class TooManyMessages(TooManyRequests):
    """You are writing too fast."""

    code = "too_many_messages"


class MessageLimitReached(LimitReached):
    """You have written as many messages in this session as one person may; `most` is how many."""

    code = "message_limit_reached"
    most = 2000


@dataclass(frozen=True)
class Start:
    """Where a read of the history begins and which way it goes: before the number, or after it."""

    seq: int
    forwards: bool = False


def send(
    session_id: UUID, author_id: UUID, content: str, client_message_id: str | None
) -> tuple[ChatMessage | MessageRow, bool]:
    """Send a message; it, and whether it is new: a retry finds what the first attempt has written."""
    before = _open_chat(session_id, author_id)
    if client_message_id and (known := _sent_as(session_id, author_id, client_message_id)):
        return known, False
    # After the look for a retry: its message was counted when it was new.
    _require_room(before)
    values = {
        "session_id": session_id,
        "new_session_id": session_id,
        "new_user_id": author_id,
        "new_content": content,
        "new_client_message_id": client_message_id,
        "new_created_at": now(),
    }
    [row] = statements.execute(db.session, SAY, values)
    message = _row(row)
    rooms.tell(session_id, message.seq, "message", message)
    return message, True


def edit(session_id: UUID, author_id: UUID, message_id: UUID, content: str) -> ChatMessage:
    """Edit a message, within a quarter of an hour."""
    _open_chat(session_id, author_id)
    message = _message(session_id, message_id)
    if message.user_id != author_id:
        raise Forbidden("Only its author may edit a message.", required="author")
    if message.deleted:
        raise MessageDeleted
    editable_until = message.created_at + EDITABLE
    if now() >= editable_until:
        raise DeadlinePassed(editable_until, "A message can be edited for 15 minutes.")
    message.content, message.edited_at = content, now()
    db.session.flush()
    rooms.record(session_id, "message_edited", message)
    return message


def delete(session_id: UUID, caller_id: UUID, message_id: UUID) -> None:
    """Delete a message, as its author or as the host. What it said is gone."""
    # In a closed chat, too: a message can be taken back for ever.
    see_inside(session_id, caller_id)
    session = lifecycle.locked(session_id)
    message = _message(session_id, message_id)
    if caller_id not in {message.user_id, session.host_id}:
        raise Forbidden("Its author or the host may delete a message.", required="author")
    if not message.deleted:
        erase(message)


def erase(message: ChatMessage) -> None:
    """Leave nothing of the message but its number. Its session's row is locked."""
    message.content, message.deleted_at = "", now()
    db.session.flush()
    rooms.record(message.session_id, "message_deleted", message, takes_back=message.id)


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
    page = _conversation(seen.session, limit, _start(cursor, before, after))
    for message in page.items:
        message.folded = message.user_id in row.blocked
    return page


def _conversation(session: SessionRow, limit: int, start: Start | None) -> Page[MessageRow]:
    if start is None and limit <= KEPT:
        messages, more = _latest(session)
        return _page(messages[:limit], more or len(messages) > limit)
    rows = _read(session.id, limit + 1, start)
    return _page(rows[:limit], len(rows) > limit, forwards=start is not None and start.forwards)


def _page(
    messages: Sequence[MessageRow], more: bool, *, forwards: bool = False
) -> Page[MessageRow]:
    """These messages, the nearest to the start of the read first, as a page with the newest first."""
    following = encode([int(forwards), messages[-1].seq]) if more else None
    return Page(messages[::-1] if forwards else messages, following)


def _start(cursor: str | None, before: int | None, after: int | None) -> Start | None:
    if cursor:
        forwards, seq = decode(cursor, [int, int])
        return Start(seq, forwards == 1)
    if after is not None:
        return Start(after, forwards=True)
    return None if before is None else Start(before)


def _read(session_id: UUID, count: int, start: Start | None) -> Sequence[MessageRow]:
    """So many messages from there on, the nearest first."""
    query = FROM_THE_END
    if start:
        query = AFTER if start.forwards else BEFORE
    values = {"session_id": session_id, "limit": count, "seq": start and start.seq}
    return [_row(row) for row in fetch(query, values)]


def _row(row: Row[Any]) -> MessageRow:
    return MessageRow(**dict(zip(KEPT_COLUMNS, row, strict=True)))


def _latest(session: SessionRow) -> tuple[Sequence[MessageRow], bool]:
    """The last messages, and whether there are more."""
    key = cache.chat_key(session.id)
    if kept := cache.get(key, session.last_seq):
        found = [cache.deserialize(ChatMessage, message) for message in kept["messages"]]
        return [MessageRow(**message) for message in found], kept["more"]
    rows = _read(session.id, KEPT + 1, None)
    messages, more = rows[:KEPT], len(rows) > KEPT
    plain = [cache.serialize(message, KEPT_COLUMNS) for message in messages]
    cache.put(key, session.last_seq, cache.CHAT_LIFETIME, {"messages": plain, "more": more})
    return messages, more


def _open_chat(session_id: UUID, author_id: UUID) -> Row[Any]:
    """Lock the session, if this person may write in it now; what they wrote before."""
    lifecycle.lock(session_id)
    at = now()
    values = {
        "session_id": session_id,
        "viewer_id": author_id,
        "since": at - WINDOW,
        "most": MessageLimitReached.most,
    }
    # Asked under the lock: no one is removed between this and the writing.
    [found] = statements.execute(db.session, STANDING, values)
    seen = seen_by(found, FACTS, at)
    require_inside(seen)
    open_until = seen.session.closed_at + STAYS_OPEN
    if at >= open_until:
        raise DeadlinePassed(open_until, "The chat closes two hours after the session.")
    return found


def _sent_as(session_id: UUID, author_id: UUID, client_message_id: str) -> ChatMessage | None:
    own = select(ChatMessage).filter_by(session_id=session_id, user_id=author_id)
    return db.session.scalar(own.filter_by(client_message_id=client_message_id))


def _require_room(before: Row[Any]) -> None:
    """`TooManyMessages` if the author wrote ten in ten seconds, `MessageLimitReached` after the last one."""
    if before.last_of_burst:
        wait = (before.last_of_burst + WINDOW - now()).total_seconds()
        raise TooManyMessages(retry_after=max(1, math.ceil(wait)))
    if before.written >= MessageLimitReached.most:
        raise MessageLimitReached


def _message(session_id: UUID, message_id: UUID) -> ChatMessage:
    message = db.session.get(ChatMessage, message_id, populate_existing=True)
    if message is None or message.session_id != session_id:
        raise NotFound
    return message
