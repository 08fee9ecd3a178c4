"""The trace of a request as it goes on to a service."""

import os
from typing import TYPE_CHECKING

from chassis.telemetry import tracing
from chassis.telemetry.request_context import Trace

if TYPE_CHECKING:
    from chassis.telemetry.spans import OpenSpan
    from gateway.edge.calls import Call
    from gateway.edge.exchange import Exchange

AT_ONCE = 64  # requests that one call of the system makes ids for


class Ids:
    """Random ids, of which many are made by one call of the system."""

    def __init__(self) -> None:
        self._digits = ""
        self._used = 0

    def take(self) -> tuple[str, str, str]:
        """An id of a request, one of a trace, and one of a span: 32, 32 and 16 hexadecimal digits."""
        start = self._used
        if start == len(self._digits):
            self._digits, start = os.urandom(AT_ONCE * 40).hex(), 0
        self._used = end = start + 80
        digits = self._digits
        return digits[start : start + 32], digits[start + 32 : start + 64], digits[end - 16 : end]


ids = Ids()


def begin_call(exchange: "Exchange", span: "OpenSpan", service: str) -> "OpenSpan | None":
    """Begin the span of a call of a service, inside the one of the request."""
    name = f"{exchange.request.method} {service}"
    return tracing.start(span.inside, name, "CLIENT", {"peer.service": service})


def carried(exchange: "Exchange", span: "OpenSpan | None") -> bytes:
    """The headers that tell a service of the client, the request and its trace."""
    if span:
        span_id, flags = str(span.inside.span_id), span.inside.flags
    else:
        span_id, flags = exchange.span_id, exchange.flags
    return (
        f"X-Forwarded-For: {exchange.address}\r\n"
        f"X-Request-ID: {exchange.request_id}\r\n"
        f"traceparent: 00-{exchange.trace_id}-{span_id}-{flags}\r\n"
    ).encode()


def end_call(span: "OpenSpan", call: "Call") -> None:
    """The call has ended."""
    span.end({"http.response.status_code": call.status}, failed=bool(call.problem))


def begin(exchange: "Exchange") -> None:
    """Give a request its id and its place in a trace, and begin its span if requests are traced."""
    heading = exchange.heading
    exchange.request_id, exchange.trace_id, exchange.span_id = ids.take()
    if heading.request_id:
        exchange.request_id = heading.request_id
    parent = heading.trace
    if parent:
        exchange.trace_id, _, exchange.flags = parent
    if tracing.is_on():
        span_id = parent[1] if parent else None
        trace = Trace(exchange.request_id, exchange.trace_id, span_id, exchange.flags)
        method = exchange.request.method
        exchange.span = tracing.start(trace, method, "SERVER", {"http.request.method": method})


def end(exchange: "Exchange", span: "OpenSpan", status: int) -> None:
    """End the span of a request."""
    route = exchange.route_name or "unmatched"
    span.name(f"{exchange.request.method} {route}")
    attributes = {"http.route": route, "http.response.status_code": status}
    span.end(attributes, failed=status >= 500)
