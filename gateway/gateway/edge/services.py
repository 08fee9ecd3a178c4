"""A service as the edge calls it: kept connections, a deadline, a breaker, a bulkhead, one retry."""

import asyncio
import random
from collections import deque
from http import HTTPStatus
from time import monotonic, perf_counter
from urllib.parse import urlsplit

from prometheus_client import Counter, Histogram

from chassis.errors import Problem, Unavailable
from gateway.edge.breaker import Breaker, Bulkhead, RetryBudget
from gateway.edge.calls import SILENT, UNANSWERED, WHOLE, Call
from gateway.edge.deadlines import Deadlines
from gateway.edge.service_connections import ServiceConnection
from gateway.errors import BadGateway, GatewayTimeout, TooManyAtOnce

PLACES = 256  # calls of one service at a time
CONNECT_TIMEOUT = 0.5
MAX_IDLE = 60  # seconds; services close an idle connection after 75
WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
# A POST may have had its effect although the connection broke: the client may repeat it with its
# Idempotency-Key.
IDEMPOTENT = frozenset({"GET", "HEAD", "PUT", "DELETE"})

CALLS = Counter(
    "upstream_calls_total", "Calls of services, by how they ended.", ["service", "outcome"]
)
RETRIES = Counter("upstream_retries_total", "Calls made a second time.", ["service"])
DURATION = Histogram(
    "upstream_call_duration_seconds", "Time a service took to answer.", ["service"]
)


