"""The work of a request is bounded by a constant, and not by the size of its body.

Every operation that takes a body is sent bodies as large as it takes them: made of what costs a program the
most, wherever the schema has a place for it. Calls of functions are counted, not seconds.
"""

import json
import tracemalloc
from collections.abc import Collection, Iterator
from cProfile import Profile
from typing import Any, NamedTuple
from uuid import uuid4

from flask import Flask
from flask.testing import FlaskClient
from marshmallow import Schema, fields
from werkzeug.test import TestResponse

from chassis.testing.people import User, a_user
from chassis.testing.structure import PARAMETER, documented_path
from chassis.web.arguments import BODY, reads_of
from chassis.web.fields import JsonLength, List, Variants
from chassis.web.openapi_examples import Document
from chassis.web.strict_requests import DEFAULT_BOUNDS, BodyBounds

LARGEST_ANSWER = 64 * 1024
CALLS_OF_A_REQUEST = 8000
# To look at a value costs a few calls; to load it by a schema, some fifty.
CALLS_PER_VALUE = 9
ENOUGH_VALUES = 5000
MOST_MEMORY = 8 * 1024 * 1024
# What is sent at most for a field whose type says it: a number, a UUID, a date and time, true or false.
PLAIN = {"integer": 24, "number": 24, "boolean": 5, "null": 4}
FORMATS = {"uuid": 38, "date": 12, "date-time": 40}
# A character beyond U+FFFF is two escapes of six bytes each in JSON.
BYTES_PER_CHARACTER = 12
ROLES = ("tutor", "author", "admin")


class Reader(NamedTuple):
    """An operation that may be sent a body. `schema` is None if it takes none."""

    method: str
    route: str
    bounds: BodyBounds
    schema: Schema | None

    @property
    def name(self) -> str:
        return f"{self.method} {documented_path(self.route)}"

    @property
    def path(self) -> str:
        """Its path, with ids of nothing."""
        return PARAMETER.sub(_value, self.route)


class Place(NamedTuple):
    """A field of a body, and what stands before and after its value in a body with no other fields."""

    field: fields.Field[Any] | None
    before: bytes
    after: bytes

    @property
    def name(self) -> str | None:
        return self.field.name if self.field else None

    def body(self, value: bytes) -> bytes:
        return self.before + value + self.after


ROOT = Place(None, b"", b"")


def readers(app: Flask) -> Iterator[Reader]:
    """Every operation with a method that may have a body."""
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        bounds: BodyBounds = getattr(view, "_body_bounds", DEFAULT_BOUNDS)
        schema = reads_of(view).get(BODY)
        for method in sorted((rule.methods or set()) - {"GET", "HEAD", "OPTIONS"}):
            yield Reader(method, rule.rule, bounds, schema)


def check_bounds(app: Flask, *, larger: Collection[str] = ()) -> None:
    """No body, whatever is in it, costs a service more than a bounded amount of work and memory.

    And every body fits that its schema allows. Of operations that are `larger` only the parts do: the whole
    is bounded by itself, as not everything in it can be as large as it may be alone.
    """
    _check_lists(app)
    _check_largest_bodies(app, larger)
    _check_work(app)
    _check_memory(app)


def _check_lists(app: Flask) -> None:
    """Lists in bodies are those that ask their length first; values without a schema have a `JsonLength`."""
    faults: list[str] = []
    for reader in readers(app):
        for place in _places_of(reader):
            if place.field and not _is_bounded(place.field):
                faults.append(f"{reader.name}: {place.before.decode()}")
    assert not faults, faults


def _check_largest_bodies(app: Flask, larger: Collection[str]) -> None:
    """The largest body that its schema allows fits each operation, but for those that are `larger`."""
    document = app.extensions["openapi"].document
    too_large: set[str] = set()
    for item in document["paths"].values():
        for operation in item.values():
            if "requestBody" not in operation:
                continue
            body = operation["requestBody"]
            size, values = _largest(body["content"]["application/json"]["schema"], document)
            if size > body["x-max-bytes"] or values > body["x-max-values"]:
                too_large.add(operation["operationId"])
    assert too_large == set(larger)


