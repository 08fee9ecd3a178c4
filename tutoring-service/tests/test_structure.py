"""What a reviewer would have to remember."""

import dataclasses
from pathlib import Path
from typing import Any
from uuid import uuid4

from flask import Flask
from openapi_spec_validator import validate

from chassis import testing
from tutoring_service.config import Settings
from tutoring_service.models import Base, messages
from tutoring_service.personal_data import about

README = Path(__file__).parents[1] / "README.md"


def test_the_models_are_what_the_migrations_make() -> None:
    testing.check_migrations("tutoring_service")


def test_the_documentation_is_a_valid_openapi_document(client: Any) -> None:
    document = client.get("/openapi.json").json
    validate(document)
    assert "/api/sessions/{session_id}" in document["paths"]
    assert not any(path.startswith("/internal") for path in document["paths"])


def test_every_operation_declares_its_access(app: Flask) -> None:
    unguarded = [
        path
        for _, path, access, _ in testing.operations(app)
        if path.startswith("/api/") and access is None
    ]
    assert unguarded == []
    public = {
        path
        for _, path, access, _ in testing.operations(app)
        if access == "public" and path.startswith("/api/")
    }
    assert public == {"/api/sessions/calendar/<token>.ics"}


def test_every_operation_but_the_public_ones_needs_a_token(app: Flask, client: Any) -> None:
    for method, path, access, _ in testing.operations(app):
        if path.startswith("/api/") and access != "public":
            for converter in ("<int(max=2147483647):", "<uuid:"):
                path = path.replace(converter, "<")
            address = "/".join(_sample(part) for part in path.split("/"))
            assert client.open(address, method=method).status_code == 401, (method, path)


def _sample(part: str) -> str:
    if not part.startswith("<"):
        return part
    return "00000000-0000-0000-0000-000000000000" if part in ("<tutor_id>", "<parent_id>") else "1"


def test_a_created_resource_is_found_at_its_location(school: Any) -> None:
    body = {"enrolled_courses_id": school.enrollment_id}
    board = school.post("/api/whiteboards", None, body).json
    drawn = {"strokes": [{"client_id": "a", "operation": {}}]}
    created = [
        school.post("/api/courses", None, {"title": "Mishnah"}),
        school.book(rrule="FREQ=WEEKLY;COUNT=3"),
        school.post("/api/whiteboards", None, body),
        school.post(f"/api/whiteboards/{board['id']}/strokes", None, drawn),
    ]
    for answer in created:
        assert answer.status_code == 201
        found = school.client.get(answer.headers["Location"], user=school.tutor)
        assert found.json == {name: answer.json[name] for name in found.json}


def test_every_table_is_known_to_export_and_erasure() -> None:
    machinery = {
        messages.outbox,
        messages.inbox,
        messages.latest_versions,
        messages.failed_events,
        messages.mails,
    }
    impersonal = {"idempotency_keys", "parent_codes", *(table.name for table in machinery)}
    assert set(Base.metadata.tables) - impersonal == set(about(uuid4()))


def test_the_readme_names_every_setting(app: Flask) -> None:
    readme = README.read_text()
    missing = [
        field.name.upper()
        for field in dataclasses.fields(Settings)
        if field.name.upper() not in readme
    ]
    assert missing == []


def test_every_operation_has_examples_that_are_valid(client: Any) -> None:
    testing.check_examples(client.get("/openapi.json").json)
