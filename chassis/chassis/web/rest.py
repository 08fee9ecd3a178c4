"""A strict flask-smorest: declared access, operation ids, problem documents, exact bodies and queries."""

from collections.abc import Callable, Collection, Mapping, Sequence
from copy import deepcopy
from functools import cached_property, wraps
from http import HTTPStatus
from importlib.metadata import version
from typing import Any, NoReturn, TypeVar
from urllib.parse import urlencode

import flask_smorest
import marshmallow
from flask import Flask, Request, Response, current_app, jsonify, request
from marshmallow import fields
from webargs.flaskparser import FlaskParser
from webargs.multidictproxy import MultiDictProxy

from chassis.auth.authorization import access_of
from chassis.errors import (
    FieldError,
    Forbidden,
    Invalid,
    Malformed,
    NotFound,
    Problem,
    Unauthorized,
    Unavailable,
    UnsupportedMediaType,
)
from chassis.pages import Page
from chassis.web.fields import Answer, Variants
from chassis.web.openapi_examples import Document, Vocabulary, add_examples
from chassis.web.rooms import Room
from chassis.web.strict_requests import escape, read_json

PROBLEM_TYPE = "application/problem+json"
BODY, QUERY = "json", "query"  # where webargs reads arguments from
BEARER: list[dict[str, list[str]]] = [{"bearer": []}]
# The declared access in terms of OpenAPI, which has none for roles.
SECURITY: Mapping[str, list[dict[str, list[str]]]] = {
    "public": [],
    "optional": [{}, *BEARER],
    "internal": [{"service": []}],
}
Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]
View = TypeVar("View", bound=Callable[..., Any])


def documented(
    view: View,
    *,
    security: Sequence[Mapping[str, Any]] | None = None,
    operation_id: str | None = None,
    parameters: Sequence[Mapping[str, Any]] = (),
    problems: Sequence[type[Problem]] = (),
) -> View:
    """The view with more in its documentation: parameters and problems are added to those it has.

    Only this function and `operation_id_of` know where flask-smorest keeps it.
    """
    documentation = deepcopy(getattr(view, "_apidoc", {}))
    manual = documentation.setdefault("manual_doc", {})
    if security is not None:
        manual["security"] = security
    if operation_id is not None:
        manual["operationId"] = operation_id
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
    errors = fields.List(fields.Nested(FieldProblem))


class Parser(FlaskParser):
    """Reads bodies and queries, and says which field is wrong."""

    DEFAULT_UNKNOWN_BY_LOCATION: dict[str, str | None] = {  # noqa: RUF012  # the base class says so
        **FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION,
        "query": marshmallow.RAISE,
        "querystring": marshmallow.RAISE,
        "json": marshmallow.RAISE,
    }

    def load_json(self, req: Request, schema: marshmallow.Schema) -> Any:
        # webargs would read a body of another media type as an empty one.
        return read_json(req)

    def load_querystring(self, req: Request, schema: marshmallow.Schema) -> MultiDictProxy:
        # webargs would read one of several values, and the next program perhaps another.
        errors: list[FieldError] = []
        for name, values in req.args.lists():
            if len(values) > 1:
                errors.append({"pointer": f"?{name}", "detail": "Given more than once."})
        if errors:
            raise Invalid(errors=errors)
        return super().load_querystring(req, schema)  # type: ignore[no-any-return]  # untyped in webargs

    def handle_error(
        self, error: marshmallow.ValidationError, *args: Any, **kwargs: Any
    ) -> NoReturn:
        messages: Mapping[str, Any] = error.messages  # type: ignore[assignment]  # by location
        errors: list[FieldError] = []
        for location, found in messages.items():
            errors += pointers(found, _root(location))
        raise Invalid(errors=errors)


def _root(location: str) -> str:
    return "?" if location in {"query", "querystring"} else "/"


def pointers(messages: Any, path: str) -> list[FieldError]:
    """marshmallow's nested messages as a flat list of pointers, each below the path."""
    if isinstance(messages, str):
        return [{"pointer": path.rstrip("/") or "/", "detail": messages}]
    errors: list[FieldError] = []
    if isinstance(messages, Mapping):
        for name, found in messages.items():
            errors += pointers(found, _below(path, str(name)))
    else:
        for found in messages:
            errors += pointers(found, path)
    return errors


def _below(path: str, name: str) -> str:
    if name == "_schema":
        return path
    separator = "" if path in {"?", "/"} else "/"
    return f"{path}{separator}{escape(name)}"