def _check_work(app: Flask) -> None:
    """Whatever it is sent, an operation refuses it with a short answer and a bounded number of calls."""
    client, user = app.test_client(), a_user("ruth", *ROLES)
    faults: list[str] = []
    for reader in readers(app):
        for body in bodies(reader):
            values = min(reader.bounds.values, sum(body.count(sign) for sign in (b",", b"[", b"{")))
            most = CALLS_OF_A_REQUEST + CALLS_PER_VALUE * values
            with Calls() as calls:
                answer = _send(client, user, reader, body)
            refused = answer.status_code in {400, 413, 422}
            if not refused or len(answer.data) > LARGEST_ANSWER or calls.count > most:
                said = answer.status_code, len(answer.data), calls.count
                faults.append(f"{reader.name} {body[:60]!r} ({len(body)}): {said}")
    assert not faults, "\n".join(faults)


def _check_memory(app: Flask) -> None:
    """A body at the limit costs an operation a few megabytes at most."""
    client, user = app.test_client(), a_user("ruth", *ROLES)
    faults: list[str] = []
    for reader in readers(app):
        for body in _fillings(ROOT, reader.bounds, reader.bounds.values):
            tracemalloc.start()
            _send(client, user, reader, body)
            _, peak = tracemalloc.get_traced_memory()
            tracemalloc.stop()
            if peak > MOST_MEMORY:
                faults.append(f"{reader.name} {body[:60]!r} ({len(body)}): {peak}")
    assert not faults, "\n".join(faults)


class Calls:
    """Counts the calls of functions, Python's and C's, in this thread while it is entered."""

    def __init__(self) -> None:
        self._profiler = Profile(subcalls=False)

    def __enter__(self) -> "Calls":
        self._profiler.enable()
        return self

    def __exit__(self, *_: object) -> None:
        self._profiler.disable()

    @property
    def count(self) -> int:
        return sum(function.callcount for function in self._profiler.getstats())


def bodies(reader: Reader) -> Iterator[bytes]:
    """Bodies that cost a program without bounds the more the larger they are; none is valid."""
    most = reader.bounds.values
    yield from _fillings(ROOT, reader.bounds, most)
    yield from _monsters(reader.bounds)
    # Fields of one name and type cost the same, wherever they are.
    places = {(place.name, type(place.field)): place for place in _places_of(reader)}
    for place in places.values():
        if _holds_values(place.field):
            yield from _fillings(place, reader.bounds, min(most, ENOUGH_VALUES))
        else:
            yield place.body(_text(place, reader.bounds))


