"""What a reviewer would have to remember."""

import dataclasses
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from openapi_spec_validator import validate

from chassis import testing
from study_session_service.app import create_app
from study_session_service.config import Settings

README = Path(__file__).parent.parent / "README.md"


def test_the_documentation_is_valid_openapi(client: FlaskClient) -> None:
    validate(client.get("/openapi.json").json)


def test_every_operation_says_what_it_answers(client: FlaskClient) -> None:
    paths = client.get("/openapi.json").json["paths"]
    for operations in paths.values():
        for method, operation in operations.items():
            if method != "parameters":
                assert operation["summary"]
                assert any(status.startswith("2") for status in operation["responses"])


def test_the_readme_names_every_required_setting() -> None:
    required = [
        field.name for field in dataclasses.fields(Settings) if field.default is dataclasses.MISSING
    ]
    missing = [name for name in required if f"`{name.upper()}`" not in README.read_text()]
    assert missing == []


def test_a_missing_setting_is_named() -> None:
    with pytest.raises(SystemExit, match="JWKS_URL is not set"):
        create_app({})


def test_every_operation_has_examples_that_are_valid(client: FlaskClient) -> None:
    testing.check_examples(client.get("/openapi.json").json)
