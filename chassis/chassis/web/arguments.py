"""Arguments of an operation: read strictly, and refused with the name of each wrong field."""

from collections.abc import Callable, Collection, Iterator, Mapping
from functools import lru_cache
from typing import Any, NoReturn

import marshmallow
from flask import Request, request
from webargs.flaskparser import FlaskParser

from chassis.errors import FieldError, Invalid
from chassis.web.strict_requests import escape, read_json

BODY, QUERY = "json", "query"  # where webargs reads arguments from
QUERIES_KEPT = 512
LONGEST_KEPT = 256  # bytes of a query


class Parser(FlaskParser):
    """Reads bodies and queries, and says which field is wrong."""

    DEFAULT_UNKNOWN_BY_LOCATION: dict[str, str | None] = {  # noqa: RUF012  # the base class says so
        **FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION,
        "query": marshmallow.RAISE,
        "querystring": marshmallow.RAISE,
        "json": marshmallow.RAISE,
    }

    def parse(
        self, argmap: Any, req: Any = None, *, location: str | None = None, **options: Any
    ) -> Any:
        if location != QUERY:
            return super().parse(argmap, req, location=location, **options)
        query = request.query_string
        if len(query) > LONGEST_KEPT:
            return self._read_query(argmap)
        # A copy: the view may change it.
        return dict(self._known_query(argmap, query))

    # A query means the same each time, and many clients send the same few.
    @lru_cache(QUERIES_KEPT)  # noqa: B019  # one parser serves all blueprints
    def _known_query(self, schema: marshmallow.Schema, _: bytes) -> dict[str, Any]:
        return self._read_query(schema)

    def _read_query(self, schema: marshmallow.Schema) -> dict[str, Any]:
        """What the query of the present request says."""
        found: dict[str, Any] = super().parse(schema, location=QUERY)
        return found

    def load_json(self, req: Request, schema: marshmallow.Schema) -> Any:
        # webargs would read a body of another media type as an empty one.
        return read_json(req)

    def load_querystring(self, req: Request, schema: marshmallow.Schema) -> dict[str, str]:
        # webargs would read one of several values, and the next program perhaps another.
        errors: list[FieldError] = []
        for name, values in req.args.lists():
            if len(values) > 1:
                errors.append({"pointer": f"?{name}", "detail": "Given more than once."})
        if errors:
            raise Invalid(errors=errors)
        return req.args.to_dict()

    def handle_error(
        self, error: marshmallow.ValidationError, *args: Any, **kwargs: Any
    ) -> NoReturn:
        messages: Mapping[str, Any] = error.messages  # type: ignore[assignment]  # webargs nests them
        # There is one location.
        [(location, found)] = messages.items()
        raise Invalid(errors=pointers(found, _root(location)))


def _root(location: str) -> str:
    return "?" if location in {"query", "querystring"} else "/"


def pointers(messages: Any, path: str) -> Iterator[FieldError]:
    """marshmallow's nested messages as pointers, one by one, each below the path."""
    if isinstance(messages, str):
        yield {"pointer": path.rstrip("/") or "/", "detail": messages}
    elif isinstance(messages, Mapping):
        for name, found in messages.items():
            yield from pointers(found, _below(path, str(name)))
    else:
        for found in messages:
            yield from pointers(found, path)


def _below(path: str, name: str) -> str:
    if name == "_schema":
        return path
    separator = "" if path in {"?", "/"} else "/"
    return f"{path}{separator}{escape(name)}"


def reads_of(view: Callable[..., Any]) -> Mapping[str, marshmallow.Schema]:
    """What a view reads arguments from (`query`, a `json` body, both, or nothing), and by which schemas."""
    return getattr(view, "_reads", {})


def refuse_unread(reads: Collection[str]) -> None:
    """`Invalid` for query parameters and a body that the operation would silently ignore."""
    errors: list[FieldError] = []
    if QUERY not in reads:
        errors += [{"pointer": f"?{name}", "detail": "Unknown parameter."} for name in request.args]
    if BODY not in reads and _has_content():
        errors.append({"pointer": "/", "detail": "This operation takes no body."})
    if errors:
        raise Invalid(errors=errors)


def _has_content() -> bool:
    """Whether there is a body other than `{}`, which many clients send instead of none."""
    if not request.content_length and "Transfer-Encoding" not in request.headers:
        return False
    return request.mimetype != "application/json" or read_json(request) != {}
