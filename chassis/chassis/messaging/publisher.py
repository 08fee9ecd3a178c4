"""Takes messages from the outbox to Redis Streams, in the order of their commits.

An event goes to the stream of its service and stays in the outbox (`chassis.messaging.retention`). A live
event goes to the stream of its room under its own number, and leaves the outbox at once. When Redis is full,
live events give way to events.
"""

import json
import threading
import zlib
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import redis
import structlog
from prometheus_client import Counter, Gauge
from redis.exceptions import OutOfMemoryError
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Connection,
    Engine,
    Row,
    Uuid,
    any_,
    bindparam,
    func,
    select,
)
from sqlalchemy.exc import SQLAlchemyError

from chassis.auth.service_tokens import ServiceIdentity
from chassis.clock import now
from chassis.messaging import signatures
from chassis.messaging.messages import ROOM, Messages
from chassis.messaging.room_streams import ROOM_LIFETIME, SLACK, RoomStreams

BATCH = 500
# A client that missed more events than this reads the room again.
ROOM_LENGTH = 1000
PAUSE = 1.0  # seconds between attempts while PostgreSQL or Redis does not answer
# Seconds that the thread rests after a round. A round costs requests more than a millisecond of the
# interpreter, for one message as for twenty.
REST = 0.02

LOCK = select(func.pg_advisory_xact_lock(bindparam("key", type_=BigInteger)))

PUBLISHED = Counter("outbox_published_total", "Messages taken from the outbox to Redis.")
WAITING = Gauge("outbox_waiting", "Messages that are committed and not yet published.")
OLDEST = Gauge("outbox_oldest_seconds", "Age of the oldest message not yet published.")

log = structlog.get_logger(__name__)

Rows = Sequence[Row[Any]]
Past = defaultdict[str, list[int]]


class Publisher:
    """Publishes what waits in one service's outbox. Any number of publishers may run: one works at a time."""

    def __init__(
        self,
        messages: Messages,
        engine: Engine,
        connection: "redis.Redis",
        identity: ServiceIdentity,
    ) -> None:
        self._messages = messages
        self._identity = identity
        self._engine = engine
        self._redis = connection
        self._stream = f"events:{messages.service}"
        self._rooms = RoomStreams(messages.service, connection)
        self.lock_key = zlib.crc32(f"outbox:{messages.service}".encode())
        outbox = messages.outbox
        self._waiting = (
            select(outbox)
            .where(outbox.c.published_at.is_(None))
            .order_by(outbox.c.position)
            .limit(BATCH)
            .with_for_update(skip_locked=True)
        )
        are_sent = outbox.c.id == any_(bindparam("ids", type_=ARRAY(Uuid)))
        self._forget_sent = outbox.delete().where(are_sent)
        self._note_sent = outbox.update().where(are_sent).values(published_at=bindparam("at"))

    def publish_pending(self) -> int:
        """Publish all that waits, and return how many messages. Raises what PostgreSQL or Redis raises."""
        total = published = self._publish_batch()
        # What is committed after a batch was read wakes the publisher again.
        while published == BATCH:
            published = self._publish_batch()
            total += published
        return total

    def measure(self) -> None:
        """Set the gauges of the messages that wait."""
        outbox = self._messages.outbox
        waiting = select(func.count(), func.min(outbox.c.created_at)).where(
            outbox.c.published_at.is_(None)
        )
        with self._engine.connect() as connection:
            count, oldest = connection.execute(waiting).one()
        WAITING.set(count)
        OLDEST.set((now() - oldest).total_seconds() if oldest else 0)

    def close(self) -> None:
        """Close the connection to Redis."""
        self._redis.close()

    def _publish_batch(self) -> int:
        with self._engine.begin() as connection:
            # One publisher at a time keeps the order. A second one waits: the first may have read the outbox
            # before the commit that woke the second.
            connection.execute(LOCK, {"key": self.lock_key})
            # The rows are read in a statement of their own: a statement that itself waits for the lock
            # would see the rows from before its wait.
            rows = connection.execute(self._waiting).all()
            if not rows:
                return 0
            sent, refusal = self._send(rows)
            # Sent before that is noted: after a crash in between, rows are sent twice but never lost.
            self._settle(connection, sent)
        # After the commit: what Redis has taken is not sent again because it refuses something else.
        PUBLISHED.inc(len(sent))
        self._bound(sent, refusal)
        if refusal:
            raise refusal
        return len(rows)

    def _send(self, rows: Rows) -> tuple[Rows, Exception | None]:
        """Send the rows; those that are in Redis now, and the first refusal of another."""
        pipeline = self._redis.pipeline(transaction=False)
        firsts: list[int] = []
        past = self._past_of(_rooms_taking_back(rows))
        for row in rows:
            firsts.append(len(pipeline))
            self._write(pipeline, row, past.get(row.stream))
        for room in _rooms_of(rows):
            pipeline.expire(room, ROOM_LIFETIME)
        results = pipeline.execute(raise_on_error=False)
        sent: list[Row[Any]] = []
        refusal: Exception | None = None
        for row, first in zip(rows, firsts, strict=True):
            if _is_refusal(results[first]):
                refusal = refusal or results[first]
            else:
                sent.append(row)
        return sent, refusal

    def _past_of(self, rooms: Sequence[str]) -> dict[str, Past]:
        """The numbers of the events in these rooms, by the ids of what they are about."""
        past: dict[str, Past] = {}
        for room in rooms:
            past[room] = defaultdict(list)
            entries: Any = self._redis.xrange(room)
            for _, fields in entries:
                _remember(past[room], json.loads(fields["event"]))
        return past

    def _write(self, pipeline: Any, row: "Row[Any]", past: Past | None) -> None:
        origin = row.body.pop("origin", {})
        if not row.stream.startswith(ROOM):
            body = _as_json(row.body)
            signature = signatures.sign(body, self._identity)
            pipeline.xadd(row.stream, {"event": body, "signature": signature, **origin})
        elif row.seq is None:
            pipeline.delete(row.stream)
        else:
            self._write_live(pipeline, row, past)

    def _write_live(self, pipeline: Any, row: "Row[Any]", past: Past | None) -> None:
        gone: list[int] = []
        if past is not None:
            about = row.body.pop("takes_back", None)
            gone = [seq for seq in past.pop(about, []) if seq < row.seq]
            _remember(past, row.body)
        # Readers have to know that these numbers are missing because they were taken back.
        body = _as_json({**row.body, "taken_back": gone} if gone else row.body)
        pipeline.xadd(
            row.stream, {"event": body}, id=f"{row.seq}-0", maxlen=ROOM_LENGTH, approximate=True
        )
        pipeline.publish(row.stream, body)
        # Now that there is an event which says so.
        if gone:
            pipeline.xdel(row.stream, *(f"{seq}-0" for seq in gone))

    def _bound(self, sent: Rows, refusal: Exception | None) -> None:
        """Bound the rooms. If Redis is full, make room for events, which have to arrive."""
        if isinstance(refusal, OutOfMemoryError):
            self._rooms.forget(SLACK)
            self._forget_read()
        else:
            self._rooms.bound(_rooms_of(sent), now().timestamp())

    def _forget_read(self) -> None:
        """Take out of Redis the events that every listener has acted on; the outbox has them still."""
        if not self._redis.exists(self._stream):
            return
        unread = [self._first_unread(group) for group in self._redis.xinfo_groups(self._stream)]
        if unread:
            oldest = min(unread, key=lambda entry: tuple(map(int, entry.split("-"))))
            self._redis.xtrim(self._stream, minid=oldest, approximate=False)

    def _first_unread(self, group: dict[str, Any]) -> str:
        """The id of the first entry that the group has not finished, or of the last that it has."""
        pending: Any = self._redis.xpending(self._stream, group["name"])
        return str(pending["min"] or group["last-delivered-id"])

    def _settle(self, connection: Connection, rows: Rows) -> None:
        live = [row.id for row in rows if row.stream.startswith(ROOM)]
        events = [row.id for row in rows if not row.stream.startswith(ROOM)]
        if live:
            connection.execute(self._forget_sent, {"ids": live})
        if events:
            connection.execute(self._note_sent, {"ids": events, "at": now()})


