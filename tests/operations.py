"""The operations that a reference documents."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import requests

METHODS = ("get", "put", "post", "delete", "patch")
BEARER = {"bearer": []}


@dataclass(frozen=True)
class Operation:
    """One operation, by the id that its documentation gives it."""

    id: str
    method: str
    path: str
    parameters: list[dict[str, Any]]
    document: dict[str, Any]

    @property
    def needs_sign_in(self) -> bool:
        return self.document.get("security") == [BEARER]

    @property
    def has_parameters_in_path(self) -> bool:
        return "{" in self.path


def operations(address: str) -> list[Operation]:
    """All that the program at this address documents."""
    document = requests.get(f"{address}/openapi.json", timeout=15).json()
    return list(operations_of(document))


def something_signed_in(address: str) -> str:
    """A path of the program that is read by whoever is signed in."""
    readable = (operation for operation in operations(address) if operation.method == "GET")
    return next(op.path for op in readable if op.needs_sign_in and not op.has_parameters_in_path)


def operations_of(document: dict[str, Any]) -> Iterator[Operation]:
    """All that a reference documents."""
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                parameters = [*item.get("parameters", []), *item[method].get("parameters", [])]
                yield Operation(item[method]["operationId"], method.upper(), path, parameters, item[method])
