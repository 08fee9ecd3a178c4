"""One service in containers is deployed while people use it."""

import os
import subprocess
import sys
from collections import Counter
from contextlib import suppress

import pytest

from .support.containers import ARE_CONTAINERS, ROOT, docker
from .support.people import Person, agreed, register

pytestmark = pytest.mark.skipif(not ARE_CONTAINERS, reason="needs a platform in containers")
BETWEEN_CALLS = 0.2  # seconds: within the quota


@pytest.fixture
def person(gateway: str) -> Person:
    return register(gateway, "huldah")


def deploy(person: Person, **settings: str) -> tuple[int, Counter[int]]:
    """The status of a deployment of the havruta-service, and those of the calls during it."""
    made = agreed(person.post("/api/havrutas", {"name": "Judges", "book": "Judges"}))
    havruta = f"/api/havrutas/{made['id']}"
    answers: Counter[int] = Counter()
    with subprocess.Popen(
        [sys.executable, "-m", "deploy.compose.deploy_service", "havruta"],
        cwd=ROOT,
        env={**os.environ, **settings},
    ) as deployment:
        while deployment.poll() is None:
            answers[person.get(havruta).status_code] += 1
            renamed = person.patch(havruta, {"name": "Judges by day"}, headers={"If-Match": "*"})
            answers[renamed.status_code] += 1
            with suppress(subprocess.TimeoutExpired):
                deployment.wait(BETWEEN_CALLS)
    return deployment.returncode, answers


def containers() -> dict[str, str]:
    """The names in docker-compose.yml of the containers that run, by their ids."""
    lines = docker("compose", "ps", "--format", "{{.ID}} {{.Service}}").splitlines()
    return dict(line.split() for line in lines)


def test_a_deployed_service_fails_no_call_and_leaves_the_others_alone(person: Person) -> None:
    before = containers()
    status, answers = deploy(person)
    after = containers()
    assert status == 0
    assert answers.keys() == {200}
    replaced = [name for container, name in before.items() if container not in after]
    assert sorted(replaced) == ["havruta-service", "havruta-service-worker"]
    assert sorted(after.values()) == sorted(before.values())


def test_a_service_that_does_not_start_leaves_the_old_one_running(person: Person) -> None:
    before = containers()
    status, answers = deploy(person, WEB_CONCURRENCY="many")
    assert status == 1
    assert answers.keys() == {200}
    assert containers() == before
