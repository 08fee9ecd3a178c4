"""Hands requests to Flask's views, which run in threads behind the loop.

To the edge the views are like one more service: each caller has a few places there, and what is beyond waits.
"""

import asyncio
import io
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Protocol

import structlog
from flask import Flask, request

from chassis.auth.tokens import Caller
from chassis.errors import Problem, Unauthorized
from gateway.addresses import Address
from gateway.edge import compression
from gateway.edge.breaker import Bulkhead
from gateway.edge.callers import Identity
from gateway.edge.calls import Call
from gateway.edge.exchange import Exchange
from gateway.edge.headers import HOP_BY_HOP

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

THREADS = 32
PLACES = 1024  # requests in threads or on the way there
IDENTITY = "lyceum.identity"
VISIT = "lyceum.visit"
ORDER = "lyceum.order"  # a view puts here what is to follow its answer
NOT_PASSED = frozenset({"connection", "content-length", "date", "server", "transfer-encoding"})

log = structlog.get_logger(__name__)


class Order(Protocol):
    """The body of an answer that the edge writes: a stream, or a document."""

    def begin(self, exchange: Exchange, status: int, lines: bytes) -> None:
        """Answer the exchange with this status and these headers."""

    def give_up(self) -> None:
        """The client has left."""


class Views:
    """Flask, as the edge calls it."""

    def __init__(self, app: Flask, loop: asyncio.AbstractEventLoop) -> None:
        self._app = app
        self._loop = loop
        self._threads = ThreadPoolExecutor(THREADS, "view")
        self._bulkhead = Bulkhead("gateway", PLACES)

    def answer(self, exchange: Exchange, address: Address, identity: Identity) -> None:
        """Have a view answer the request."""
        visit = Visit(self, exchange, address, identity)
        exchange.work = visit
        try:
            self._bulkhead.enter(visit)
        except Problem as problem:
            exchange.refuse(problem)

    def run(self, visit: "Visit") -> None:
        """Call Flask in a thread."""
        environ = environ_of(visit.exchange, visit.address, visit.identity)
        environ[VISIT] = visit

        def call() -> None:
            answer = Answer(self._app, environ)
            try:
                answer.make()
            except Exception as error:  # the loop must hear of it, whatever it was
                log.error("view_failed", exc_info=error)
                if order := environ.get(ORDER):
                    order.give_up()
            self._loop.call_soon_threadsafe(self._done, visit, answer)

        self._threads.submit(call)

    def leave(self, visit: "Visit") -> None:
        """Wait no longer for a place."""
        self._bulkhead.give_up(visit)

    def _done(self, visit: "Visit", answer: "Answer") -> None:
        self._bulkhead.leave(visit.caller)
        visit.done(answer)


class Visit:
    """One request in the hands of a view."""

    __slots__ = ("_begun", "_calls", "_gone", "_views", "address", "caller", "exchange", "identity")

    def __init__(
        self, views: Views, exchange: Exchange, address: Address, identity: Identity
    ) -> None:
        self.exchange, self.address, self.identity = exchange, address, identity
        self.caller = exchange.subject
        self._views = views
        self._calls: list[Call] = []
        self._begun = self._gone = False

    @property
    def gone(self) -> bool:
        """The client has left."""
        return self._gone

    def makes(self, call: Call) -> None:
        """The view asks a service."""
        self._calls.append(call)

    def begin(self) -> None:
        self._begun = True
        self._views.run(self)

    def cancel(self) -> None:
        self._gone = True
        for call in self._calls:
            call.cancel()
        if not self._begun:
            self._views.leave(self)

    def done(self, answer: "Answer") -> None:
        """The view has answered."""
        if self._gone:
            if answer.order:
                answer.order.give_up()
            self.exchange.told = True
            self.exchange.connection.abandoned(self.exchange)
        elif answer.order:
            answer.order.begin(self.exchange, answer.status, answer.lines)
        else:
            self.exchange.pass_on(answer.status, answer.lines, answer.content, answer.length)


class Answer:
    """What a view answers, whole."""

    def __init__(self, app: Flask, environ: "WSGIEnvironment") -> None:
        self._app = app
        self._environ = environ
        self.status = 500
        self.lines = b""
        self.content = b""
        self.length: bytes | None = b"0"
        self.order: Order | None = None

    def make(self) -> None:
        """Call the view. In a thread."""
        headers: list[tuple[str, str]] = []

        def start_response(status: str, given: list[tuple[str, str]], _: Any = None) -> Any:
            self.status = int(status[:3])
            headers[:] = given

        pieces: Iterable[bytes] = self._app(self._environ, start_response)
        try:
            self.content = b"".join(pieces)
        finally:
            if hasattr(pieces, "close"):
                pieces.close()
        self.order = self._environ.get(ORDER)
        self._fit(dict(headers), headers)

    def _fit(self, named: dict[str, str], headers: list[tuple[str, str]]) -> None:
        self.length = named["Content-Length"].encode() if "Content-Length" in named else None
        media_type = named.get("Content-Type", "").partition(";")[0].encode()
        lines = [
            f"{name}: {value}\r\n" for name, value in headers if name.lower() not in NOT_PASSED
        ]
        self.lines = "".join(lines).encode("latin-1")
        if media_type not in compression.TYPES or "Content-Encoding" in named:
            return
        self.lines += b"Vary: Accept-Encoding\r\n"
        if not self._environ["lyceum.gzip"]:
            return
        if self._environ["REQUEST_METHOD"] == "HEAD":
            self.length = None
        elif len(self.content) >= compression.LEAST:
            self.content = compression.compressed(self.content)
            self.lines += compression.LINE


class Verified:
    """The verifier of the views: the edge has verified the token of each request already."""

    def verify(self, _: str) -> Caller:
        """The caller of the present request; the edge's reason if its token is not valid."""
        identity: Identity = request.environ[IDENTITY]
        if identity.refusal:
            raise identity.refusal
        if identity.caller is None:
            raise Unauthorized
        return identity.caller


def environ_of(exchange: Exchange, address: Address, identity: Identity) -> "WSGIEnvironment":
    """The request as WSGI describes it (PEP 3333)."""
    received = exchange.request
    environ: dict[str, Any] = {
        "REQUEST_METHOD": received.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": address.path.encode().decode("latin-1"),
        "QUERY_STRING": address.target.partition(b"?")[2].decode("latin-1"),
        "SERVER_NAME": "gateway",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": exchange.address,
        "CONTENT_LENGTH": str(received.size),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(received.content),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        IDENTITY: identity,
        "lyceum.gzip": exchange.heading.accepts_gzip,
    }
    for name, value in received.headers:
        key = name.decode("latin-1").upper().replace("-", "_")
        # `X_User` and `X-User` would be one here.
        if b"_" in name or name == b"content-length" or name in HOP_BY_HOP:
            continue
        if key != "CONTENT_TYPE":
            key = f"HTTP_{key}"
        text = value.decode("latin-1")
        environ[key] = f"{environ[key]},{text}" if key in environ else text
    if exchange.heading.authorization is not None:
        # It may have come as a cookie.
        environ["HTTP_AUTHORIZATION"] = exchange.heading.authorization.decode("latin-1")
    environ["HTTP_X_REQUEST_ID"] = exchange.request_id
    environ["HTTP_TRACEPARENT"] = exchange.traceparent
    return environ
