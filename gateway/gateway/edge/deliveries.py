"""A document as the answer to a client: read from its file only as fast as the client takes it."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import structlog

from chassis.spool import Document
from gateway.edge.exchange import Exchange

PIECE = 128 * 1024  # bytes read at a time
LASTS = 3600.0  # seconds for a client to take a document

log = structlog.get_logger(__name__)


class Delivery:
    """A document that a view has written whole. `ended` is called once, when it is closed."""

    def __init__(
        self, document: Document, threads: ThreadPoolExecutor, ended: Callable[[], None]
    ) -> None:
        self._document = document
        self._threads = threads
        self._ended = ended
        self._left = document.size
        self._reading = self._gone = False

    def begin(self, exchange: Exchange, status: int, lines: bytes) -> None:
        """Answer the exchange with the document."""
        self._exchange, self._status = exchange, status
        self._connection = connection = exchange.connection
        self._loop: asyncio.AbstractEventLoop = connection.edge.loop
        exchange.told = True
        exchange.work = self
        head = exchange.head(status, lines)
        connection.write(b"%bContent-Length: %d\r\n\r\n" % (head, self._document.size))
        self._timer = self._loop.call_later(LASTS, connection.abort)
        if exchange.request.method == "HEAD":
            self._finish(0)
        else:
            self._read()

    def give_up(self) -> None:
        """The client left before the answer."""
        self._close()

    def cancel(self) -> None:
        """The client has left."""
        self._gone = True
        self._timer.cancel()
        if not self._reading:
            self._close()

    def _read(self) -> None:
        """Have a thread read the next piece: the disk may be slow."""
        self._reading = True
        self._threads.submit(self._read_aside)

    def _read_aside(self) -> None:
        try:
            piece = self._document.read(PIECE)
        except OSError as error:
            log.error("document_unreadable", reason=str(error))
            piece = b""
        self._loop.call_soon_threadsafe(self._send, piece)

    def _send(self, piece: bytes) -> None:
        self._reading = False
        if self._gone:
            self._close()
        elif not piece:
            # Nothing but the end of the connection can tell the client now.
            self._connection.abort()
        else:
            self._connection.write(piece)
            self._left -= len(piece)
            if self._left:
                self._connection.when_read(self._read)
            else:
                self._finish(self._document.size)

    def _finish(self, size: int) -> None:
        self._timer.cancel()
        self._close()
        self._connection.answered(self._exchange, self._status, size)

    def _close(self) -> None:
        self._document.close()
        self._ended()
