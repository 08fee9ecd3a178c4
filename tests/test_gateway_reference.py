"""The API reference of the whole platform."""

import pytest
import requests
from openapi_spec_validator import validate

from dev.ephemeral import EphemeralPlatform
from dev.services import SERVICES
from docs.write_errors import problem_classes
from gateway.merging import operations, references
from gateway.problem_types import problem_types
from gateway.problem_words import BY_STATUS, REMEDIES
from gateway.routes import LIVE, ROUTES, route_of


def test_the_reference_is_one_valid_document_without_loose_ends(gateway: str) -> None:
    document = requests.get(f"{gateway}/openapi.json", timeout=15).json()
    validate(document)
    components = document["components"]
    assert {
        (section, name) for section, name in references(document) if name not in components[section]
    } == set()
    ids = [operation["operationId"] for operation in operations(document)]
    assert len(set(ids)) == len(ids)
    assert "x-degraded" not in document
    assert {"description", "contact", "license"} <= document["info"].keys()


def test_no_group_is_empty_and_every_operation_names_a_refusal(gateway: str) -> None:
    document = requests.get(f"{gateway}/openapi.json", timeout=15).json()
    grouped = {tag for operation in operations(document) for tag in operation["tags"]}
    assert [tag["name"] for tag in document["tags"] if tag["name"] not in grouped] == []
    for operation in operations(document):
        assert any(status.startswith("4") for status in operation["responses"]), operation


def test_every_live_event_has_a_schema_of_its_own(gateway: str) -> None:
    document = requests.get(f"{gateway}/openapi.json", timeout=15).json()
    schemas = document["components"]["schemas"]
    for live in LIVE:
        stream = document["paths"][live.document_path]["get"]
        content = stream["responses"]["200"]["content"]["text/event-stream"]
        for type_, reference in (
            content["schema"].get("discriminator", {}).get("mapping", {}).items()
        ):
            schema = schemas[reference.rpartition("/")[2]]
            assert schema["properties"]["type"]["const"] == type_, reference


@pytest.mark.needs("the services' own addresses")
def test_the_type_of_a_problem_leads_to_its_explanation(gateway: str) -> None:
    paths = [
        "/api/nothing",
        "/api/dashboard",
        "/api/texts/nothing",
        "/api/study-sessions?lat=x",
        "/api/texts/%2e",
    ]
    for path in paths:
        problem = requests.get(f"{gateway}{path}", timeout=15).json()
        explained = requests.get(f"{gateway}{problem['type']}", timeout=15).json()
        assert {name: explained[name] for name in ("type", "code", "status")} == {
            name: problem[name] for name in ("type", "code", "status")
        }


def test_every_problem_has_an_address_that_explains_it(gateway: str) -> None:
    types = problem_types(requests.get(f"{gateway}/openapi.json", timeout=15).json())
    codes = {problem.code for problem in problem_classes() if not problem.__subclasses__()}
    unknown = codes - {problem["code"] for problem in types.values()}
    # No client gets these: one has left, and the other is answered as the service has answered.
    assert unknown == {"client_gone", "refused"}


def test_there_are_words_on_every_problem() -> None:
    problems = [*problem_classes()]
    assert {problem.status for problem in problems} == BY_STATUS.keys()
    assert REMEDIES.keys() <= {problem.code for problem in problems}


def test_the_reference_has_each_path_of_a_service_and_no_internal_one(
    platform: EphemeralPlatform,
) -> None:
    published = requests.get(f"{platform.gateway_url}/openapi.json", timeout=15).json()["paths"]
    for service in SERVICES:
        own = requests.get(f"{platform.service_url(service.name)}/openapi.json", timeout=15).json()[
            "paths"
        ]
        assert own.keys() - published.keys() == set(), service.name
    assert not any("/internal" in path for path in published)


def test_the_gateway_takes_the_largest_body_of_each_route_and_no_larger(gateway: str) -> None:
    largest: dict[str, int] = {}
    document = requests.get(f"{gateway}/openapi.json", timeout=15).json()
    for path, item in document["paths"].items():
        for operation in item.values():
            if "requestBody" in operation and (route := route_of(path)):
                most = operation["requestBody"]["x-max-bytes"]
                largest[route.prefix] = max(most, largest.get(route.prefix, 0))
    limits = {route.prefix: route.body_limit for route in ROUTES if route.prefix in largest}
    assert largest == limits
