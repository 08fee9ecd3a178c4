"""orjson writes an answer as marshmallow and json do, or leaves it to them."""

from collections import namedtuple
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from types import SimpleNamespace
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from flask import Flask, Response, jsonify
from hypothesis import example, given
from hypothesis import strategies as some
from marshmallow import fields, post_dump

from chassis.testing.answers import pairs
from chassis.web import answers
from chassis.web.answers import respond  # itself, not what compares it with another
from chassis.web.app import Json
from chassis.web.fields import Answer, Choice, Instant, LocalDate, TimeZone, Variants

JERUSALEM = ZoneInfo("Asia/Jerusalem")
Pair = namedtuple("Pair", ["left", "right"])


class Color(StrEnum):
    RED = "red"


@dataclass(frozen=True)
class Passage:
    ref: str

    def __str__(self) -> str:
        return f"Genesis {self.ref}"


class Part(Answer):
    id = fields.UUID(required=True)
    weight = fields.Float()


class Hooked(Answer):
    note = fields.Raw()

    @post_dump
    def shout(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {**data, "loud": True}


class Everything(Answer):
    text = fields.String()
    choice = Choice(Color)
    zone = TimeZone()
    whole = fields.Integer()
    written_whole = fields.Integer(as_string=True)
    part = fields.Float()
    exact = fields.Decimal()
    flag = fields.Boolean()
    ref = fields.UUID()
    at = Instant()
    day = LocalDate()
    raw = fields.Raw()
    map = fields.Dict()
    renamed = fields.String(attribute="deep.text", data_key="from")
    usual = fields.String(dump_default="usual")
    computed = fields.String(dump_default=lambda: "computed")
    parts = fields.List(fields.Nested(Part))
    many = fields.Nested(Part, many=True)
    one = fields.Nested(Part)
    first = fields.Pluck(Part, "weight")
    words = fields.List(fields.String())
    hooked = fields.Nested(Hooked)
    variant = Variants("kind", {"part": Part})


numbers = some.integers() | some.floats() | some.booleans() | some.decimals()
texts = some.text(some.characters(exclude_categories=[])) | some.sampled_from(
    ["\ud800", Color.RED, Passage("1:1"), b"bytes", 7]
)
instants = some.sampled_from([UTC, JERUSALEM, timezone(timedelta(hours=-2))]).flatmap(
    lambda zone: some.datetimes(timezones=some.just(zone)).filter(lambda at: 1 < at.year < 9999)
)
plain = some.recursive(
    some.none() | texts | numbers | some.uuids() | instants,
    lambda inner: (
        some.lists(inner)
        | some.tuples(inner)
        | some.builds(Pair, inner, inner)
        | some.dictionaries(some.text() | some.integers() | some.none(), inner)
    ),
    max_leaves=5,
)
parts = some.fixed_dictionaries({}, optional={"id": some.uuids() | texts, "weight": numbers})
objects = parts | parts.map(lambda values: SimpleNamespace(**values))
BY_FIELD: dict[str, some.SearchStrategy[Any]] = {
    "text": texts,
    "choice": texts,
    "zone": texts,
    "whole": numbers,
    "written_whole": numbers,
    "part": numbers,
    "exact": numbers,
    "flag": some.booleans() | plain,
    "ref": some.uuids() | texts,
    "at": instants,
    "day": some.dates(),
    "raw": plain,
    "map": some.dictionaries(some.text(), plain),
    "deep": some.builds(SimpleNamespace, text=texts),
    "usual": texts,
    "parts": some.lists(objects | some.none()),
    "many": some.lists(objects),
    "one": objects,
    "first": some.builds(SimpleNamespace, weight=numbers),
    "words": some.lists(texts) | some.lists(texts).map(tuple),
    "hooked": some.builds(SimpleNamespace, note=plain),
    "variant": parts.map(lambda part: {**part, "kind": "part"}),
}
found = some.fixed_dictionaries(
    {}, optional={name: values | some.none() for name, values in BY_FIELD.items()}
)
bare = Flask(__name__)
bare.json = Json(bare)
SCHEMAS = [Everything(), Everything(exclude=["computed"]), Everything(only=["text", "parts"])]


def outcome(respond: Callable[[], Response]) -> object:
    """The names and values of an answer in their order, or the kind of its failure."""
    try:
        answer = respond()
    except Exception as error:
        return type(error)
    assert answer.get_data().endswith(b"\n")
    return pairs(answer)


@pytest.mark.parametrize("schema", SCHEMAS)
@pytest.mark.parametrize("shape", [dict, lambda values: SimpleNamespace(**values)])
@given(values=found)
@example(values={"part": float("nan")})
@example(values={"raw": {"deep": [float("inf")]}})
@example(values={"raw": 2**64})
@example(values={"whole": True, "flag": 1, "exact": Decimal("0.10")})
@example(values={"at": datetime(2026, 3, 1, 9, 30, tzinfo=UTC)})
@example(values={"at": datetime(2026, 3, 1, 9, 30, 0, 500, tzinfo=JERUSALEM)})
@example(values={"text": "\ud800"})
@example(values={"many": [{"id": UUID(int=1)}], "parts": [{"id": UUID(int=2)}, None]})
@example(values={"raw": datetime(2026, 3, 1, tzinfo=UTC), "map": {1: "one"}})
def test_an_answer_is_what_marshmallow_and_json_write(
    schema: Answer, shape: Callable[[Any], object], values: dict[str, Any]
) -> None:
    with bare.app_context():
        now = outcome(lambda: answers.respond(schema, shape(values)))
        before = outcome(lambda: jsonify(schema.dump(shape(values))))
    assert now == before


def test_what_can_be_read_once_is_not_read_in_vain() -> None:
    with bare.app_context():
        answer = respond(Everything(only=["words"]), {"words": iter(["a", "b"])})
    assert answer.json == {"words": ["a", "b"]}


def test_an_answer_needs_no_json(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = {
        "text": "a",
        "choice": Color.RED,
        "whole": 1,
        "part": 0.5,
        "flag": True,
        "ref": UUID(int=1),
        "at": datetime(2026, 3, 1, 9, 30, tzinfo=UTC),
        "raw": {"deep": [1, None]},
        "parts": [{"id": UUID(int=2), "weight": None}],
    }
    monkeypatch.delattr(answers, "jsonify")
    with bare.app_context():
        answer = answers.respond(Everything(only=list(usual)), SimpleNamespace(**usual))
    assert answer.json["at"] == "2026-03-01T09:30:00Z"
