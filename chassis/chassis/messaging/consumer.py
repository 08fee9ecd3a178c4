"""Acts on the events of other services: once on each, even if it comes twice, late or out of order."""

import json
import os
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import redis
import structlog
from prometheus_client import Counter, Gauge
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from chassis.auth.keys import PublicKeys
from chassis.clock import now
from chassis.data.db import in_transaction
from chassis.messaging import contracts, signatures
from chassis.messaging.messages import Event, Messages
from chassis.messaging.retention import REMEMBERED
from chassis.messaging.signatures import REFUSED, Untrusted
from chassis.telemetry import request_context, tracing
from chassis.telemetry.error_text import described
from chassis.telemetry.request_context import Trace

TRIES = 5
# An event that is unfinished for so long is taken up again, by any worker. A handler may take longer: a
# second worker that takes up its event waits at the inbox, and finds it done.
RETRY_AFTER = 1000  # milliseconds
# A worker that is told to stop waits so long at most. The connection's timeout has to be longer.
BLOCK = 1000  # milliseconds to wait for new events
BATCH = 100

CONSUMED = Counter("events_consumed_total", "Events acted on.", ["source", "type"])
PARKED = Counter("events_parked_total", "Events put aside after too many failures.", ["stream"])
LAG = Gauge(
    "events_lag", "Events delivered and not yet acted on, and events not yet delivered.", ["stream"]
)

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Subscription:
    """What to do when the service `source` publishes an event of this `type`.

    `handler` runs in one transaction with the note that the event was handled. It gets of `data` what it
    says that it `reads` (`chassis.messaging.contracts`). With `latest_only`, an event is dropped if a newer
    one of the same aggregate was seen.
    """

    source: str
    type: str
    handler: Callable[[Event], None]
    latest_only: bool = False


@dataclass(frozen=True)
class Entry:
    """One entry of a stream as Redis delivers it."""

    stream: str
    id: str
    fields: Mapping[str, str]


