"""A client's connection: requests are collected and answers sent without a thread that waits.

A connection is a generator: it yields what it waits for, and any thread carries it on when that is there.
HTTP itself is gunicorn's: its parser reads what has come, and its `Response` writes the answer.
"""

import contextlib
import math
import select
import socket
import time
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from gunicorn.http import RequestParser
from gunicorn.http.body import LengthReader
from gunicorn.http.errors import LimitRequestHeaders, NoMoreData

from chassis.web.gunicorn_answers import Address, Answer, File, Request, answer
from chassis.web.gunicorn_errors import write_problem

if TYPE_CHECKING:
    from chassis.web.gunicorn_worker import EpollWorker

HEAD_WITHIN = 10  # seconds from the first byte of a request to the end of its head
BODY_WITHIN = 10  # seconds from the end of its head to the end of its body
ANSWER_WITHIN = 30  # seconds for a client to take an answer, or a piece of a file
FILE_WITHIN = 600  # seconds for a client to take a whole file
CLOSE_WITHIN = 2  # seconds for a client to close after us
MAX_HEAD = 64 * 1024  # bytes
MAX_BODY = 1024 * 1024  # bytes; a service refuses a longer or a chunked body without reading it
SMALL = 64 * 1024  # bytes that any connection may keep in memory
PIECE = 64 * 1024  # bytes read at a time

Result = TypeVar("Result")


class Wait(NamedTuple):
    """What a connection waits for."""

    events: int
    """`EPOLLIN` or `EPOLLOUT`"""
    deadline: float
    idle: bool = False
    """No byte of a next request has come."""
    held: int = 0
    """How many bytes are kept in memory meanwhile."""


Steps = Generator[Wait, None, Result]


class RequestTimeout(Exception):
    """A request did not come to its end in time."""


class Overloaded(Exception):
    """There is no memory for this body."""


