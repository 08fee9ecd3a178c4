"""The trace of a request as it goes on to a service."""

import os
import random
from typing import TYPE_CHECKING

from chassis.telemetry import tracing
from chassis.telemetry.request_context import Trace

if TYPE_CHECKING:
    from chassis.telemetry.spans import OpenSpan
    from gateway.edge.calls import Call
    from gateway.edge.exchange import Exchange


# Ids must not collide. Nobody is kept out by them, so no system call is made for each.
_numbers = random.Random(os.urandom(32))  # noqa: S311  # see above


def new_id() -> str:
    """An id of a request or a trace: 32 hexadecimal digits."""
    return f"{_numbers.getrandbits(128):032x}"


def new_span_id() -> str:
    """An id of a span: 16 hexadecimal digits, of which not all are 0."""
    return f"{_numbers.getrandbits(64) | 1:016x}"


def begin_call(exchange: "Exchange", service: str) -> "OpenSpan | None":
    """Begin the span of a call of a service on behalf of a request, if the request is traced."""
    if exchange.span is None:
        return None
    name = f"{exchange.request.method} {service}"
    return tracing.start(exchange.span.inside, name, "CLIENT", {"peer.service": service})


def carried(exchange: "Exchange", span: "OpenSpan | None") -> bytes:
    """The headers that tell a service of the client, the request and its trace."""
    if span:
        span_id, flags = str(span.inside.span_id), span.inside.flags
    else:
        span_id, flags = new_span_id(), exchange.flags
    return (
        f"X-Forwarded-For: {exchange.address}\r\n"
        f"X-Request-ID: {exchange.request_id}\r\n"
        f"traceparent: 00-{exchange.trace_id}-{span_id}-{flags}\r\n"
    ).encode()


def end_call(span: "OpenSpan | None", call: "Call") -> None:
    """The call has ended."""
    if span:
        span.end({"http.response.status_code": call.status}, failed=bool(call.problem))


def begin(exchange: "Exchange") -> None:
    """Give a request its id and its place in a trace, and begin its span if requests are traced."""
    heading = exchange.heading
    exchange.request_id = heading.request_id or new_id()
    parent = heading.trace
    if parent:
        exchange.trace_id, _, exchange.flags = parent
    else:
        exchange.trace_id = new_id()
    if tracing.is_on():
        span_id = parent[1] if parent else None
        trace = Trace(exchange.request_id, exchange.trace_id, span_id, exchange.flags)
        method = exchange.request.method
        exchange.span = tracing.start(trace, method, "SERVER", {"http.request.method": method})


def end(exchange: "Exchange", status: int) -> None:
    """End the span of a request."""
    if exchange.span:
        exchange.span.name(f"{exchange.request.method} {exchange.route_name or 'unmatched'}")
        attributes = {
            "http.route": exchange.route_name or "unmatched",
            "http.response.status_code": status,
        }
        exchange.span.end(attributes, failed=status >= 500)
