"""Structured logs: one JSON object a line, each with the request it belongs to."""

import logging
import re
import secrets
import sys
import time

import structlog
from flask import Flask, Response, g, has_request_context, request

REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
TRACEPARENT = re.compile(r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-[0-9a-f]{2}")

log = structlog.get_logger(__name__)


def configure(service: str, level: str) -> None:
    """Send structlog and the standard library's loggers to stderr as JSON."""

    def name_service(_: object, __: str, line: structlog.typing.EventDict) -> structlog.typing.EventDict:
        return {"service": service, **line}

    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
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
        cache_logger_on_first_use=False,
    )


def install(app: Flask) -> None:
    """Give every request an id and a W3C trace context, and write one line about it when it ends."""

    @app.before_request
    def begin() -> None:
        g.started = time.perf_counter()
        offered = request.headers.get("X-Request-ID", "")
        g.request_id = offered if REQUEST_ID.fullmatch(offered) else secrets.token_hex(16)
        trace = TRACEPARENT.fullmatch(request.headers.get("traceparent", ""))
        g.trace_id = trace[1] if trace else secrets.token_hex(16)
        structlog.contextvars.bind_contextvars(request_id=g.request_id, trace_id=g.trace_id)

    @app.after_request
    def end(response: Response) -> Response:
        response.headers["X-Request-ID"] = request_id()
        log.info(
            "request",
            method=request.method,
            route=request.url_rule.rule if request.url_rule else None,
            status=response.status_code,
            duration_ms=round((time.perf_counter() - g.get("started", time.perf_counter())) * 1000, 2),
            user_id=str(g.caller.id) if "caller" in g and g.caller else None,
        )
        return response

    @app.teardown_request
    def forget(_: BaseException | None) -> None:
        structlog.contextvars.unbind_contextvars("request_id", "trace_id", "user_id")


def request_id() -> str:
    """The id of the request being answered; outside one, a new id."""
    if has_request_context() and "request_id" in g:
        return str(g.request_id)
    return secrets.token_hex(16)


def outgoing_headers() -> dict[str, str]:
    """Headers that carry the request's id and trace to the next service."""
    trace_id = g.trace_id if has_request_context() and "trace_id" in g else secrets.token_hex(16)
    return {"X-Request-ID": request_id(), "traceparent": f"00-{trace_id}-{secrets.token_hex(8)}-01"}
