"""The rules of Prometheus: valid, explained, tried, and about what the programs show."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from chassis.errors import Unavailable
from deploy.queries import PROMETHEUS, rules, selectors
from dev.services import GATEWAY, GATEWAY_PORT, SERVICES
from gateway.errors import BadGateway, GatewayTimeout

ROOT = Path(__file__).resolve().parents[2]
RUNBOOK = ROOT / "docs/runbook.md"
WORKER_PORT = 9100
ALERTS = [rule for rule in rules() if "alert" in rule]
NAMES = [alert["alert"] for alert in ALERTS]
TESTS = sorted((PROMETHEUS / "tests").glob("*.yml"))

needs_promtool = pytest.mark.skipif(
    shutil.which("promtool") is None, reason="needs Debian's Prometheus: apt-get install prometheus"
)


@pytest.fixture(scope="module")
def jobs() -> dict[str, dict[str, Any]]:
    """How each job finds its program, by its name."""
    configured = yaml.safe_load((PROMETHEUS / "prometheus.yml").read_text())["scrape_configs"]
    return {job["job_name"]: job["dns_sd_configs"][0] for job in configured}


@needs_promtool
@pytest.mark.parametrize("what", [("rules", "alerts.yml", "slo.yml"), ("config", "prometheus.yml")])
def test_prometheus_accepts_its_files(what: tuple[str, ...]) -> None:
    command, *names = what
    promtool("check", command, *(str(PROMETHEUS / name) for name in names))


@needs_promtool
@pytest.mark.parametrize("path", TESTS, ids=lambda path: path.stem)
def test_alerts_fire_when_they_should_and_no_sooner(path: Path) -> None:
    promtool("test", "rules", str(path))


@pytest.mark.parametrize("alert", NAMES)
def test_every_alert_is_tried_firing_and_quiet(alert: str) -> None:
    tried = [one for path in TESTS for one in yaml.safe_load(path.read_text())["tests"]]
    named = [one for one in tried if one["name"].startswith(f"{alert} ")]
    fires = [bool(one["promql_expr_test"][0]["exp_samples"]) for one in named]
    assert set(fires) == {True, False}
    for one, expected in zip(named, fires, strict=True):
        assert one["name"].startswith(f"{alert} {'fires' if expected else 'is quiet'}")
        assert f'alertname="{alert}"' in one["promql_expr_test"][0]["expr"]


@pytest.mark.parametrize("alert", ALERTS, ids=NAMES)
def test_an_alert_says_what_it_is_about(alert: dict[str, Any]) -> None:
    assert alert["labels"]["severity"] in {"page", "ticket"}
    told = alert["annotations"]
    assert told.keys() == {"summary", "description", "runbook_url"}
    assert told["runbook_url"] == f"docs/runbook.md#{alert['alert'].lower()}"


def test_the_runbook_has_a_heading_for_each_alert_and_no_other() -> None:
    page = RUNBOOK.read_text()
    severities = dict(re.findall(r"^### (\w+)\n\n\*(\w+)\.\*", page, re.MULTILINE))
    assert severities == {a["alert"]: a["labels"]["severity"].title() for a in ALERTS}
    for section in page.split("\n### ")[1:]:
        assert re.search(r"^- \*\*Look(, do)?:\*\*", section, re.MULTILINE), section
        assert re.search(r"^- \*\*Over\*\*", section, re.MULTILINE), section


def test_every_program_is_collected_under_its_name_and_missed_when_it_is_gone(
    jobs: dict[str, dict[str, Any]],
) -> None:
    ports = {GATEWAY: GATEWAY_PORT}
    for service in SERVICES:
        ports[service.name] = GATEWAY_PORT + service.port_offset
        ports[f"{service.name}-worker"] = WORKER_PORT
    assert {name: job["port"] for name, job in jobs.items()} == ports
    assert all(job["names"] == [name] for name, job in jobs.items())
    missed = [s for alert in ALERTS for s in selectors(alert["expr"]) if s.metric == "up"]
    named = {
        value for one in missed for label, op, value in one.matchers if (label, op) == ("job", "=")
    }
    assert named == set(ports)


def test_calls_that_fail_are_found_by_codes_that_there_are() -> None:
    (alert,) = (one for one in ALERTS if one["alert"] == "ServiceCallsFail")
    outcomes = {
        value
        for one in selectors(alert["expr"])
        for label, _, value in one.matchers
        if label == "outcome"
    }
    codes = {problem.code for problem in (BadGateway, GatewayTimeout, Unavailable)}
    assert {code for value in outcomes for code in value.split("|")} == codes


def test_what_counts_requests_is_evaluated_as_often_as_it_is_summed() -> None:
    groups = yaml.safe_load((PROMETHEUS / "slo.yml").read_text())["groups"]
    assert {group["interval"] for group in groups} == {"30s"}
    assert all("* 30 >= 10" in a["expr"] for a in ALERTS if a["alert"].startswith("Requests"))


def promtool(*arguments: str) -> None:
    """Run promtool, and show what it says if it fails."""
    done = subprocess.run(["promtool", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
