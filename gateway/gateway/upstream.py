"""A service as a view calls it: from its thread, by way of the loop that has the connections."""

import asyncio
import http
from concurrent.futures import Future
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


class Asked:
    """An answer that is on its way."""

    def __init__(self, service: str, deadline: float) -> None:
        self._service = service
        self._patience = deadline + GRACE
        self._answer: Future[Answer | Problem] = Future()
        trace = request_context.current()
        attributes = {"peer.service": service}
        self._span = tracing.start(trace, f"GET {service}", "CLIENT", attributes)
        carried = (self._span.inside if self._span else trace).carried
        self.headers = {
            "X-Request-ID": carried["request_id"],
            "traceparent": carried["traceparent"],
        }

    def done(self, call: Call) -> None:
        """The call has ended. On the loop."""
        if self._span:
            self._span.end({"http.response.status_code": call.status}, failed=bool(call.problem))
        self._answer.set_result(call.problem or Answer(call.status, call.content))

    def result(self) -> Answer:
        """The answer; a `Problem` if there is none."""
        try:
            found = self._answer.result(self._patience)
        except TimeoutError:
            raise GatewayTimeout(f"{self._service} did not answer in time") from None
        if isinstance(found, Problem):
            raise found
        return found

    def json(self) -> Any:
        """The JSON of the answer; `NotFound` for a 404, another `Problem` if there is no JSON."""
        answer = self.result()
        if answer.status == http.HTTPStatus.NOT_FOUND:
            raise NotFound
        if answer.status != http.HTTPStatus.OK:
            raise BadGateway(f"{self._service} answered {answer.status}")
        try:
            return orjson.loads(answer.body)
        except orjson.JSONDecodeError:
            raise BadGateway(f"{self._service} did not answer with JSON") from None


class Upstream:
    """Calls one listener of one service. For threads."""

    def __init__(self, service: Service, loop: asyncio.AbstractEventLoop) -> None:
        self.service = service.name
        self._service = service
        self._loop = loop

    def ask(
        self,
        target: str,
        token: str | None = None,
        subject: str | None = None,
        *,
        deadline: float,
        most: int = MAX_ANSWER,
    ) -> Asked:
        """Ask for what is at an address of the service, of at most `most` bytes; do not wait for it.

        `subject` is the access token of the person on whose behalf the gateway asks with its own token. If
        the service fails, it is asked once more within the same `deadline` in seconds.
        """
        headers = {"Accept": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        if subject:
            headers["Subject-Token"] = subject
        asked = Asked(self.service, deadline)
        lines = "".join(f"{name}: {value}\r\n" for name, value in (headers | asked.headers).items())
        visit: Visit | None = request.environ.get(VISIT) if has_request_context() else None
        caller = visit.caller if visit else "gateway"
        call = Call(
            "GET",
            target.encode("ascii"),
            lines.encode("latin-1"),
            asked.done,
            caller=caller,
            most=most,
        )
        self._loop.call_soon_threadsafe(self._begin, call, visit, deadline)
        return asked

    def fetch(
        self,
        target: str,
        token: str | None = None,
        subject: str | None = None,
        *,
        deadline: float,
        most: int = MAX_ANSWER,
    ) -> Any:
        """The JSON at an address of the service; see `ask`, and `Asked.json` for what it raises."""
        return self.ask(target, token, subject, deadline=deadline, most=most).json()

    def _begin(self, call: Call, visit: Visit | None, deadline: float) -> None:
        """On the loop."""
        if visit:
            visit.makes(call)
        self._service.ask(call, deadline)
