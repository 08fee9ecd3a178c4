"""A service as a view calls it: from its thread, by way of the loop that has the connections."""

import asyncio
import http
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from flask import has_request_context, request

from chassis.errors import NotFound, Problem
from chassis.telemetry import request_context, tracing
from gateway.edge.calls import MAX_ANSWER, Call
from gateway.edge.services import Service
from gateway.edge.views import VISIT, Visit
from gateway.errors import BadGateway, GatewayTimeout

GRACE = 1.0  # seconds for the loop to say that a deadline has passed


@dataclass(frozen=True)
class Answer:
    """What a service answered, whole."""

    status: int
    body: bytes


class Question:
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
        most: int,
        body: bytes | None,
    ) -> None:
        self.loop = loop
        self._service = service
        self._deadline = deadline
        self._answer: Answer | Problem | None = None
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
            most=most,
        )

    def begin(self) -> None:
        """Ask. On the loop."""
        if self._visit:
            self._visit.makes(self._call)
        self._service.ask(self._call, self._deadline)

    def result(self) -> Answer:
        """The answer; a `Problem` if there is none."""
        self.turnstile.wait(self._deadline + GRACE)
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
        """The call has ended. On the loop."""
        if self._span:
            self._span.end({"http.response.status_code": call.status}, failed=bool(call.problem))
        self._answer = call.problem or Answer(call.status, call.content)
        self.turnstile.count()


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
        deadline: float,
        most: int = MAX_ANSWER,
        body: bytes | None = None,
    ) -> Question:
        """What is at an address of the service, of at most `most` bytes; to be asked by `ask`.

        With a `body`, which is JSON, it is sent there (POST).

        `subject` is the access token of the person on whose behalf the gateway asks with its own token. If
        the service fails, it is asked once more within the same `deadline` in seconds.
        """
        headers = {"Accept": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        if subject:
            headers["Subject-Token"] = subject
        if body is not None:
            headers["Content-Type"] = "application/json"
        return Question(
            self._service, self._loop, target, headers, deadline=deadline, most=most, body=body
        )


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
