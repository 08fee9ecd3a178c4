"""Refuses what no honest client sends, before any of our code reads it.

Werkzeug cuts a chunked body at MAX_CONTENT_LENGTH without an error, so a service demands a Content-Length.
Werkzeug also decodes broken percent-escapes and UTF-8 leniently, so paths and queries are checked as bytes.
"""

import json
import re
from typing import Any, NoReturn
from urllib.parse import unquote_to_bytes

from flask import Flask, Request, request

from chassis.errors import FieldError, Invalid, Malformed, NotFound, Problem, UnsupportedMediaType
from chassis.http_methods import METHODS
from chassis.text import UNSTORABLE

MAX_BODY = 1024 * 1024
MAX_DEPTH = 32
MAX_INTEGER = 2**63 - 1
CONTROL = re.compile(rb"[\x00-\x1f\x7f]")


class LengthRequired(Problem):
    """The request needs a Content-Length."""

    code = "length_required"
    status = 411


class MethodNotAllowed(Problem):
    """This method is not served."""

    code = "method_not_allowed"
    status = 405


def install(app: Flask, internal_port: int | None) -> None:
    """Check every request. Only the internal listener answers `/internal/`, and only `/healthz` with it."""
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY

    @app.before_request
    def check() -> None:
        check_listener(internal_port)
        check_request(request)


def check_listener(internal_port: int | None) -> None:
    # gunicorn takes this port from the socket that listens. (For a unix socket it would take the client's
    # `Host`.)
    internal = request.environ["SERVER_PORT"] == str(internal_port)
    if internal and request.path == "/healthz":
        return
    if request.path.startswith("/internal/") != internal:
        raise NotFound


def check_request(received: Request) -> None:
    """`Problem` unless method, framing, path and query are plain."""
    if received.method not in METHODS:
        raise MethodNotAllowed(headers={"Allow": ", ".join(sorted(METHODS))})
    if received.headers.get("Transfer-Encoding"):
        raise LengthRequired
    # WSGI hands over the bytes of the path as Latin-1 (PEP 3333).
    check_text(received.environ["PATH_INFO"].encode("latin-1"))
    check_text(unquote_to_bytes(received.environ.get("QUERY_STRING", "").replace("+", " ")))


def check_text(decoded: bytes) -> None:
    """`Malformed` unless the bytes are UTF-8 without control characters."""
    try:
        decoded.decode()
    except UnicodeDecodeError:
        raise Malformed("the address is not UTF-8") from None
    if CONTROL.search(decoded):
        raise Malformed("the address holds a control character")


def read_json(received: Request) -> Any:
    """The body as JSON, `{}` if there is none.

    Errors: 415 for another media type or charset; 400 for what is not strict JSON (NaN, duplicate names, a
    BOM, too deep); 422 for text that cannot be stored (NUL, lone surrogates) or numbers beyond 64 bits,
    naming the field.
    """
    # Kept, because a request that was ended to break a deadlock is run again.
    raw = received.get_data(cache=True)
    if not raw:
        return {}
    charset = received.mimetype_params.get("charset", "utf-8").lower()
    if received.mimetype != "application/json" or charset not in {"utf-8", "utf8"}:
        raise UnsupportedMediaType
    try:
        # Decoded here, because json.loads also accepts UTF-16 and UTF-32: RFC 8259 (section 8.1) demands
        # UTF-8.
        value = json.loads(raw.decode(), parse_constant=_refuse, object_pairs_hook=_unique)
    except (ValueError, RecursionError) as error:
        raise Malformed(f"the body is not strict JSON: {_brief(error)}") from None
    if errors := _unstorable(value):
        raise Invalid(errors=errors)
    return value


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    # Programs differ on which of two equal names counts (RFC 8259, section 4), which would let one past a
    # check.
    if len(fields) < len(pairs):
        raise ValueError("a name occurs twice")
    return fields


def _brief(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "too deeply nested"
    return str(error)[:100]


def _unstorable(value: Any) -> list[FieldError]:
    """What PostgreSQL could not hold in the JSON value. Iterative, so that depth costs no stack."""
    errors: list[FieldError] = []
    pending: list[tuple[str, int, Any]] = [("", 0, value)]
    while pending:
        pointer, depth, item = pending.pop()
        if depth > MAX_DEPTH:
            raise Malformed("the body is too deeply nested")
        if isinstance(item, dict):
            for name, held in item.items():
                if _odd(name):
                    detail = "A name is not storable text."
                    errors.append({"pointer": pointer or "/", "detail": detail})
                else:
                    pending.append((f"{pointer}/{escape(name)}", depth + 1, held))
        elif isinstance(item, list):
            pending += [(f"{pointer}/{i}", depth + 1, v) for i, v in enumerate(item)]
        elif fault := _fault(item):
            errors.append({"pointer": pointer, "detail": fault})
    return errors


def _fault(item: Any) -> str | None:
    """What is wrong with a text or number."""
    if isinstance(item, str) and _odd(item):
        return "Not storable text: NUL or a lone surrogate."
    if isinstance(item, int | float) and not -MAX_INTEGER <= item <= MAX_INTEGER:
        return "Number out of range."
    return None


def _odd(text: str) -> bool:
    return UNSTORABLE.search(text) is not None


def escape(name: str) -> str:
    """A name as a JSON Pointer token (RFC 6901)."""
    return name.replace("~", "~0").replace("/", "~1")