def _rooms_of(rows: Rows) -> list[str]:
    return sorted({row.stream for row in rows if row.stream.startswith(ROOM)})


def _rooms_taking_back(rows: Rows) -> list[str]:
    return sorted({row.stream for row in rows if "takes_back" in row.body})


def _remember(past: Past, event: dict[str, Any]) -> None:
    data = event.get("data")
    if isinstance(data, dict) and "id" in data:
        past[str(data["id"])].append(event["seq"])


def _as_json(body: dict[str, Any]) -> str:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def _is_refusal(result: object) -> bool:
    # An event whose number is in the room's stream already was published before a crash.
    return isinstance(result, Exception) and "equal or smaller" not in str(result)


class PublishingThread:
    """Publishes right after commits, next to the requests, so that a live event is out in milliseconds.

    What is committed while the thread rests is published together. The worker's relay makes publishing
    certain; this thread only makes it fast.
    """

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher
        self._due = threading.Event()
        self._stopping = threading.Event()
        self._start = threading.Lock()
        self._thread: threading.Thread | None = None

    def wake(self) -> None:
        """Say that something was committed. The thread starts with the first call, after any fork."""
        with self._start:
            if self._thread is None and not self._stopping.is_set():
                self._thread = threading.Thread(target=self._run, name="publisher", daemon=True)
                self._thread.start()
        self._due.set()

    def stop(self) -> None:
        """End the thread after what it is doing."""
        self._stopping.set()
        self._due.set()
        if self._thread:
            self._thread.join(5)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._due.wait()
            # Cleared before the work: a wake-up during the work starts the next round.
            self._due.clear()
            try:
                self._publisher.publish_pending()
            except (SQLAlchemyError, redis.RedisError) as error:
                log.warning("publishing_delayed", reason=type(error).__name__)
                self._due.set()
                self._stopping.wait(PAUSE)
            self._stopping.wait(REST)
