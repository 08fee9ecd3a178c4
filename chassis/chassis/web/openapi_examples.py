"""Examples in an OpenAPI document: of every parameter, every body, and every answer of success.

A field has its example in its own metadata, or in the service's vocabulary: under its name, where many fields
share it; under `Schema.field`, or under `Schema` for a whole schema, where they do not. Other examples follow
from the type, if its values tell something; those of text do not.
"""

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Any

Document = dict[str, Any]
Vocabulary = Mapping[str, Any]

NOTHING = object()
SCHEMAS = "#/components/schemas/"

# People of the demo, who appear in every example.
RUTH = "0d6b02a5-94d2-5ab0-99a6-bbdfa6e55d8a"
BOAZ = "f33044ac-b764-5a8f-bac8-e95ce52a4de3"

# Examples of fields that many services have.
GENERAL: Vocabulary = {
    "Idempotency-Key": "8c1f0d5e-52a7-4f0e-9d3b-6f1c2a7e4b90",
    "If-Match": '"1"',
    "created_at": "2030-02-24T09:30:00Z",
    "cursor": "WyIyMDMwLTAzLTA1VDE3OjAwOjAwKzAwOjAwIiw3XQ",
    "timezone": "Asia/Jerusalem",
    "tz": "Asia/Jerusalem",
    "updated_at": "2030-02-25T18:05:00Z",
    "user_id": BOAZ,
    "version": 1,
}
BY_PREFERENCE = ("boolean", "array", "object", "null", "integer", "number", "string")
BY_FORMAT = {
    "date": "2030-03-05",
    "date-time": "2030-03-05T17:00:00Z",
    "uuid": "4b1f6c1e-3d53-4f43-9d0b-0a4c3f5a7e21",
}


def add_examples(document: Document, words: Vocabulary) -> Document:
    """The document with an example wherever there can be one and none is yet."""
    illustrated = deepcopy(document)
    schemas = illustrated.get("components", {}).get("schemas", {})
    values = ExampleValues(schemas, {**GENERAL, **words})
    for item in illustrated.get("paths", {}).values():
        operations = dict(item)
        for parameter in operations.pop("parameters", []):
            values.illustrate(parameter, parameter["name"])
        for operation in operations.values():
            _illustrate_operation(operation, values)
    for events in illustrated.get("x-live-events", {}).values():
        for event in events.values():
            values.illustrate(event)
    return illustrated


def _illustrate_operation(operation: Document, values: "ExampleValues") -> None:
    for parameter in operation.get("parameters", []):
        values.illustrate(parameter, parameter["name"])
    parts = [operation.get("requestBody", {})]
    for status, answer in operation["responses"].items():
        if status.startswith("2"):
            parts.append(answer)
    for part in parts:
        for content in part.get("content", {}).values():
            values.illustrate(content)


class ExampleValues:
    """Puts examples together from the schemas of a document and the words of a vocabulary."""

    def __init__(self, schemas: Document, words: Vocabulary) -> None:
        self._schemas = schemas
        self._words = words

    def illustrate(self, part: Document, name: str = "") -> None:
        """Give a parameter or a content its example, unless it has one."""
        example = self.example_of(part.get("schema", {}), name)
        if "example" not in part and example is not NOTHING:
            part["example"] = deepcopy(example)

    def example_of(self, schema: Document, *names: str) -> Any:
        """A value of this schema, under one of these names; NOTHING if any text would be as good."""
        return next(self._candidates(schema, names), NOTHING)

    def _candidates(self, schema: Document, names: Sequence[str]) -> Iterator[Any]:
        """Possible examples, the best first."""
        if "example" in schema:
            yield schema["example"]
        yield from (self._words[name] for name in names if name in self._words)
        if schema.get("default") is not None:
            yield schema["default"]
        if "enum" in schema:
            yield schema["enum"][0]
        if "$ref" in schema:
            name = schema["$ref"].removeprefix(SCHEMAS)
            yield from self._candidates(self._schemas[name], [name])
        for part in schema.get("anyOf", []):
            yield from self._candidates(part, [])
        yield from self._of_type(schema, names)

    def _of_type(self, schema: Document, names: Sequence[str]) -> Iterator[Any]:
        kinds = schema.get("type", [])
        if isinstance(kinds, str):
            kinds = [kinds]
        for kind in BY_PREFERENCE:
            if kind in kinds:
                yield from self._of_kind(kind, schema, names)

    def _of_kind(self, kind: str, schema: Document, names: Sequence[str]) -> Iterator[Any]:
        match kind:
            case "boolean":
                yield False
            case "array":
                item = self.example_of(schema["items"])
                yield [] if item is NOTHING else [item]
            case "object":
                yield self._composed(schema, *names[:1])
            # With a default, null only means that the field may be left out.
            case "null" if "default" not in schema:
                yield None
            case "integer" | "number":
                yield min(max(1, schema.get("minimum", 1)), schema.get("maximum", 1))
            case "string" if schema.get("format") in BY_FORMAT:
                yield BY_FORMAT[schema["format"]]

    def _composed(self, schema: Document, name: str = "") -> Document:
        """The fields that are required, and those with an example of their own."""
        required = schema.get("required", [])
        examples: Document = {}
        for field, part in schema.get("properties", {}).items():
            if field in required or "example" in part or f"{name}.{field}" in self._words:
                example = self.example_of(part, f"{name}.{field}", field)
                if example is not NOTHING:
                    examples[field] = example
        return examples
