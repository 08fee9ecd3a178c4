"""The types of problems that an OpenAPI document names in the `x-problems` of its answers."""

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from chassis.web.problems import code_of
from gateway.merging import METHODS, Document
from gateway.refusals import refusals_of

Types = Mapping[str, Mapping[str, Any]]


def problem_types(document: Document) -> Types:
    """Code, status, title and operations of each type, by the last segment of the type's address.

    An operation has its id, tag, method and path.
    """
    types: dict[str, dict[str, Any]] = {}
    for method, path, operation in _operations(document):
        [tag, *_] = operation.get("tags") or [""]
        named = {"id": operation.get("operationId", ""), "tag": tag, "method": method, "path": path}
        for status, problem in refusals_of(document, operation):
            code = problem["code"]
            said = {"code": code, "status": status, "title": problem["title"], "operations": []}
            found = types.setdefault(code.replace("_", "-"), said)
            found["operations"].append(named)
    return {**_everywhere(), **types}


def _operations(document: Document) -> Iterator[tuple[str, str, Document]]:
    for path, item in document.get("paths", {}).items():
        for method, operation in item.items():
            if method in METHODS:
                yield method.upper(), path, operation


def _everywhere() -> Types:
    """The types that any address may answer, before an operation is found or after it has failed."""
    plain = [(status, code_of(status)) for status in HTTPStatus if status >= HTTPStatus.BAD_REQUEST]
    plain.append((HTTPStatus.INTERNAL_SERVER_ERROR, "internal_error"))
    return {
        code.replace("_", "-"): {
            "code": code,
            "status": int(status),
            "title": status.phrase,
            "operations": [],
        }
        for status, code in plain
    }
