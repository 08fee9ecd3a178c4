"""Every documented operation answers what it documents, whatever it is sent.

`LYCEUM_SOAK=1` sends fifty times as much.
"""

import os
import subprocess
import sys
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

import pytest

from tests.client import acquaintance
from tests.forged_tokens import Issuer

TIMES = 50 if os.environ.get("LYCEUM_SOAK") == "1" else 1
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)
STREAMS = "/events$"  # they do not end


@pytest.fixture
def many_roles(issuer: Issuer) -> str:
    """A token of one of the demo people, with every role but the one that may change what other tests rely on."""
    hillel = uuid5(NAMESPACE_URL, "lyceum:demo:hillel")
    return acquaintance(issuer, hillel, "hillel", ["tutor", "parent", "author"]).access_token


def explore(gateway: str, folder: Path, examples: int, *options: str) -> None:
    """Send so many generated requests to every operation; fails with what should not have been answered."""
    command = [sys.executable, "-m", "schemathesis.cli", "run", f"{gateway}/openapi.json"]
    command += ["--phases", "examples,fuzzing", "--max-examples", str(TIMES * examples), "--seed", "8"]
    command += ["--checks", ",".join(CHECKS), "--exclude-path-regex", STREAMS, "--continue-on-failure", "--no-shrink"]
    command += ["--warnings", "off"]
    run = subprocess.run([*command, *options], cwd=folder, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr


def test_nobody_makes_an_operation_answer_what_it_does_not_document(gateway: str, tmp_path: Path) -> None:
    explore(gateway, tmp_path, 1)


def test_somebody_with_many_roles_makes_no_operation_answer_what_it_does_not_document(
    gateway: str, tmp_path: Path, many_roles: str
) -> None:
    explore(gateway, tmp_path, 3, "--header", f"Authorization: Bearer {many_roles}")
