"""What a service says to others, written in the transaction of what happened.

There are three kinds of messages: an event that other services may act on (`publish_event`), a live event
for the people who watch a room (`publish_live`), and an e-mail to send (`queue_email`). `publisher.py` and
`mailer.py` read them from these tables. So no message tells of a change that was rolled back, and none is
lost.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from flask import current_app
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    String,
    Table,
    Text,
    Uuid,
    bindparam,
    insert,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from chassis.clock import now, rfc3339
from chassis.data import statements
from chassis.data.db import after_commit
from chassis.telemetry import request_context

GATHERED = "gathered_messages"
ROOM = "room:"  # how the names of the streams of rooms begin


@dataclass(frozen=True)
class Event:
    """Something that happened to one aggregate of one service.

    `aggregate_version` grows with every change of the aggregate. `data` holds ids and figures, no personal
    data.
    """

    id: UUID
    type: str
    source: str
    aggregate_id: str
    aggregate_version: int
    occurred_at: datetime
    actor: UUID | None
    data: dict[str, Any]
    schema_version: int = 1


class Messages:
    """The tables of a service's messages, and the three ways to write one."""

    def __init__(self, db: SQLAlchemy, service: str) -> None:
        self.service = service
        self.db = db
        metadata = db.Model.metadata
        self.outbox = Table(
            "outbox",
            metadata,
            Column("id", Uuid, primary_key=True),
            # Given at the insert, not at the commit: a reader that asks for rows after the last one it saw
            # misses a row that commits late. So readers ask for unpublished rows, and this column puts them
            # in order.
            Column("position", BigInteger, Identity(always=True), nullable=False),
            Column("stream", String(200), nullable=False),
            Column("seq", BigInteger),
            Column("body", JSONB, nullable=False),
            Column("created_at", DateTime(timezone=True), nullable=False),
            Column("published_at", DateTime(timezone=True)),
            Index(
                "idx_outbox_unpublished", "position", postgresql_where=text("published_at IS NULL")
            ),
            Index("idx_outbox_created_at", "created_at"),
        )
        self.inbox = Table(
            "inbox",
            metadata,
            Column("event_id", Uuid, primary_key=True),
            Column("received_at", DateTime(timezone=True), nullable=False, index=True),
        )
        self.latest_versions = Table(
            "latest_versions",
            metadata,
            Column("source", String(100), primary_key=True),
            Column("aggregate_id", String(100), primary_key=True),
            Column("version", BigInteger, nullable=False),
        )
        self.failed_events = Table(
            "failed_events",
            metadata,
            Column("stream", String(200), primary_key=True),
            Column("entry_id", String(50), primary_key=True),
            # The entry as it came. It may be anything, and JSONB would refuse what is not JSON.
            Column("body", Text, nullable=False),
            Column("error", Text, nullable=False),
            Column("tries", Integer, nullable=False),
            Column("failed_at", DateTime(timezone=True), nullable=False),
            Column("parked_at", DateTime(timezone=True)),
        )
        self.mails = Table(
            "mails",
            metadata,
            Column("id", Uuid, primary_key=True),
            Column("kind", String(50), nullable=False),
            Column("data", JSONB, nullable=False),
            Column("due_at", DateTime(timezone=True), nullable=False),
            Column("tries", Integer, nullable=False, server_default=text("0")),
            Column("parked_at", DateTime(timezone=True)),
            Index("idx_mails_due", "due_at", postgresql_where=text("parked_at IS NULL")),
        )
        new = ("id", "stream", "seq", "body", "created_at")
        self._new_message = insert(self.outbox).values(
            {name: bindparam(f"new_{name}", type_=self.outbox.c[name].type) for name in new}
        )

    @contextmanager
    def gathered(self) -> Iterator[None]:
        """Write the events that are published within with one statement, in their order, at the end."""
        info = self.db.session().info
        gathered: list[dict[str, Any]] = []
        info[GATHERED] = gathered
        try:
            yield
        finally:
            del info[GATHERED]
        if gathered:
            self.db.session.connection().execute(self._new_message, gathered)

    def publish_event(
        self,
        type: str,  # the name of the field in the event
        aggregate_id: object,
        version: int,
        data: dict[str, Any] | None = None,
        *,
        actor: UUID | None = None,
    ) -> UUID:
        """Tell other services. `data` is JSON without personal data: a service that needs it asks for it."""
        event_id = uuid4()
        event = {
            "id": str(event_id),
            "type": type,
            "schema_version": 1,
            "source": self.service,
            "aggregate_id": str(aggregate_id),
            "aggregate_version": version,
            "occurred_at": rfc3339(now()),
            "actor": str(actor) if actor else None,
            "data": data or {},
            "origin": request_context.current().carried,
        }
        self._enqueue(event_id, f"events:{self.service}", None, event)
        return event_id

    def publish_live(
        self,
        room: str,
        seq: int,
        type: str,  # the name of the field in the event
        data: object,
        *,
        members_changed: Sequence[UUID] | None = (),
        takes_back: UUID | None = None,
    ) -> None:
        """Tell the people who watch the room, e.g. `study-session:<id>`.

        `data` is what the schema takes that the service declares for this type of event in this kind of room.

        `seq` is the room's next number. It is allocated under a row lock that this transaction holds, so
        that the order of numbers is the order of commits. `members_changed` are the people whose permission
        to watch is checked again; None stands for everyone in the room.

        `takes_back` is the id of a thing that was deleted. Earlier live events about it, which have it as
        `id` of their data, are removed: what they said must not stay in the room's past. A client that
        resumes gets all others, and this one.
        """
        changed = None
        if members_changed is not None:
            changed = [str(user_id) for user_id in members_changed]
        body = {
            "type": type,
            "seq": seq,
            "occurred_at": rfc3339(now()),
            "data": _as_declared(room, type, data),
            "members_changed": changed,
        }
        if takes_back:
            body["takes_back"] = str(takes_back)
        self._enqueue(uuid4(), f"{ROOM}{room}", seq, body)

    def clear_room(self, room: str) -> None:
        """Take back all live events of the room: a client that resumes is told to read the room again.

        This is for words that many events may hold and that have to go. Of one thing that was deleted,
        `publish_live` takes back what is about it.
        """
        self._enqueue(uuid4(), f"{ROOM}{room}", None, {})

    def queue_email(
        self, kind: str, data: dict[str, Any], *, due_at: datetime | None = None
    ) -> None:
        """Have the worker compose and send an e-mail. `data` holds references, never addresses or secrets."""
        content = {**data, "origin": request_context.current().carried}
        row = {"id": uuid4(), "kind": kind, "data": content, "due_at": due_at or now()}
        self.db.session.execute(insert(self.mails).values(row))

    def _enqueue(
        self, message_id: UUID, stream: str, seq: int | None, body: dict[str, Any]
    ) -> None:
        values = {
            "new_id": message_id,
            "new_stream": stream,
            "new_seq": seq,
            "new_body": body,
            "new_created_at": now(),
        }
        gathered = self.db.session().info.get(GATHERED)
        if gathered is None:
            # What is pending stays so: a rule that tells of many rows writes them together.
            statements.execute(self.db.session, self._new_message, values, flush=False)
        else:
            gathered.append(values)
        after_commit(self.db.session, current_app.extensions["publishing"].wake)


def _as_declared(room: str, type_: str, data: object) -> Any:
    kind = room.partition(":")[0]
    return current_app.extensions["live_events"][kind][type_].dump(data)
