"""Each operation, called with the example that its documentation gives."""

from collections.abc import Collection
from typing import Any

import pytest
import requests

from chassis import testing
from dev.mailbox import Mailbox

from .support.example_fixtures import FIXTURES, Call, ExampleFixtures
from .support.operations import Operation, operations_of
from .support.people import People

Document = dict[str, Any]

# Parameters that go with others, and those whose values only an answer gives.
COMPANIONS = {"to": ["from"], "lat": ["lng"], "lng": ["lat"], "radius_km": ["lat", "lng"]}
ISSUED = {"cursor", "ticket"}


@pytest.fixture(scope="module")
def document(gateway: str) -> Document:
    found: Document = requests.get(f"{gateway}/openapi.json", timeout=15).json()
    return found


@pytest.fixture(scope="module")
def documented(document: Document) -> dict[str, Operation]:
    return {operation.id: operation for operation in operations_of(document)}


@pytest.fixture(scope="module")
def fixtures(gateway: str, people: People, request: pytest.FixtureRequest) -> ExampleFixtures:
    def mailbox() -> Mailbox:
        found: Mailbox = request.getfixturevalue("mailbox")
        return found

    return ExampleFixtures(gateway, people, mailbox)


def test_every_operation_has_examples_that_are_valid(document: Document) -> None:
    testing.check_examples(document)


def test_every_operation_has_a_fixture(documented: dict[str, Operation]) -> None:
    assert documented.keys() == FIXTURES.keys()


@pytest.mark.parametrize("name", FIXTURES)
def test_the_example_works(
    document: Document, documented: dict[str, Operation], fixtures: ExampleFixtures, name: str
) -> None:
    operation = documented[name]
    call = fixtures.call(operation)
    optional = optional_in_query(operation) - ISSUED
    if operation.method != "GET":
        check(document, operation, call, optional)
        return
    check(document, operation, call, ())
    for parameter in sorted(optional):
        check(document, operation, call, {parameter, *COMPANIONS.get(parameter, ())})


def optional_in_query(operation: Operation) -> set[str]:
    return {p["name"] for p in operation.parameters if p["in"] == "query" and not p.get("required")}


def check(document: Document, operation: Operation, call: Call, optional: Collection[str]) -> None:
    """Send the example with these optional parameters: it succeeds, and answers as documented."""
    example = operation.example(call.values, optional)
    sent = {
        "params": example.query,
        "headers": example.headers,
        "json": example.body,
        "stream": True,
    }
    with call.caller.request(operation.method, example.path, **sent) as answer:
        media_type = answer.headers.get("Content-Type", "").partition(";")[0]
        assert 200 <= answer.status_code < 300, f"{answer.status_code} {answer.text}"
        described = operation.document["responses"][str(answer.status_code)]
        for header in ("Location", "ETag"):
            assert (header in answer.headers) == (header in described.get("headers", {})), header
        if address := answer.headers.get("Location"):
            # Some can only be changed or deleted there.
            assert call.caller.get(address).status_code in {200, 405}, address
        contents = described.get("content", {})
        assert media_type in contents if contents else not answer.content
        if media_type == "application/json":
            assert testing.misfits(answer.json(), contents[media_type]["schema"], document) == []
