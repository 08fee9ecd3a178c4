"""Takes the traces that a platform under test sends by OpenTelemetry."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status


@dataclass(frozen=True)
class Step:
    """One span, and the program it is from."""

    service: str
    name: str
    kind: str
    trace_id: str
    id: str
    parent_id: str
    failed: bool
    attributes: dict[str, Any]


class Collector(ThreadingHTTPServer):
    """Every span that was sent, by OTLP over HTTP."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Request)
        self.steps: list[Step] = []
        self.url = f"http://127.0.0.1:{self.server_port}"

    def of_trace(self, trace_id: str) -> list[Step]:
        return [step for step in self.steps if step.trace_id == trace_id]


class _Request(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        sent = ExportTraceServiceRequest.FromString(
            self.rfile.read(int(self.headers["Content-Length"]))
        )
        self.server.steps += _steps(sent)
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing: the platform's logs say enough."""


@contextmanager
def collecting() -> Iterator[Collector]:
    """A collector that takes spans at its address."""
    with Collector() as collector:
        thread = Thread(target=collector.serve_forever)
        thread.start()
        try:
            yield collector
        finally:
            collector.shutdown()
            thread.join()


def _steps(sent: ExportTraceServiceRequest) -> Iterator[Step]:
    for resource in sent.resource_spans:
        service = _plain(resource.resource.attributes)["service.name"]
        for scope in resource.scope_spans:
            for span in scope.spans:
                yield Step(
                    service,
                    span.name,
                    Span.SpanKind.Name(span.kind).removeprefix("SPAN_KIND_"),
                    span.trace_id.hex(),
                    span.span_id.hex(),
                    span.parent_span_id.hex(),
                    span.status.code == Status.STATUS_CODE_ERROR,
                    _plain(span.attributes),
                )


def _plain(attributes: Any) -> dict[str, Any]:
    return {item.key: getattr(item.value, item.value.WhichOneof("value")) for item in attributes}
