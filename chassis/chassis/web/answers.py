"""The bodies of answers, by schema: written by orjson, as marshmallow and json would write them.

A schema's fields become a plan, made once. What orjson might write otherwise is left to marshmallow
and json: NaN, which they refuse, numbers beyond 64 bits, and values of types that are not JSON's.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from operator import attrgetter
from typing import Any
from uuid import UUID

import orjson
from flask import Response, current_app, jsonify, request
from marshmallow import Schema, fields, missing
from marshmallow.utils import ensure_text_type
from werkzeug.wsgi import wrap_file

from chassis.clock import rfc3339
from chassis.spool import Document
from chassis.web.fields import Answer, Instant

# A line feed at the end, as `jsonify` writes it.
OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_APPEND_NEWLINE
Write = Callable[[Any], Any]


class Unlike(Exception):
    """orjson might not write this value as json does."""


def respond(schema: Schema, found: Any) -> Response:
    """The object as this schema shows it."""
    try:
        body = orjson.dumps(_writer(schema)(found), option=OPTIONS)
    except (Unlike, orjson.JSONEncodeError):
        return jsonify(schema.dump(found))
    return current_app.response_class(body, mimetype="application/json")


def respond_with(document: Document) -> Response:
    """The JSON that the document holds. It is sent piece by piece, and then closed."""
    pieces = wrap_file(request.environ, document)  # type: ignore[arg-type]  # it is read and closed
    response = current_app.response_class(
        pieces, mimetype="application/json", direct_passthrough=True
    )
    response.content_length = document.size
    return response


@cache
def _writer(schema: Schema) -> Write:
    """What `schema.dump` does, but ids, times and the like are left to orjson."""
    if _is_special(schema):
        return lambda found: _plain(schema.dump(found))
    shown = schema.dump_fields.items()
    read = _reader(schema, [field.attribute or name for name, field in shown])
    plan = [
        (field.data_key or name, field.dump_default, _writer_of(field)) for name, field in shown
    ]

    def write(found: Any) -> dict[str, Any]:
        answer = {}
        for (key, default, write_value), value in zip(plan, read(found), strict=True):
            present = default if value is missing else value
            if present is not missing:
                answer[key] = write_value(present)
        return answer

    return _each(write) if schema.many else write


def _reader(schema: Schema, names: Sequence[str]) -> Callable[[Any], Iterable[Any]]:
    """What reads these attributes of an object; `missing` stands for one that it does not have."""

    def read_each(found: Any) -> Iterable[Any]:
        return [schema.get_attribute(found, name, missing) for name in names]

    reads_itself = type(schema).get_attribute is not Answer.get_attribute
    if reads_itself or not isinstance(schema, Answer) or len(names) == 1:
        return read_each
    known: dict[type, attrgetter[Any]] = {}

    def read_all(found: Any) -> Iterable[Any]:
        kind = type(found)
        if issubclass(kind, Mapping):
            return read_each(found)
        if kind not in known:
            known[kind] = attrgetter(*(schema.path_of(kind, name) for name in names))
        try:
            values: Iterable[Any] = known[kind](found)
        except AttributeError:
            return read_each(found)
        return values

    return read_all


def _is_special(schema: Schema) -> bool:
    """Whether more is done for an answer than reading and writing its fields."""
    return (
        any(schema._hooks[hook] for hook in ("pre_dump", "post_dump"))
        or any(callable(field.dump_default) for field in schema.dump_fields.values())
        or not all(field._CHECK_ATTRIBUTE for field in schema.dump_fields.values())
    )


def _writer_of(field: fields.Field[Any]) -> Write:
    # By its method, and not its class: a subclass may write otherwise, or only read otherwise.
    written_by: Any = type(field)._serialize
    if isinstance(field, fields.List) and written_by is fields.List._serialize:
        return _each(_writer_of(field.inner))
    if isinstance(field, fields.Nested) and written_by is fields.Nested._serialize:
        nested = _writer(field.schema)
        is_of_each = field.many and not field.schema.many
        return _each(nested) if is_of_each else _unless_none(nested)
    if isinstance(field, fields.Number) and written_by is fields.Number._serialize:
        return _writer_of_number(field)
    return WRITERS.get(written_by) or _as_before(field)


def _writer_of_number(field: fields.Number[Any]) -> Write:
    if field.as_string:
        return _as_before(field)
    return NUMBERS.get(field.num_type) or _as_before(field)


def _as_before(field: fields.Field[Any]) -> Write:
    return lambda value: _plain(field._serialize(value, field.name, None))


def _each(write: Write) -> Write:
    def write_all(values: Any) -> Any:
        # It can be read once, and not by json again.
        if isinstance(values, Iterator):
            raise Unlike
        return [write(value) for value in values]

    return _unless_none(write_all)


def _unless_none(write: Write) -> Write:
    return lambda value: None if value is None else write(value)


def _text(value: Any) -> Any:
    return value if value is None or type(value) is str else ensure_text_type(value)


def _id(value: Any) -> Any:
    return value if value is None or type(value) is UUID else str(value)


def _instant(value: Any) -> Any:
    if value is None or (type(value) is datetime and value.tzinfo is UTC):
        return value
    return rfc3339(value)


def _whole(value: Any) -> Any:
    return value if value is None or type(value) is int else int(value)


def _fraction(value: Any) -> Any:
    return None if value is None else _plain(float(value))


def _plain(value: Any) -> Any:
    """The value, if it is of JSON's own types to its depths."""
    match value:
        case float() if math.isfinite(value):
            pass
        case list():
            for item in value:
                _plain(item)
        case dict():
            for item in value.values():
                _plain(item)
        case _ if type(value) not in {str, int, bool, type(None)}:
            raise Unlike
    return value


WRITERS: Mapping[Any, Write] = {
    fields.String._serialize: _text,
    fields.UUID._serialize: _id,
    fields.Field._serialize: _plain,
    Instant._serialize: _instant,
}
NUMBERS: Mapping[type, Write] = {int: _whole, float: _fraction}