def _fillings(place: Place, bounds: BodyBounds, values: int) -> Iterator[bytes]:
    """Lists and objects at the place, filled with so many values, and with as many as there are bytes."""
    room = bounds.bytes - len(place.body(b"[]"))
    for element in (b"{}", b'""'):
        fitting = room // (len(element) + 1)
        for count in {fitting, min(fitting, values // 2 - 20)}:
            yield place.body(b"[" + b",".join([element] * count) + b"]")
    fitting = room // len(b'"12345":1,')
    for count in {fitting, min(fitting, values - 20)}:
        yield place.body(b"{" + b",".join(b'"%x":1' % n for n in range(count)) + b"}")


def _monsters(bounds: BodyBounds) -> Iterator[bytes]:
    """What is deep, long or large by itself."""
    most = bounds.bytes
    yield b"[" * (most // 2) + b"]" * (most // 2)
    yield b'{"":' * (most // 6) + b"1" + b"}" * (most // 6)
    yield b'{"%b":1}' % (b"\xc2\x80" * (most // 2 - 8))
    yield b'{"%b":1}' % (b"/" * (most - 8))
    yield b"1" * most
    yield b"[" + b",".join([b"9" * 4300] * (most // 4301 - 1)) + b"]"
    yield b"0." + b"1" * (most - 2)
    yield b'"' * most
    yield b'"' + b"\\u0000" * (most // 6 - 1) + b'"'
    yield b"{" * (most + 1)


def _text(place: Place, bounds: BodyBounds) -> bytes:
    return b'"' + b"a@" * ((bounds.bytes - len(place.body(b'""'))) // 2) + b'"'


def _places_of(reader: Reader) -> Iterator[Place]:
    if reader.schema:
        yield from _places(reader.schema, b"{", b"")


def _places(schema: Schema, before: bytes, after: bytes) -> Iterator[Place]:
    """Every field of the schema, and of the schemas within it."""
    for name, field in schema.load_fields.items():
        written = json.dumps(field.data_key or name).encode()
        yield from _within(field, before + written + b":", b"}" + after)


def _within(field: fields.Field[Any], before: bytes, after: bytes) -> Iterator[Place]:
    yield Place(field, before, after)
    if isinstance(field, fields.List):
        yield from _within(field.inner, before + b"[", b"]" + after)
    elif isinstance(field, fields.Nested):
        yield from _places(field.schema, before + b"{", after)
    elif isinstance(field, Variants):
        for name, schema in field.schemas.items():
            kind = b'{"%b":"%b",' % (field.by.encode(), name.encode())
            yield from _places(schema, before + kind, after)


def _holds_values(field: fields.Field[Any] | None) -> bool:
    return isinstance(field, fields.List | fields.Nested | fields.Mapping | fields.Raw | Variants)


def _is_bounded(field: fields.Field[Any]) -> bool:
    if isinstance(field, fields.Mapping | fields.Raw):
        return any(isinstance(validator, JsonLength) for validator in field.validators)
    if isinstance(field, fields.Nested):
        return not field.many and not field.schema.many
    return isinstance(field, List) or not isinstance(field, fields.List | fields.Tuple)


def _send(client: FlaskClient, user: User, reader: Reader, body: bytes) -> TestResponse:
    return client.open(
        reader.path,
        method=reader.method,
        data=body,
        content_type="application/json",
        headers={"If-Match": '"1"'},
        user=user,
        peer="gateway" if reader.path.startswith("/internal/") else None,
    )


def _value(parameter: Any) -> str:
    if parameter[0].startswith("<uuid"):
        return str(uuid4())
    return "1"


def _largest(schema: Document, document: Document) -> tuple[int, int]:
    """How many bytes and values the largest JSON that is valid by the schema has, without spaces."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return _largest(document["components"]["schemas"][name], document)
    if alternatives := schema.get("oneOf") or schema.get("anyOf"):
        return max(_largest(each, document) for each in alternatives)
    if "enum" in schema:
        return max(len(json.dumps(value)) for value in schema["enum"]), 1
    if "x-max-characters" in schema:
        # How many values are in it is bounded for the whole.
        return schema["x-max-characters"], 1
    if "properties" in schema:
        parts = {name: _largest(each, document) for name, each in schema["properties"].items()}
        names = sum(len(name) + 4 for name in parts)
        return 2 + names + sum(size for size, _ in parts.values()), _values(parts.values())
    if "maxItems" in schema:
        size, values = _largest(schema["items"], document)
        return 2 + schema["maxItems"] * (size + 1), 1 + schema["maxItems"] * values
    if schema.get("format") in FORMATS:
        return FORMATS[schema["format"]], 1
    if "maxLength" in schema:
        return 2 + schema["maxLength"] * BYTES_PER_CHARACTER, 1
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    assert set(kinds) <= set(PLAIN), f"without a bound: {schema}"
    return max(PLAIN[kind] for kind in kinds), 1


def _values(parts: Collection[tuple[int, int]]) -> int:
    return 1 + sum(values for _, values in parts)
