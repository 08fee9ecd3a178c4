"""A connection to a service: one call at a time, read by llhttp, through httptools.

llhttp bounds nothing: the bounds are here. An answer is collected whole, or goes to a file: half of one never
has a status, and a client that reads slowly does not hold a service.
"""

import asyncio
from http import HTTPStatus
from typing import TYPE_CHECKING, cast

import httptools

from gateway.edge.calls import MAX_ANSWER, Call
from gateway.edge.headers import AnswerHeading, Headers
from gateway.errors import BadGateway

if TYPE_CHECKING:
    from gateway.edge.services import Service

MAX_HEAD = 32 * 1024  # bytes
MAX_HEADERS = 100
WITHOUT_BODY = frozenset({HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED})


class ServiceConnection(asyncio.Protocol):
    """One connection to a service; it serves one call at a time."""

    __slots__ = (
        "_head",
        "_headers",
        "_parser",
        "_used",
        "call",
        "idle_since",
        "service",
        "transport",
    )

    transport: asyncio.Transport

    def __init__(self, service: "Service") -> None:
        self.service = service
        self.call: Call | None = None
        self.idle_since = 0.0
        self._head = 0  # bytes received before the head was whole
        self._headers: Headers = []
        self._used = False
        self._parser = httptools.HttpResponseParser(self)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are no subclasses of asyncio's.
        self.transport = cast(asyncio.Transport, transport)

    def connection_lost(self, _: Exception | None) -> None:
        call, self.call = self.call, None
        if call is None:
            self.service.forget(self)
            return
        call.connection = None
        if call.status:
            self.service.end(call, BadGateway(f"{self.service.name} did not finish its answer"))
        else:
            self.service.unreachable(call, "closed the connection", counts=not self._used)

    def send(self, call: Call) -> None:
        """Send the request."""
        self.call, call.connection = call, self
        self._head = 0
        self._headers = []
        self.transport.write(self.service.message(call))

    def data_received(self, data: bytes) -> None:
        call = self.call
        if call is None:  # nothing was asked
            self.transport.abort()
            return
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self._fail("did not answer in HTTP")
            return
        # llhttp tells of a header only when it is whole. (By now the next call may wait for its answer.)
        if self.call is call and not call.status:
            self._head += len(data)
            if self._head > MAX_HEAD:
                self._fail("answered with headers that are too long")

    def on_header(self, name: bytes, value: bytes) -> None:
        call = self.call
        if call and not call.status:  # a trailer comes this way, too, after the head
            self._headers.append((name, value))

    def on_headers_complete(self) -> None:
        call = self.call
        if call is None:
            return
        status = self._parser.get_status_code()
        if status < HTTPStatus.OK:
            self._fail(f"answered {status}")
            return
        if len(self._headers) > MAX_HEADERS:
            self._fail("answered with too many headers")
            return
        call.heading = AnswerHeading(self._headers)
        if call.heading.size > MAX_HEAD:
            self._fail("answered with headers that are too long")
            return
        call.status = status
        self.service.began(call)
        if call.method == "HEAD":
            # llhttp cannot be told that no body follows: this parser would wait for it.
            keeps = self._parser.should_keep_alive()
            self._parser = httptools.HttpResponseParser(self)
            self._complete(keeps)
            return
        self._check_length(call)

    def _check_length(self, call: Call) -> None:
        """Refuse an answer that would end with its connection, or is known to be too large."""
        heading = call.heading
        if heading.length is None:
            if not (heading.chunked or call.status in WITHOUT_BODY):
                self._fail("did not say how long its answer is")
        elif call.is_collected and int(heading.length) > MAX_ANSWER:
            self._fail("answered with more than can be passed on")

    def on_body(self, piece: bytes) -> None:
        call = self.call
        if call is None:
            return
        if call.sink and not call.is_collected:
            self.service.progressed(call)
            call.sink.take(piece)
            return
        call.size += len(piece)
        call.pieces.append(piece)
        if call.size > MAX_ANSWER:
            self._fail("answered with more than can be passed on")

    def on_message_complete(self) -> None:
        self._complete(self._parser.should_keep_alive())

    def _complete(self, keeps: bool) -> None:
        call, self.call = self.call, None
        if call is None:
            return
        call.connection = None
        self._used = True
        if call.sink:  # it may have had the reading stopped
            self.transport.resume_reading()
        if keeps:
            self.service.give_back(self)
        else:
            self.transport.close()
        self.service.answered(call)

    def _fail(self, reason: str) -> None:
        # A callback may have ended the call already, and the connection with it.
        if self.call:
            self.service.end(self.call, BadGateway(f"{self.service.name} {reason}"))
