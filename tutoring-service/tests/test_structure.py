"""What a reviewer would have to remember."""

from pathlib import Path
from typing import Any
from uuid import uuid4

from flask import Flask
from flask.testing import FlaskClient

from chassis import testing
from tutoring_service.models import Base, messages
from tutoring_service.personal_data import about

README = Path(__file__).parents[1] / "README.md"


def test_the_models_are_what_the_migrations_make() -> None:
    testing.check_migrations("tutoring_service")


def test_every_operation_is_documented_with_valid_examples(client: FlaskClient) -> None:
    testing.check_document(client.get("/openapi.json").json)


def test_no_body_costs_more_than_a_bounded_amount_of_work(app: Flask) -> None:
    testing.check_bounds(app, larger={"draw_strokes", "set_availability"})


def test_what_other_programs_read_is_there(app: Flask) -> None:
    testing.check_contracts(app)


def test_the_readme_lists_what_the_service_consists_of(app: Flask) -> None:
    testing.check_readme(app, README)


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
