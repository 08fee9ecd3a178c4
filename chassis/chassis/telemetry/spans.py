"""Spans for OpenTelemetry, sent by OTLP over HTTP. Loaded only on demand: needs `chassis[tracing]`.

`request_context.Trace` says where a span belongs; OpenTelemetry's own means of carrying that are not used.
No span holds a value: neither one of a statement, nor the message of an error.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from opentelemetry import trace as otel
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from sqlalchemy import Engine, event
from sqlalchemy.engine import ExceptionContext

from chassis.telemetry.request_context import Trace, present

# Seconds, tries included: a program that ends does not wait long for a collector that is away.
SENT_WITHIN = 2.0


class OpenSpan:
    """A span that somebody ends by hand."""

    def __init__(self, span: otel.Span, request_id: str) -> None:
        begun = span.get_span_context()
        self._span = span
        self.inside = Trace(
            request_id,
            otel.format_trace_id(begun.trace_id),
            otel.format_span_id(begun.span_id),
            f"{begun.trace_flags:02x}",
        )
        """Where work inside of the span belongs."""

    def name(self, name: str) -> None:
        """Name the span, which was begun before its name was known."""
        self._span.update_name(name)

    def end(self, attributes: Mapping[str, Any], *, failed: bool) -> None:
        """What the span stands for has ended."""
        self._span.set_attributes(attributes)
        if failed:
            self._span.set_status(otel.StatusCode.ERROR)
        self._span.end()


class Recorder:
    """Sends this program's spans to the collector that the environment names, or to another listener."""

    def __init__(self, service: str, listener: SpanExporter | None = None) -> None:
        self._provider = TracerProvider(resource=Resource.create({"service.name": service}))
        self._provider.add_span_processor(
            BatchSpanProcessor(listener or OTLPSpanExporter(timeout=SENT_WITHIN))
        )
        self._tracer = self._provider.get_tracer("lyceum")

    def close(self) -> None:
        """Send what is left."""
        self._provider.shutdown()

    @contextmanager
    def step(
        self, trace: Trace, name: str, kind: str, attributes: Mapping[str, Any]
    ) -> Iterator[dict[str, str]]:
        """A span around the block; the `Trace` attributes of what is done inside of it."""
        span = self._begin(trace, name, kind, attributes)
        begun = span.get_span_context()
        try:
            with otel.use_span(span, record_exception=False, set_status_on_exception=False):
                yield {
                    "trace_id": otel.format_trace_id(begun.trace_id),
                    "span_id": otel.format_span_id(begun.span_id),
                    "flags": f"{begun.trace_flags:02x}",
                }
        except BaseException as error:
            _fail(span, error)
            raise
        finally:
            span.end()

    def start(self, trace: Trace, name: str, kind: str, attributes: Mapping[str, Any]) -> OpenSpan:
        """A span that the caller ends."""
        return OpenSpan(self._begin(trace, name, kind, attributes), trace.request_id)

    def describe(self, name: str, attributes: Mapping[str, Any], *, failed: bool) -> None:
        """Name the span of the work in hand, and add attributes to it."""
        span = otel.get_current_span()
        span.update_name(name)
        span.set_attributes(attributes)
        if failed:
            span.set_status(otel.StatusCode.ERROR)

    def follow(self, engine: Engine) -> None:
        """A span for each statement that belongs to a trace. A worker that looks for work has no trace."""

        @event.listens_for(engine, "before_cursor_execute")
        def begin(_: Any, __: Any, statement: str, ___: Any, context: Any, ____: Any) -> None:
            trace = present()
            if trace and trace.span_id:
                verb = statement.split(maxsplit=1)[0].upper()
                attributes = {"db.system.name": "postgresql", "db.query.text": statement}
                context.span = self._begin(trace, verb, "CLIENT", attributes)

        @event.listens_for(engine, "after_cursor_execute")
        def end(_: Any, __: Any, ___: str, ____: Any, context: Any, _____: Any) -> None:
            if span := getattr(context, "span", None):
                span.end()

        @event.listens_for(engine, "handle_error")
        def fail(failure: ExceptionContext) -> None:
            if span := getattr(failure.execution_context, "span", None):
                _fail(span, failure.original_exception)
                span.end()

    def _begin(
        self, trace: Trace, name: str, kind: str, attributes: Mapping[str, Any]
    ) -> otel.Span:
        return self._tracer.start_span(name, _parent(trace), otel.SpanKind[kind], attributes)


def _parent(trace: Trace) -> Context:
    if trace.span_id is None:
        return Context()
    parent = otel.SpanContext(
        int(trace.trace_id, 16),
        int(trace.span_id, 16),
        is_remote=True,
        trace_flags=otel.TraceFlags(int(trace.flags, 16)),
    )
    return otel.set_span_in_context(otel.NonRecordingSpan(parent), Context())


def _fail(span: otel.Span, error: BaseException) -> None:
    span.set_attribute("error.type", type(error).__qualname__)
    span.set_status(otel.StatusCode.ERROR)
