"""Every error leaves as an RFC 9457 `application/problem+json` document."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import structlog
from flask import Flask, Response, json, request
from werkzeug.exceptions import HTTPException

from chassis.errors import FieldError, Problem
from chassis.telemetry.request_context import current

log = structlog.get_logger(__name__)

# In characters. A pointer holds names that a client made up, of up to 6 bytes a character as JSON;
# details are our own words. So 50 errors take less than 64 kB.
LONGEST_POINTER, LONGEST_DETAIL = 128, 256


def install(app: Flask) -> None:
    """Register the handlers on the application."""
    app.register_error_handler(Problem, render)
    app.register_error_handler(HTTPException, on_http_exception)
    app.register_error_handler(Exception, on_unexpected)


def render(problem: Problem) -> Response:
    """The problem as a response. Its `type` is an address that explains it."""
    extra = dict(problem.extra)
    if problem.errors:
        extra = {"errors": [_bounded(error) for error in problem.errors], **extra}
    return _document(
        problem.status, problem.code, problem.title(), problem.detail, extra, problem.headers
    )


def _bounded(error: FieldError) -> FieldError:
    return {
        "pointer": _shortened(error["pointer"], LONGEST_POINTER),
        "detail": _shortened(error["detail"], LONGEST_DETAIL),
    }


def _shortened(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def on_http_exception(error: HTTPException) -> Response:
    status = HTTPStatus(error.code or 500)
    headers = dict(error.get_headers())
    # Those of Werkzeug's HTML page.
    headers.pop("Content-Type", None)
    headers.pop("Content-Length", None)
    return _document(status, code_of(status), status.phrase, error.description, {}, headers)


def code_of(status: HTTPStatus) -> str:
    """The code of a problem that has no other meaning than its status."""
    return status.phrase.lower().replace(" ", "_").replace("-", "_").replace("'", "")


def on_unexpected(error: Exception) -> Response:
    log.error("unexpected_error", exc_info=error)
    return _document(500, "internal_error", "Internal Server Error", None, {}, {})


def _document(
    status: int,
    code: str,
    title: str,
    detail: str | None,
    extra: Mapping[str, Any],
    headers: Mapping[str, str],
) -> Response:
    body = {
        "type": f"/problems/{code.replace('_', '-')}",
        "title": title,
        "status": int(status),
        "code": code,
        "instance": request.path,
        "request_id": current().request_id,
    }
    if detail:
        body["detail"] = _shortened(detail, LONGEST_DETAIL)
    body |= {name: value for name, value in extra.items() if name not in body}
    return Response(json.dumps(body), status, headers, content_type="application/problem+json")
