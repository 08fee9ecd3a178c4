"""The types of problems that an OpenAPI document names in the `x-problems` of its answers."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from chassis.web.problems import code_of
from gateway.merging import Document, operations
from gateway.refusals import refusals_of

Types = Mapping[str, Mapping[str, Any]]


def problem_types(document: Document) -> Types:
    """Code, status, title and operations of each type, by the last segment of the type's address."""
    types: dict[str, dict[str, Any]] = {}
    for operation in operations(document):
        for status, named in refusals_of(document, operation):
            problem = {"code": named["code"], "status": status, "title": named["title"]}
            found = types.setdefault(named["code"].replace("_", "-"), {**problem, "operations": []})
            found["operations"].append(operation.get("operationId", ""))
    return {**_everywhere(), **types}


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
