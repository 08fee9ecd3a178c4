"""What is told of each request: a log line, figures, and a span if requests are traced."""

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from time import perf_counter, time
from typing import TYPE_CHECKING, Any

import orjson
from prometheus_client import Counter, Histogram

from chassis.telemetry.metrics import DURATION, REQUESTS

if TYPE_CHECKING:
    from gateway.edge.exchange import Exchange

EVERY = 0.05  # seconds between two writes of log lines
MOST = 20_000  # lines that may wait
STDERR = 2

LOST = Counter("log_lines_lost_total", "Log lines that could not be written in time.")


class Journal:
    """Collects log lines, and has a thread write them: a pipe that is full holds up that thread alone."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        threads: ThreadPoolExecutor,
        level: str,
    ) -> None:
        self._loop = loop
        self._threads = threads
        self._told = level in {"DEBUG", "INFO"}
        self._second = 0
        self._stamp = ""  # of this second
        self._lines: list[bytes] = []
        self._writing = False
        self._counters: dict[tuple[str, str, int], Any] = {}
        self._durations: dict[tuple[str, str], Histogram] = {}

    def tell(self, exchange: "Exchange", status: int) -> None:
        """The request has been answered."""
        seconds = perf_counter() - exchange.request.started
        method = exchange.request.method or "other"
        self._count(method, exchange.route_name or "unmatched", status, seconds)
        if self._told:
            self._write_line(exchange, method, status, seconds)

    def flush(self) -> None:
        """Write what is left, as the process ends."""
        _write(b"".join(self._lines))
        self._lines.clear()

    def _count(self, method: str, route: str, status: int, seconds: float) -> None:
        # Finding a child by its labels costs more than counting with it.
        counter = self._counters.get((method, route, status))
        if counter is None:
            counter = self._counters[method, route, status] = REQUESTS.labels(method, route, status)
        duration = self._durations.get((method, route))
        if duration is None:
            duration = self._durations[method, route] = DURATION.labels(method, route)
        counter.inc()
        duration.observe(seconds)

    def _write_line(self, exchange: "Exchange", method: str, status: int, seconds: float) -> None:
        if len(self._lines) >= MOST:
            LOST.inc()
            return
        if not (self._lines or self._writing):
            self._loop.call_later(EVERY, self._hand_over)
        line = {
            "request_id": exchange.request_id,
            "trace_id": exchange.trace_id,
            "service": "gateway",
            "method": method,
            # The route, and not the path, which may hold a secret.
            "route": exchange.route_name,
            "status": status,
            "duration_ms": round(seconds * 1000, 2),
            "user_id": exchange.caller.id if exchange.caller else None,
            "level": "info",
            "timestamp": self._now(),
            "message": "request",
        }
        self._lines.append(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))

    def _now(self) -> str:
        now = time()
        second = int(now)
        if second != self._second:
            self._second = second
            self._stamp = datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S.")
        return f"{self._stamp}{int(1e6 * (now - second)):06d}Z"

    def _hand_over(self) -> None:
        lines, self._lines = b"".join(self._lines), []
        self._writing = True
        self._threads.submit(self._write, lines)

    def _write(self, lines: bytes) -> None:
        """In a thread."""
        try:
            _write(lines)
        finally:
            self._loop.call_soon_threadsafe(self._written)

    def _written(self) -> None:
        self._writing = False
        if self._lines:
            self._loop.call_later(EVERY, self._hand_over)


def _write(lines: bytes) -> None:
    while lines:
        lines = lines[os.write(STDERR, lines) :]
