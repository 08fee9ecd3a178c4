"""What a reviewer would have to remember."""

import dataclasses
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from marshmallow import fields
from openapi_spec_validator import validate

from chassis import testing
from chassis.web.fields import Answer
from study_session_service.api.sessions import NewStudySession, StudySession
from study_session_service.app import create_app
from study_session_service.config import Settings
from study_session_service.models import StudySession as Row
from study_session_service.nearby import LIST_COLUMNS, NOT_LISTED
from study_session_service.sessions import CHANGEABLE_WHILE_LIVE

README = Path(__file__).parent.parent / "README.md"


def test_the_documentation_is_valid_openapi(client: FlaskClient) -> None:
    validate(client.get("/openapi.json").json)


def test_every_operation_documents_its_answer(client: FlaskClient) -> None:
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


POINT = {"latitude", "longitude"}  # cached as strangers see them


def not_cached(schema: type[Answer]) -> set[str]:
    """The columns that this schema shows in lists and the cached list lacks."""
    shown = {field.attribute or name for name, field in schema().fields.items()}
    columns = {column.key for column in Row.__table__.columns}
    return (shown & columns) - set(LIST_COLUMNS) - POINT


def test_the_cached_list_has_every_column_that_lists_show() -> None:
    assert not_cached(StudySession) == set()


def test_a_column_that_a_list_shows_and_the_cache_lacks_is_noticed() -> None:
    class WithDescription(StudySession):
        description = fields.String(required=True)

    assert not_cached(WithDescription) == {"description"}


def test_the_named_columns_and_fields_exist() -> None:
    assert {column.key for column in Row.__table__.columns} >= NOT_LISTED
    assert set(NewStudySession().fields) > CHANGEABLE_WHILE_LIVE
