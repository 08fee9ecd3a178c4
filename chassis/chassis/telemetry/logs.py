"""Structured logs: one JSON object a line, each with the request it belongs to."""

import logging
import sys
import time
from contextlib import suppress
from http import HTTPStatus
from typing import Any

import orjson
import structlog
from flask import Flask, Response, g
from flask.globals import request_ctx

from chassis.clock import now
from chassis.telemetry import error_text, request_context

_program = ""


def program() -> str:
    """The name under which this process logs; the last one, if it was configured as several programs."""
    return _program


def configure(service: str, level: str) -> None:
    """Send structlog and the standard library's loggers to stderr as JSON."""
    global _program  # a process has one log
    _program = service

    def name_service(
        _: object, __: str, line: structlog.typing.EventDict
    ) -> structlog.typing.EventDict:
        return {"service": service, **line}

    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        name_request,
        name_service,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.EventRenamer("message"),
    ]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                format_error,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        # One process may be configured as several programs, as in tests.
        cache_logger_on_first_use=False,
    )


def format_error(
    _: object, __: str, line: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Write an error as text, without values of the database."""
    error = line.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()[1]
    if isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        line["exception"] = error_text.formatted(error)
    return line


def name_request(
    _: object, __: str, line: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Add the ids of the request and the trace that the line belongs to, if any."""
    trace = request_context.present()
    if trace is None:
        return line
    return {"request_id": trace.request_id, "trace_id": trace.trace_id, **line}


def install(app: Flask, service: str, level: str) -> None:
    """Write one line about every request when it ends, and tell the client its id.

    A probe that finds all well is told of at the level DEBUG.
    """
    lowest = logging.getLevelNamesMapping()[level]

    @app.before_request
    def begin() -> None:
        g.started = time.perf_counter()

    @app.after_request
    def end(response: Response) -> Response:
        trace = request_context.current()
        response.headers["X-Request-ID"] = trace.request_id
        is_routine = (
            request_ctx.request.path in request_context.PROBES
            and response.status_code == HTTPStatus.OK
        )
        kind = logging.DEBUG if is_routine else logging.INFO
        if kind >= lowest:
            name = logging.getLevelName(kind).lower()
            write({"service": service, **_about(trace, response), "level": name})
        return response

    @app.teardown_request
    def forget(_: BaseException | None) -> None:
        # A thread of the server keeps its context, which must not reach the next request.
        structlog.contextvars.unbind_contextvars("user_id")


def _about(trace: request_context.Trace, response: Response) -> dict[str, Any]:
    ended = time.perf_counter()
    received = request_ctx.request
    caller = g.get("caller")
    return {
        "request_id": trace.request_id,
        "trace_id": trace.trace_id,
        "method": received.method,
        # The route, and not the path, which may hold a secret.
        "route": received.url_rule.rule if received.url_rule else None,
        "status": response.status_code,
        "duration_ms": round((ended - g.get("started", ended)) * 1000, 2),
        "user_id": caller.id if caller else None,
        "timestamp": now(),
        "message": "request",
    }


def write(line: dict[str, Any]) -> None:
    """Write a line as the loggers do. The way through them costs more than many a request."""
    written = orjson.dumps(line, option=orjson.OPT_UTC_Z | orjson.OPT_APPEND_NEWLINE)
    # A full disk fails no request.
    with suppress(OSError):
        sys.stderr.buffer.write(written)
        sys.stderr.buffer.flush()
