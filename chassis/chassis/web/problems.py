"""Every error leaves as an RFC 9457 `application/problem+json` document."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import structlog
from flask import Flask, Response, json, request
from werkzeug.exceptions import HTTPException

from chassis.errors import FieldError, Problem
from chassis.telemetry.request_context import current

log = structlog.get_logger(__name__)

Document = dict[str, Any]

# In characters. A pointer holds names that a client made up, of up to 6 bytes a character as JSON;
# details are our own words. So 50 errors take less than 64 kB.
LONGEST_POINTER, LONGEST_DETAIL = 128, 256
# What stands in a path as it is. A path that could not be read is escaped already.
PATH_CHARACTERS = "/%~!$&'()*+,;=:@"


def install(app: Flask) -> None:
    """Register the handlers on the application."""
    app.register_error_handler(Problem, render)
    app.register_error_handler(HTTPException, on_http_exception)
    app.register_error_handler(Exception, on_unexpected)


def render(problem: Problem) -> Response:
    """The problem as a response. Its `type` is an address that explains it."""
    document = document_of(problem, request.path, current().request_id)
    return _response(document, problem.headers)


def document_of(problem: Problem, path: str, request_id: str) -> Document:
    """The problem as the body of an answer to the request at this path."""
    extra = dict(problem.extra)
    if problem.errors:
        extra = {"errors": [_bounded(error) for error in problem.errors], **extra}
    named = (problem.status, problem.code, problem.title(), problem.detail)
    return _document(*named, extra, path, request_id)


def instance_of(path: str) -> str:
    """The path of a request as a reference (RFC 3986), which `instance` is."""
    return quote(path, safe=PATH_CHARACTERS)


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
    named = (status, code_of(status), status.phrase, error.description)
    return _response(_document(*named, {}, request.path, current().request_id), headers)


def code_of(status: HTTPStatus) -> str:
    """The code of a problem that has no other meaning than its status."""
    return status.phrase.lower().replace(" ", "_").replace("-", "_").replace("'", "")


def on_unexpected(error: Exception) -> Response:
    log.error("unexpected_error", exc_info=error)
    named = (500, "internal_error", "Internal Server Error", None)
    return _response(_document(*named, {}, request.path, current().request_id), {})


def _document(
    status: int,
    code: str,
    title: str,
    detail: str | None,
    extra: Mapping[str, Any],
    path: str,
    request_id: str,
) -> Document:
    document: Document = {
        "type": f"/problems/{code.replace('_', '-')}",
        "title": title,
        "status": int(status),
        "code": code,
        "instance": instance_of(path),
        "request_id": request_id,
    }
    if detail:
        document["detail"] = _shortened(detail, LONGEST_DETAIL)
    return document | {name: value for name, value in extra.items() if name not in document}


def _response(document: Document, headers: Mapping[str, str]) -> Response:
    return Response(
        json.dumps(document),
        document["status"],
        headers,
        content_type="application/problem+json",
    )
