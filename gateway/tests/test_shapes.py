"""A shape takes of an answer what marshmallow would, and refuses what it would."""

from itertools import chain
from typing import Any

import pytest
from marshmallow import Schema, ValidationError, fields

from gateway.shapes import Shape, first_page, number, take, text, whole
from gateway.views import calendar, dashboard, overview, search


class Inner(Shape):
    word = text()
    maybe = text(allow_none=True)


class Everything(Shape):
    word = text()
    count = whole()
    share = number(allow_none=True)
    is_so = fields.Boolean(required=True)
    data = fields.Dict(required=True)
    inner = fields.Nested(Inner, required=True)
    perhaps = fields.Nested(Inner, required=True, allow_none=True)
    items = fields.List(fields.Nested(Inner), required=True)


INNER = {"maybe": None, "word": "b", "secret": 1}
GOOD: dict[str, Any] = {
    "word": "a",
    "count": 2**40,
    "share": 1,
    "is_so": True,
    "data": {"any": [1]},
    "inner": INNER,
    "perhaps": None,
    "items": [INNER, INNER],
    "secret": 1,
}
WRONG: list[tuple[str, Any]] = [
    *((name, None) for name in ("word", "count", "is_so", "data", "inner", "items")),
    ("word", 7),
    ("count", 1.5),
    ("count", "1"),
    ("share", "much"),
    ("is_so", "perhaps"),
    ("data", []),
    ("inner", []),
    ("inner", {"word": "b"}),
    ("items", {}),
    ("items", [INNER, None]),
    ("items", [INNER, {"word": 7, "maybe": None}]),
]
SHAPE = Everything()
VIEWS = (calendar, dashboard, overview, search)
PARTS = list(chain.from_iterable(getattr(view, "PARTS", ()) for view in VIEWS))


def test_the_fields_are_taken_in_their_order() -> None:
    taken = take(SHAPE, GOOD)
    assert repr(taken) == repr(SHAPE.load(GOOD))
    assert "secret" not in repr(taken)


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_wrong_value_is_refused(name: str, value: Any) -> None:
    document = {**GOOD, name: value}
    with pytest.raises(ValidationError):
        SHAPE.load(document)
    with pytest.raises(ValidationError):
        take(SHAPE, document)


@pytest.mark.parametrize("name", sorted(GOOD.keys() - {"secret"}))
def test_a_missing_field_is_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        take(SHAPE, {key: value for key, value in GOOD.items() if key != name})


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_empty_lists_of_each_part_are_taken(part: Any) -> None:
    shape: Schema = part.shape
    page = {"items": [], "next": None}
    if shape.fields.keys() == page.keys():
        assert take(shape, page) == shape.load(page) == page


def test_a_field_that_may_be_missing_may_be_missing() -> None:
    class Loose(Shape):
        word = fields.String()

    assert take(first_page(Loose)(), {"items": [{}], "next": None})["items"] == [{}]
