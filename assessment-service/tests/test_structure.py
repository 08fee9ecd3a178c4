"""What a reviewer would have to remember."""

from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from chassis import testing

PUBLIC_OPERATIONS = {
    ("GET", "/api/v2/assessments"),
    ("GET", "/api/v2/assessments/<slug>"),
    ("GET", "/api/v2/xp/<uuid:user_id>"),
}


def test_the_models_are_what_the_migrations_make() -> None:
    testing.check_migrations("assessment_service")


def test_only_the_listed_operations_are_public(app: Flask) -> None:
    found = {
        (method, path)
        for method, path, access, _ in testing.operations(app)
        if access == "public" and "/api/" in path
    }
    assert found == PUBLIC_OPERATIONS


def test_the_readme_names_every_operation(app: Flask) -> None:
    readme = (Path(__file__).parents[1] / "README.md").read_text()
    for method, path, _, _ in testing.operations(app):
        if path.startswith(("/api/", "/internal/export")):
            plain = path.replace("<int(max=2147483647):number>", "{number}").replace(
                "<uuid:user_id>", "{user_id}"
            )
            plain = plain.replace("<session_id>", "{session_id}").replace("<slug>", "{slug}")
            assert f"`{method} {plain}`" in readme, (method, plain)


def test_every_operation_has_examples_that_are_valid(client: FlaskClient) -> None:
    testing.check_examples(client.get("/openapi.json").json)
