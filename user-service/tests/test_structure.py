"""What a reviewer would have to remember."""

import dataclasses
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from openapi_spec_validator import validate

from chassis import testing
from user_service.config import Settings

README = Path(__file__).parents[1] / "README.md"


def test_the_models_are_what_the_migrations_make() -> None:
    # The collation of this index is in the migration alone: in the model, Alembic would see another index.
    testing.check_migrations("user_service", apart={"index idx_users_username_prefix"})


def test_every_operation_says_who_may_call_it(app: Flask) -> None:
    open_to_all = {path for _, path, access, _ in testing.operations(app) if access is None}
    assert open_to_all == {"/healthz", "/readyz", "/metrics", "/openapi.json"}


def test_the_documentation_is_valid(client: FlaskClient) -> None:
    validate(client.get("/openapi.json").json)


def test_the_readme_names_every_operation_and_setting(app: Flask) -> None:
    readme = README.read_text()
    paths = {
        path for _, path, access, _ in testing.operations(app) if access not in {None, "internal"}
    }
    shown = {path.replace("<uuid:", "{").replace(">", "}") for path in paths}
    settings = {field.name.upper() for field in dataclasses.fields(Settings)}
    assert [
        name
        for name in sorted(shown | settings)
        if f"`{name}`" not in readme and f" {name}`" not in readme
    ] == []


def test_the_service_reports_its_health(client: FlaskClient) -> None:
    assert client.get("/healthz").json == {"status": "ok", "service": "user-service"}
    assert client.get("/readyz").status_code == 200


def test_every_operation_has_examples_that_are_valid(client: FlaskClient) -> None:
    testing.check_examples(client.get("/openapi.json").json)
