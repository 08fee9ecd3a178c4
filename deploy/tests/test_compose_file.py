import dataclasses
import json
import re
from importlib import import_module
from pathlib import Path

import pytest
import yaml

from dev.services import GATEWAY, GATEWAY_PORT, SERVICES

ROOT = Path(__file__).resolve().parents[2]
FILES = [ROOT / "docker-compose.yml", ROOT / "deploy/observability/docker-compose.yml"]
RELEASED = ROOT / "deploy/compose/released.yml"
SETTINGS_OF_IMAGES = {"INTERNAL_PORT"}


@pytest.fixture(scope="module")
def containers():
    return yaml.safe_load(FILES[0].read_text())["services"]


@pytest.fixture(scope="module")
def more():
    """What Prometheus and Grafana bring, and what they add to the containers of the platform."""
    return yaml.safe_load(FILES[1].read_text())["services"]


@pytest.fixture(scope="module")
def all_containers(containers, more):
    return containers | {name: more[name] for name in more.keys() - containers.keys()}


@pytest.mark.parametrize("name", [GATEWAY, *(service.name for service in SERVICES)])
def test_every_setting_that_a_program_needs_is_given(containers, name):
    settings = import_module(f"{name.replace('-', '_')}.config").Settings
    needed = {
        f.name.upper() for f in dataclasses.fields(settings) if f.default is dataclasses.MISSING
    }
    assert needed <= containers[name]["environment"].keys() | SETTINGS_OF_IMAGES


