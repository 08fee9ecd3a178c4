"""What a reviewer would have to remember."""

from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from chassis import testing

README = Path(__file__).parents[1] / "README.md"


def test_the_models_are_what_the_migrations_make() -> None:
    # The collation of this index is in the migration alone: in the model, Alembic would see another index.
    testing.check_migrations("user_service", apart={"index idx_users_username_prefix"})


def test_every_operation_is_documented_with_valid_examples(client: FlaskClient) -> None:
    testing.check_document(client.get("/openapi.json").json)


def test_no_body_costs_more_than_a_bounded_amount_of_work(app: Flask) -> None:
    testing.check_bounds(app)


def test_what_other_programs_read_is_there(app: Flask) -> None:
    testing.check_contracts(app)


def test_the_readme_lists_what_the_service_consists_of(app: Flask) -> None:
    testing.check_readme(app, README)
