"""A statement ends when the caller of its request has gone.

A caller may say how long it waits for the answer. When that time is over, no further statement begins, and
a thread cancels the one that runs. A cancellation goes over a connection of its own: a request asks the
database nothing more for its deadline.
"""

import contextlib
import math
import os
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import psycopg
from sqlalchemy import Connection, Engine, event
from sqlalchemy.pool import QueuePool
from sqlalchemy.util.queue import Queue

from chassis.errors import Unavailable

# A value that is longer would be no deadline: a statement may take 5 s.
MILLISECONDS = re.compile(r"[1-9][0-9]{0,4}")
AGAIN = 0.1  # seconds after which a request that still has its connection is cancelled again
PATIENCE = 1.0  # seconds in which PostgreSQL takes a cancellation, unless it hangs

_ends_at: ContextVar[float] = ContextVar("ends_at", default=math.inf)


@contextlib.contextmanager
def within(timeout: str | None) -> Iterator[None]:
    """Do what is in the block for a caller that waits so many whole milliseconds, 99,999 at most.

    Anything else is no deadline.
    """
    if timeout is None or not MILLISECONDS.fullmatch(timeout):
        yield
        return
    before = _ends_at.set(time.monotonic() + int(timeout) / 1000)
    try:
        yield
    finally:
        _ends_at.reset(before)


def left() -> float:
    """Seconds until the caller goes; infinite if it has not said when."""
    return _ends_at.get() - time.monotonic()


def check() -> None:
    """`Unavailable` if the caller has gone."""
    if left() <= 0:
        raise Unavailable("the time for this request is over")


class _Connections(Queue[Any]):
    def get(self, block: bool = True, timeout: float | None = None) -> Any:
        check()
        if timeout is not None:
            timeout = max(0.0, min(timeout, left()))
        return super().get(block, timeout)


class Pool(QueuePool):
    """Lets nobody wait for a connection longer than their caller waits."""

    _queue_class = _Connections


def install(engine: Engine, most: float = math.inf) -> None:
    """Watch the connections that requests take, until they give them back.

    One that is used for more than `most` seconds is closed, not only cancelled.
    """

    @event.listens_for(engine, "checkout")
    def take(connection: psycopg.Connection, *_: Any) -> None:
        ends_at, closed_at = _ends_at.get(), time.monotonic() + most
        if min(ends_at, closed_at) < math.inf:
            _watchdog.watch(connection, min(ends_at, closed_at), closes=closed_at < math.inf)

    @event.listens_for(engine, "before_cursor_execute")
    def before_statement(*_: Any) -> None:
        check()

    @event.listens_for(engine, "commit")
    def before_commit(*_: Any) -> None:
        check()

    # A cancelled ROLLBACK would fail.
    @event.listens_for(engine, "rollback")
    def before_rollback(connection: Connection) -> None:
        if not connection.invalidated:
            _watchdog.leave(connection.connection.dbapi_connection)

    @event.listens_for(engine, "checkin")
    @event.listens_for(engine, "close")
    def give_back(connection: psycopg.Connection | None, *_: Any) -> None:
        _watchdog.leave(connection)


@dataclass(slots=True)
class _Use:
    """The use of a connection by one request."""

    cancel_at: float
    closes: bool
    # The garbage collector may give a lost connection back in the thread that has the lock.
    lock: threading.RLock = field(default_factory=threading.RLock)


class Watchdog:
    """Cancels what runs on the connections of requests whose time is over, in one thread for all."""

    def __init__(self) -> None:
        self._uses: dict[Any, _Use] = {}
        self._sooner = threading.Condition()
        self._wakes_at = math.inf
        self._thread: threading.Thread | None = None

    def watch(
        self, connection: psycopg.Connection, ends_at: float, *, closes: bool = False
    ) -> None:
        """Cancel what runs on the connection from then on, until it is left; or close the connection."""
        with self._sooner:
            self._uses[connection] = _Use(ends_at, closes)
            # Not before: a fork has only the thread that forks.
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="deadlines", daemon=True)
                self._thread.start()
            # Most requests end long before their time, and the thread sleeps through them.
            if ends_at < self._wakes_at:
                self._wakes_at = ends_at
                self._sooner.notify()

    def leave(self, connection: object) -> None:
        """Cancel nothing more on the connection.

        A cancellation that is under way is waited for: once PostgreSQL has taken it, it concerns no statement
        that is sent later.
        """
        if use := self._uses.get(connection):
            with use.lock:
                self._uses.pop(connection, None)

    def _run(self) -> None:
        while True:
            self._sleep()
            for connection, use in self._uses.copy().items():
                if use.cancel_at <= time.monotonic():
                    self._cancel(connection, use)

    def _sleep(self) -> None:
        with self._sooner:
            times = [use.cancel_at for use in self._uses.copy().values()]
            self._wakes_at = min(times, default=math.inf)
            self._sooner.wait(self._wakes_at - time.monotonic() if times else None)

    def _cancel(self, connection: psycopg.Connection, use: _Use) -> None:
        with use.lock:
            if self._uses.get(connection) is not use:
                return
            # Once is not enough: a statement may have been about to begin.
            use.cancel_at = time.monotonic() + AGAIN
            if use.closes:
                _shut(connection)
                return
            try:
                connection.cancel_safe(timeout=PATIENCE)
            except psycopg.Error:
                # It may still come, when another request has the connection. And nothing else ends the wait
                # for a server that hangs.
                _shut(connection)


def _shut(connection: psycopg.Connection) -> None:
    with (
        contextlib.suppress(OSError, psycopg.Error),
        socket.socket(fileno=os.dup(connection.fileno())) as shared,
    ):
        shared.shutdown(socket.SHUT_RDWR)


_watchdog = Watchdog()
