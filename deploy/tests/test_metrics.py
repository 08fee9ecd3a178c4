"""The dashboard, the rules and the documentation are about the metrics that the programs have."""

import json
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import pytest
import yaml
from prometheus_client import REGISTRY
from prometheus_client.metrics import MetricWrapperBase
from prometheus_client.utils import floatToGoString

import chassis
import gateway
from chassis.telemetry.metrics import DURATION
from deploy.queries import grouped_by, rules, selectors

ROOT = Path(__file__).resolve().parents[2]
SERVICES = (
    "user_service",
    "study_session_service",
    "tutoring_service",
    "havruta_service",
    "assessment_service",
)
SUFFIXES = {"counter": ["_total"], "gauge": [""], "histogram": ["_bucket", "_sum", "_count"]}
OF_PROMETHEUS = {"up": {"job", "instance"}, "ALERTS": {"alertname", "alertstate", "severity"}}
TARGET = {"job", "instance", "le"}


@pytest.fixture(scope="module")
def labels() -> dict[str, set[str]]:
    """The labels of every metric of the programs, by its name in Prometheus."""
    for package in (chassis, gateway, *map(import_module, SERVICES)):
        for module in walk_packages(package.__path__, f"{package.__name__}."):
            if "migrations" not in module.name:
                import_module(module.name)
    found = {id(metric): metric for metric in REGISTRY._names_to_collectors.values()}
    ours = [metric for metric in found.values() if isinstance(metric, MetricWrapperBase)]
    labels: dict[str, set[str]] = {}
    for metric in ours:
        for suffix in SUFFIXES[metric._type]:
            labels[f"{metric._name}{suffix}"] = set(metric._labelnames)
    return labels


@pytest.fixture(scope="module")
def dashboard() -> dict[str, list[dict[str, object]]]:
    return json.loads((ROOT / "deploy/grafana/lyceum.json").read_text())


@pytest.fixture(scope="module")
def recorded(labels) -> dict[str, set[str]]:
    """The labels of what rules record, by its name."""
    found: dict[str, set[str]] = {}
    for rule in rules():
        if name := rule.get("record"):
            asked = {
                label for one in selectors(rule["expr"]) for label in found.get(one.metric, ())
            }
            its_own = grouped_by(rule["expr"]) | rule.get("labels", {}).keys()
            found.setdefault(name, set()).update(its_own or asked)
    return found


def test_the_dashboard_asks_for_existing_metrics_and_labels(dashboard, labels, recorded) -> None:
    for expression in expressions(dashboard):
        check(expression, labels | recorded)


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.get("record") or rule["alert"])
def test_a_rule_asks_for_existing_metrics_and_labels(rule, labels, recorded) -> None:
    check(rule["expr"], labels | recorded)


def test_every_metric_is_on_the_dashboard(dashboard, labels) -> None:
    asked_for = {one.metric for expr in expressions(dashboard) for one in selectors(expr)}
    drawn_by_their_buckets = {name for name in labels if name.endswith(("_sum", "_count"))}
    assert labels.keys() - drawn_by_their_buckets - asked_for == set()


def test_a_kind_is_timed_by_a_bucket_that_there_is() -> None:
    asked = [one for rule in rules("slo.yml") for one in selectors(rule["expr"])]
    bounds = {value for one in asked for label, _, value in one.matchers if label == "le"}
    assert len(bounds) > 3
    assert bounds <= {floatToGoString(bound) for bound in DURATION._upper_bounds}


@pytest.mark.parametrize("page", ["slo.md", "runbook.md"])
def test_a_page_asks_for_existing_metrics_and_labels(page, labels, recorded) -> None:
    shown = re.findall(r"`([^`]*\w[^`]*\[\d+[mhd]\][^`]*)`", (ROOT / "docs" / page).read_text())
    assert shown
    for expression in shown:
        check(expression, labels | recorded)


def test_the_page_of_objectives_says_what_the_rules_measure() -> None:
    rows = re.findall(
        r"^\| `([\w-]+)` \|[^|]*\| ([\d.]+ s|none)",
        (ROOT / "docs/slo.md").read_text(),
        re.MULTILINE,
    )
    (slow,) = (rule for rule in rules() if rule.get("record") == "kind:requests_slow:rate5m")
    matchers = [
        {label: value for label, _, value in one.matchers} for one in selectors(slow["expr"])
    ]
    measured = {one["kind"]: f"{float(one['le']):g} s" for one in matchers if "le" in one}
    counted = {rule["labels"]["kind"] for rule in rules("slo.yml") if "labels" in rule}
    assert dict(rows) == dict.fromkeys(counted, "none") | measured


def test_every_metric_is_explained_with_its_labels(labels) -> None:
    page = (ROOT / "docs/observability.md").read_text()
    for name, its_labels in labels.items():
        name = re.sub(r"_(bucket|sum|count)$", "", name)
        found = re.search(rf"`{name}(?:\{{(.*?)\}})?`", page)
        assert found, name
        assert set(filter(None, (found[1] or "").split(","))) == its_labels, name


def check(expression: str, known: dict[str, set[str]]) -> None:
    """Fail if an expression asks for a metric or a label that there is not."""
    found = selectors(expression)
    assert found, expression
    grouped = grouped_by(expression)
    for one in found:
        its_labels = (known | OF_PROMETHEUS).get(one.metric)
        assert its_labels is not None, one.metric
        assert one.labels | grouped <= its_labels | TARGET, expression


def expressions(dashboard: dict[str, list[dict[str, object]]]) -> Iterator[str]:
    for panel in dashboard["panels"]:
        for target in panel.get("targets", []):
            yield target["expr"]


def test_grafana_begins_with_the_dashboard_and_the_prometheus_next_to_it() -> None:
    compose = yaml.safe_load((ROOT / "deploy/observability/docker-compose.yml").read_text())
    mounted = dict(mount.split(":")[:2] for mount in compose["services"]["grafana"]["volumes"])
    folder = mounted["./deploy/grafana/lyceum.json"].rpartition("/")[0]
    provisioning = ROOT / "deploy/grafana/provisioning"
    assert mounted[f"./{provisioning.relative_to(ROOT)}"] == "/etc/grafana/provisioning"
    dashboards = yaml.safe_load((provisioning / "dashboards/lyceum.yml").read_text())
    assert dashboards["providers"][0]["options"]["path"] == folder
    source = yaml.safe_load((provisioning / "datasources/prometheus.yml").read_text())
    assert source["datasources"][0]["url"] == "http://prometheus:9090"
