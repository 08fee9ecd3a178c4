"""People who are kept apart: one of two blocks the other, or the account of one is suspended.

The user-service decides that, and tells it by events. A service keeps what it has heard in two tables of its
own. So it decides within its own transaction, and asks no one.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    CompoundSelect,
    DateTime,
    Index,
    Select,
    Table,
    Uuid,
    delete,
    exists,
    literal,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import insert

from chassis.clock import now
from chassis.data.purging import delete_some
from chassis.json_schema import IDENTIFIER
from chassis.messaging.consumer import Subscription
from chassis.messaging.contracts import reads
from chassis.messaging.messages import Event, Messages
from chassis.messaging.retention import REMEMBERED
from chassis.messaging.worker import Sweep

SOURCE = "user-service"
BLOCKED, UNBLOCKED = "user.blocked", "user.unblocked"
SUSPENDED, LIFTED = "user.suspended", "user.suspension_lifted"
EVENTS = (BLOCKED, UNBLOCKED, SUSPENDED, LIFTED)


def nothing_more(event: Event) -> None:
    """What a service does that only keeps what it has heard."""


class Apart:
    """The tables of what a service has heard, and what follows from them."""

    def __init__(self, messages: Messages) -> None:
        self._db = messages.db
        metadata = messages.db.Model.metadata
        # What has ended stays for a while: an event that comes late must not begin it again.
        self.blocks = Table(
            "blocks",
            metadata,
            Column("blocker_id", Uuid, primary_key=True),
            Column("blocked_id", Uuid, primary_key=True),
            Column("version", BigInteger, nullable=False),
            Column("ended_at", DateTime(timezone=True)),
            Index("idx_blocks_blocked", "blocked_id"),
        )
        self.suspensions = Table(
            "suspensions",
            metadata,
            Column("user_id", Uuid, primary_key=True),
            Column("version", BigInteger, nullable=False),
            Column("ended_at", DateTime(timezone=True)),
        )

    def subscriptions(
        self, and_then: Callable[[Event], None] = nothing_more
    ) -> Sequence[Subscription]:
        """What to do when the user-service tells of blocks and suspensions.

        `and_then` is called after an event that is news, in the same transaction.
        """

        @reads(and_then, blocker_id=IDENTIFIER, blocked_id=IDENTIFIER)
        def on_block(event: Event) -> None:
            people = {name: UUID(event.data[name]) for name in ("blocker_id", "blocked_id")}
            if self._note(self.blocks, people, event, ended=event.type == UNBLOCKED):
                and_then(event)

        @reads(and_then)
        def on_suspension(event: Event) -> None:
            person = {"user_id": UUID(event.aggregate_id)}
            if self._note(self.suspensions, person, event, ended=event.type == LIFTED):
                and_then(event)

        handlers = {
            BLOCKED: on_block,
            UNBLOCKED: on_block,
            SUSPENDED: on_suspension,
            LIFTED: on_suspension,
        }
        return [Subscription(SOURCE, type_, handler) for type_, handler in handlers.items()]

    @property
    def sweep(self) -> Sweep:
        """Forgets what has ended so long ago that no event about it is acted on any more."""
        return Sweep("ended-blocks", 3600, self._forget_ended)

    def people_apart_from(self, person: Any) -> CompoundSelect[UUID]:
        """The ids of those who block the person or whom they block, and of all who are suspended.

        `person` is an expression; for a stranger it is NULL.
        """
        blocks, suspensions = self.blocks.c, self.suspensions.c
        holds = blocks.ended_at.is_(None)
        return (
            select(blocks.blocked_id)
            .where(blocks.blocker_id == person, holds)
            .union_all(
                select(blocks.blocker_id).where(blocks.blocked_id == person, holds),
                select(suspensions.user_id).where(suspensions.ended_at.is_(None)),
            )
        )

    def blocked_by(self, person: Any) -> Select[UUID]:
        """The ids of those whom the person blocks."""
        blocks = self.blocks.c
        return select(blocks.blocked_id).where(
            blocks.blocker_id == person, blocks.ended_at.is_(None)
        )

    def is_apart(self, one: UUID | None, others: Sequence[UUID | None]) -> bool:
        """Whether one of the others is suspended, or kept apart from this person by a block.

        None stands for a stranger, and among the others for no one.
        """
        people = self.people_apart_from(literal(one, Uuid)).subquery()
        [apart] = people.c
        found = select(exists().where(apart.in_([other for other in others if other])))
        return bool(self._db.session.scalar(found))

    def about(self, user_id: UUID) -> Mapping[str, ColumnElement[bool]]:
        """For each table, the condition that finds what the person may be told of it."""
        return {
            # Others who block them do so without their knowledge.
            "blocks": self.blocks.c.blocker_id == user_id,
            "suspensions": self.suspensions.c.user_id == user_id,
        }

    def forget(self, user_id: UUID) -> None:
        """Delete all about a person whose account is deleted."""
        blocks = self.blocks.c
        either = or_(blocks.blocker_id == user_id, blocks.blocked_id == user_id)
        self._db.session.execute(delete(self.blocks).where(either))
        theirs = self.suspensions.c.user_id == user_id
        self._db.session.execute(delete(self.suspensions).where(theirs))

    def _note(self, table: Table, key: Mapping[str, UUID], event: Event, *, ended: bool) -> bool:
        """Keep what the event says; False if something newer is known."""
        ended_at: datetime | None = event.occurred_at if ended else None
        row = {**key, "version": event.aggregate_version, "ended_at": ended_at}
        note = insert(table).values(row)
        newer = note.on_conflict_do_update(
            index_elements=list(key),
            set_={"version": note.excluded.version, "ended_at": note.excluded.ended_at},
            where=table.c.version < note.excluded.version,
        )
        return self._db.session.execute(newer.returning(table.c.version)).scalar() is not None

    def _forget_ended(self) -> int:
        old = now() - REMEMBERED
        session = self._db.session
        return sum(
            delete_some(session, table.c.ended_at, old) for table in (self.blocks, self.suspensions)
        )