class Service:
    """Calls one listener of one service, over kept connections, the last used first."""

    def __init__(
        self,
        name: str,
        url: str,
        loop: asyncio.AbstractEventLoop,
        deadlines: Deadlines,
        patience: float = 1.0,
    ) -> None:
        address = urlsplit(url)
        self.name = name
        self._authority = address.netloc.encode()
        self.breaker = Breaker(monotonic)
        self._host, self._port = address.hostname or "", address.port or 80
        self._loop, self._deadlines = loop, deadlines
        self._patience = patience
        self._bulkhead = Bulkhead(name, PLACES)
        self._budget = RetryBudget()
        self._idle: list[ServiceConnection] = []
        self._connecting: set[asyncio.Task[None]] = set()
        self._answered: deque[float] = deque()  # seconds of calls that are not in the figures yet
        self._calls = CALLS.labels(name, "answered")
        self._duration = DURATION.labels(name)

    def seconds(self, deadline: float) -> float:
        """For how long it is waited where a machine of usual speed would need `deadline` seconds at most."""
        return deadline * self._patience

    def ask(self, call: Call, deadline: float) -> None:
        """Ask the service; waiting and a second try included, it takes at most `seconds(deadline)`.

        If a sink takes the answer, that is for its first piece.
        """
        seconds = self.seconds(deadline)
        call.service = self
        self._budget.earn()
        call.expires_at = monotonic() + seconds
        call.ends_at = monotonic() + WHOLE
        call.slot = self._deadlines.set(call, seconds)
        try:
            self._bulkhead.enter(call)
        except Problem as problem:
            self._finish(call, problem)
        else:
            call.waits = not call.begun

    def attempt(self, call: Call) -> None:
        """Send the call, which has a place, over a kept connection or a new one."""
        breaker = self.breaker
        if breaker.is_open and not breaker.admits():
            self.end(call, Unavailable(f"{self.name} does not answer just now"))
            return
        call.probes = breaker.is_open
        call.tries += 1
        call.started = perf_counter()
        if self._idle:
            self._idle.pop().send(call)
            return
        task = self._loop.create_task(self._connect(call))
        self._connecting.add(task)
        task.add_done_callback(self._connecting.discard)

    async def _connect(self, call: Call) -> None:
        try:
            async with asyncio.timeout(self.seconds(CONNECT_TIMEOUT)):
                _, connection = await self._loop.create_connection(
                    lambda: ServiceConnection(self), self._host, self._port
                )
        except (OSError, TimeoutError):
            if not call.ended:
                self.unreachable(call, "cannot be reached", counts=True)
            return
        if call.ended:  # its time is over, or its client has left
            self.give_back(connection)
        else:
            connection.send(call)

    def message(self, call: Call) -> bytes:
        """The request, with how long its answer will be waited for, so that the service works no longer."""
        left = max(1, int(1000 * (call.expires_at - monotonic())))
        length = b""
        if call.body or call.method in WITH_BODY:
            length = b"Content-Length: %d\r\n" % len(call.body)
        return (
            b"%b %b HTTP/1.1\r\nHost: %b\r\nX-Request-Timeout: %d\r\n%bAccept-Encoding: identity\r\n%b\r\n%b"
            % (
                call.method.encode(),
                call.target,
                self._authority,
                left,
                call.lines,
                length,
                call.body,
            )
        )

    def unreachable(self, call: Call, reason: str, *, counts: bool) -> None:
        """There was no answer at all: ask again where that is safe."""
        if counts:
            self.breaker.failed(call.caller)
        if not self._asks_again(call):
            self._finish(call, BadGateway(f"{self.name} {reason}"))

    def began(self, call: Call) -> None:
        """The head of an answer is there."""
        self.breaker.succeeded(call.caller)

    def progressed(self, call: Call) -> None:
        """A piece of an answer has come that a sink takes: the next one has its own time."""
        call.expires_at = min(monotonic() + SILENT, call.ends_at)

    def answered(self, call: Call) -> None:
        """The answer is complete."""
        if call.status == HTTPStatus.SERVICE_UNAVAILABLE and self._asks_again(call):
            return
        self._answered.append(perf_counter() - call.started)
        self._finish(call, None)

    def expired(self, call: Call) -> None:
        """The time for the call is over, unless a sink takes its answer, which goes on."""
        left = call.expires_at - monotonic()
        if call.sink and left > 0:
            call.slot = self._deadlines.set(call, left)
        elif call.begun:
            self.end(call, GatewayTimeout(f"{self.name} did not answer in time"))
        else:
            self.end(call, TooManyAtOnce("too many of them wait for an answer", retry_after=1))

    def end(self, call: Call, problem: Problem) -> None:
        """End the call without an answer, and its connection with it: what still comes is for nobody."""
        if call.ended:
            return
        connection, call.connection = call.connection, None
        if connection:
            connection.call = None
            connection.transport.abort()
        if isinstance(problem, GatewayTimeout | BadGateway) and not call.status:
            self.breaker.failed(call.caller)
        elif call.probes:
            self.breaker.abandoned()
        self._finish(call, problem)

    def give_back(self, connection: ServiceConnection) -> None:
        """Keep a connection for the next call."""
        connection.idle_since = monotonic()
        self._idle.append(connection)

    def forget(self, connection: ServiceConnection) -> None:
        """The service has closed a kept connection."""
        if connection in self._idle:
            self._idle.remove(connection)

    def count(self) -> None:
        """Put the answered calls into the figures. For one thread at a time."""
        answered = len(self._answered)
        for _ in range(answered):
            self._duration.observe(self._answered.popleft())
        self._calls.inc(answered)

    def sweep(self) -> None:
        """Close what has been idle for so long that the service may be about to close it."""
        now = monotonic()
        while self._idle and now - self._idle[0].idle_since > MAX_IDLE:
            self._idle.pop(0).transport.close()

    def close(self) -> None:
        """Close the kept connections."""
        while self._idle:
            self._idle.pop().transport.close()

    def _asks_again(self, call: Call) -> bool:
        if call.tries > 1 or call.method not in IDEMPOTENT or not self._budget.spend():
            return False
        RETRIES.labels(self.name).inc()
        call.status = call.size = 0
        call.heading, call.pieces = UNANSWERED, []
        jitter = random.uniform(0.01, 0.05)  # noqa: S311  # not a secret
        self._loop.call_later(jitter, self._again, call)
        return True

    def _again(self, call: Call) -> None:
        if not call.ended:
            self.attempt(call)

    def _finish(self, call: Call, problem: Problem | None) -> None:
        call.ended = True
        if call.slot is not None:
            call.slot.discard(call)
        if call.begun:
            self._bulkhead.leave(call.caller)
        elif call.waits:
            self._bulkhead.give_up(call)
        if problem:
            CALLS.labels(self.name, problem.code).inc()
        call.problem = problem
        call.done(call)
