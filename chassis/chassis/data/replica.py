"""A replica of the database, which may lag, hang, stop, or become the primary at any moment.

What is read there is known to be no older than MOST_BEHIND. Once a second each process asks the primary how
far its log has come, and then the replica how far it has replayed that: so neither clocks nor writes of ours
are needed, and a replica that has lost its primary is found out. People who have just written read from the
primary, until no replica in use can be older than what they wrote.
"""

import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

import structlog
from prometheus_client import Gauge
from sqlalchemy import Engine, Row, Select, text
from sqlalchemy.exc import SQLAlchemyError

from chassis.data import deadlines, reads
from chassis.errors import Unavailable
from chassis.redis_client import Cache

MOST_BEHIND = 5.0  # seconds: a replica that is further behind is not used
# Seconds after which a read leaves a replica that does not answer: half of what callers wait for a read.
PATIENCE = 0.5
PAUSE = 1.0  # seconds between two looks
PRIMARY_PATIENCE = "1000"  # milliseconds that the primary may take to say how far it is
# A statement that a read has left ends there soon after.
SESSION_SETTINGS = {"statement_timeout": "1s"}
# Longer than a replica in use may be behind, even if commits are not waited for (`synchronous_commit`).
WRITTEN_LIFETIME = round(1000 * (MOST_BEHIND + 1))  # milliseconds

# Each with whose log it is: a replica of another cluster or database is none of ours.
PRIMARY = text(
    "SELECT system_identifier, current_database(),"
    " pg_wal_lsn_diff(pg_current_wal_flush_lsn(), '0/0') AS position FROM pg_control_system()"
)
# A server that has been promoted replays no more.
REPLICA = text(
    "SELECT system_identifier, current_database(),"
    " pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0') AS position FROM pg_control_system()"
    " WHERE pg_is_in_recovery()"
)

BEHIND = Gauge(
    "replica_behind_seconds",
    "How old what a replica shows may be, when it was last looked at; -1 while it is not used.",
    multiprocess_mode="livemax",
)

log = structlog.get_logger(__name__)


class Positions:
    """How far the primary's log had come at which time (monotonic seconds), for as long as it matters."""

    def __init__(self) -> None:
        self._known: deque[tuple[float, Decimal]] = deque()

    def note(self, at: float, position: Decimal) -> None:
        """All that was committed before this time is in the log before this position."""
        self._known.append((at, position))
        while self._known[0][0] < at - MOST_BEHIND:
            self._known.popleft()

    def reached(self, replayed: Decimal) -> float | None:
        """The latest time whose commits are all in what was replayed; None if it is too long ago."""
        reached = (at for at, position in reversed(self._known) if position <= replayed)
        return next(reached, None)


class Replica:
    """The replica of a service's database, as one process sees it."""

    def __init__(self, primary: Engine, engine: Engine, cache: Cache) -> None:
        self._primary, self._engine, self._cache = primary, engine, cache
        self._positions = Positions()
        self._shows: float | None = None  # all that was committed before this time
        self._ended = threading.Event()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None

    def rows(
        self, statement: Select[*tuple[Any, ...]], values: Mapping[str, Any]
    ) -> Sequence[Row[Any]] | None:
        """What the statement, which was built once, selects there; None if the replica is not in use."""
        self._watch()
        if not self.is_in_use():
            return None
        loan = reads.Loan(self._engine)
        try:
            return loan.rows(statement, values)
        except SQLAlchemyError as error:
            self._leave(_reason(error))
            return None
        finally:
            loan.give_back()

    def is_in_use(self) -> bool:
        """Whether the replica is known to be recent enough."""
        shows = self._shows
        return shows is not None and time.monotonic() - shows <= MOST_BEHIND

    def note_written(self, person_id: UUID) -> None:
        """A person has written: for a while they read from the primary."""
        self._cache.run(lambda redis: redis.set(_key(person_id), 1, px=WRITTEN_LIFETIME), None)

    def has_all_of(self, person_id: UUID) -> bool:
        """Whether a replica in use shows all that a person has written; not if nobody knows."""
        return not self._cache.run(lambda redis: redis.exists(_key(person_id)), 1)

    def check(self) -> str:
        """For `/readyz`: `ok`, or `degraded` while the primary answers alone."""
        self._watch()
        return "ok" if self.is_in_use() else "degraded"

    def look(self) -> None:
        """Ask both servers how far they are."""
        try:
            shows, reason = self._ask(), "behind"
        except (SQLAlchemyError, Unavailable) as error:
            shows, reason = None, _reason(error)
        if shows is None:
            self._leave(reason)
            return
        if not self.is_in_use():
            log.info("replica_in_use")
        self._shows = shows
        BEHIND.set(time.monotonic() - shows)

    def close(self) -> None:
        """End the thread, then the connections."""
        self._ended.set()
        if self._thread:
            self._thread.join()
        self._engine.dispose()

    def _ask(self) -> float | None:
        """The time whose commits the replica shows; None if they are too old, or it is no replica."""
        at = time.monotonic()
        with deadlines.within(PRIMARY_PATIENCE), self._primary.connect() as connection:
            [*source, position] = connection.execute(PRIMARY).one()
        self._positions.note(at, position)
        with self._engine.connect() as connection:
            found = connection.execute(REPLICA).one_or_none()
            if found is None or [*found[:-1]] != source:
                # The next connection may lead to another server: an address can name several.
                connection.invalidate()
                return None
        return self._positions.reached(found.position or Decimal())

    def _leave(self, reason: str) -> None:
        """Use the replica no more until the next look."""
        if self._shows is not None:
            log.warning("replica_left", reason=reason)
        self._shows = None
        BEHIND.set(-1)

    def _watch(self) -> None:
        # Not before the first use: a fork has only the thread that forks.
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="replica", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while not self._ended.is_set():
            try:
                self.look()
            except Exception as error:  # a defect here must not end the looks
                self._leave(_reason(error))
                log.error("replica_look_failed", exc_info=error)
            self._ended.wait(PAUSE)


def _reason(error: Exception) -> str:
    return type(getattr(error, "orig", error)).__name__


def _key(person_id: UUID) -> str:
    return f"written:{person_id}"
