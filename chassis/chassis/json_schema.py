"""Words for the form of JSON that a program reads of another's (https://json-schema.org)."""

from collections.abc import Collection, Mapping
from typing import Any

Schema = Mapping[str, Any]

IDENTIFIER: Schema = {"type": "string", "format": "uuid"}
TEXT: Schema = {"type": "string"}
TEXT_OR_NULL: Schema = {"type": ["string", "null"]}
NUMBER: Schema = {"type": "integer"}
FLAG: Schema = {"type": "boolean"}
MAP: Schema = {"type": "object"}


def list_of(item: Schema) -> Schema:
    return {"type": "array", "items": item}


def an_object(optional: Collection[str] = (), **fields: Schema) -> Schema:
    """An object with these fields, and any others."""
    required = sorted(fields.keys() - set(optional))
    schema = {"type": "object", "properties": fields}
    return {**schema, "required": required} if required else schema
