"""A service as a view calls it: from its thread, by way of the loop that has the connections."""

import asyncio
import http
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from types import MappingProxyType
from typing import Any

import orjson
from flask import Response, has_request_context, request

from chassis.errors import NotFound, Problem
from chassis.spool import DocumentTooLarge
from chassis.telemetry import request_context, tracing
from gateway.edge.calls import Call, Sink
from gateway.edge.services import Service
from gateway.edge.views import VISIT, Visit
from gateway.errors import BadGateway, ClientGone, GatewayTimeout

GRACE = 1.0  # seconds for the loop to say that a deadline has passed
FIRST_PIECE = 90.0  # seconds for a service to write what is large, before it begins to send it
MOST_WAITING = 1024 * 1024  # bytes of a download in memory


@dataclass(frozen=True)
class Answer:
    """What a service answered, whole."""

    status: int
    body: bytes
    lines: bytes = b""  # of its headers, as they pass to a client

    def response(self, body: bytes) -> Response:
        """The same answer to the client of a view, with another body."""
        lines = self.lines.decode("latin-1").splitlines()
        named = [line.split(": ", 1) for line in lines]
        return Response(body, self.status, [(name, value) for name, value in named])


class _Asked:
    """A request to a service: as part of the trace, and with the client of the view that makes it."""

    def __init__(
        self,
        service: Service,
        loop: asyncio.AbstractEventLoop,
        target: str,
        headers: Mapping[str, str],
        sink: Sink | None = None,
        body: bytes | None = None,
    ) -> None:
        self.loop = loop
        self.service = service.name
        self._service = service
        trace = request_context.current()
        name = service.name
        method = "GET" if body is None else "POST"
        self._span = tracing.start(trace, f"{method} {name}", "CLIENT", {"peer.service": name})
        carried = (self._span.inside if self._span else trace).carried
        lines = {
            **headers,
            "X-Request-ID": carried["request_id"],
            "traceparent": carried["traceparent"],
        }
        self._visit: Visit | None = request.environ.get(VISIT) if has_request_context() else None
        self._call = Call(
            method,
            target.encode("ascii"),
            "".join(f"{name}: {value}\r\n" for name, value in lines.items()).encode("latin-1"),
            self._done,
            caller=self._visit.caller if self._visit else "gateway",
            body=body or b"",
            sink=sink,
        )

    def _done(self, call: Call) -> None:
        """The call has ended. On the loop."""
        if self._span:
            self._span.end({"http.response.status_code": call.status}, failed=bool(call.problem))


class Question(_Asked):
    """Something to ask a service, and its answer once that has come."""

    turnstile: "Turnstile"
    """Where the thread that wants the answer waits."""

    def __init__(
        self,
        service: Service,
        loop: asyncio.AbstractEventLoop,
        target: str,
        headers: Mapping[str, str],
        *,
        deadline: float,
        body: bytes | None,
    ) -> None:
        super().__init__(service, loop, target, headers, body=body)
        self._deadline = deadline
        self._answer: Answer | Problem | None = None

    def begin(self) -> None:
        """Ask. On the loop."""
        if self._visit:
            self._visit.makes(self._call)
        self._service.ask(self._call, self._deadline)

    def result(self) -> Answer:
        """The answer; a `Problem` if there is none."""
        self.turnstile.wait(self._service.seconds(self._deadline) + GRACE)
        found = self._answer
        if found is None:
            raise GatewayTimeout(f"{self._service.name} did not answer in time")
        if isinstance(found, Problem):
            raise found
        return found

    def json(self) -> Any:
        """The JSON of the answer; `NotFound` for a 404, another `Problem` if there is no JSON."""
        answer = self.result()
        if answer.status == http.HTTPStatus.NOT_FOUND:
            raise NotFound
        if answer.status != http.HTTPStatus.OK:
            raise BadGateway(f"{self._service.name} answered {answer.status}")
        try:
            return orjson.loads(answer.body)
        except orjson.JSONDecodeError:
            raise BadGateway(f"{self._service.name} did not answer with JSON") from None

    def _done(self, call: Call) -> None:
        super()._done(call)
        self._answer = call.problem or Answer(call.status, call.content, call.heading.lines)
        self.turnstile.count()


