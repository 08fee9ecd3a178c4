"""Passes a request on to the service it belongs to, and the service's answer back."""

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from chassis.errors import Problem
from gateway.edge import compression, tracing
from gateway.edge.calls import UNANSWERED, Call
from gateway.edge.exchange import Exchange
from gateway.edge.profiles import ProfileCache
from gateway.edge.services import Service
from gateway.errors import ClientGone, TooManyAtOnce
from gateway.routes import Route

if TYPE_CHECKING:
    from chassis.telemetry.spans import OpenSpan

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
        request = exchange.request
        span = tracing.begin_call(exchange, exchange.span, service.name) if exchange.span else None
        call = Call(
            request.method,
            target,
            exchange.heading.passed + tracing.carried(exchange, span),
            Forwarding(self, exchange, route, span).done,
            caller=exchange.subject,
            body=request.content,
        )
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

    __slots__ = ("_exchange", "_heading", "_proxy", "_route", "_span", "_status")

    def __init__(
        self, proxy: Proxy, exchange: Exchange, route: Route, span: "OpenSpan | None"
    ) -> None:
        self._proxy = proxy
        self._exchange = exchange
        self._route = route
        self._span = span
        self._status = 0
        self._heading = UNANSWERED

    def done(self, call: Call) -> None:
        """The service has answered, or will not."""
        if self._span:
            tracing.end_call(self._span, call)
        exchange = self._exchange
        if isinstance(call.problem, ClientGone):
            exchange.connection.abandoned(exchange)
        elif call.problem:
            exchange.refuse(call.problem)
        elif exchange.connection.edge.unread.is_too_much(exchange.subject):
            # Others of the caller's answers have filled their share while this one was made.
            exchange.refuse(TooManyAtOnce("read the answers that you have", retry_after=1))
        else:
            self._respond(call)

    def compressed(self, content: bytes) -> None:
        """The content has been compressed."""
        lines = self._heading.lines + compression.LINE
        self._exchange.answer(self._status, lines, content)

    def _respond(self, call: Call) -> None:
        self._status, self._heading = call.status, call.heading
        exchange, heading, people = self._exchange, call.heading, self._route.people
        exchange.varies += heading.varies
        if heading.media_type in compression.TYPES:
            exchange.varies += b", Accept-Encoding"
        if call.method == "HEAD":
            self._announce()
        elif people and heading.media_type in JSON and call.content and not heading.encoded:
            self._proxy.profiles.expand(call.content, people, self._expanded)
        else:
            self._expanded(call.content)

    def _announce(self) -> None:
        """Announce the length that GET would have (RFC 9110, section 9.3.2), if it would be the service's."""
        changes = self._route.people or self._compressible
        length = None if changes else self._heading.length
        self._exchange.answer(self._status, self._heading.lines, b"", length)

    @property
    def _compressible(self) -> bool:
        accepted = self._exchange.heading.accepts_gzip
        return accepted and self._heading.media_type in compression.TYPES

    def _expanded(self, content: bytes | Problem) -> None:
        if isinstance(content, Problem):
            self._exchange.refuse(content)
        elif len(content) >= compression.LEAST and self._compressible and not self._heading.encoded:
            self._proxy.compress(content, self)
        else:
            self._exchange.answer(self._status, self._heading.lines, content)
