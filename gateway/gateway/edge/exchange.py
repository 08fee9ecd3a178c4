"""One request and its answer: what answers it says so here, once."""

import http
from email.utils import formatdate
from typing import TYPE_CHECKING, Protocol

import orjson

from chassis.auth.tokens import Caller
from chassis.errors import Problem
from chassis.web.problems import document_of
from gateway.edge.headers import HARDENED, Heading
from gateway.edge.reading import Request
from gateway.routes import QuotaClass

if TYPE_CHECKING:
    from chassis.telemetry.spans import OpenSpan
    from gateway.edge.connection import ClientConnection

STATUS_LINES = {
    status.value: f"HTTP/1.1 {status.value} {status.phrase}\r\n".encode()
    for status in http.HTTPStatus
} | {499: b"HTTP/1.1 499 Client Closed Request\r\n"}
WITHOUT_BODY = frozenset({204, 304})


class Work(Protocol):
    """Work on an answer."""

    def cancel(self) -> None:
        """The client has left."""


class Exchange:
    """What is known about a request while it is being answered."""

    __slots__ = (
        "address",
        "caller",
        "connection",
        "cors",
        "flags",
        "heading",
        "kind",
        "path",
        "request",
        "request_id",
        "route_name",
        "span",
        "span_id",
        "standing",
        "subject",
        "told",
        "trace_id",
        "varies",
        "work",
    )

    def __init__(self, connection: "ClientConnection", request: Request, heading: Heading) -> None:
        self.connection, self.request, self.heading = connection, request, heading
        self.request_id = self.trace_id = ""
        self.span_id = ""  # of the call of a service, if there is no span of it
        self.flags = "01"
        self.span: OpenSpan | None = None
        self.address = ""  # the client's
        self.path = ""
        self.route_name: str | None = None
        self.caller: Caller | None = None
        self.kind: QuotaClass | None = None
        self.subject = ""  # whose quota it counts against, and whose share of the places
        self.standing = b""  # the lines that tell of that quota
        self.cors = b""
        self.varies = b"Origin"
        self.told = False  # the log and the figures tell of it already
        self.work: Work | None = None

    def answer(
        self, status: int, lines: bytes, content: bytes, length: bytes | None = None
    ) -> None:
        """Answer with the whole content; `length` is what HEAD announces instead of it, if anything."""
        head = self.head(status, lines)
        if status in WITHOUT_BODY:
            written = b"%b\r\n" % head
        elif self.request.method == "HEAD":
            announced = b"Content-Length: %b\r\n" % length if length is not None else b""
            written = b"%b%b\r\n" % (head, announced)
        else:
            written = b"%bContent-Length: %d\r\n\r\n%b" % (head, len(content), content)
        self.connection.write(written)
        self.connection.answered(self, status, len(content))

    def pass_on(self, status: int, lines: bytes, content: bytes, length: bytes | None) -> None:
        """Answer as a view does, which has told of its request itself."""
        self.told = True
        self.answer(status, lines, content, length)

    @property
    def traceparent(self) -> str:
        """Where the request is in its trace, for a view."""
        span_id = self.heading.trace[1] if self.heading.trace else self.span_id
        return f"00-{self.trace_id}-{span_id}-{self.flags}"

    def forget_request(self) -> None:
        """Let go of what was read of the request: the answer is begun, and goes on for long."""
        self.request.headers, self.request.body = [], []
        self.heading = Heading()

    def refuse(self, problem: Problem) -> None:
        """Answer with a problem document (RFC 9457)."""
        extra = "".join(f"{name}: {value}\r\n" for name, value in problem.headers.items())
        lines = b"Content-Type: application/problem+json\r\n" + HARDENED + extra.encode()
        content = orjson.dumps(document_of(problem, self.path, self.request_id))
        self.answer(problem.status, lines, content, b"%d" % len(content))

    def head(self, status: int, lines: bytes) -> bytes:
        """Status line and headers, up to those of the length."""
        request, edge = self.request, self.connection.edge
        if edge.stopping:
            request.keeps = False
        return b"".join(
            (
                STATUS_LINES.get(status) or b"HTTP/1.1 %d \r\n" % status,
                lines,
                b"" if self.told else f"X-Request-ID: {self.request_id}\r\n".encode(),
                self.standing,
                b"Vary: ",
                self.varies,
                b"\r\n",
                self.cors,
                edge.transport_security,
                edge.date,
                b"" if request.keeps else b"Connection: close\r\n",
            )
        )


def date_line() -> bytes:
    """The `Date` of answers; good for a second."""
    return f"Date: {formatdate(usegmt=True)}\r\n".encode()