class Blueprint(flask_smorest.Blueprint):  # type: ignore[misc]  # flask-smorest is untyped
    """A blueprint whose operations declare who may call them, what they read, and their ids.

    An operation that clients may call states its `operation_id`: the name of its method in a generated
    client, made of a verb and an object. A query parameter or a body that the operation does not read is
    refused.
    """

    ARGUMENTS_PARSER = Parser()
    _docs: dict[str, dict[str, Any]]

    def __init__(self, name: str) -> None:
        super().__init__(name, name)
        self._prepare_doc_cbks.append(self._prepare_problems_doc)

    def route(self, rule: str, *, operation_id: str | None = None, **options: Any) -> Decorator:
        register: Decorator = super().route(rule, **options)

        def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
            access = access_of(view)
            if access is None:
                raise TypeError(f"{rule} does not declare its access")
            if access != "internal" and operation_id is None:
                raise TypeError(f"{rule} does not state its operation id")
            security = SECURITY.get(access, BEARER)
            return register(documented(view, security=security, operation_id=operation_id))

        return decorate

    def get(self, rule: str, operation_id: str | None = None, **options: Any) -> Decorator:
        return self.route(rule, methods=["GET"], operation_id=operation_id, **options)

    def post(self, rule: str, operation_id: str | None = None, **options: Any) -> Decorator:
        return self.route(rule, methods=["POST"], operation_id=operation_id, **options)

    def put(self, rule: str, operation_id: str | None = None, **options: Any) -> Decorator:
        return self.route(rule, methods=["PUT"], operation_id=operation_id, **options)

    def patch(self, rule: str, operation_id: str | None = None, **options: Any) -> Decorator:
        return self.route(rule, methods=["PATCH"], operation_id=operation_id, **options)

    def delete(self, rule: str, operation_id: str | None = None, **options: Any) -> Decorator:
        return self.route(rule, methods=["DELETE"], operation_id=operation_id, **options)

    def arguments(self, schema: Any, **options: Any) -> Decorator:
        if isinstance(schema, type):
            schema = schema()  # webargs would make one for each request
        read: Decorator = super().arguments(schema, **options)

        def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
            reading = read(view)
            reading._reads = reads_of(view) | {options.get("location", BODY)}  # type: ignore[attr-defined]
            return reading

        return decorate

    def response(self, status_code: int, schema: Any = None, **kwargs: Any) -> Decorator:
        """As in flask-smorest, but pages get a `Link` (RFC 8288), and 204 and 304 have no body.

        The answer is 304 to a client that has the present version already (`If-None-Match`).
        """
        document = super().response(status_code, schema, **kwargs)

        def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
            @wraps(view)
            def linked(*args: Any, **values: Any) -> Any:
                result = view(*args, **values)
                if isinstance(result, Page) and result.next:
                    query = urlencode({**request.args, "cursor": result.next})
                    return result, status_code, {"Link": f'<{request.path}?{query}>; rel="next"'}
                if status_code == HTTPStatus.NO_CONTENT and result is None:
                    return "", status_code
                return result

            answered: Callable[..., Any] = document(linked)

            @wraps(answered)
            def bare(*args: Any, **values: Any) -> Any:
                refuse_unread(reads_of(current_app.view_functions[str(request.endpoint)]))
                response = answered(*args, **values)
                # flask-smorest writes JSON here, but a 204 has no body (RFC 9110, section 15.3.5).
                if response.status_code == HTTPStatus.NO_CONTENT:
                    response.set_data(b"")
                    response.headers.pop("Content-Type", None)
                if request.method in {"GET", "HEAD"} and "ETag" in response.headers:
                    response.make_conditional(request)
                return response

            return bare

        return decorate

    def alt_response(self, status_code: int, **options: Any) -> Decorator:
        """As in flask-smorest: document another answer of the operation."""
        decorate: Decorator = super().alt_response(status_code, **options)
        return decorate

    @staticmethod
    def raises(*problems: type[Problem]) -> Decorator:
        """Document the problems that the operation's rule may raise."""

        def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
            return documented(view, problems=problems)

        return decorate

    def _prepare_problems_doc(
        self, doc: dict[str, Any], doc_info: dict[str, Any], **kwargs: Any
    ) -> dict[str, Any]:
        problems = [*_general_problems(doc, doc_info), *doc_info.get("problems", [])]
        responses = doc.setdefault("responses", {})
        for status in {p.status for p in problems}:
            found = {p.code: p.title() for p in problems if p.status == status}
            # An answer that the operation documents itself stays. A name would be flask-smorest's own
            # response.
            if not isinstance(responses.get(status), Mapping):
                content = {PROBLEM_TYPE: {"schema": ProblemDocument}}
                responses[status] = {**described(found), "content": content}
        doc["responses"] = {
            str(int(status)): responses[status] for status in sorted(responses, key=int)
        }
        return doc

    def register_views_in_doc(
        self, api: Any, app: Flask, spec: Any, *, name: str, parameters: Any
    ) -> None:
        """Document the operations, except those that only other services may call."""
        public = {
            endpoint: operations
            for endpoint, operations in self._docs.items()
            if access_of(app.view_functions[f"{name}.{endpoint}"]) != "internal"
        }
        everything, self._docs = self._docs, public
        try:
            super().register_views_in_doc(api, app, spec, name=name, parameters=parameters)
        finally:
            self._docs = everything


def reads_of(view: Callable[..., Any]) -> frozenset[str]:
    """What a view reads arguments from: `query`, a `json` body, both, or nothing."""
    return getattr(view, "_reads", frozenset())


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


def _general_problems(doc: Mapping[str, Any], info: Mapping[str, Any]) -> list[type[Problem]]:
    """The problems that any operation of this kind may answer."""
    security = info.get("manual_doc", {}).get("security", [])
    problems: list[type[Problem]] = [Malformed, NotFound, Invalid, Unavailable]
    if security:
        problems += [Unauthorized, Forbidden]
    if "requestBody" in doc:
        problems.append(UnsupportedMediaType)
    return problems


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
        self.ma_plugin.converter.add_attribute_function(variants2properties)
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
