"""The types of problems that an OpenAPI document names in its answers, each described as `` `code`:
title``.
"""

import re
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from chassis.web.problems import code_of
from gateway.merging import Document, operations

NAMED = re.compile(r"(?P<codes>`\w+`(?:, `\w+`)*): (?P<title>[^;]+)")
RESPONSES = "#/components/responses/"

Types = Mapping[str, Mapping[str, Any]]


def problem_types(document: Document) -> Types:
    """Code, status, title and the operations that name it, by the last part of the type's address."""
    types: dict[str, dict[str, Any]] = {}
    for operation_id, status, code, title in _named(document):
        problem = {"code": code, "status": status, "title": title, "operations": []}
        types.setdefault(code.replace("_", "-"), problem)["operations"].append(operation_id)
    return {**_everywhere(), **types}


def _named(document: Document) -> Iterator[tuple[str, int, str, str]]:
    shared = document.get("components", {}).get("responses", {})
    for operation in operations(document):
        for status, answer in operation["responses"].items():
            described = (
                shared[answer["$ref"].removeprefix(RESPONSES)] if "$ref" in answer else answer
            )
            for named in NAMED.finditer(described["description"]):
                for code in re.findall(r"\w+", named["codes"]):
                    yield operation.get("operationId", ""), int(status), code, named["title"]


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
