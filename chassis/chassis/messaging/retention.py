"""How long messages are kept: what was published can be published again, and is deleted at last.

Events stay in the outbox for 30 days, so that a Redis that comes back empty is filled again. Rows are taken
some thousands at a time, each batch in a transaction of its own: one statement for all of them would take
longer than a statement may.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import redis
import structlog
from sqlalchemy import Column, ColumnElement, Engine

from chassis.clock import now
from chassis.data.purging import BATCH, are_some, delete_some
from chassis.messaging.messages import Messages
from chassis.messaging.room_streams import ROOM_LIFETIME, RoomStreams

KEPT = timedelta(days=30)
# How long an inbox knows what was acted on: an event may still be replayed on the last day that it is kept.
REMEMBERED = 2 * KEPT
# A Redis that comes back with its data may lack the last second of its log; after a failover, the last
# minutes.
OVERLAP = timedelta(minutes=10)

log = structlog.get_logger(__name__)


class Retention:
    """What one service keeps of its messages. Any number of workers may see to it at the same time."""

    def __init__(self, messages: Messages, engine: Engine, connection: "redis.Redis") -> None:
        self._messages = messages
        self._engine = engine
        self._redis = connection
        self._rooms = RoomStreams(messages.service, connection)

    def restore(self) -> int:
        """If Redis has restarted, mark the events it may have lost as unpublished, and return how many."""
        marker = f"outbox:{self._messages.service}"
        identity = str(self._redis.info("server")["run_id"])
        known = self._redis.get(marker)
        if known == identity:
            return 0
        age = OVERLAP if known else KEPT
        lost = self.replay(age)
        # Noted after the marking: a crash in between repeats it, and the inboxes drop what comes twice.
        self._redis.set(marker, identity)
        if lost:
            log.warning("outbox_restored", messages=lost, everything=known is None)
        return lost

    def replay(self, age: timedelta) -> int:
        """Mark the events of the last `age` as unpublished, oldest first, and return how many there are."""
        began = now()
        oldest, count = began - age, 0
        while batch := self._mark_after(oldest, began):
            oldest, count = max(batch), count + len(batch)
        return count

    def purge_expired(self) -> None:
        """Delete the events that are kept no longer, here and in Redis."""
        outbox = self._messages.outbox
        inbox = self._messages.inbox
        failed = self._messages.failed_events
        oldest = now() - KEPT
        self._delete(outbox.c.created_at, oldest, outbox.c.published_at.is_not(None))
        self._delete(inbox.c.received_at, now() - REMEMBERED)
        # An event that is not parked was acted on at a later try. A parked one waits for an operator.
        self._delete(failed.c.failed_at, oldest, failed.c.parked_at.is_(None))
        # Trimmed by age, not by length: after a busy day a reader that was down still finds what it has not
        # read.
        stream = f"events:{self._messages.service}"
        self._redis.xtrim(stream, minid=int(oldest.timestamp() * 1000), approximate=True)
        self._rooms.forget_expired((now() - ROOM_LIFETIME).timestamp())

    def _mark_after(self, oldest: datetime, began: datetime) -> Sequence[datetime]:
        """Mark the next events since `oldest`, and return when they were written."""
        outbox = self._messages.outbox
        # What is published again meanwhile is not marked a second time.
        published, since = outbox.c.published_at < began, outbox.c.created_at
        next_ones = are_some(since, published, since >= oldest)
        marking = outbox.update().where(next_ones).values(published_at=None)
        with self._engine.begin() as connection:
            return connection.scalars(marking.returning(since)).all()

    def _delete(self, since: Column[datetime], until: datetime, *more: ColumnElement[bool]) -> None:
        deleted = BATCH
        while deleted == BATCH:
            with self._engine.begin() as connection:
                deleted = delete_some(connection, since, until, *more)
