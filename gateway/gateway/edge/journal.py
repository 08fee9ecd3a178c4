"""What is told of each request: a log line, figures, and a span if requests are traced.

While a request is answered only notes are taken. A thread makes lines and figures of them, of many at a time:
that costs a fourth of what it does one by one, when other programs have emptied the caches of the processor.
"""

import asyncio
import os
import threading
from collections import Counter as Counted
from collections import deque
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import cache
from time import perf_counter, time
from typing import TYPE_CHECKING
from uuid import UUID

import orjson
from prometheus_client import Counter, Histogram

from chassis.telemetry.metrics import DURATION, REQUESTS
from gateway.edge.services import Service

if TYPE_CHECKING:
    from gateway.edge.exchange import Exchange

EVERY = 0.2  # seconds between two writes of log lines
MOST = 20_000  # lines that may wait
STDERR = 2

LOST = Counter("log_lines_lost_total", "Log lines that could not be written in time.")

# When a request was answered, in seconds since 1970; its id and its trace's; method, route, status; for how
# many seconds it was answered; whose it was.
Note = tuple[float, str, str, str, str | None, int, float, UUID | None]


class Journal:
    """Takes notes on the loop, and works them off in threads."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        threads: ThreadPoolExecutor,
        services: Iterable[Service],
        level: str,
    ) -> None:
        self._loop = loop
        self._threads = threads
        self._services = list(services)
        self._told = level in {"DEBUG", "INFO"}
        self._notes: deque[Note] = deque()
        self._due = False  # the notes will be worked off
        self._working = threading.Lock()
        # A pipe that is full holds up the thread that has this, and no other.
        self._writing = threading.Lock()
        self._lines: list[bytes] = []
        self._second = 0
        self._stamp = ""  # of this second

    def tell(self, exchange: "Exchange", status: int) -> None:
        """The request has been answered."""
        request, caller = exchange.request, exchange.caller
        note = (
            time(),
            exchange.request_id,
            exchange.trace_id,
            request.method or "other",
            exchange.route_name,
            status,
            perf_counter() - request.started,
            caller.id if caller else None,
        )
        self._notes.append(note)
        if not self._due:
            self._due = True
            self._loop.call_later(EVERY, self._hand_over)

    def work_off(self) -> None:
        """Make figures and lines of what has been told so far. For threads."""
        with self._working:
            for service in self._services:
                service.count()
            notes = [self._notes.popleft() for _ in range(len(self._notes))]
            _count(notes)
            if self._told:
                self._write_down(notes)

    def flush(self) -> None:
        """Write what is left, as the process ends."""
        self.work_off()
        _write(self._waiting_lines())

    def _hand_over(self) -> None:
        self._due = False
        self._threads.submit(self._work_off_and_write)

    def _work_off_and_write(self) -> None:
        self.work_off()
        # One thread writes. It looks again when it is done: others leave their lines to it.
        while self._lines and self._writing.acquire(blocking=False):
            try:
                _write(self._waiting_lines())
            finally:
                self._writing.release()

    def _waiting_lines(self) -> bytes:
        with self._working:
            lines, self._lines = self._lines, []
        return b"".join(lines)

    def _write_down(self, notes: list[Note]) -> None:
        room = max(0, MOST - len(self._lines))
        self._lines += map(self._line, notes[:room])
        LOST.inc(len(notes[room:]))

    def _line(self, note: Note) -> bytes:
        at, request_id, trace_id, method, route, status, seconds, user_id = note
        line = {
            "request_id": request_id,
            "trace_id": trace_id,
            "service": "gateway",
            "method": method,
            # The route, and not the path, which may hold a secret.
            "route": route,
            "status": status,
            "duration_ms": round(seconds * 1000, 2),
            "user_id": user_id,
            "level": "info",
            "timestamp": self._written(at),
            "message": "request",
        }
        return orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)

    def _written(self, at: float) -> str:
        second = int(at)
        if second != self._second:
            self._second = second
            self._stamp = datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S.")
        return f"{self._stamp}{int(1e6 * (at - second)):06d}Z"


def _count(notes: list[Note]) -> None:
    answered = Counted(
        (method, route or "unmatched", status) for _, _, _, method, route, status, _, _ in notes
    )
    for labels, number in answered.items():
        REQUESTS.labels(*labels).inc(number)
    for _, _, _, method, route, _, seconds, _ in notes:
        _duration_of(method, route or "unmatched").observe(seconds)


@cache
def _duration_of(method: str, route: str) -> Histogram:
    # Finding it by its labels costs more than observing with it.
    return DURATION.labels(method, route)


def _write(lines: bytes) -> None:
    while lines:
        lines = lines[os.write(STDERR, lines) :]
