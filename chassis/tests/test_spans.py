"""What is reported to OpenTelemetry, and what is not."""

from collections.abc import Callable, Iterator

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from sqlalchemy import Engine, create_engine, make_url, text
from sqlalchemy.exc import DataError

from chassis import testing
from chassis.telemetry import request_context, tracing
from chassis.telemetry.spans import Recorder

REQUEST = {"REQUEST_METHOD": "GET", "PATH_INFO": "/api/notes"}


@pytest.fixture
def recorded(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], dict[str, ReadableSpan]]]:
    """Every span that was recorded so far, by its name."""
    exporter = InMemorySpanExporter()
    recorder = Recorder("tutoring-service", exporter)
    monkeypatch.setattr(tracing, "_recorder", recorder)

    def by_name() -> dict[str, ReadableSpan]:
        recorder.close()
        return {span.name: span for span in exporter.get_finished_spans()}

    yield by_name
    recorder.close()


@pytest.fixture
def engine(recorded: object) -> Iterator[Engine]:
    with testing.empty_database("spans") as url:
        engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"))
        tracing.follow(engine)
        yield engine
        engine.dispose()


def test_a_failed_step_is_recorded_without_its_message(
    recorded: Callable[[], dict[str, ReadableSpan]],
) -> None:
    with (
        tracing.request_of(REQUEST),
        pytest.raises(ValueError, match="secret"),
        tracing.span("step", "INTERNAL"),
    ):
        raise ValueError("secret")
    spans = recorded()
    assert spans["step"].attributes == {"error.type": "ValueError"}
    assert not spans["step"].status.is_ok
    assert "secret" not in spans["step"].to_json()
    assert spans["GET"].status.is_ok


def test_a_failed_statement_is_recorded_without_its_values(
    engine: Engine, recorded: Callable[[], dict[str, ReadableSpan]]
) -> None:
    with tracing.request_of(REQUEST), engine.connect() as connection, pytest.raises(DataError):
        connection.execute(text("SELECT CAST(:word AS integer)"), {"word": "secret"})
    statement = recorded()["SELECT"]
    assert not statement.status.is_ok
    assert statement.attributes["error.type"] == "InvalidTextRepresentation"
    assert "secret" not in statement.to_json()


def test_polling_and_health_checks_are_not_recorded(
    engine: Engine, recorded: Callable[[], dict[str, ReadableSpan]]
) -> None:
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
    with tracing.request_of({**REQUEST, "PATH_INFO": "/readyz"}), engine.connect() as connection:
        connection.execute(text("SELECT 2"))
    assert recorded() == {}


def test_a_request_that_declines_sampling_is_not_recorded(
    recorded: Callable[[], dict[str, ReadableSpan]],
) -> None:
    declined = {"HTTP_TRACEPARENT": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"}
    with tracing.request_of({**REQUEST, **declined}):
        assert request_context.outgoing_headers()["traceparent"].endswith("-00")
    assert recorded() == {}
