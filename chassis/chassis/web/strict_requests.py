"""Refuses what no honest client sends, before any of our code reads it.

Werkzeug cuts a chunked body at MAX_CONTENT_LENGTH without an error, so a service demands a Content-Length.
Werkzeug also decodes broken percent-escapes and UTF-8 leniently, so paths and queries are checked as bytes.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any, NoReturn
from urllib.parse import unquote_to_bytes

from flask import Flask, Request, current_app
from flask.globals import request_ctx

from chassis.errors import (
    MOST_ERRORS,
    FieldError,
    Invalid,
    Malformed,
    NotFound,
    Problem,
    UnsupportedMediaType,
)
from chassis.http_methods import METHODS
from chassis.text import UNSTORABLE

# With the method and the version it fits into what gunicorn takes.
MAX_ADDRESS = 8000
MAX_PARAMETERS = 100
MAX_DEPTH = 32
MAX_INTEGER = 2**63 - 1
LONGEST_NUMBER = 25  # characters that are read of a whole number; 64 bits have 19 digits
CONTROL = re.compile(rb"[\x00-\x1f\x7f]")
# gunicorn joins two of them with a comma, which is in no name and no address.
HOST = re.compile(r"([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{0,5})?")
# A text in JSON, or the beginning of one.
JSON_TEXT = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?'

Place = tuple["Place", str | int] | None
"""Where in a JSON document: the place of the parent, and a name or an index. None is the document."""


@dataclass(frozen=True)
class BodyBounds:
    """How large the body of an operation may be. `values` are all that it holds, at any depth."""

    bytes: int = 16 * 1024
    values: int = 10_000


DEFAULT_BOUNDS = BodyBounds()


class LengthRequired(Problem):
    """The request needs a Content-Length."""

    code = "length_required"
    status = 411


class BodyTooLarge(Problem):
    """The body is larger than this operation takes."""

    code = "body_too_large"
    status = 413


class MethodNotAllowed(Problem):
    """This method is not served."""

    code = "method_not_allowed"
    status = 405


def install(app: Flask, internal_port: int | None) -> None:
    """Check every request. Only the internal listener answers `/internal/`, and only `/healthz` with it."""

    @app.before_request
    def check() -> None:
        received = request_ctx.request
        check_listener(received, internal_port)
        check_request(received)
        check_length(received)


def check_listener(received: Request, internal_port: int | None) -> None:
    # gunicorn takes this port from the socket that listens. (For a unix socket it would take the client's
    # `Host`.)
    internal = received.environ["SERVER_PORT"] == str(internal_port)
    if internal and received.path == "/healthz":
        return
    if received.path.startswith("/internal/") != internal:
        raise NotFound


def check_request(received: Request) -> None:
    """`Problem` unless method, host, framing, path and query are plain."""
    if received.method not in METHODS:
        raise MethodNotAllowed(headers={"Allow": ", ".join(sorted(METHODS))})
    check_host(received)
    if received.headers.get("Transfer-Encoding"):
        raise LengthRequired
    path, query = received.environ["PATH_INFO"], received.environ.get("QUERY_STRING", "")
    if len(path) + len(query) > MAX_ADDRESS:
        raise Malformed(f"the address is longer than {MAX_ADDRESS} bytes")
    if query.count("&") >= MAX_PARAMETERS:
        raise Malformed(f"the address has more than {MAX_PARAMETERS} parameters")
    # WSGI hands over the bytes of the path as Latin-1 (PEP 3333).
    check_text(path.encode("latin-1"))
    check_text(unquote_to_bytes(query.replace("+", " ")))


def check_host(received: Request) -> None:
    """`Malformed` unless there is exactly one plain Host; HTTP/1.0 may have none (RFC 9112, section 3.2)."""
    host = received.environ.get("HTTP_HOST")
    if host is None:
        if received.environ["SERVER_PROTOCOL"] != "HTTP/1.0":
            raise Malformed("exactly one Host is needed")
    elif not HOST.fullmatch(host):
        raise Malformed("the Host is not one name or address")


def check_text(decoded: bytes) -> None:
    """`Malformed` unless the bytes are UTF-8 without control characters."""
    try:
        decoded.decode()
    except UnicodeDecodeError:
        raise Malformed("the address is not UTF-8") from None
    if CONTROL.search(decoded):
        raise Malformed("the address holds a control character")


def check_length(received: Request) -> None:
    """`BodyTooLarge` if the body has more bytes than the operation takes."""
    most = bounds_of(received).bytes
    if (received.content_length or 0) > most:
        raise BodyTooLarge(f"at most {most} bytes")


def bounds_of(received: Request) -> BodyBounds:
    """How large a body the operation takes that the request is for."""
    view = current_app.view_functions.get(str(received.endpoint))
    bounds: BodyBounds = getattr(view, "_body_bounds", DEFAULT_BOUNDS)
    return bounds


def read_json(received: Request) -> Any:
    """The body as JSON, `{}` if there is none.

    Errors: 415 for another media type or charset; 413 for more values than the operation takes; 400 for
    what is not strict JSON (NaN, duplicate names, a BOM, too deep); 422 for text that cannot be stored
    (NUL, lone surrogates) or numbers beyond 64 bits, naming the field.
    """
    # Kept, because a request that was ended to break a deadlock is run again.
    raw = received.get_data(cache=True)
    if not raw:
        return {}
    charset = received.mimetype_params.get("charset", "utf-8").lower()
    if received.mimetype != "application/json" or charset not in {"utf-8", "utf8"}:
        raise UnsupportedMediaType
    most = bounds_of(received).values
    if more_values_than(most).match(raw):
        raise BodyTooLarge(f"at most {most} values")
    try:
        # Decoded here, because json.loads also accepts UTF-16 and UTF-32: RFC 8259 (section 8.1) demands
        # UTF-8.
        value = json.loads(
            raw.decode(), parse_constant=_refuse, parse_int=_integer, object_pairs_hook=_unique
        )
    except (ValueError, RecursionError) as error:
        raise Malformed(f"the body is not strict JSON: {_brief(error)}") from None
    if errors := list(islice(_unstorable(value), MOST_ERRORS)):
        raise Invalid(errors=errors)
    return value


@cache
def more_values_than(most: int) -> re.Pattern[bytes]:
    """Matches JSON with more values than that, before any of them is made.

    A comma stands before each value, or the bracket of what it is in. An empty list or object counts twice.
    """
    # What has matched is never given back, so that no byte is looked at twice.
    before = rb'[^"\[{,]*+(?:' + JSON_TEXT + rb'[^"\[{,]*+)*+'
    return re.compile(rb"(?:%b[\[{,]){%d}+" % (before, most + 1), re.DOTALL)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


def _integer(digits: str) -> int:
    """The number; of a very long one the beginning, which is beyond 64 bits as well.

    Python takes long for thousands of digits, and refuses more than 4,300 with advice for programmers.
    """
    return int(digits[:LONGEST_NUMBER])


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


def _unstorable(value: Any, place: Place = None, depth: int = 0) -> Iterator[FieldError]:
    """What PostgreSQL could not hold in the JSON value at this place."""
    if depth > MAX_DEPTH:
        raise Malformed("the body is too deeply nested")
    if isinstance(value, dict):
        for name, held in value.items():
            if _odd(name):
                yield {"pointer": _pointer(place), "detail": "A name is not storable text."}
            else:
                yield from _unstorable(held, (place, name), depth + 1)
    elif isinstance(value, list):
        for index, held in enumerate(value):
            yield from _unstorable(held, (place, index), depth + 1)
    elif fault := _fault(value):
        yield {"pointer": _pointer(place), "detail": fault}


def _pointer(place: Place) -> str:
    """The place as a JSON Pointer. It is asked for where something is wrong: most values are right."""
    names: list[str] = []
    while place is not None:
        place, name = place
        names.append(escape(str(name)))
    return "/" + "/".join(reversed(names))


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
