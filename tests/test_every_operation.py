"""Every documented operation answers what it documents, whatever it is sent.

`LYCEUM_SOAK=1` sends fifty times as much.
"""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from .support.operations import operations
from .support.people import People, Person, agreed, appoint, register
from .support.study_sessions import host_session, say

TIMES = 50 if os.environ.get("LYCEUM_SOAK") == "1" else 1
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)
STREAMS = "/events$"  # they do not end
SIGNING_OUT = ("log_out", "log_out_everywhere")  # after them every answer would be the same


@pytest.fixture(scope="module")
def busy(gateway: str, people: People) -> Person:
    """A person with something of every kind, and every role but `admin`, which may change what other tests
    rely on.
    """
    busy, student = register(gateway, "busy"), register(gateway, "student")
    appoint(people["admin"], busy, "tutor", "author")
    say(busy, host_session(busy), "Who is there?")
    course = agreed(
        busy.post("/api/courses", {"title": "Grammar", "subject": "Languages", "timezone": "UTC"})
    )
    enrolment = agreed(student.post("/api/enrollments", {"course_id": course["id"]}))["id"]
    when = {
        "session_date": f"{datetime.now(UTC) + timedelta(days=2):%Y-%m-%d}",
        "start_time": "18:30",
    }
    agreed(
        busy.post("/api/sessions", {"enrolled_courses_id": enrolment, **when, "end_time": "19:30"})
    )
    agreed(busy.post("/api/whiteboards", {"enrolled_courses_id": enrolment}))
    agreed(busy.post("/api/havrutas", {"name": "Alone so far", "book": "Genesis"}))
    agreed(busy.post("/api/v2/session/start"))
    return busy


def signed_in_as(person: Person) -> tuple[str, str]:
    """The option that sends requests as this person."""
    return "--header", f"Authorization: Bearer {person.access_token}"


def explore(gateway: str, folder: Path, examples: int, *options: str) -> None:
    """Send this many generated requests to every operation; fail with each answer that is not documented."""
    command = [sys.executable, "-m", "schemathesis.cli", "run", f"{gateway}/openapi.json"]
    command += [
        "--phases",
        "examples,fuzzing",
        "--max-examples",
        str(TIMES * examples),
        "--seed",
        "8",
    ]
    command += [
        "--checks",
        ",".join(CHECKS),
        "--exclude-path-regex",
        STREAMS,
        "--continue-on-failure",
        "--no-shrink",
    ]
    command += ["--warnings", "off"]
    run = subprocess.run([*command, *options], cwd=folder, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr


def test_a_visitor_gets_only_documented_answers(gateway: str, tmp_path: Path) -> None:
    # All others refuse a visitor, which each one's row in the tables of access says.
    open_to_all = [operation.id for operation in operations(gateway) if not operation.needs_sign_in]
    assert open_to_all
    chosen = [word for name in open_to_all for word in ("--include-operation-id", name)]
    explore(gateway, tmp_path, 2, *chosen)


def test_a_person_with_many_roles_gets_only_documented_answers(
    gateway: str, tmp_path: Path, busy: Person
) -> None:
    stay = [word for operation in SIGNING_OUT for word in ("--exclude-operation-id", operation)]
    explore(gateway, tmp_path, 2, *signed_in_as(busy), *stay)


@pytest.mark.parametrize("operation", SIGNING_OUT)
def test_signing_out_answers_what_it_documents(
    gateway: str, tmp_path: Path, operation: str
) -> None:
    explore(
        gateway,
        tmp_path,
        3,
        *signed_in_as(register(gateway, "leaver")),
        "--include-operation-id",
        operation,
    )
