"""The types of problems that an OpenAPI document names in its answers, each in `x-problems`."""

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from chassis.web.problems import code_of
from gateway.merging import Document, operations

Types = Mapping[str, Mapping[str, Any]]


def problem_types(document: Document) -> Types:
    """Code, status, title and the operations that name it, by the last part of the type's address."""
    types: dict[str, dict[str, Any]] = {}
    for operation_id, status, named in _named(document):
        problem = {
            "code": named["code"],
            "status": status,
            "title": named["title"],
            "operations": [],
        }
        found = types.setdefault(named["code"].replace("_", "-"), problem)
        found["operations"].append(operation_id)
    return {**_everywhere(), **types}


def _named(document: Document) -> Iterator[tuple[str, int, Mapping[str, str]]]:
    for operation in operations(document):
        for status, answer in operation["responses"].items():
            for named in answer.get("x-problems", []):
                yield operation.get("operationId", ""), int(status), named


def _everywhere() -> Types:
    """What any address may answer before an operation is found, and after one has failed."""
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
