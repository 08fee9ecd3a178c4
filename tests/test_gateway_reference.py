"""The API reference of the whole platform."""

import pytest
import requests
from openapi_spec_validator import validate

from dev.services import SERVICES
from dev.throwaway import ThrowawayPlatform
from gateway.merging import operations, references


def test_the_reference_is_one_valid_document_without_loose_ends(gateway: str) -> None:
    document = requests.get(f"{gateway}/openapi.json", timeout=15).json()
    validate(document)
    components = document["components"]
    assert {(section, name) for section, name in references(document) if name not in components[section]} == set()
    ids = [operation["operationId"] for operation in operations(document)]
    assert len(set(ids)) == len(ids)
    assert "x-degraded" not in document


@pytest.mark.needs("the services' own addresses")
def test_whatever_a_service_documents_can_be_reached_and_is_in_the_reference(platform: ThrowawayPlatform) -> None:
    published = requests.get(f"{platform.gateway_url}/openapi.json", timeout=15).json()["paths"]
    for service in SERVICES:
        own = requests.get(f"{platform.service_url(service.name)}/openapi.json", timeout=15).json()["paths"]
        assert own.keys() - published.keys() == set(), service.name
    assert not any("/internal" in path for path in published)
