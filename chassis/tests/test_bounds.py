"""The work of a request is bounded by a constant, whatever its body."""

from typing import Any

import pytest
from flask import Flask
from marshmallow import ValidationError, fields

from chassis import testing
from chassis.web.fields import Body, JsonLength, List, Text

looked_at: list[Any] = []


class Noted(fields.Integer):
    """Notes each value that it is asked to read."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        looked_at.append(value)
        return super()._deserialize(value, attr, data, **kwargs)


class Poem(Text):
    """Notes each text that is not too long."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        looked_at.append(text)
        return text


class Numbers(Body):
    numbers = List(Noted(), 100, least=1)
    poem = Poem(5)
    data = fields.Dict(validate=JsonLength(10))


@pytest.fixture(autouse=True)
def nothing_looked_at_before() -> None:
    looked_at.clear()


def refused(**body: Any) -> Any:
    with pytest.raises(ValidationError) as refusal:
        Numbers().load(body)
    return refusal.value.messages


def test_a_list_that_is_too_long_is_refused_unread() -> None:
    refusal = {"numbers": ["Length must be between 1 and 100."]}
    assert (refused(numbers=[1] * 101), looked_at) == (refusal, [])


@pytest.mark.parametrize("value", [{}, {"a": 1}, "a", 1, None])
def test_a_list_is_nothing_else(value: object) -> None:
    assert list(refused(numbers=value)) == ["numbers"]


def test_a_list_is_read_until_fifty_are_wrong() -> None:
    refusal = refused(numbers=[1, *["x"] * 99])
    assert (len(refusal["numbers"]), len(looked_at)) == (50, 51)


def test_a_list_within_its_bounds_is_read() -> None:
    assert Numbers().load({"numbers": [1] * 100}) == {"numbers": [1] * 100}


def test_a_text_that_is_too_long_is_refused_unread() -> None:
    assert (list(refused(poem="abcdef")), looked_at) == (["poem"], [])


def test_a_text_is_as_long_as_it_is_without_the_space_around_it() -> None:
    assert Numbers().load({"poem": "  abcde  "}) == {"poem": "abcde"}


def test_an_object_without_a_schema_is_bounded_as_json() -> None:
    assert Numbers().load({"data": {"a": 123}}) == {"data": {"a": 123}}
    assert refused(data={"a": 1234}) == {"data": ["Longer than 10 characters as JSON."]}


def test_operations_document_how_much_they_take(app: Flask) -> None:
    body = app.extensions["openapi"].document["paths"]["/api/notes"]["post"]["requestBody"]
    assert (body["x-max-bytes"], body["x-max-values"]) == (16 * 1024, 10_000)


def test_no_body_costs_more_than_a_bounded_amount_of_work(app: Flask) -> None:
    testing.check_bounds(app)
