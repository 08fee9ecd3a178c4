"""What a reviewer would have to remember."""

from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from marshmallow import fields

from chassis import testing
from chassis.web.fields import Answer
from study_session_service.api.sessions import NewStudySession, StudySession
from study_session_service.lists import LIST_COLUMNS, NOT_LISTED
from study_session_service.models import StudySession as Row
from study_session_service.sessions import CHANGEABLE_WHILE_LIVE

README = Path(__file__).parents[1] / "README.md"


def test_the_models_are_what_the_migrations_make() -> None:
    testing.check_migrations("study_session_service")


def test_every_operation_is_documented_with_valid_examples(client: FlaskClient) -> None:
    testing.check_document(client.get("/openapi.json").json)


def test_no_body_costs_more_than_a_bounded_amount_of_work(app: Flask) -> None:
    testing.check_bounds(app)


def test_what_other_programs_read_is_there(app: Flask) -> None:
    testing.check_contracts(app)


def test_the_readme_lists_what_the_service_consists_of(app: Flask) -> None:
    testing.check_readme(app, README)


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
