"""Which request some work comes from, wherever it is done: its id, and its place in a W3C trace.

Headers carry it from the gateway to a service, messages to workers and into mails. Where
OTEL_EXPORTER_OTLP_ENDPOINT is set, what is done on the way is told to OpenTelemetry; nothing of
OpenTelemetry is loaded otherwise.
"""

import os
import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

from flask import Flask, Response, request

from chassis.config import InvalidSettings

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from chassis.spans import Recorder

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
# It goes from anybody into logs and into the headers of mails.
REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
TRACEPARENT = re.compile(r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})")
PROBES = frozenset(
    {"/healthz", "/readyz", "/metrics", "/internal/status"}
)  # asked every few seconds, and of no interest


@dataclass(frozen=True)
class Trace:
    """The id of a request, and where in which trace the work in hand is. `span_id` is None where a
    trace begins.
    """

    request_id: str
    trace_id: str
    span_id: str | None = None
    flags: str = "01"

    @classmethod
    def read(cls, carrier: Mapping[str, Any]) -> Self:
        """What was handed over as `carried` says it, as far as it is well-formed; what is not is
        made anew.
        """
        offered = str(carrier.get("request_id"))
        request_id = offered if REQUEST_ID.fullmatch(offered) else secrets.token_hex(16)
        if found := TRACEPARENT.fullmatch(str(carrier.get("traceparent"))):
            return cls(request_id, *found.groups())
        return cls(request_id, secrets.token_hex(16))

    @property
    def carried(self) -> dict[str, str]:
        """What to hand over with work that somebody else will do."""
        span_id = self.span_id or secrets.token_hex(8)
        return {
            "request_id": self.request_id,
            "traceparent": f"00-{self.trace_id}-{span_id}-{self.flags}",
        }


_current: ContextVar[Trace | None] = ContextVar("trace", default=None)
_recorder: "Recorder | None" = None


def configure(service: str) -> None:
    """Tell OpenTelemetry of this program's work if the environment says where it listens."""
    global _recorder
    if not os.environ.get(ENDPOINT):
        return
    try:
        from chassis.spans import Recorder
    except ImportError as error:
        raise InvalidSettings(
            f"cannot start: {ENDPOINT} is set, but {error.name} is missing: chassis[tracing]"
        ) from None
    if _recorder:
        _recorder.close()
    _recorder = Recorder(service)


def install(app: Flask) -> None:
    """Name the span of each request by its route, as soon as that is known."""

    @app.after_request
    def describe(response: Response) -> Response:
        if _recorder:
            route = request.url_rule.rule if request.url_rule else "unmatched"
            attributes = {"http.route": route, "http.response.status_code": response.status_code}
            _recorder.describe(
                f"{request.method} {route}", attributes, failed=response.status_code >= 500
            )
        return response


def follow(engine: "Engine") -> None:
    """Tell OpenTelemetry of the engine's statements, if it listens."""
    if _recorder:
        _recorder.follow(engine, present)


def current() -> Trace:
    """Where the work in hand comes from; if from nowhere, a new beginning."""
    return _current.get() or Trace.read({})


def present() -> Trace | None:
    """Where the work in hand comes from, if from anywhere."""
    return _current.get()


def outgoing_headers() -> dict[str, str]:
    """Headers that carry the request's id and trace to the next service."""
    carried = current().carried
    return {"X-Request-ID": carried["request_id"], "traceparent": carried["traceparent"]}


@contextmanager
def continued(trace: Trace) -> Iterator[None]:
    """Do what is in the block as part of this trace."""
    before = _current.set(trace)
    try:
        yield
    finally:
        _current.reset(before)


@contextmanager
def request_of(environ: Mapping[str, Any]) -> Iterator[None]:
    """Answer a WSGI request as part of the trace that its headers name."""
    carrier = {
        "request_id": environ.get("HTTP_X_REQUEST_ID"),
        "traceparent": environ.get("HTTP_TRACEPARENT"),
    }
    with continued(Trace.read(carrier)):
        if environ.get("PATH_INFO") in PROBES:
            yield
            return
        method = str(environ["REQUEST_METHOD"])
        with span(method, "SERVER", {"http.request.method": method}):
            yield


@contextmanager
def span(name: str, kind: str, attributes: Mapping[str, Any] | None = None) -> Iterator[None]:
    """Do what is in the block as a step of its own of the present trace, and tell OpenTelemetry if
    it listens.

    `kind` is SERVER, CLIENT, CONSUMER or INTERNAL. Attributes hold ids and names, no personal data.
    """
    trace = _current.get()
    if _recorder is None or trace is None:
        yield
        return
    with (
        _recorder.step(trace, name, kind, attributes or {}) as place,
        continued(replace(trace, **place)),
    ):
        yield
