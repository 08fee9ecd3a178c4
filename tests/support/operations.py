"""The operations that a reference documents."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote
from uuid import UUID

import requests

METHODS = ("get", "put", "post", "delete", "patch")
BEARER = {"bearer": []}


@dataclass(frozen=True)
class Example:
    """What to send to an operation."""

    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Any


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

    def example(self, things: Mapping[str, Any], optional: Collection[str] = ()) -> Example:
        """What its documentation shows, with these optional parameters, and with things in place of
        their namesakes.
        """
        path, query, header = (
            self._parameters(part, things, optional) for part in ("path", "query", "header")
        )
        if "If-Match" in header:
            header["If-Match"] = f'"{things["version"]}"'
        content = (
            self.document.get("requestBody", {}).get("content", {}).get("application/json", {})
        )
        address = self.path.format_map(
            {name: quote(value, safe="") for name, value in path.items()}
        )
        return Example(address, query, header, filled(content.get("example"), things))

    def _parameters(
        self, part: str, things: Mapping[str, Any], optional: Collection[str]
    ) -> dict[str, str]:
        wanted = (
            p
            for p in self.parameters
            if p["in"] == part and (p.get("required") or p["name"] in optional)
        )
        return {p["name"]: plain(things.get(p["name"], p["example"])) for p in wanted}


def operations(address: str) -> list[Operation]:
    """All that the program at this address documents."""
    document = requests.get(f"{address}/openapi.json", timeout=15).json()
    return list(operations_of(document))


def path_for_signed_in(address: str) -> str:
    """A path that the program lets any signed-in person read."""
    readable = (operation for operation in operations(address) if operation.method == "GET")
    return next(op.path for op in readable if op.needs_sign_in and not op.has_parameters_in_path)


def operations_of(document: dict[str, Any]) -> Iterator[Operation]:
    """All that a reference documents."""
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                parameters = [*item.get("parameters", []), *item[method].get("parameters", [])]
                yield Operation(
                    item[method]["operationId"], method.upper(), path, parameters, item[method]
                )


def filled(example: Any, things: Mapping[str, Any]) -> Any:
    """The body of an example, in which `things` replace the values of the same names."""
    if isinstance(example, list):
        return [filled(item, things) for item in example]
    if not isinstance(example, dict):
        return str(example) if isinstance(example, UUID) else example
    return {
        name: filled(things.get(name, value), {} if name in things else things)
        for name, value in example.items()
    }


def plain(value: Any) -> str:
    """A parameter as it stands in an address."""
    return str(value).lower() if isinstance(value, bool) else str(value)
