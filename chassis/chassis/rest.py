"""flask-smorest, made strict: declared access, problem documents, operation ids, exact bodies and queries."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from functools import cached_property, wraps
from http import HTTPStatus
from typing import Any, NoReturn
from urllib.parse import urlencode

import flask_smorest
import marshmallow
from flask import Flask, Request, Response, jsonify, request
from marshmallow import fields
from webargs.flaskparser import FlaskParser
from webargs.multidictproxy import MultiDictProxy

from chassis.access import access_of
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
from chassis.examples import Document, Words, illustrate
from chassis.fields import Answer
from chassis.guard import escape, read_json
from chassis.pages import Page

PROBLEM_TYPE = "application/problem+json"
Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


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
        # webargs would take a body of another media type for an empty one.
        return read_json(req)

    def load_querystring(self, req: Request, schema: marshmallow.Schema) -> MultiDictProxy:
        # webargs would take one of several values, and the next program perhaps another.
        repeated = [name for name, values in req.args.lists() if len(values) > 1]
        if repeated:
            raise Invalid(
                errors=[
                    {"pointer": f"?{name}", "detail": "Given more than once."} for name in repeated
                ]
            )
        return super().load_querystring(req, schema)  # type: ignore[no-any-return]  # webargs leaves it untyped

    def handle_error(
        self, error: marshmallow.ValidationError, *args: Any, **kwargs: Any
    ) -> NoReturn:
        messages: Mapping[str, Any] = error.messages  # type: ignore[assignment]  # a location maps to its fields
        raise Invalid(
            errors=[e for where, found in messages.items() for e in _pointers(found, _root(where))]
        )


def _root(location: str) -> str:
    return "?" if location in {"query", "querystring"} else "/"


def _pointers(messages: Any, path: str) -> list[FieldError]:
    """marshmallow's nested messages as a flat list."""
    if isinstance(messages, str):
        return [{"pointer": path.rstrip("/") or "/", "detail": messages}]
    if isinstance(messages, Mapping):
        separator = "" if path in {"?", "/"} else "/"
        return [
            e
            for name, found in messages.items()
            for e in _pointers(
                found, path if name == "_schema" else f"{path}{separator}{escape(str(name))}"
            )
        ]
    return [e for found in messages for e in _pointers(found, path)]