class Consumer:
    """Reads the streams of the services subscribed to, as one member of this service's consumer group."""

    def __init__(
        self,
        messages: Messages,
        connection: "redis.Redis",
        subscriptions: Sequence[Subscription],
        keys: PublicKeys,
    ) -> None:
        self._messages = messages
        self._session = messages.db.session
        self._redis = connection
        self._keys = keys
        self._group = messages.service
        self._name = f"{socket.gethostname()}-{os.getpid()}"
        self.subscriptions = {(s.source, s.type): s for s in subscriptions}
        self._streams = sorted({f"events:{s.source}" for s in subscriptions})

    def consume(self, block: int = BLOCK) -> int:
        """Take up unfinished entries, then new ones, and return how many were finished.

        Waits up to `block` milliseconds for new entries. Needs an application context. Raises
        `redis.RedisError`.
        """
        if not self._streams:
            return 0
        try:
            finished = sum(self._take(entry) for entry in self._unfinished())
            return finished + sum(self._take(entry) for entry in self._new(block))
        except redis.ResponseError as error:
            # The group is missing at the first start, and after Redis has lost its data.
            if not str(error).startswith("NOGROUP"):
                raise
            self._join_groups()
            return 0

    def measure(self) -> None:
        """Set the gauge of the events that wait in each stream."""
        for stream in self._streams:
            for group in self._redis.xinfo_groups(stream):
                if group["name"] == self._group:
                    # Redis cannot tell the lag of a group after unread entries of its stream were deleted.
                    LAG.labels(stream).set((group["lag"] or 0) + group["pending"])

    def close(self) -> None:
        """Close the connection to Redis."""
        self._redis.close()

    def _join_groups(self) -> None:
        for stream in self._streams:
            try:
                # The group begins at the oldest event: earlier events are for this service too, and the inbox
                # holds those that were acted on.
                self._redis.xgroup_create(stream, self._group, id="0", mkstream=True)
            except redis.ResponseError as error:
                if not str(error).startswith("BUSYGROUP"):
                    raise

    def _unfinished(self) -> Iterator[Entry]:
        for stream in self._streams:
            _, entries, _ = self._redis.xautoclaim(
                stream, self._group, self._name, min_idle_time=RETRY_AFTER, count=BATCH
            )
            yield from (Entry(stream, entry_id, fields or {}) for entry_id, fields in entries)

    def _new(self, block: int) -> Iterator[Entry]:
        wanted: Any = dict.fromkeys(self._streams, ">")
        answer: Any = self._redis.xreadgroup(
            self._group, self._name, wanted, count=BATCH, block=block
        )
        for stream, entries in answer or []:
            yield from (Entry(stream, entry_id, fields) for entry_id, fields in entries)

    def _take(self, entry: Entry) -> bool:
        with request_context.continued(Trace.read(entry.fields)):
            return self._finish(entry)

    def _finish(self, entry: Entry) -> bool:
        try:
            event = in_transaction(self._session, lambda: self._act_on(entry))
        except (OperationalError, InterfaceError, PoolTimeout):
            # The database is in trouble, not the event: this counts as no try, or an outage would park
            # every event.
            log.warning("event_delayed", stream=entry.stream, entry=entry.id)
            return False
        except Exception as error:  # whatever a handler raises, the events behind it are acted on
            if not self._give_up(entry, error):
                return False
        else:
            if event:
                CONSUMED.labels(event.source, event.type).inc()
                log.info(
                    "event_acted_on", source=event.source, type=event.type, event_id=str(event.id)
                )
        finally:
            # The next event must not see rows as this one had loaded them.
            self._session.remove()
        # Acknowledged after the commit: an event that comes again after a crash in between is in the inbox.
        self._redis.xack(entry.stream, self._group, entry.id)
        return True

    def _act_on(self, entry: Entry) -> Event | None:
        """Have the event handled, and return it; None if there was nothing to do."""
        event = parse(entry.fields)
        if entry.stream != f"{signatures.STREAM}{event.source}":
            raise Untrusted("the event names another source than the owner of the stream")
        subscription = self.subscriptions.get((event.source, event.type))
        if subscription is None:
            return None
        signatures.check(entry.stream, entry.fields, self._keys)
        # The inbox would not know an older one any more: a copy of it would be acted on a second time.
        if event.occurred_at < now() - REMEMBERED:
            raise Untrusted("the event is older than the memory of the inbox")
        attributes = {"messaging.system": "redis", "messaging.destination.name": entry.stream}
        with tracing.span(f"process {event.type}", "CONSUMER", attributes):
            if not self._is_first_delivery(event):
                return None
            if subscription.latest_only and not self._is_newest(event):
                return None
            contracts.act(subscription.handler, event)
        return event

    def _is_first_delivery(self, event: Event) -> bool:
        # This waits for another transaction with the same event. If that one fails, the event is this one's.
        note = (
            insert(self._messages.inbox)
            .values(event_id=event.id, received_at=now())
            .on_conflict_do_nothing()
        )
        return (
            self._session.execute(note.returning(self._messages.inbox.c.event_id)).scalar()
            is not None
        )

    def _is_newest(self, event: Event) -> bool:
        table = self._messages.latest_versions
        note = insert(table).values(
            source=event.source, aggregate_id=event.aggregate_id, version=event.aggregate_version
        )
        # The row stays locked until the commit: two events of one aggregate are acted on one after the other.
        newer = note.on_conflict_do_update(
            index_elements=["source", "aggregate_id"],
            set_={"version": note.excluded.version},
            where=table.c.version < note.excluded.version,
        )
        return self._session.execute(newer.returning(table.c.version)).scalar() is not None

    def _give_up(self, entry: Entry, error: Exception) -> bool:
        """Note the failure; True if the event is parked: for too many, or because it is no one's."""
        most = TRIES
        if isinstance(error, Untrusted):
            # Another try would end in the same way.
            most = 1
            REFUSED.labels(entry.stream).inc()
            log.error("event_refused", stream=entry.stream, entry=entry.id, reason=str(error))
        else:
            log.error("event_failed", stream=entry.stream, entry=entry.id, exc_info=error)
        tries = in_transaction(self._session, lambda: self._note_failure(entry, error, most))
        if tries < most:
            return False
        PARKED.labels(entry.stream).inc()
        log.error("event_parked", stream=entry.stream, entry=entry.id)
        return True

    def _note_failure(self, entry: Entry, error: Exception, most: int) -> int:
        table = self._messages.failed_events
        note = insert(table).values(
            stream=entry.stream,
            entry_id=entry.id,
            body=json.dumps(dict(entry.fields)),
            # PostgreSQL's text holds no NUL.
            error=described(error)[:500].replace("\x00", ""),
            tries=1,
            failed_at=now(),
        )
        note = note.on_conflict_do_update(
            index_elements=["stream", "entry_id"],
            set_={
                "tries": table.c.tries + 1,
                "error": note.excluded.error,
                "failed_at": note.excluded.failed_at,
            },
        )
        self._session.execute(note)
        this = (table.c.stream == entry.stream) & (table.c.entry_id == entry.id)
        tries: int = self._session.execute(select(table.c.tries).where(this)).scalar_one()
        if tries >= most:
            self._session.execute(table.update().where(this).values(parked_at=now()))
        return tries


def parse(fields: Mapping[str, str]) -> Event:
    """The event in a stream's entry; unknown fields are ignored. `ValueError` for what is no event."""
    try:
        body: dict[str, Any] = json.loads(fields["event"])
        if body["schema_version"] != 1:
            raise ValueError(f"schema version {body['schema_version']}")
        return Event(
            id=UUID(body["id"]),
            type=str(body["type"]),
            source=str(body["source"]),
            aggregate_id=str(body["aggregate_id"]),
            aggregate_version=int(body["aggregate_version"]),
            occurred_at=datetime.fromisoformat(body["occurred_at"]),
            actor=UUID(body["actor"]) if body["actor"] else None,
            data=dict(body["data"]),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not an event: {error!r}") from error
