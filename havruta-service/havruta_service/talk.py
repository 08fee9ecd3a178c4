"""RULES: the conversation of the members, for as long as the havruta goes on."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Uuid, bindparam, func, select

from chassis.clock import now
from chassis.data import reads, statements
from chassis.errors import Forbidden, NotFound
from chassis.messaging.conversations import Conversation, MessageRow, fold, starting
from chassis.pages import Page
from havruta_service import havrutas, rooms
from havruta_service.models import Havruta, HavrutaMessage, Member, apart, db
from havruta_service.notifications import Kind, member_ids, notify

# After so much silence the other members are notified of a message: each one would be too many.
SILENCE = timedelta(minutes=30)
conversation = Conversation(
    db, HavrutaMessage, "havruta_id", number=rooms.NUMBER, tell=rooms.tell_of_message
)
LAST = (
    select(HavrutaMessage.created_at)
    .where(HavrutaMessage.havruta_id == bindparam("room_id", type_=Uuid))
    .order_by(HavrutaMessage.seq.desc())
    .limit(1)
)
BEFORE = select(*conversation.facts, LAST.scalar_subquery().label("last_at"))
# A row for a member, with the people whose words they do not want to see.
READING = select(
    func.array(apart.blocked_by(Member.user_id).scalar_subquery()).label("blocked")
).where(
    Member.havruta_id == bindparam("havruta_id", type_=Uuid),
    Member.user_id == bindparam("reader_id", type_=Uuid),
)


def send(
    havruta_id: UUID, author_id: UUID, content: str, client_message_id: str | None
) -> tuple[HavrutaMessage | MessageRow, bool]:
    """Send a message; it, and whether it is new: a retry finds what the first attempt has written."""
    havruta = havrutas.open_for(havruta_id, author_id)
    facts = conversation.facts_of(havruta_id, author_id)
    [before] = statements.execute(db.session, BEFORE, facts)
    message, is_new = conversation.send(havruta_id, author_id, content, client_message_id, before)
    if is_new:
        _notify(havruta, author_id, before)
    return message, is_new


def edit(havruta_id: UUID, author_id: UUID, message_id: UUID, content: str) -> HavrutaMessage:
    """Edit a message, within a quarter of an hour."""
    havrutas.open_for(havruta_id, author_id)
    return conversation.edit(havruta_id, author_id, message_id, content)


def delete(havruta_id: UUID, caller_id: UUID, message_id: UUID) -> None:
    """Delete a message, as its author or as the owner. What it said is gone."""
    # In an archived havruta, too: a message can be taken back for ever.
    havruta = havrutas.locked(havruta_id, caller_id)
    message = conversation.find(havruta_id, message_id)
    if caller_id not in {message.user_id, havruta.owner_id}:
        raise Forbidden("Its author or the owner may delete a message.", required="author")
    conversation.erase(message)


def history(
    havruta_id: UUID,
    reader_id: UUID,
    limit: int,
    cursor: str | None,
    before: int | None,
    after: int | None,
) -> Page[MessageRow]:
    """A page of the conversation, newest first: the last, or the next one before or after a message."""
    rows = reads.rows(db.session, READING, {"havruta_id": havruta_id, "reader_id": reader_id})
    if not rows:
        raise NotFound
    page = conversation.history(havruta_id, limit, starting(cursor, before, after))
    return fold(page, rows[0].blocked)


def _notify(havruta: Havruta, author_id: UUID, before: Row[Any]) -> None:
    """Have the others notified, if nobody has written for a while."""
    last_at: datetime | None = before.last_at
    if last_at is None or last_at + SILENCE <= now():
        # The message has counted it up past the entity.
        db.session.refresh(havruta, ["seq"])
        others = member_ids(havruta, without=author_id)
        notify(Kind.MESSAGE, havruta, others, actor=author_id)