class Connection:
    """One request and answer after the other, in whichever threads, without ever blocking one."""

    def __init__(
        self, worker: "EpollWorker", sock: socket.socket, address: Address, listener: Address
    ) -> None:
        sock.setblocking(False)
        self.number = sock.fileno()
        self._worker = worker
        self._sock = sock
        self._address = address
        self._listener = listener
        self._received = bytearray()
        self._request: Request = None
        self._steps = self._converse()
        self.wait = next(self._steps)

    def go_on(self) -> bool:
        """Go as far as the socket allows. False if the connection has ended."""
        return self._step(lambda: next(self._steps))

    def time_out(self) -> bool:
        """Tell the connection that its deadline has passed. False if it has ended."""
        return self._step(lambda: self._steps.throw(TimeoutError()))

    def is_overdue(self, now: float, idle_until: float) -> bool:
        """Whether the deadline has passed and there is nothing left to read."""
        deadline = min(self.wait.deadline, idle_until) if self.wait.idle else self.wait.deadline
        if now <= deadline:
            return False
        return not (self.wait.events & select.EPOLLIN and self._has_unread())

    def _step(self, step: Callable[[], Wait]) -> bool:
        try:
            self.wait = step()
        except (StopIteration, OSError):  # OSError: the client is gone, or took too long
            return False
        except Exception:
            self._worker.log.exception("a connection broke off")
            return False
        return True

    def _has_unread(self) -> bool:
        try:
            self._sock.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return False
        except OSError:
            return True  # the thread that reads will find out
        return True

    def _converse(self) -> Steps[None]:
        try:
            yield from self._exchange_all()
            yield from self._close()
        finally:
            self._sock.close()

    def _exchange_all(self) -> Steps[None]:
        try:
            while (yield from self._exchange()):
                pass
        except (ConnectionError, TimeoutError):
            raise
        except RequestTimeout:
            self._refuse(408, "Request Timeout", "the request did not come to its end in time")
        except Overloaded:
            self._refuse(503, "Service Unavailable", "too many large requests")
        except Exception as error:
            self._worker.handle_error(self._request, self._sock, self._address, error)

    def _exchange(self) -> Steps[bool]:
        """One request and its answer. Whether the connection may be kept."""
        self._request = None
        parser = yield from self._head()
        if parser is None:
            return False
        self._request = request = parser.mesg
        whole = yield from self._body(request)
        parser.unreader.unread(bytes(self._received))
        given = answer(self._worker, request, self._address, self._listener)
        sent = yield from self._send_all(given)
        if not (sent and given.keeps_connection and whole and finished(parser)):
            return False
        # What is left belongs to the next request.
        self._received = bytearray(parser.unreader.take_buffered())
        return True

    def _head(self) -> Steps[RequestParser | None]:
        """The parser behind the head of a request, or None if the client sends no other one."""
        deadline = time.monotonic() + self._worker.cfg.keepalive
        if self._received:
            deadline = time.monotonic() + HEAD_WITHIN
            # Others have their turn between the requests that a client sends at once.
            yield Wait(select.EPOLLOUT, deadline)
        while not (parser := self._parse()):
            idle = not self._received
            try:
                data = yield from self._receive(deadline, idle=idle)
            except TimeoutError:
                if idle:
                    return None
                raise RequestTimeout from None
            if not data:
                return None
            if idle:
                deadline = time.monotonic() + HEAD_WITHIN
            self._received += data
        return parser

    def _parse(self) -> RequestParser | None:
        """The parser behind the head, once that is whole."""
        if not self._received:
            return None
        parser = RequestParser(self._worker.cfg, [bytes(self._received)], self._address)
        try:
            next(parser)
        except NoMoreData:
            if len(self._received) > MAX_HEAD:
                raise LimitRequestHeaders("max buffer headers") from None
            return None
        self._received = bytearray(parser.unreader.take_buffered())
        return parser

    def _body(self, request: Request) -> Steps[bool]:
        """Collect the body. False for one that the service refuses unread."""
        reader = request.body.reader
        if not isinstance(reader, LengthReader):
            return True
        if reader.length > MAX_BODY:
            return False
        if len(self._received) < reader.length:
            yield from self._collect(request, reader.length)
        return True

    def _collect(self, request: Request, length: int) -> Steps[None]:
        if length > SMALL and not self._worker.has_memory():
            raise Overloaded
        if request._expected_100_continue:
            self._sock.send(b"HTTP/1.1 100 Continue\r\n\r\n")
            request._expected_100_continue = False
        deadline = time.monotonic() + BODY_WITHIN
        while len(self._received) < length:
            try:
                data = yield from self._receive(deadline, held=length)
            except TimeoutError:
                raise RequestTimeout from None
            if not data:
                return  # the application finds out that the body is too short
            self._received += data

    def _receive(self, deadline: float, *, idle: bool = False, held: int = 0) -> Steps[bytes]:
        """What has come; nothing when the client has sent all. `TimeoutError` after the deadline."""
        while time.monotonic() <= deadline:
            yield Wait(select.EPOLLIN, deadline, idle, held)
            with contextlib.suppress(BlockingIOError):
                return self._sock.recv(PIECE)
        raise TimeoutError

    def _send_all(self, given: Answer) -> Steps[bool]:
        """Send the answer, with the file behind it. False if the file is shorter than the answer says."""
        if not given.file:
            yield from self._send(given.content)
            return True
        try:
            yield from self._send(given.content)
            return (yield from self._send_file(given.file))
        finally:
            given.file.content.close()

    def _send_file(self, file: File) -> Steps[bool]:
        """Send the file piece by piece: no more of it is in memory."""
        end = time.monotonic() + FILE_WITHIN
        left = file.length
        while left and (piece := _read(file, min(PIECE, left))):
            yield from self._send(piece, end)
            left -= len(piece)
            # Others have their turn between the pieces.
            yield Wait(select.EPOLLOUT, end)
        return not left

    def _send(self, content: bytes, end: float = math.inf) -> Steps[None]:
        """Send at once what the socket takes, and the rest as fast as the client reads, before the end."""
        rest = memoryview(content)
        deadline = min(time.monotonic() + ANSWER_WITHIN, end)
        while rest:
            with contextlib.suppress(BlockingIOError):
                rest = rest[self._sock.send(rest) :]
            if not rest:
                return
            if time.monotonic() > deadline:
                raise TimeoutError
            if len(rest) > SMALL and not self._worker.has_memory():
                raise ConnectionAbortedError
            yield Wait(select.EPOLLOUT, deadline, held=len(rest))

    def _refuse(self, status: int, reason: str, detail: str) -> None:
        with contextlib.suppress(OSError):
            write_problem(self._sock, status, reason, detail)

    def _close(self) -> Steps[None]:
        """Send nothing more, and wait for the client to close: bytes that come in after a close would
        destroy the answer on its way (RFC 9112, section 9.6).
        """
        with contextlib.suppress(OSError):  # the client is gone
            self._sock.shutdown(socket.SHUT_WR)
        deadline = time.monotonic() + CLOSE_WITHIN
        while (yield from self._receive(deadline)):
            pass


def _read(file: File, size: int) -> bytes:
    try:
        piece: bytes = file.content.read(size)
    except OSError as error:
        # Nothing but the end of the connection can tell the client now.
        raise ConnectionAbortedError from error
    return piece


def finished(parser: RequestParser) -> bool:
    """Whether the whole body has come, so that what is behind it is the next request."""
    try:
        finish: Callable[[], Any] = parser.finish_body
        return bool(finish())
    except NoMoreData:
        return False
