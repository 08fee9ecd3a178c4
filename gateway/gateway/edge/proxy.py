"""Passes a request on to the service it belongs to, and the service's answer back."""

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

from chassis.errors import Problem
from gateway.edge import compression
from gateway.edge.calls import Call
from gateway.edge.exchange import Exchange
from gateway.edge.headers import Passed
from gateway.edge.profiles import ProfileCache
from gateway.edge.service_connections import value_of
from gateway.edge.services import Service
from gateway.edge.tracing import CallTrace
from gateway.errors import ClientGone, TooManyAtOnce
from gateway.routes import Route

JSON = frozenset({b"application/json", b"application/geo+json"})


class Proxy:
    """What passing on takes."""

    def __init__(
        self,
        services: Mapping[str, Service],
        profiles: ProfileCache,
        loop: asyncio.AbstractEventLoop,
        threads: ThreadPoolExecutor,
    ) -> None:
        self.profiles = profiles
        self._services = services
        self._loop = loop
        self._threads = threads

    def forward(self, exchange: Exchange, route: Route, target: bytes) -> None:
        """Ask the service of the route, and answer what it answers."""
        service = self._services[route.service]
        forwarding = Forwarding(self, exchange, route)
        trace = CallTrace(exchange, service.name)
        request = exchange.request
        call = Call(
            request.method,
            target,
            b"%bX-Forwarded-For: %b\r\n%b"
            % (exchange.heading.passed, exchange.address.encode(), trace.lines),
            forwarding.done,
            caller=exchange.subject,
            body=request.content,
        )
        forwarding.trace = trace
        exchange.work = call
        service.ask(call, route.deadline(request.method))

    def compress(self, content: bytes, then: "Forwarding") -> None:
        """Compress the content, in a thread if it is large."""
        if len(content) < compression.ASIDE:
            then.compressed(compression.compressed(content))
            return

        def compress() -> None:
            small = compression.compressed(content)
            self._loop.call_soon_threadsafe(then.compressed, small)

        self._threads.submit(compress)


class Forwarding:
    """One request on its way through."""

    __slots__ = ("_exchange", "_passed", "_proxy", "_route", "_status", "trace")

    trace: CallTrace

    def __init__(self, proxy: Proxy, exchange: Exchange, route: Route) -> None:
        self._proxy = proxy
        self._exchange = exchange
        self._route = route
        self._passed: Passed | None = None
        self._status = 0

    def done(self, call: Call) -> None:
        """The service has answered, or will not."""
        self.trace.end(call)
        if isinstance(call.problem, ClientGone):
            self._exchange.connection.abandoned(self._exchange)
        elif call.problem:
            self._exchange.refuse(call.problem)
        elif self._exchange.connection.edge.unread.is_too_much(self._exchange.subject):
            # Others of the caller's answers have filled their share while this one was made.
            problem = TooManyAtOnce("read the answers that you have", retry_after=1)
            self._exchange.refuse(problem)
        else:
            self._respond(call)

    def compressed(self, content: bytes) -> None:
        """The content has been compressed."""
        self._answer(content, compression.LINE)

    def _respond(self, call: Call) -> None:
        self._status = call.status
        self._passed = passed = Passed(call.headers)
        self._exchange.varies += passed.varies
        if passed.media_type in compression.TYPES:
            self._exchange.varies += b", Accept-Encoding"
        if call.method == "HEAD":
            self._announce(call, passed)
        elif (
            self._route.people and passed.media_type in JSON and call.content and not passed.encoded
        ):
            self._proxy.profiles.expand(call.content, self._route.people, self._expanded)
        else:
            self._expanded(call.content)

    def _announce(self, call: Call, passed: Passed) -> None:
        """Announce the length that GET would have (RFC 9110, section 9.3.2), if it would be the service's."""
        compressible = (
            passed.media_type in compression.TYPES and self._exchange.heading.accepts_gzip
        )
        length = None
        if not (self._route.people or compressible):
            length = value_of(call.headers, b"content-length")
        self._exchange.answer(call.status, passed.lines, b"", length)

    def _expanded(self, content: bytes | Problem) -> None:
        passed = self._passed
        if isinstance(content, Problem):
            self._exchange.refuse(content)
        elif (
            passed
            and self._exchange.heading.accepts_gzip
            and passed.media_type in compression.TYPES
            and not passed.encoded
            and len(content) >= compression.LEAST
        ):
            self._proxy.compress(content, self)
        else:
            self._answer(content)

    def _answer(self, content: bytes, more: bytes = b"") -> None:
        lines = self._passed.lines if self._passed else b""
        self._exchange.answer(self._status, lines + more, content)
