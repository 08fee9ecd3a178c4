"""A strict flask-smorest: declared access, operation ids, problem documents, exact bodies and queries."""

from collections.abc import Callable, Mapping
from functools import wraps
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

import flask_smorest
from flask import Flask, Response, current_app, request
from flask_smorest.utils import unpack_tuple_response
from marshmallow import Schema

from chassis.auth.authorization import access_of
from chassis.data.reading import Reading, only_reads
from chassis.errors import (
    Forbidden,
    Invalid,
    InvalidToken,
    Malformed,
    NotFound,
    Problem,
    Unauthorized,
    Unavailable,
    UnsupportedMediaType,
)
from chassis.pages import Page
from chassis.web import answers
from chassis.web.arguments import BODY, Parser, reads_of, refuse_unread
from chassis.web.openapi import PROBLEM_TYPE, ProblemDocument, described, documented
from chassis.web.strict_requests import DEFAULT_BOUNDS, BodyBounds

BEARER: list[dict[str, list[str]]] = [{"bearer": []}]
# The declared access in terms of OpenAPI, which has none for roles.
SECURITY: Mapping[str, list[dict[str, list[str]]]] = {
    "public": [],
    "optional": [{}, *BEARER],
    "internal": [{"service": []}],
}
# Headers of requests (RFC 9110, section 13.1) by their names in WSGI.
CONDITIONS = frozenset({"HTTP_IF_MATCH", "HTTP_IF_NONE_MATCH"})
Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


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

    def get(
        self,
        rule: str,
        operation_id: str | None = None,
        *,
        reading: Reading | None = Reading.ALONE,
        **options: Any,
    ) -> Decorator:
        """A route that changes nothing. Where its statements must agree, it reads a `SNAPSHOT`.

        One that notes by whom or when it is read has a transaction: `None`.
        """
        register = self.route(rule, methods=["GET"], operation_id=operation_id, **options)
        if reading is None:
            return register
        return lambda view: register(only_reads(reading)(view))

    def post(self, rule: str, operation_id: str | None = None, **options: Any) -> Decorator:
        return self.route(rule, methods=["POST"], operation_id=operation_id, **options)

    def put(self, rule: str, operation_id: str | None = None, **options: Any) -> Decorator:
        return self.route(rule, methods=["PUT"], operation_id=operation_id, **options)

    def patch(self, rule: str, operation_id: str | None = None, **options: Any) -> Decorator:
        return self.route(rule, methods=["PATCH"], operation_id=operation_id, **options)

    def delete(self, rule: str, operation_id: str | None = None, **options: Any) -> Decorator:
        return self.route(rule, methods=["DELETE"], operation_id=operation_id, **options)

    def arguments(
        self, schema: Any, *, bounds: BodyBounds = DEFAULT_BOUNDS, **options: Any
    ) -> Decorator:
        """As in flask-smorest. `bounds` are for a body that may be larger than others."""
        if isinstance(schema, type):
            schema = schema()  # webargs would make one for each request
        location = options.get("location", BODY)
        read: Decorator = super().arguments(schema, **options)

        def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
            reading = read(view)
            reads = {**reads_of(view), location: schema}
            reading._reads = reads  # type: ignore[attr-defined]  # a mark on the function
            if location != BODY:
                return reading
            reading._body_bounds = bounds  # type: ignore[attr-defined]  # another one
            return documented(reading, body=bounds)

        return decorate

    def response(
        self,
        status_code: int,
        schema: Any = None,
        *,
        addressed: bool = True,
        versioned: bool = False,
        **kwargs: Any,
    ) -> Decorator:
        """As in flask-smorest, but pages get a `Link` (RFC 8288), and 204 and 304 have no body.

        The answer is 304 to a client that has the present version already (`If-None-Match`). What is created
        has its address in `Location`, unless it is not `addressed`; what is `versioned` has an `ETag`.
        """
        if isinstance(schema, type):
            schema = schema()
        headers = _headers_of(status_code, addressed=addressed, versioned=versioned)
        if headers:
            kwargs["headers"] = headers
        document = super().response(status_code, schema, **kwargs)

        def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
            @wraps(view)
            def written(*args: Any, **values: Any) -> Any:
                found, status, headers = unpack_tuple_response(view(*args, **values))
                if isinstance(found, Page):
                    headers = {**(headers or {}), **link_to_next(found)}
                if status_code == HTTPStatus.NO_CONTENT and found is None:
                    found = ""
                if isinstance(schema, Schema) and not isinstance(found, Response):
                    found, status = answers.respond(schema, found), status or status_code
                return found, status, headers

            answered: Callable[..., Any] = document(written)

            @wraps(answered)
            def bare(*args: Any, **values: Any) -> Any:
                refuse_unread(reads_of(current_app.view_functions[str(request.endpoint)]))
                response = answered(*args, **values)
                # flask-smorest writes JSON here, but a 204 has no body (RFC 9110, section 15.3.5).
                if response.status_code == HTTPStatus.NO_CONTENT:
                    response.set_data(b"")
                    response.headers.pop("Content-Type", None)
                if _has_condition() and "ETag" in response.headers:
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


def _headers_of(status_code: int, *, addressed: bool, versioned: bool) -> dict[str, Any]:
    """The headers that the answer is documented with."""
    headers: dict[str, Any] = {}
    if status_code == HTTPStatus.CREATED and addressed:
        headers["Location"] = {
            "description": "The path of what was created.",
            "schema": {"type": "string", "format": "uri-reference"},
        }
    if versioned:
        headers["ETag"] = {
            "description": "The version, for `If-Match` and `If-None-Match`.",
            "schema": {"type": "string"},
        }
    return headers


def link_to_next(page: Page[Any]) -> dict[str, str]:
    """The header that names the address of the next page (RFC 8288), if there is one."""
    if not page.next:
        return {}
    query = urlencode({**request.args, "cursor": page.next})
    return {"Link": f'<{request.path}?{query}>; rel="next"'}


def _has_condition() -> bool:
    """Whether the client says which version of what it asks for it has."""
    return request.method in {"GET", "HEAD"} and not CONDITIONS.isdisjoint(request.environ)


def _general_problems(doc: Mapping[str, Any], info: Mapping[str, Any]) -> list[type[Problem]]:
    """The problems that any operation of this kind may answer."""
    security = info.get("manual_doc", {}).get("security", [])
    problems: list[type[Problem]] = [Malformed, NotFound, Invalid, Unavailable]
    if security:
        problems += [Unauthorized, InvalidToken, Forbidden]
    if "requestBody" in doc:
        problems.append(UnsupportedMediaType)
    return problems
