"""Structured logs: one JSON object a line, each with the request it belongs to."""

import logging
import sys
import time

import structlog
from flask import Flask, Response, g, request

from chassis.telemetry import request_context

log = structlog.get_logger(__name__)


def configure(service: str, level: str) -> None:
    """Send structlog and the standard library's loggers to stderr as JSON."""

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
                structlog.processors.format_exc_info,
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


def name_request(
    _: object, __: str, line: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Say in the line which request it comes from, if it comes from one."""
    trace = request_context.present()
    return {"request_id": trace.request_id, "trace_id": trace.trace_id, **line} if trace else line


def install(app: Flask) -> None:
    """Write one line about every request when it ends, and tell the client its id."""

    @app.before_request
    def begin() -> None:
        g.started = time.perf_counter()

    @app.after_request
    def end(response: Response) -> Response:
        response.headers["X-Request-ID"] = request_context.current().request_id
        log.info(
            "request",
            method=request.method,
            # Not the path, in which there may be a secret.
            route=request.url_rule.rule if request.url_rule else None,
            status=response.status_code,
            duration_ms=round(
                (time.perf_counter() - g.get("started", time.perf_counter())) * 1000, 2
            ),
            user_id=str(g.caller.id) if "caller" in g and g.caller else None,
        )
        return response

    @app.teardown_request
    def forget(_: BaseException | None) -> None:
        # A thread of the server goes into its next request with the context of this one.
        structlog.contextvars.unbind_contextvars("user_id")
