"""What a deployment asks of Docker; `tests/test_deploying_a_service.py` tries it in containers."""

import json
import sys
from pathlib import Path

import pytest

from deploy.compose import deploy_service

# Stands in for Docker, which this machine may not have. `calls` are what was asked, without options.
DOCKER = f"""#!{sys.executable} -IS
import json, pathlib, sys
state = pathlib.Path(__file__).with_name("state.json")
world = json.loads(state.read_text())
containers, words = world["containers"], [word for word in sys.argv[1:] if not word.startswith("--")]
call = " ".join(words)
world["calls"].append(call)
match words:
    case ["compose", "up", scale, name] if world["starts"]:
        wanted = int(scale.partition("=")[2])
        for _ in range(wanted - list(containers.values()).count(name)):
            containers[f"new-{{len(world['calls'])}}-{{len(containers)}}"] = name
    case ["compose", "config", _]:
        print(json.dumps({{"services": {{"havruta-service": {{"pull_policy": world["policy"]}}}}}}))
    case ["compose", "ps", name]:
        print(*(id for id, its in containers.items() if its == name), sep="\\n")
    case ["inspect", _, id]:
        print(world["health"], 0)
    case ["rm", id]:
        del containers[id]
state.write_text(json.dumps(world))
sys.exit(call == world["failing"])
"""


class Docker:
    """The containers of a platform, by their ids."""

    def __init__(self, folder: Path, *names: str) -> None:
        self.state = folder / "state.json"
        self.containers = {f"old-{number}": name for number, name in enumerate(names)}
        self.set(containers=self.containers, calls=[], failing="", starts=True)
        self.set(health="healthy", policy="build")
        (folder / "docker").write_text(DOCKER)
        (folder / "docker").chmod(0o755)

    def set(self, **world: object) -> None:
        before = json.loads(self.state.read_text()) if self.state.exists() else {}
        self.state.write_text(json.dumps(before | world))

    def now(self) -> dict[str, str]:
        return json.loads(self.state.read_text())["containers"]

    def calls(self) -> list[str]:
        return json.loads(self.state.read_text())["calls"]


@pytest.fixture
def docker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Docker:
    monkeypatch.setenv("PATH", str(tmp_path))
    return Docker(
        tmp_path,
        *("gateway", "havruta-service", "havruta-service"),
        *("havruta-service-worker", "tutoring-service"),
    )


def test_all_containers_of_the_service_are_replaced_and_no_others(docker: Docker) -> None:
    deploy_service.deploy("havruta")
    now = docker.now()
    assert sorted(now.values()) == sorted(docker.containers.values())
    assert {name for id, name in docker.containers.items() if id in now} == {
        "gateway",
        "tutoring-service",
    }


def test_the_database_is_migrated_before_anything_starts_and_the_worker_comes_last(
    docker: Docker,
) -> None:
    deploy_service.deploy("havruta-service")
    asked = [call.removeprefix("compose ").split()[0] for call in docker.calls()]
    steps = [step for step in asked if step in {"build", "run", "up", "stop"}]
    # There are two web containers.
    assert steps == ["build", "run", "up", "stop", "stop", "up", "stop"]
    assert docker.calls()[2] == "compose run migrate-havruta-service"


def test_an_image_of_a_release_is_pulled_and_not_built(docker: Docker) -> None:
    docker.set(policy="missing")
    deploy_service.deploy("havruta")
    assert "compose pull havruta-service" in docker.calls()
    assert not any(call.startswith("compose build") for call in docker.calls())
    assert not {"old-1", "old-2", "old-3"} & docker.now().keys()


def test_an_earlier_version_is_deployed_without_its_migrations(docker: Docker) -> None:
    deploy_service.deploy("havruta", migrate=False)
    assert not any(call.startswith("compose run") for call in docker.calls())
    assert not {"old-1", "old-2", "old-3"} & docker.now().keys()


def test_new_containers_that_are_not_well_are_removed_and_the_old_ones_stay(docker: Docker) -> None:
    docker.set(health="unhealthy")
    with pytest.raises(deploy_service.NotDeployed, match="is unhealthy after 0 restarts"):
        deploy_service.deploy("havruta")
    assert docker.now() == docker.containers


def test_the_old_containers_stay_where_no_new_ones_started(docker: Docker) -> None:
    docker.set(starts=False)
    with pytest.raises(deploy_service.NotDeployed, match="did not start"):
        deploy_service.deploy("havruta")
    assert docker.now() == docker.containers


@pytest.mark.parametrize(
    "failing", ["compose build havruta-service", "compose run migrate-havruta-service"]
)
def test_nothing_starts_after_a_build_or_a_migration_that_failed(
    docker: Docker, failing: str
) -> None:
    docker.set(failing=failing)
    with pytest.raises(deploy_service.NotDeployed, match=failing.split()[1]):
        deploy_service.deploy("havruta")
    assert docker.now() == docker.containers
    assert docker.calls()[-1] == failing


def test_a_platform_that_does_not_run_gets_no_container(tmp_path: Path, docker: Docker) -> None:
    docker.set(containers={})
    with pytest.raises(deploy_service.NotDeployed, match="havruta-service does not run"):
        deploy_service.deploy("havruta")
    assert docker.now() == {}


@pytest.mark.parametrize("name", ["gateway", "", "postgres"])
def test_only_a_service_is_deployed(docker: Docker, name: str) -> None:
    with pytest.raises(LookupError, match="no service is called"):
        deploy_service.deploy(name)
    assert docker.calls() == []