def test_the_example_explains_every_variable():
    used = [name for file in FILES for name in re.findall(r"\$\{(\w+)", file.read_text())]
    explained = re.findall(r"^(\w+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    assert set(used) == set(explained)


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_a_service_has_the_same_settings_in_all_its_processes(containers, service):
    settings = containers[service.name]["environment"]
    worker = dict(containers[f"{service.name}-worker"]["environment"])
    assert worker.pop("WORKER_METRICS_PORT")
    assert worker == settings
    assert containers[f"migrate-{service.name}"]["environment"] == settings
    assert containers[f"demo-{service.name}"]["environment"] == settings
    assert containers[f"demo-{service.name}"]["profiles"] == ["demo"]


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_a_service_listens_at_the_addresses_that_the_gateway_calls(containers, service):
    public = GATEWAY_PORT + service.port_offset
    internal = GATEWAY_PORT + service.internal_port_offset
    gateway = containers[GATEWAY]["environment"]
    assert gateway[f"{service.variable}_URL"] == f"http://{service.name}:{public}"
    assert gateway[f"{service.variable}_INTERNAL_URL"] == f"http://{service.name}:{internal}"
    assert {f"0.0.0.0:{public}", f"0.0.0.0:{internal}"} == listeners(service.name)
    assert f"INTERNAL_PORT={internal}\n" in dockerfile(service.name)


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_a_service_connects_to_its_database_with_its_own_role(containers, service):
    address = (
        f"postgresql://{service.role}@postgres:5432/{service.database}?passfile=/secrets/pgpass"
    )
    assert containers[service.name]["environment"]["DATABASE_URL"] == address
    assert [mount.split(":")[0] for mount in containers[service.name]["volumes"]] == [
        f"{service.name}-secrets",
        containers[service.name]["environment"]["SPOOL_FOLDER"],
    ]


@pytest.mark.parametrize("name", [GATEWAY, *(service.name for service in SERVICES)])
def test_exports_are_on_a_disk_and_not_in_memory(containers, name):
    program = containers[name]
    folder = program["environment"]["SPOOL_FOLDER"]
    assert program["read_only"]
    assert folder in program["volumes"]
    assert folder not in program["tmpfs"]


@pytest.mark.parametrize("name", [GATEWAY, *(service.name for service in SERVICES)])
def test_a_program_connects_to_redis_as_a_user_of_its_own(containers, name):
    for variable, server in (("CACHE_URL", "cache"), ("EVENTS_URL", "events")):
        address = f"redis://{name}@{server}:6379/0?passfile=/secrets/redis"
        assert containers[name]["environment"][variable] == address
        assert containers[server]["command"][-2:] == ["--aclfile", "/secrets/users.acl"]
        assert "redis-secrets:/secrets:ro" in containers[server]["volumes"]


@pytest.mark.parametrize("name", [GATEWAY, *(service.name for service in SERVICES)])
def test_an_image_runs_without_root_and_reports_its_health(name):
    assert "\nUSER 10001:10001\n" in dockerfile(name)
    assert re.search(r"\nHEALTHCHECK .*/healthz", dockerfile(name))


def test_only_the_gateway_and_the_email_catcher_are_published(containers):
    published = {name for name, container in containers.items() if "ports" in container}
    assert published == {GATEWAY, "mailpit"}
    for name in published:
        for port in containers[name]["ports"]:
            assert port.startswith("${")
            assert ":-127.0.0.1:" in port


def test_prometheus_reaches_every_program(containers, more):
    assert "services" in more["prometheus"]["networks"]
    for service in SERVICES:
        for name in (GATEWAY, service.name, f"{service.name}-worker"):
            assert "services" in containers[name]["networks"]
        added = more[f"{service.name}-worker"]
        assert added == {"environment": {"WORKER_METRICS_ADDRESS": "0.0.0.0"}}  # noqa: S104  # in a container


def test_a_container_next_to_the_platform_is_of_one_version_and_keeps_out_of_its_stores(
    containers, more
):
    added = more.keys() - containers.keys()
    assert added == {"prometheus", "grafana"}
    for name in added:
        assert re.search(r":v?\d+\.\d+\.\d+$", more[name]["image"]), name
        assert set(more[name]["networks"]) <= {"observability", "services"}, name
        assert all(re.match(r"\$\{\w+:-127\.0\.0\.1:", port) for port in more[name]["ports"]), name


def test_a_release_is_pulled_by_the_programs_that_would_build_it(all_containers):
    released = yaml.safe_load(RELEASED.read_text())["services"]
    built = {name for name, container in all_containers.items() if "build" in container}
    assert {name: each["pull_policy"] for name, each in released.items()} == dict.fromkeys(
        built, "missing"
    )
    assert {all_containers[name]["pull_policy"] for name in built} == {"build"}
    for name, container in all_containers.items():
        image = container["image"]
        program = image.removeprefix("${REGISTRY:-lyceum}/").removesuffix(":${VERSION:-latest}")
        if program in built:
            # What its web process has built or pulled is there.
            assert name == program or container["pull_policy"] == "never", name
        else:
            assert "lyceum" not in image, name


def test_every_long_running_container_has_a_health_check(all_containers):
    long_running = {
        name
        for name, container in all_containers.items()
        if container["restart"] == "unless-stopped"
    }
    from_images = {GATEWAY, *(service.name for service in SERVICES)}
    unchecked = {name for name in long_running if "healthcheck" not in all_containers[name]}
    assert unchecked == from_images


def test_no_container_takes_the_whole_machine(all_containers):
    for name, container in all_containers.items():
        assert {"mem_limit", "pids_limit", "logging"} <= container.keys(), name
        assert container["logging"]["options"].keys() == {"max-size", "max-file"}, name


def test_the_gateway_starts_whatever_becomes_of_the_services(containers):
    needs = containers[GATEWAY]["depends_on"]
    services = {service.name for service in SERVICES}
    assert {needs[name]["condition"] for name in services} == {"service_started"}


def test_a_busy_machine_has_time_to_start_a_container(all_containers):
    for name, container in all_containers.items():
        if "build" in container:
            image = re.search(r"\nHEALTHCHECK (.*)", dockerfile(name))[1]
            assert "--timeout=10s --start-period=300s" in image, name
        check = container.get("healthcheck", {"disable": True})
        if not check.get("disable"):
            assert (check["timeout"], check["start_period"]) == ("10s", "300s"), name


def test_no_container_has_a_right_that_it_does_not_need(all_containers):
    for name, container in all_containers.items():
        assert container["read_only"], name
        assert container["cap_drop"] == ["ALL"], name
        assert container["security_opt"] == ["no-new-privileges:true"], name
    assert {name for name, container in all_containers.items() if "cap_add" in container} == {
        "share-secrets"
    }


def dockerfile(name: str) -> str:
    """An image's Dockerfile, with each instruction on one line."""
    return (ROOT / name / "Dockerfile").read_text().replace("\\\n", "")


def listeners(name: str) -> set[str]:
    command = json.loads(re.search(r"^CMD (\[.*\])", dockerfile(name), re.MULTILINE)[1])
    return {command[i + 1] for i, argument in enumerate(command) if argument == "-b"}
