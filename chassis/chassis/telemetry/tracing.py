"""Traces what this program does, if OTEL_EXPORTER_OTLP_ENDPOINT names a collector.

Otherwise nothing of OpenTelemetry is loaded.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, request

from chassis.config import InvalidSettings
from chassis.telemetry.request_context import PROBES, Trace, continued, present

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from chassis.telemetry.spans import OpenSpan, Recorder

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"

_recorder: "Recorder | None" = None


def configure(service: str) -> None:
    """Begin to trace this program's work if the environment names a collector."""
    global _recorder
    if not os.environ.get(ENDPOINT):
        return
    try:
        from chassis.telemetry.spans import Recorder
    except ImportError as error:
        raise InvalidSettings(
            f"cannot start: {ENDPOINT} is set, but {error.name} is missing: chassis[tracing]"
        ) from None
    if _recorder:
        _recorder.close()
    _recorder = Recorder(service)


def install(app: Flask) -> None:
    """Name the span of each request by its route, which is known when the request ends."""

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
    """Trace the engine's statements, if this program is traced."""
    if _recorder:
        _recorder.follow(engine)


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
    """Do what is in the block as a step of its own in the present trace.

    `kind` is SERVER, CLIENT, CONSUMER or INTERNAL. Attributes hold ids and names, no personal data.
    """
    trace = present()
    if _recorder is None or trace is None:
        yield
        return
    with (
        _recorder.step(trace, name, kind, attributes or {}) as inside,
        continued(replace(trace, **inside)),
    ):
        yield


def close() -> None:
    """Send what is left, where a process ends without saying so to its libraries."""
    if _recorder:
        _recorder.close()


def is_on() -> bool:
    """Whether this program's work is traced."""
    return _recorder is not None


def start(trace: Trace, name: str, kind: str, attributes: Mapping[str, Any]) -> "OpenSpan | None":
    """A span for work that does not fit a `with` block, as on an event loop; None if nothing is traced."""
    if _recorder is None:
        return None
    return _recorder.start(trace, name, kind, attributes)
