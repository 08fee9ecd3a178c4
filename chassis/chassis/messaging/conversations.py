"""Conversations: what people write to each other in a room, numbered with all else that happens there.

A service says which rooms it has, and who may write, edit, delete and read in one. The rest is the same for
all. A message is written once however often it is sent, by the id that its client gave it. Ten in ten seconds
are enough for anyone. An author edits for a quarter of an hour. What is deleted leaves its number alone. The
history is read from any message, in both directions.

The room's row is locked before anything is written: the number of its last event orders messages as they
were committed.
"""

import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from uuid import UUID

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    BigInteger,
    Integer,
    Row,
    ScalarSelect,
    String,
    Text,
    Update,
    Uuid,
    bindparam,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql.dml import ReturningInsert

from chassis.clock import now
from chassis.data import reads, replica_reads, statements
from chassis.data.limits import LimitReached, counting
from chassis.errors import Conflict, DeadlinePassed, Forbidden, NotFound, TooManyRequests
from chassis.pages import Page, decode, encode

EDITABLE = timedelta(minutes=15)
BURST, WINDOW = 10, timedelta(seconds=10)

Message = TypeVar("Message", bound="MessageColumns")


class MessageDeleted(Conflict):
    """The message was deleted."""

    code = "message_deleted"


class TooManyMessages(TooManyRequests):
    """You are writing too fast."""

    code = "too_many_messages"


class MessageLimitReached(LimitReached):
    """You have written as many messages here as one person may; `most` is how many."""

    code = "message_limit_reached"
    most = 2000


class MessageFacts:
    """What follows from the columns of a message, of an entity as of a row that is only read."""

    if TYPE_CHECKING:
        content: Mapped[str]
        deleted_at: Mapped[datetime | None]

    @property
    def deleted(self) -> bool:
        return self.deleted_at is not None

    @property
    def words(self) -> str | None:
        """What it says; nothing once deleted."""
        return None if self.deleted else self.content


class MessageColumns(MessageFacts):
    """The columns of a table of messages, next to that of its room. `seq` is the number of the event."""

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("gen_random_uuid()"))
    user_id: Mapped[UUID]
    content: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(default=now, server_default=func.now())
    seq: Mapped[int] = mapped_column(BigInteger)
    client_message_id: Mapped[str | None] = mapped_column(String(100))
    edited_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]


class MessageRow(MessageFacts, SimpleNamespace):
    """The columns of a message that is only read. `folded` says whether its reader blocks the author."""


@dataclass(frozen=True)
class Start:
    """Where a read of the history begins and which way it goes: before the number, or after it."""

    seq: int
    forwards: bool = False