class Blueprint(flask_smorest.Blueprint):  # type: ignore[misc]  # flask-smorest is untyped
    """A blueprint whose operations declare who may call them."""

    ARGUMENTS_PARSER = Parser()
    _docs: dict[str, dict[str, Any]]

    def __init__(self, name: str, description: str) -> None:
        super().__init__(name, name, description=description)
        self._prepare_doc_cbks.append(self._prepare_problems_doc)

    def add_url_rule(
        self,
        rule: str,
        endpoint: str | None = None,
        view_func: Any = None,
        *args: Any,
        **options: Any,
    ) -> None:
        if access_of(view_func) is None:
            raise TypeError(f"{rule} does not declare its access")
        super().add_url_rule(rule, endpoint, view_func, *args, **options)

    def route(self, rule: str, **options: Any) -> Decorator:
        decorate: Decorator = super().route(rule, **options)
        return decorate

    def get(self, rule: str, **options: Any) -> Decorator:
        return self.route(rule, methods=["GET"], **options)

    def post(self, rule: str, **options: Any) -> Decorator:
        return self.route(rule, methods=["POST"], **options)

    def put(self, rule: str, **options: Any) -> Decorator:
        return self.route(rule, methods=["PUT"], **options)

    def patch(self, rule: str, **options: Any) -> Decorator:
        return self.route(rule, methods=["PATCH"], **options)

    def delete(self, rule: str, **options: Any) -> Decorator:
        return self.route(rule, methods=["DELETE"], **options)

    def arguments(self, schema: Any, **options: Any) -> Decorator:
        once = (
            schema() if isinstance(schema, type) else schema
        )  # webargs would make one for each request
        decorate: Decorator = super().arguments(once, **options)
        return decorate

    def response(self, status_code: int, schema: Any = None, **kwargs: Any) -> Decorator:
        """As in flask-smorest; a page also gets its RFC 8288 `Link`, a 204 has no body."""
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
                response = answered(*args, **values)
                # flask-smorest makes JSON of nothing, too, where there is no body (RFC 9110,
                # section 15.3.5).
                if response.status_code == HTTPStatus.NO_CONTENT:
                    response.set_data(b"")
                    response.headers.pop("Content-Type", None)
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
            documentation = deepcopy(getattr(view, "_apidoc", {}))
            documentation.setdefault("problems", []).extend(problems)
            view._apidoc = documentation  # type: ignore[attr-defined]  # a mark on the function
            return view

        return decorate

    def _prepare_problems_doc(
        self, doc: dict[str, Any], doc_info: dict[str, Any], **kwargs: Any
    ) -> dict[str, Any]:
        problems = [*_general_problems(doc, doc_info), *doc_info.get("problems", [])]
        responses = doc.setdefault("responses", {})
        for status in {p.status for p in problems}:
            named = sorted({(p.code, p.title()) for p in problems if p.status == status})
            responses[status] = {
                "description": "; ".join(f"`{code}`: {title}" for code, title in named),
                "content": {PROBLEM_TYPE: {"schema": ProblemDocument}},
            }
        doc["responses"] = {
            str(int(k)): v for k, v in sorted(responses.items(), key=lambda item: int(item[0]))
        }
        return doc

    def register_views_in_doc(
        self, api: Any, app: Flask, spec: Any, *, name: str, parameters: Any
    ) -> None:
        """Document the operations, except those that only other services may call."""
        public = {
            endpoint: self._with_operation_id(endpoint, operations)
            for endpoint, operations in self._docs.items()
            if access_of(app.view_functions[f"{name}.{endpoint}"]) != "internal"
        }
        everything, self._docs = self._docs, public
        try:
            super().register_views_in_doc(api, app, spec, name=name, parameters=parameters)
        finally:
            self._docs = everything

    def _with_operation_id(self, endpoint: str, operations: dict[str, Any]) -> dict[str, Any]:
        identified = deepcopy(operations)
        for method, info in identified.items():
            if method != "parameters":
                manual = info.setdefault("manual_doc", {})
                manual.setdefault("operationId", f"{self.name}_{endpoint}".replace("-", "_"))
        return identified


def _general_problems(doc: Mapping[str, Any], info: Mapping[str, Any]) -> list[type[Problem]]:
    """What any operation of this shape may answer."""
    security = info.get("manual_doc", {}).get("security", [])
    parameters = doc.get("parameters", [])
    problems: list[type[Problem]] = [Malformed, NotFound, Unavailable]
    problems += [Unauthorized, Forbidden] if security else []
    problems += [Invalid] if parameters or "requestBody" in doc else []
    problems += [UnsupportedMediaType] if "requestBody" in doc else []
    return problems


class Api(flask_smorest.Api):  # type: ignore[misc]  # flask-smorest is untyped
    """Builds the service's OpenAPI 3.1 document, served at `/openapi.json`; `examples` are its
    words for them.
    """

    DEFAULT_ERROR_RESPONSE_NAME = None
    ERROR_SCHEMA = ProblemDocument

    def __init__(self, app: Flask, title: str, description: str, examples: Words) -> None:
        self._examples = examples
        app.config.update(
            API_TITLE=title,
            API_VERSION="1.0",
            OPENAPI_VERSION="3.1.0",
            OPENAPI_URL_PREFIX="/",
            OPENAPI_JSON_PATH="openapi.json",
        )
        super().__init__(app, spec_kwargs={"info": {"description": description}})
        self.spec.components.security_scheme(
            "bearer", {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
        )

    @cached_property
    def document(self) -> Document:
        """The document, once all blueprints are registered."""
        return illustrate(self.spec.to_dict(), self._examples)

    def _openapi_json(self) -> Response:
        return jsonify(self.document)

    def handle_http_exception(self, error: Any) -> Any:
        """Errors are rendered by `problems.py`."""
        raise error

    def _register_error_handlers(self) -> None:
        """They are `problems.py`'s."""

    def _register_pagination_header(self) -> None:
        """Pages are bodies with a cursor, not headers."""
