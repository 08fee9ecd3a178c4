"""What `make compose-test` leaves behind when it cannot begin."""

import subprocess
from pathlib import Path

import pytest

from dev import containers
from dev.binaries import ServerNotFound

# Stands in for Docker, and notes down what it was asked. Nothing starts.
DOCKER = """#!/bin/sh
echo "$COMPOSE_PROJECT_NAME: $*" >> "${0%/*}/asked"
test "$2" != up
"""


def test_a_platform_that_does_not_start_is_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "docker").write_text(DOCKER)
    (tmp_path / "docker").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(subprocess.CalledProcessError):
        containers.run(["never"])
    asked = (tmp_path / "asked").read_text().splitlines()
    project = asked[0].partition(":")[0]
    assert project.startswith("lyceum-")
    assert [line.removeprefix(f"{project}: compose ").split()[0] for line in asked] == [
        "up",
        "logs",
        "down",
    ]
    assert asked[-1].endswith("--volumes")


def test_a_machine_without_docker_is_told_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ServerNotFound, match="no Docker found"):
        containers.run(["never"])