class Conversation(Generic[Message]):
    """The messages of the rooms of one kind, whose id stands in the column `room`.

    `number` counts up the last event of the room `room_id`, and returns it; `last` is that number. `tell`
    says live what has happened: in which room, the number of the event, or None for the next, its type, the
    message, and the id of the message that it takes back.
    """

    def __init__(
        self,
        db: SQLAlchemy,
        kind: type[Message],
        room: str,
        *,
        number: Update,
        last: ScalarSelect[int] | None = None,
        tell: Callable[[UUID, int | None, str, Any, UUID | None], None],
    ) -> None:
        self._db, self._kind, self._room, self._tell = db, kind, room, tell
        table = kind.__table__  # type: ignore[attr-defined]  # a mixin has none: its models do
        self._names = tuple(column.key for column in table.columns)
        self._columns = [getattr(kind, name) for name in self._names]
        in_room = getattr(kind, room) == bindparam("room_id", type_=Uuid)
        by_author = kind.user_id == bindparam("author_id", type_=Uuid)
        own = select(kind.created_at).where(in_room, by_author)
        burst = own.where(kind.created_at > bindparam("since")).order_by(kind.created_at.desc())
        # What decides whether an author may write once more; a service reads it with what else decides.
        self.facts = (
            counting(own).scalar_subquery().label("written"),
            burst.offset(BURST - 1).limit(1).scalar_subquery().label("last_of_burst"),
        )
        self.saying = self._saying(number)
        page = select(*self._columns).where(in_room).limit(bindparam("limit", type_=Integer))
        seq = bindparam("seq", type_=BigInteger)
        self._last = page.order_by(kind.seq.desc())
        self._is_shown = None if last is None else last >= bindparam("event", type_=BigInteger)
        self._before = self._last.where(kind.seq < seq)
        self._after = page.where(kind.seq > seq).order_by(kind.seq)

    def _saying(self, number: Update) -> ReturningInsert[Any]:
        """Number and write in one statement, because the room's row is locked meanwhile."""
        counted = number.cte("number")
        names = (self._room, "user_id", "content", "client_message_id", "created_at")
        new = [getattr(self._kind, name) for name in names]
        # SQLAlchemy would take a value under the name of a column for a value of that column, in the
        # numbered room, too.
        values = [bindparam(f"new_{column.key}", type_=column.type) for column in new]
        row = select(*values, *counted.c)
        writing = insert(self._kind).from_select([*new, self._kind.seq], row)
        return writing.returning(*self._columns)

    def facts_of(self, room_id: UUID, author_id: UUID) -> dict[str, Any]:
        """The values that `facts` are bound to."""
        since = now() - WINDOW
        most = MessageLimitReached.most
        return {"room_id": room_id, "author_id": author_id, "since": since, "most": most}

    def send(
        self,
        room_id: UUID,
        author_id: UUID,
        content: str,
        client_message_id: str | None,
        before: Row[Any],
    ) -> tuple[Message | MessageRow, bool]:
        """Write a message; it, and whether it is new: a retry finds what the first attempt has written.

        The room's row is locked, and the author may write in it. `before` has the `facts` about them.
        """
        if client_message_id and (known := self._sent_as(room_id, author_id, client_message_id)):
            return known, False
        # After the look for a retry: its message was counted when it was new.
        _require_room(before)
        values = {
            "room_id": room_id,
            f"new_{self._room}": room_id,
            "new_user_id": author_id,
            "new_content": content,
            "new_client_message_id": client_message_id,
            "new_created_at": now(),
        }
        [row] = statements.execute(self._db.session, self.saying, values)
        message = self._row(row)
        self._tell(room_id, message.seq, "message", message, None)
        return message, True

    def edit(self, room_id: UUID, author_id: UUID, message_id: UUID, content: str) -> Message:
        """Edit a message, within a quarter of an hour. The room's row is locked."""
        message = self.find(room_id, message_id)
        if message.user_id != author_id:
            raise Forbidden("Only its author may edit a message.", required="author")
        if message.deleted:
            raise MessageDeleted
        editable_until = message.created_at + EDITABLE
        if now() >= editable_until:
            raise DeadlinePassed(editable_until, "A message can be edited for 15 minutes.")
        message.content, message.edited_at = content, now()
        self._db.session.flush()
        self._tell(room_id, None, "message_edited", message, None)
        return message

    def erase(self, message: Message) -> None:
        """Leave nothing of the message but its number. Its room's row is locked."""
        if message.deleted:
            return
        message.content, message.deleted_at = "", now()
        self._db.session.flush()
        room_id: UUID = getattr(message, self._room)
        self._tell(room_id, None, "message_deleted", message, message.id)

    def find(self, room_id: UUID, message_id: UUID) -> Message:
        """The message as it is now; `NotFound` if the room has none of this id."""
        message = self._db.session.get(self._kind, message_id, populate_existing=True)
        if message is None or getattr(message, self._room) != room_id:
            raise NotFound
        return message

    def written_by(self, user_id: UUID, room_id: UUID) -> Sequence[Message]:
        """What a person has written in the room, deleted or not."""
        own = select(self._kind).filter_by(**{self._room: room_id, "user_id": user_id})
        return self._db.session.scalars(own).all()

    def history(
        self,
        room_id: UUID,
        limit: int,
        start: Start | None,
        *,
        event: int | None = None,
        latest: Callable[[], tuple[Sequence[MessageRow], bool]] | None = None,
    ) -> Page[MessageRow]:
        """A page of the conversation, newest first: the last messages, or the next ones from there on.

        `event` is the number of the room's last event. `latest` gives the last messages, and whether there
        are more, if they are kept somewhere.
        """
        if start is None and latest:
            messages, more = latest()
            return _page(messages[:limit], more or len(messages) > limit)
        rows = self.read(room_id, limit + 1, start, event)
        return _page(rows[:limit], len(rows) > limit, forwards=start is not None and start.forwards)

    def read(
        self, room_id: UUID, count: int, start: Start | None, event: int | None = None
    ) -> Sequence[MessageRow]:
        """So many messages from there on, the nearest first.

        A replica may be asked if it shows the room's event of this number.
        """
        query = self._last
        if start:
            query = self._after if start.forwards else self._before
        seq = start and start.seq
        values = {"room_id": room_id, "limit": count, "seq": seq, "event": event}
        if event is None or self._is_shown is None:
            rows = reads.rows(self._db.session, query, values)
        else:
            rows = replica_reads.rows_where(self._db.session, self._is_shown, query, values)
        return [self._row(row) for row in rows]

    def _sent_as(self, room_id: UUID, author_id: UUID, client_id: str) -> Message | None:
        own = select(self._kind).filter_by(**{self._room: room_id, "user_id": author_id})
        return self._db.session.scalar(own.filter_by(client_message_id=client_id))

    def _row(self, row: Row[Any]) -> MessageRow:
        return MessageRow(**dict(zip(self._names, row, strict=True)))


def starting(cursor: str | None, before: int | None, after: int | None) -> Start | None:
    """Where a read begins that has a cursor, or the number of a message; None is at the end."""
    if cursor:
        forwards, seq = decode(cursor, [int, int])
        return Start(seq, forwards == 1)
    if after is not None:
        return Start(after, forwards=True)
    return None if before is None else Start(before)


def fold(page: Page[MessageRow], blocked: Collection[UUID]) -> Page[MessageRow]:
    """The page with a mark on the messages of people whom the reader blocks."""
    for message in page.items:
        message.folded = message.user_id in blocked
    return page


def _page(
    messages: Sequence[MessageRow], more: bool, *, forwards: bool = False
) -> Page[MessageRow]:
    """These messages, the nearest to the start of the read first, as a page with the newest first."""
    following = encode([int(forwards), messages[-1].seq]) if more else None
    return Page(messages[::-1] if forwards else messages, following)


def _require_room(before: Row[Any]) -> None:
    """`TooManyMessages` if the author wrote ten in ten seconds, `MessageLimitReached` after the last one."""
    if before.last_of_burst:
        wait = (before.last_of_burst + WINDOW - now()).total_seconds()
        raise TooManyMessages(retry_after=max(1, math.ceil(wait)))
    if before.written >= MessageLimitReached.most:
        raise MessageLimitReached
