"""Which request some work comes from, wherever it is done: the request's id, and its W3C trace.

Headers carry both from the gateway to a service; messages carry them to workers and into e-mails.
"""

import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Self

# Any client can choose it, and it goes into logs and into the headers of e-mails.
REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
TRACEPARENT = re.compile(r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})")

# Asked every few seconds by what watches a program: not worth a trace, nor a line if all is well.
PROBES = frozenset({"/healthz", "/readyz", "/metrics", "/internal/status"})


@dataclass(frozen=True)
class Trace:
    """The id of a request, and the trace and span of the work in hand.

    `span_id` is None where a trace begins.
    """

    request_id: str
    trace_id: str
    span_id: str | None = None
    flags: str = "01"

    @classmethod
    def read(cls, carrier: Mapping[str, Any]) -> Self:
        """The trace in a carrier as `carried` writes it; a new id for each that is missing or malformed."""
        offered = str(carrier.get("request_id"))
        request_id = offered if REQUEST_ID.fullmatch(offered) else secrets.token_hex(16)
        if found := TRACEPARENT.fullmatch(str(carrier.get("traceparent"))):
            return cls(request_id, *found.groups())
        return cls(request_id, secrets.token_hex(16))

    @property
    def carried(self) -> dict[str, str]:
        """What to hand over with work that another program will do."""
        span_id = self.span_id or secrets.token_hex(8)
        return {
            "request_id": self.request_id,
            "traceparent": f"00-{self.trace_id}-{span_id}-{self.flags}",
        }


_current: ContextVar[Trace | None] = ContextVar("trace", default=None)


def current() -> Trace:
    """The trace of the work in hand; a new one if it has none."""
    return _current.get() or Trace.read({})


def present() -> Trace | None:
    """The trace of the work in hand, if it has one."""
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
