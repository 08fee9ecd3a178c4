"""What a service consists of, for checks that no reviewer should have to remember."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from chassis.auth.authorization import access_of
from chassis.web.openapi import operation_id_of
from chassis.web.openapi_examples import Document

PARAMETER = re.compile(r"<(?:[^:>]*:)?(?P<name>\w+)>")  # in the path of a route


class Operation(NamedTuple):
    """A method of a route, the access that it declares, and its id if clients may call it."""

    method: str
    path: str
    access: str | None
    id: str | None


def documented_path(route: str) -> str:
    """The path of a route as OpenAPI writes it: `/api/courses/{course_id}`."""
    return PARAMETER.sub(r"{\g<name>}", route)


def route_of(app: Flask, answer: TestResponse) -> str | None:
    """The path of the route that has answered, as OpenAPI writes it; None if there is none."""
    request = answer.request
    try:
        rule, _ = app.url_map.bind("").match(request.path, request.method, return_rule=True)
    except HTTPException:
        return None
    return documented_path(rule.rule)


def operations(app: Flask) -> Iterator[Operation]:
    """Every operation that the application serves."""
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            view = app.view_functions[rule.endpoint]
            yield Operation(method, rule.rule, access_of(view), operation_id_of(view))


def check_document(document: Document) -> None:
    """The document is valid OpenAPI, and every operation has a summary and valid examples."""
    # Takes a second, which only tests of documents need.
    from openapi_spec_validator import validate

    validate(document)
    for path, item in document["paths"].items():
        for method, operation in item.items():
            assert method == "parameters" or operation["summary"], f"{method} {path}"
    check_examples(document)


def check_examples(document: Document) -> None:
    """Every operation has examples of its parameters, its body and its successful answers, and each
    is valid.
    """
    faults: list[str] = []
    for path, item in document["paths"].items():
        shared = item.get("parameters", [])
        for method, operation in item.items():
            if method == "parameters":
                continue
            for name, part in _exemplary(f"{method.upper()} {path}", operation, shared):
                faults += (f"{name}: {fault}" for fault in _faults_of(part, document))
    assert not faults, "\n".join(faults)


def _faults_of(part: Document, document: Document) -> list[str]:
    if "example" not in part:
        return ["no example"]
    return misfits(part["example"], part["schema"], document)


def misfits(value: object, schema: Document, document: Document) -> list[str]:
    """In what the value differs from a schema of the document."""
    from openapi_schema_validator import OAS31Validator  # as above

    whole = {**schema, "components": document.get("components", {})}
    validator = OAS31Validator(whole, format_checker=OAS31Validator.FORMAT_CHECKER)
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)]


def _exemplary(
    name: str, operation: Document, shared: list[Document]
) -> Iterator[tuple[str, Document]]:
    """The parts of an operation that need an example, with their schemas, by name."""
    for parameter in [*shared, *operation.get("parameters", [])]:
        yield f"{name} ?{parameter['name']}", parameter
    answers = {
        status: answer
        for status, answer in operation["responses"].items()
        if status.startswith("2")
    }
    for kind, part in {"body": operation.get("requestBody", {}), **answers}.items():
        for content_type, content in part.get("content", {}).items():
            yield f"{name} {kind} {content_type}", content
