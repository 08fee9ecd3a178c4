"""The connection of one client: requests in, answers out in order, and an end to what takes too long."""

import asyncio
from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING, cast

from gateway.edge.exchange import Exchange
from gateway.edge.headers import Heading, understand
from gateway.edge.reading import Headers, Reader
from gateway.errors import BodyTooSlow, HeadersTooSlow

if TYPE_CHECKING:
    from gateway.edge.edge import Edge

IDLE = 10.0  # seconds that a connection may be silent between two requests
ARRIVING = 10.0  # seconds for a request to arrive
UNREAD = 30.0  # seconds for a client to read something of what it was sent
LINGERING = 5.0  # seconds for a refused client to stop sending, so that it can read why
CLIENT_GONE = 499  # nginx's number for it: no client reads it, but logs and metrics show it
NOTHING: Headers = []
NOT_UNDERSTOOD = understand(NOTHING)
# Of all connections that are not read from any more.
IDLE_READER = Reader(lambda _: 0)


class ClientConnection(asyncio.Protocol):
    """Reads requests, and has them answered one after the other."""

    __slots__ = (
        "_closing",
        "_current",
        "_headers",
        "_heading",
        "_lingers",
        "_paused",
        "_reader",
        "_since",
        "_streams",
        "_stuck",
        "_when_read",
        "edge",
        "peer",
        "subject",
        "transport",
    )

    transport: asyncio.Transport

    def __init__(self, edge: "Edge") -> None:
        self.edge = edge
        self.peer = ""
        self.subject = ""  # the caller of the last request
        self._reader = Reader(edge.front.body_limit)
        self._current: Exchange | None = None
        self._since = 0.0  # when it was last heard from, or could last be sent something
        self._stuck = False  # what was sent waits to be read
        self._closing = False
        self._lingers = False
        self._paused = False  # no more is read while requests wait
        self._streams = False
        self._when_read: Callable[[], None] | None = None
        self._headers = NOTHING
        self._heading = NOT_UNDERSTOOD

    def idle_for(self, now: float) -> float:
        """Seconds since the last answer, if no request has begun to arrive since."""
        busy = self._current or self._reader.requests or self._reader.reading
        return 0.0 if busy else now - self._since

    @property
    def lost(self) -> bool:
        """The client has left."""
        return self.transport.is_closing()

    @property
    def behind(self) -> int:
        """Bytes that wait to be read by the client."""
        return self.transport.get_write_buffer_size()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are no subclasses of asyncio's.
        self.transport = cast(asyncio.Transport, transport)
        self._since = monotonic()
        self.peer = str((transport.get_extra_info("peername") or ("",))[0])
        if not self.edge.welcome(self):
            self._closing = True
            self.transport.abort()

    def connection_lost(self, _: Exception | None) -> None:
        self.edge.forget(self)
        self._closing = True
        self._when_read = None
        self._reader.requests.clear()
        exchange = self._current
        if exchange and exchange.work:
            work, exchange.work = exchange.work, None
            work.cancel()

    def data_received(self, data: bytes) -> None:
        if self._streams:  # the reader of a stream has nothing more to say
            self.abort()
        if self._closing:
            return
        began = self._reader.reading is None
        self._reader.feed(data)
        if began:
            self._since = monotonic()
        if self._current is None and not self._stuck:
            self._next()
        # llhttp cannot be stopped within what it was fed, but it is fed no more than can be answered.
        if self._reader.requests:
            self._paused = True
            self.transport.pause_reading()

    def pause_writing(self) -> None:
        self._stuck = True
        self._since = monotonic()
        self.edge.unread.add(self)

    def resume_writing(self) -> None:
        self._stuck = False
        self._since = monotonic()
        self.edge.unread.discard(self)
        following, self._when_read = self._when_read, None
        if following:
            following()
        elif self._current is None:
            self._next()

    def when_read(self, following: Callable[[], None]) -> None:
        """Go on with the present answer once the client has read most of what it was sent."""
        if self._stuck:
            self._when_read = following
        else:
            following()

    def write(self, data: bytes) -> None:
        """Send something of the present answer."""
        if not self.transport.is_closing():
            self.transport.write(data)

    def abandoned(self, exchange: Exchange) -> None:
        """The client left before the answer."""
        self._let_go_of(exchange)
        self.edge.answered(exchange, CLIENT_GONE, 0)

    def answered(self, exchange: Exchange, status: int, size: int) -> None:
        """The present answer has been sent to its end."""
        self._let_go_of(exchange)
        self._since = monotonic()
        self.edge.answered(exchange, status, size)
        if exchange.request.problem:
            self._linger()
        elif not exchange.request.keeps:
            self.close()
        elif (self._reader.requests or self._reader.reading) and not self._stuck:
            # Not from here: a thousand of them would be a thousand calls deep.
            self.edge.loop.call_soon(self._next)

    def close(self) -> None:
        """Close when everything has been sent."""
        self._closing = True
        self.transport.close()

    def abort(self) -> None:
        """Close at once."""
        self._closing = True
        self.transport.abort()

    def keep_for_stream(self) -> None:
        """The present answer goes on for long; what reading requests took is let go of."""
        self._streams = True
        self._reader = IDLE_READER
        self._headers, self._heading = NOTHING, NOT_UNDERSTOOD

    def sweep(self, now: float) -> None:
        """End the connection if its client has kept us waiting for too long."""
        waited = now - self._since
        if self._lingers:
            if waited > LINGERING:
                self.transport.abort()
        elif self._stuck:
            if waited > UNREAD:
                self.abort()
        elif self._current is None and not self._closing:
            self._sweep_reading(waited)

    def _sweep_reading(self, waited: float) -> None:
        reading = self._reader.reading
        if reading is None:
            if waited > IDLE:
                self.close()
        elif waited > ARRIVING:
            self._reader.give_up(BodyTooSlow() if reading.method else HeadersTooSlow())
            self._next()

    def _next(self) -> None:
        """Have the next request answered, if a whole one is there."""
        if self._current or self._closing:
            return
        requests = self._reader.requests
        if not requests:
            self._tell_to_go_on()
            return
        request = requests.popleft()
        if self._paused and not requests:
            self._paused = False
            self.transport.resume_reading()
        self._current = exchange = Exchange(self, request, self._understood(request.headers))
        self.edge.front.take(exchange)

    def _let_go_of(self, exchange: Exchange) -> None:
        # An exchange and the work on it know each other. Left so, both would wait for the garbage collector,
        # and every request would use memory that no cache of the processor has.
        self._current = exchange.work = None

    def _understood(self, headers: Headers) -> Heading:
        # A client sends the same headers again and again on its connection.
        if headers != self._headers:
            self._headers, self._heading = headers, understand(headers, self.edge.access_cookie)
        return self._heading

    def _tell_to_go_on(self) -> None:
        reading = self._reader.reading
        if reading and reading.expects:
            reading.expects = False
            self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def _linger(self) -> None:
        """Say that nothing more comes, and drop what is still sent: a reset would take the answer with it."""
        self._closing = True
        self._lingers = True
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self.transport.resume_reading()