class Download(_Asked):
    """An answer of any size, which a thread takes piece by piece, as it comes."""

    def __init__(
        self,
        service: Service,
        loop: asyncio.AbstractEventLoop,
        target: str,
        headers: Mapping[str, str],
    ) -> None:
        super().__init__(service, loop, target, headers, sink=self)
        self._came: SimpleQueue[bytes] = SimpleQueue()  # at the end an empty piece
        self._waiting = 0  # bytes that have come, and are not taken yet
        self._paused = False

    def pieces(self) -> Iterator[bytes]:
        """The pieces of the answer; a `Problem` instead of the end if it is not whole, or no 200."""
        self.loop.call_soon_threadsafe(self._begin)
        try:
            while piece := self._next():
                yield piece
                self.loop.call_soon_threadsafe(self._taken, len(piece))
        finally:
            # What has ended is not cancelled.
            self.loop.call_soon_threadsafe(self._call.cancel)
        if self._call.problem:
            raise self._call.problem
        if self._call.status == http.HTTPStatus.INSUFFICIENT_STORAGE:
            raise DocumentTooLarge(f"{self._service.name} holds more than can be written")
        if self._call.status != http.HTTPStatus.OK:
            raise BadGateway(f"{self._service.name} answered {self._call.status}")

    def take(self, piece: bytes) -> None:
        """A piece has come: no more is read while many of them wait. On the loop."""
        self._waiting += len(piece)
        self._came.put(piece)
        connection = self._call.connection
        if self._waiting > MOST_WAITING and connection and not self._paused:
            self._paused = True
            connection.transport.pause_reading()

    def _next(self) -> bytes:
        try:
            return self._came.get(timeout=self._service.seconds(FIRST_PIECE) + GRACE)
        except Empty:
            raise GatewayTimeout(f"{self._service.name} did not answer in time") from None

    def _begin(self) -> None:
        """Ask. On the loop."""
        if self._visit and self._visit.gone:
            self._call.problem = ClientGone()
            self._came.put(b"")
            return
        if self._visit:
            self._visit.makes(self._call)
        self._service.ask(self._call, FIRST_PIECE)

    def _taken(self, size: int) -> None:
        """The thread is done with so many bytes. On the loop."""
        self._waiting -= size
        connection = self._call.connection
        if self._paused and self._waiting <= MOST_WAITING // 2:
            self._paused = False
            if connection:
                connection.transport.resume_reading()

    def _done(self, call: Call) -> None:
        super()._done(call)
        self._came.put(b"")


class Turnstile:
    """Lets a thread pass when so many answers have come: to wake it for each would cost more than they do."""

    def __init__(self, awaited: int) -> None:
        self._awaited = awaited
        self._closed = threading.Lock()
        self._closed.acquire()

    def count(self) -> None:
        """One more has come. On the loop."""
        self._awaited -= 1
        if not self._awaited:
            self._closed.release()

    def wait(self, seconds: float) -> None:
        """Return when all have come, or after so long."""
        if self._closed.acquire(timeout=seconds):
            self._closed.release()


class Upstream:
    """One listener of one service, as threads ask it."""

    def __init__(self, service: Service, loop: asyncio.AbstractEventLoop) -> None:
        self.service = service.name
        self._service = service
        self._loop = loop

    def question(
        self,
        target: str,
        token: str | None = None,
        subject: str | None = None,
        *,
        carried: Mapping[str, str] = MappingProxyType({}),
        deadline: float,
        body: bytes | None = None,
    ) -> Question:
        """What is at an address of the service; to be asked by `ask`.

        With a `body`, which is JSON, it is sent there (POST). `carried` are headers of the client.

        `subject` is the access token of the person on whose behalf the gateway asks with its own token. If
        the service fails, it is asked once more within the same `deadline` in seconds.
        """
        headers = {**_headers(token, subject), **carried}
        if body is not None:
            headers["Content-Type"] = "application/json"
        return Question(self._service, self._loop, target, headers, deadline=deadline, body=body)

    def download(self, target: str, token: str, subject: str) -> Download:
        """What is at an address of the service, of any size; asked when its pieces are."""
        return Download(self._service, self._loop, target, _headers(token, subject))


def _headers(token: str | None, subject: str | None) -> dict[str, str]:
    headers = {"Accept": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    if subject:
        headers["Subject-Token"] = subject
    return headers


def ask(*questions: Question) -> None:
    """Ask all at once, and wait for none. Their answers are there when all have come, or are overdue."""
    turnstile = Turnstile(len(questions))
    for question in questions:
        question.turnstile = turnstile
    questions[0].loop.call_soon_threadsafe(_begin, questions)


def _begin(questions: Sequence[Question]) -> None:
    """On the loop."""
    for question in questions:
        question.begin()
