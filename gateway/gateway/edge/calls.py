"""One request to a service, from its making until its answer is whole."""

from collections.abc import Callable, Hashable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Protocol

from chassis.errors import Problem
from gateway.edge.headers import AnswerHeading
from gateway.errors import ClientGone

if TYPE_CHECKING:
    from gateway.edge.service_connections import ServiceConnection
    from gateway.edge.services import Service

MAX_ANSWER = 5 * 1024 * 1024  # bytes that are collected
SILENT = 10.0  # seconds without a piece of an answer that is not collected
WHOLE = 300.0  # seconds for such an answer to come to its end

UNANSWERED = AnswerHeading([])


class Sink(Protocol):
    """Takes an answer of any size piece by piece."""

    def take(self, piece: bytes) -> None:
        """Take the next piece."""


class Call:
    """One request to a service, and its answer.

    `lines` are the headers beyond those that every call has. `done` is called once, when the answer is
    complete or `problem` says why there is none. A `sink` takes the body of a 200, and anything else is
    collected. `caller` is whose share of the service's places it takes.
    """

    __slots__ = (
        "begun",
        "body",
        "caller",
        "connection",
        "done",
        "ended",
        "ends_at",
        "expires_at",
        "heading",
        "lines",
        "method",
        "pieces",
        "probes",
        "problem",
        "service",
        "sink",
        "size",
        "slot",
        "started",
        "status",
        "target",
        "tries",
        "waits",
    )

    def __init__(
        self,
        method: str,
        target: bytes,
        lines: bytes,
        done: "Callable[[Call], None]",
        *,
        caller: Hashable,
        body: bytes = b"",
        sink: Sink | None = None,
    ) -> None:
        self.method, self.target, self.lines, self.body = method, target, lines, body
        self.done, self.caller, self.sink = done, caller, sink
        self.expires_at = self.ends_at = 0.0
        self.service: Service | None = None
        self.connection: ServiceConnection | None = None
        self.slot: set[Any] | None = None
        self.problem: Problem | None = None
        self.status = 0
        self.heading = UNANSWERED
        self.pieces: list[bytes] = []
        self.size = self.tries = 0
        self.started = 0.0
        self.begun = self.waits = self.probes = self.ended = False

    def begin(self) -> None:
        """There is a place at the service."""
        if self.service:
            self.begun = True
            self.service.attempt(self)

    @property
    def is_collected(self) -> bool:
        """Whether the answer that has begun stays in memory until it is whole."""
        return self.sink is None or self.status != HTTPStatus.OK

    @property
    def content(self) -> bytes:
        """The body, as far as it has been collected."""
        return self.pieces[0] if len(self.pieces) == 1 else b"".join(self.pieces)

    def expire(self) -> None:
        """The deadline has passed."""
        if self.service:
            self.service.expired(self)

    def cancel(self) -> None:
        """The answer is of no use any more."""
        if self.service:
            self.service.end(self, ClientGone())
