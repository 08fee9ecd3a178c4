"""What a reviewer would have to remember."""

from flask.testing import FlaskClient

from chassis import testing


def test_the_models_are_what_the_migrations_make() -> None:
    testing.check_migrations("havruta_service")


def test_every_operation_has_examples_that_are_valid(client: FlaskClient) -> None:
    testing.check_examples(client.get("/openapi.json").json)
