"""Examples in the documentation."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from chassis import testing
from chassis.web.openapi_examples import BY_FORMAT, NOTHING, ExampleValues, add_examples

SCHEMAS = {
    "City": {
        "type": "object",
        "properties": {
            "name": {"type": "string", "example": "Haifa"},
            "harbour": {"type": "boolean"},
            "motto": {"type": "string"},
            "twin": {"type": "string", "example": "Bremen"},
            "mayor": {"type": "string"},
        },
        "required": ["name", "harbour", "motto"],
    }
}
CITY = {"name": "Haifa", "harbour": False, "twin": "Bremen"}


def example(schema: dict[str, Any], name: str = "", words: dict[str, Any] | None = None) -> Any:
    return ExampleValues(SCHEMAS, words or {}).example_of(schema, name)


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "string", "example": "own", "default": "other"}, "own"),
        ({"type": "string", "default": "usual", "enum": ["first", "usual"]}, "usual"),
        ({"type": "string", "enum": ["first", "second"]}, "first"),
        ({"type": ["string", "null"], "default": None, "enum": ["first", None]}, "first"),
        ({"type": "string", "format": "date"}, BY_FORMAT["date"]),
        ({"type": ["string", "null"], "default": None, "format": "uuid"}, BY_FORMAT["uuid"]),
        ({"type": ["string", "null"], "format": "date-time"}, None),
        ({"type": "string"}, NOTHING),
        ({"type": "integer"}, 1),
        ({"type": "integer", "minimum": 5, "maximum": 720}, 5),
        ({"type": "number", "minimum": -90, "maximum": -0.5}, -0.5),
        ({"type": "boolean"}, False),
        ({"type": "array", "items": {"type": "string", "enum": ["first"]}}, ["first"]),
        ({"type": "array", "items": {"type": "string"}}, []),
        ({"type": "object"}, {}),
        ({"$ref": "#/components/schemas/City"}, CITY),
        ({"anyOf": [{"$ref": "#/components/schemas/City"}, {"type": "null"}]}, CITY),
        ({"type": ["array", "null"], "items": {"$ref": "#/components/schemas/City"}}, [CITY]),
        ({}, NOTHING),
    ],
)
def test_an_example_follows_from_the_schema(schema: dict[str, Any], expected: Any) -> None:
    assert example(schema) == expected


def test_a_word_applies_to_fields_of_its_name_without_an_example() -> None:
    assert example({"type": "string"}, "city", {"city": "Akko"}) == "Akko"
    assert example({"type": "string", "example": "Jaffa"}, "city", {"city": "Akko"}) == "Jaffa"
    assert example({"$ref": "#/components/schemas/City"}, "", {"motto": "By the sea"}) == {
        **CITY,
        "motto": "By the sea",
    }


def test_a_word_may_apply_to_a_schema_or_to_one_of_its_fields() -> None:
    words = {
        "motto": "By the sea",
        "City.motto": "On the mountain",
        "City.mayor": "Dina",
        "mayor": "Ezra",
    }
    composed = {**CITY, "motto": "On the mountain", "mayor": "Dina"}
    cities = {"type": "array", "items": {"$ref": "#/components/schemas/City"}}
    assert example(cities, "", words) == [composed]
    assert example(cities, "", {"City": {"name": "Akko"}}) == [{"name": "Akko"}]


def test_missing_examples_are_added_to_a_copy_of_the_document() -> None:
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/City"}}}
    own = {
        "text/plain": {
            "schema": {"type": "string", "example": "Haifa"},
            "example": "Haifa, by the sea",
        }
    }
    put = {
        "parameters": [{"name": "page", "schema": {"type": "integer"}}],
        "requestBody": {"content": content},
        "responses": {"200": {"content": own}, "404": {"content": own}},
    }
    document = {
        "paths": {
            "/{city}": {"parameters": [{"name": "city", "schema": {"type": "string"}}], "put": put}
        },
        "components": {"schemas": SCHEMAS},
    }
    item = add_examples(document, {"city": "haifa"})["paths"]["/{city}"]
    assert item["parameters"][0]["example"] == "haifa"
    assert item["put"]["parameters"][0]["example"] == 1
    assert item["put"]["requestBody"]["content"]["application/json"]["example"] == CITY
    assert item["put"]["responses"] == put["responses"]
    assert "example" not in content["application/json"]


def test_the_check_names_missing_and_wrong_examples() -> None:
    answers = {
        "200": {"content": {"application/json": {"schema": {"type": "integer"}, "example": "one"}}}
    }
    parameters = [{"name": "q", "schema": {"type": "string"}}]
    document = {"paths": {"/": {"get": {"parameters": parameters, "responses": answers}}}}
    with pytest.raises(AssertionError) as failure:
        testing.check_examples(document)
    assert "GET / ?q: no example" in str(failure.value)
    assert "GET / 200 application/json: $: 'one' is not of type 'integer'" in str(failure.value)


def test_a_service_documents_bodies_and_answers_with_examples(client: FlaskClient) -> None:
    document = client.get("/openapi.json").json
    testing.check_examples(document)
    create = document["paths"]["/api/notes"]["post"]
    assert create["requestBody"]["content"]["application/json"]["example"] == {"title": "Buy figs"}
    assert (
        create["responses"]["201"]["content"]["application/json"]["example"]["title"] == "Buy figs"
    )
