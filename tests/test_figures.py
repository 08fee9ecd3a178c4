"""What the rules of Prometheus ask for, real programs show; and a service that is killed is missed."""

import shutil
import sys
from collections import Counter
from collections.abc import Iterator
from importlib.metadata import version
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml

from chassis.telemetry.request_context import PROBES
from deploy.queries import PROMETHEUS, rules, selectors
from dev.ephemeral import EphemeralPlatform
from dev.ports import free_port
from dev.processes import spawn
from dev.services import GATEWAY, SERVICES, named

from .support.figures import Figures, in_kinds, kinds_of_requests
from .support.operations import Operation, operations
from .support.people import People, eventually
from .support.study_sessions import host_session, join, say

pytestmark = pytest.mark.needs("the programs' own addresses")

WORKER = "study-session-service-worker"
VICTIM = "havruta-service"
# What a platform that is well shows no series of.
OF_TROUBLE = {"status", "outcome"}


@pytest.fixture(scope="module")
def addresses(platform: EphemeralPlatform, tmp_path_factory: pytest.TempPathFactory) -> Iterator:
    """Where programs show their figures, by job; the worker is one more of its service."""
    port, service = free_port(), named(WORKER.removesuffix("-worker"))
    child = spawn(
        WORKER,
        [sys.executable, "-m", "flask", "--app", f"{service.package}.app", "worker"],
        log=tmp_path_factory.mktemp("figures") / "worker.log",
        env={**platform.layout.service_settings(service), "WORKER_METRICS_PORT": str(port)},
    )
    yield {
        GATEWAY: platform.gateway_url,
        **{service.name: platform.service_url(service.name) for service in SERVICES},
        WORKER: f"http://127.0.0.1:{port}",
    }
    child.stop()


@pytest.fixture(scope="module")
def before(addresses: dict[str, str]) -> Counter[str]:
    """How many requests of each method were of a kind before each operation was called."""
    return in_kinds(addresses[GATEWAY])


@pytest.fixture(scope="module")
def asked(addresses: dict[str, str], before: Counter[str]) -> list[Operation]:
    """Every operation of the API reference, called once without a token."""
    found = [o for o in operations(addresses[GATEWAY]) if o.path not in PROBES]
    with requests.Session() as session:
        for operation in found:
            path = operation.example({"version": 1}).path
            session.request(operation.method, f"{addresses[GATEWAY]}{path}", timeout=15)
    return found


@pytest.fixture(scope="module")
def figures(addresses: dict[str, str], asked: list[Operation], people: People) -> Figures:
    """What the programs show after some traffic."""
    session = host_session(people["ruth"])
    join(people["boaz"], session)
    say(people["boaz"], session, "Shalom!")
    people["boaz"].get("/api/users/search?q=ruth")

    def shown() -> Figures | None:
        try:
            found = Figures(addresses)
        except requests.ConnectionError:  # the worker is not there yet
            return None
        # It has measured what waits by then.
        return found if "events_lag" in found.series else None

    return eventually(shown, within=60)


def test_every_operation_is_of_exactly_one_kind(
    addresses: dict[str, str], asked: list[Operation], before: Counter[str]
) -> None:
    assert len(asked) > 200
    sent = Counter(operation.method for operation in asked)
    assert in_kinds(addresses[GATEWAY]) - before == sent


def test_every_search_that_is_measured_is_an_operation_of_a_service(figures: Figures) -> None:
    (searches,) = (one for one in kinds_of_requests() if ("job", "!=", GATEWAY) in one.matchers)
    (routes,) = (value for label, _, value in searches.matchers if label == "route")
    found = {labels["route"] for labels, _ in figures.selected(searches)}
    assert found == {
        "/api/study-sessions",
        "/api/study-sessions/clusters",
        "/api/places",
        "/api/texts/search",
        "/api/users/search",
    }, routes


def test_every_series_that_a_rule_asks_for_is_shown(figures: Figures) -> None:
    recorded = {rule.get("record") for rule in rules()}
    asked_for = set(chain.from_iterable(selectors(rule["expr"]) for rule in rules()))
    of_programs = {one for one in asked_for if one.metric not in recorded | {"up"}}
    assert len(of_programs) > 20
    assert {one.metric for one in of_programs} - figures.names == set()
    unseen = [
        one
        for one in of_programs
        if one.metric in figures.series
        and not one.labels & OF_TROUBLE
        and not figures.selected(one)
    ]
    assert unseen == []


def test_every_program_shows_its_version(figures: Figures, addresses: dict[str, str]) -> None:
    shown = {labels["job"]: labels["version"] for labels, _ in figures.series["build_info"]}
    assert shown == dict.fromkeys(addresses, version(GATEWAY))


@pytest.mark.skipif(
    shutil.which("prometheus") is None,
    reason="needs Debian's Prometheus: apt-get install prometheus",
)
def test_prometheus_misses_a_service_that_was_killed(
    platform: EphemeralPlatform, addresses: dict[str, str], tmp_path: Path
) -> None:
    address = f"127.0.0.1:{free_port()}"
    configuration = configured(tmp_path, addresses)
    child = spawn(
        "prometheus",
        [
            "prometheus",
            f"--config.file={configuration}",
            f"--storage.tsdb.path={tmp_path / 'figures'}",
            f"--web.listen-address={address}",
        ],
        log=tmp_path / "prometheus.log",
    )

    def asked(expression: str) -> list[dict[str, str]]:
        """The labels of the series that an expression finds."""
        child.check()
        try:
            answer = requests.get(
                f"http://{address}/api/v1/query", {"query": expression}, timeout=15
            )
        except requests.ConnectionError:
            return []
        # It says 503 as long as it starts.
        found = answer.json()["data"]["result"] if answer.ok else []
        return [series["metric"] for series in found]

    firing = (
        f'ALERTS{{alertstate="firing", alertname="ProgramGone", job="{VICTIM}"}}'
        f' or ALERTS{{alertstate="firing", alertname="ServiceNotReady", service="{VICTIM}"}}'
    )
    try:
        eventually(lambda: asked(f'up{{job="{VICTIM}"}} == 1'), within=60)
        eventually(lambda: asked(f'service_ready{{service="{VICTIM}"}} == 1'), within=60)
        eventually(lambda: not asked(firing), within=60)  # it has missed all before it asked
        platform.kill(VICTIM)
        try:
            eventually(lambda: len(asked(firing)) == 2, within=60)
        finally:
            platform.restart(VICTIM)
    finally:
        child.stop()


def configured(folder: Path, addresses: dict[str, str]) -> Path:
    """Prometheus' own files, with programs of this machine, in a hurry."""
    configuration = yaml.safe_load((PROMETHEUS / "prometheus.yml").read_text())
    configuration["global"] = {"scrape_interval": "500ms", "evaluation_interval": "500ms"}
    configuration["scrape_configs"] = [
        {"job_name": job, "static_configs": [{"targets": [address.removeprefix("http://")]}]}
        for job, address in addresses.items()
    ]
    alerts: dict[str, Any] = yaml.safe_load((PROMETHEUS / "alerts.yml").read_text())
    for alert in chain.from_iterable(group["rules"] for group in alerts["groups"]):
        if "for" in alert:
            alert["for"] = "1s"
    (folder / "alerts.yml").write_text(yaml.safe_dump(alerts))
    shutil.copy(PROMETHEUS / "slo.yml", folder)
    path = folder / "prometheus.yml"
    path.write_text(yaml.safe_dump(configuration))
    return path
