"""One service as the gateway calls it: kept connections, a deadline for each call, and a breaker."""

import http.client
import json
import random
import time
from dataclasses import dataclass
from typing import Any

import gevent
import urllib3
from prometheus_client import Counter, Histogram
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    NewConnectionError,
    ProtocolError,
    ReadTimeoutError,
)

from chassis.errors import NotFound, Problem
from chassis.telemetry import request_context, tracing
from gateway.breaker import Breaker, Bulkhead, RetryBudget
from gateway.errors import BadGateway, GatewayTimeout, Unreachable

PLACES = 256  # calls of one service at a time
CONNECT_TIMEOUT = 0.5
MAX_IDLE = 60  # seconds; services close an idle connection after 75
MAX_ANSWER = 5 * 1024 * 1024
PIECE = 64 * 1024
# A POST may have had its effect although the connection broke: the client may repeat it with its
# Idempotency-Key.
IDEMPOTENT = frozenset({"GET", "HEAD", "PUT", "DELETE"})

CALLS = Counter(
    "upstream_calls_total", "Calls of services, by how they ended.", ["service", "outcome"]
)
RETRIES = Counter("upstream_retries_total", "Calls made a second time.", ["service"])
DURATION = Histogram(
    "upstream_call_duration_seconds", "Time a service took to answer.", ["service"]
)


@dataclass(frozen=True)
class Answer:
    """What a service answered, whole."""

    status: int
    headers: urllib3.HTTPHeaderDict
    body: bytes


class Connections(urllib3.HTTPConnectionPool):
    """Keeps connections, but none for so long that the service may be about to close it."""

    def _put_conn(self, conn: Any) -> None:
        if conn:
            conn.idle_since = time.monotonic()
        super()._put_conn(conn)

    def _get_conn(self, timeout: float | None = None) -> Any:
        conn = super()._get_conn(timeout)
        if time.monotonic() - getattr(conn, "idle_since", time.monotonic()) > MAX_IDLE:
            conn.close()  # it connects again when it is used
        return conn


class Upstream:
    """Calls one listener of one service."""

    def __init__(self, service: str, url: str) -> None:
        address = urllib3.util.parse_url(url)
        self.service = service
        self.breaker = Breaker(service)
        self._bulkhead = Bulkhead(service, PLACES)
        self._budget = RetryBudget()
        # As many connections are kept as calls are allowed: none is opened for one call and thrown away.
        self._connections = Connections(
            address.host or "", address.port, maxsize=PLACES, retries=False
        )

    def ask(
        self,
        method: str,
        target: str,
        headers: dict[str, str],
        body: bytes | None = None,
        *,
        deadline: float,
        most: int = MAX_ANSWER,
    ) -> Answer:
        """The service's whole answer, of at most `most` bytes.

        If it fails, the service is asked once more, where that is safe, within the same `deadline` in
        seconds.
        """
        self._budget.earn()
        # urllib3's timeouts begin again with every byte: a service that trickles would hold its call for
        # ever.
        with (
            self._bulkhead,
            gevent.Timeout(deadline, GatewayTimeout(f"{self.service} did not answer in time")),
        ):
            try:
                answer = self._attempt(method, target, headers, body, deadline, most)
                if answer.status != http.HTTPStatus.SERVICE_UNAVAILABLE or not self._may_ask_again(
                    method
                ):
                    return answer
            except Unreachable:
                if not self._may_ask_again(method):
                    raise
            RETRIES.labels(self.service).inc()
            gevent.sleep(random.uniform(0.01, 0.05))  # noqa: S311  # jitter, not a secret
            return self._attempt(method, target, headers, body, deadline, most)

    def fetch(
        self,
        target: str,
        token: str | None = None,
        subject: str | None = None,
        *,
        deadline: float,
        most: int = MAX_ANSWER,
    ) -> Any:
        """The JSON at an address of the service; `NotFound` for a 404, another `Problem` if there is no JSON.

        `subject` is the access token of the person on whose behalf the gateway asks with its own token.
        """
        headers = {"Accept": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        if subject:
            headers["Subject-Token"] = subject
        answer = self.ask("GET", target, headers, deadline=deadline, most=most)
        if answer.status == http.HTTPStatus.NOT_FOUND:
            raise NotFound
        if answer.status != http.HTTPStatus.OK:
            raise BadGateway(f"{self.service} answered {answer.status}")
        try:
            return json.loads(answer.body)
        except (ValueError, RecursionError):
            raise BadGateway(f"{self.service} did not answer with JSON") from None

    def _may_ask_again(self, method: str) -> bool:
        return method in IDEMPOTENT and self._budget.spend()

    def _attempt(
        self,
        method: str,
        target: str,
        headers: dict[str, str],
        body: bytes | None,
        deadline: float,
        most: int,
    ) -> Answer:
        started = time.perf_counter()
        try:
            with (
                self.breaker.attempt(),
                tracing.span(f"{method} {self.service}", "CLIENT", {"peer.service": self.service}),
            ):
                headers = {**headers, **request_context.outgoing_headers()}
                answer = self._exchange(method, target, headers, body, deadline, most)
        except Problem as problem:
            CALLS.labels(self.service, problem.code).inc()
            raise
        CALLS.labels(self.service, "answered").inc()
        DURATION.labels(self.service).observe(time.perf_counter() - started)
        return answer

    def _exchange(
        self,
        method: str,
        target: str,
        headers: dict[str, str],
        body: bytes | None,
        deadline: float,
        most: int,
    ) -> Answer:
        response = self._send(method, target, headers, body, deadline)
        try:
            return Answer(response.status, response.headers, self._content(response, most))
        except ReadTimeoutError as error:
            raise GatewayTimeout(f"{self.service} did not answer in time") from error
        except HTTPError as error:
            raise BadGateway(f"{self.service} did not finish its answer") from error
        finally:
            # An answer that was read to its end has given its connection back already. Another must not
            # give it back: the next call would read the rest as its answer.
            response.close()

    def _send(
        self, method: str, target: str, headers: dict[str, str], body: bytes | None, deadline: float
    ) -> urllib3.BaseHTTPResponse:
        """The answer up to its headers. No redirect is followed, nothing is decoded, no cookie is kept."""
        try:
            return self._connections.urlopen(
                method,
                target,
                body=body,
                headers=headers,
                redirect=False,
                preload_content=False,
                decode_content=False,
                timeout=urllib3.Timeout(connect=CONNECT_TIMEOUT, read=deadline),
            )
        except (NewConnectionError, ConnectTimeoutError) as error:
            raise Unreachable(f"{self.service} cannot be reached") from error
        except ReadTimeoutError as error:
            raise GatewayTimeout(f"{self.service} did not answer in time") from error
        except HTTPError as error:
            if _was_closed(error):
                raise Unreachable(f"{self.service} closed the connection") from error
            raise BadGateway(f"{self.service} did not answer in HTTP") from error

    def _content(self, response: urllib3.BaseHTTPResponse, most: int) -> bytes:
        """The body of the answer, whole: half an answer must not reach a client under a status of success."""
        if response.status < http.HTTPStatus.OK:
            raise BadGateway(f"{self.service} answered {response.status}")
        pieces: list[bytes] = []
        size = 0
        for piece in response.stream(PIECE, decode_content=False):
            size += len(piece)
            if size > most:
                raise BadGateway(f"{self.service} answered with more than can be passed on")
            pieces.append(piece)
        return b"".join(pieces)


def _was_closed(error: HTTPError) -> bool:
    """Whether the connection ended before the answer began, as kept ones do when a service restarts."""
    return isinstance(error, ProtocolError) and isinstance(error.args[-1], ConnectionError)
