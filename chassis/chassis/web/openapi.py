"""The OpenAPI document of a program, and what an operation adds to it."""

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from functools import cached_property
from importlib.metadata import version
from typing import Any, TypeVar

import flask_smorest
import marshmallow
from flask import Flask, Response, jsonify
from flask_smorest.spec.plugins import integerconverter2paramschema
from marshmallow import fields

from chassis.errors import MOST_ERRORS, Problem
from chassis.web.app import PlainNumber
from chassis.web.fields import Answer, JsonLength, Variants
from chassis.web.openapi_examples import Document, Vocabulary, add_examples
from chassis.web.rooms import Room
from chassis.web.strict_requests import BodyBounds

PROBLEM_TYPE = "application/problem+json"
View = TypeVar("View", bound=Callable[..., Any])


class FieldProblem(Answer):
    """One wrong field."""

    pointer = fields.String(
        required=True, metadata={"description": "JSON Pointer into the body, or `?name`."}
    )
    detail = fields.String(required=True)


class ProblemDocument(Answer):
    """RFC 9457 problem details. Some codes come with members of their own."""

    class Meta:
        unknown = marshmallow.INCLUDE

    type = fields.String(required=True, metadata={"format": "uri-reference"})
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    code = fields.String(required=True, metadata={"description": "Stable name of the error."})
    instance = fields.String(required=True)
    request_id = fields.String(required=True)
    detail = fields.String()
    errors = fields.List(fields.Nested(FieldProblem), metadata={"maxItems": MOST_ERRORS})


class Api(flask_smorest.Api):  # type: ignore[misc]  # flask-smorest is untyped
    """Builds the service's OpenAPI 3.1 document, with one tag, and serves it at `/openapi.json`.

    `examples` are values for its examples, by the names of fields.
    """

    DEFAULT_ERROR_RESPONSE_NAME = None
    ERROR_SCHEMA = ProblemDocument

    def __init__(
        self,
        app: Flask,
        title: str,
        description: str,
        examples: Vocabulary,
        rooms: Mapping[str, Room] | None = None,
    ) -> None:
        self._title, self._description, self._examples = title, description, examples
        self._rooms = rooms or {}
        app.config.update(
            API_TITLE=title,
            API_VERSION=version("chassis"),
            OPENAPI_VERSION="3.1.0",
            OPENAPI_URL_PREFIX="/",
            OPENAPI_JSON_PATH="openapi.json",
        )
        super().__init__(app, spec_kwargs={"info": {"description": description}})
        app.extensions["openapi"] = self
        self.register_converter(PlainNumber, integerconverter2paramschema)
        self.ma_plugin.converter.add_attribute_function(variants2properties)
        self.ma_plugin.converter.add_attribute_function(jsonlength2properties)
        self.spec.components.security_scheme(
            "bearer", {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
        )

    @cached_property
    def document(self) -> Document:
        """The document, once all blueprints are registered.

        `x-live-events` has the schema and an example of the data of live events, by kind of room and type.
        """
        # Before the rest is written: a schema becomes a part of the document when it is referred to.
        live = {kind: self._told(room) for kind, room in self._rooms.items()}
        bare = {**self.spec.to_dict(), "x-live-events": live}
        document: Document = add_examples(bare, self._examples)
        tag = self._title.removesuffix("-service")
        document["tags"] = [{"name": tag, "description": self._description}]
        for item in document["paths"].values():
            for name, operation in item.items():
                if name != "parameters":
                    operation["tags"] = [tag]
        return document

    def _told(self, room: Room) -> Document:
        refer = self.ma_plugin.converter.resolve_nested_schema
        return {type_: {"schema": refer(schema)} for type_, schema in room.events.items()}

    def _openapi_json(self) -> Response:
        return jsonify(self.document)

    def handle_http_exception(self, error: Any) -> Any:
        """Leave errors to `problems.py`, which renders them."""
        raise error

    def _register_error_handlers(self) -> None:
        """Register none: `problems.py` has them."""

    def _register_pagination_header(self) -> None:
        """Register none: a page has its cursor in the body."""


def documented(
    view: View,
    *,
    security: Sequence[Mapping[str, Any]] | None = None,
    operation_id: str | None = None,
    body: BodyBounds | None = None,
    parameters: Sequence[Mapping[str, Any]] = (),
    problems: Sequence[type[Problem]] = (),
) -> View:
    """The view with more in its documentation: parameters and problems are added to those it has.

    Only this function and `operation_id_of` know where flask-smorest keeps it.
    """
    # A copy, as flask-smorest makes them: the mark of a decorated function is its own.
    documentation = deepcopy(getattr(view, "_apidoc", {}))
    manual = documentation.setdefault("manual_doc", {})
    if security is not None:
        manual["security"] = security
    if operation_id is not None:
        manual["operationId"] = operation_id
    if body is not None:
        manual["requestBody"] = {"x-max-bytes": body.bytes, "x-max-values": body.values}
    documentation.setdefault("arguments", {}).setdefault("parameters", []).extend(parameters)
    documentation.setdefault("problems", []).extend(problems)
    view._apidoc = documentation  # type: ignore[attr-defined]  # a mark on the function
    return view


def described(problems: Mapping[str, str]) -> Document:
    """The description of an answer with these problems (titles by code): in words, and as `x-problems`."""
    named = sorted(problems.items())
    return {
        "description": "; ".join(f"`{code}`: {title}" for code, title in named),
        "x-problems": [{"code": code, "title": title} for code, title in named],
    }


def operation_id_of(view: Callable[..., Any]) -> str | None:
    """The id that a view's operation states; None if clients may not call it."""
    stated: str | None = getattr(view, "_apidoc", {}).get("manual_doc", {}).get("operationId")
    return stated


def variants2properties(converter: Any, field: Any, **kwargs: Any) -> Document:
    """What apispec writes about a field of `Variants`; apispec demands this name of the function."""
    if not isinstance(field, Variants):
        return {}
    references = {
        name: converter.resolve_nested_schema(schema) for name, schema in field.schemas.items()
    }
    mapping = {name: reference["$ref"] for name, reference in references.items()}
    return {
        "oneOf": list(references.values()),
        "discriminator": {"propertyName": field.by, "mapping": mapping},
    }


def jsonlength2properties(converter: Any, field: Any, **kwargs: Any) -> Document:
    """What apispec writes about a field with a `JsonLength`; it demands this name of the function too."""
    found = [each.most for each in field.validators if isinstance(each, JsonLength)]
    return {"x-max-characters": found[0]} if found else {}
