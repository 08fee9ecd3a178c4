"""The dashboard and the documentation show the metrics that the programs have."""

import json
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import pytest
from prometheus_client import REGISTRY
from prometheus_client.metrics import MetricWrapperBase

import chassis
import gateway

ROOT = Path(__file__).resolve().parents[2]
SERVICES = (
    "user_service",
    "study_session_service",
    "tutoring_service",
    "havruta_service",
    "assessment_service",
)
SUFFIXES = {"counter": ["_total"], "gauge": [""], "histogram": ["_bucket", "_sum", "_count"]}
OF_PROMETHEUS = {"job", "instance", "le"}
USE = re.compile(r"(\w+)\{(.*?)\}")
LABEL = re.compile(r"(\w+)=~?\"")
GROUPS = re.compile(r"\bby \((.*?)\)")


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


def test_the_dashboard_asks_for_existing_metrics_and_labels(dashboard, labels) -> None:
    for expression in expressions(dashboard):
        used = USE.findall(expression)
        assert used, expression
        for metric, selector in used:
            assert metric in labels, expression
            assert set(LABEL.findall(selector)) <= labels[metric] | OF_PROMETHEUS, expression
            for group in GROUPS.findall(expression):
                assert set(re.findall(r"\w+", group)) <= labels[metric] | OF_PROMETHEUS, expression


def test_every_metric_is_on_the_dashboard(dashboard, labels) -> None:
    asked_for: set[str] = set()
    for expression in expressions(dashboard):
        asked_for.update(metric for metric, _ in USE.findall(expression))
    drawn_by_their_buckets = {name for name in labels if name.endswith(("_sum", "_count"))}
    assert labels.keys() - drawn_by_their_buckets - asked_for == set()


def test_every_metric_is_explained_with_its_labels(labels) -> None:
    page = (ROOT / "docs/observability.md").read_text()
    for name, its_labels in labels.items():
        name = re.sub(r"_(bucket|sum|count)$", "", name)
        found = re.search(rf"`{name}(?:\{{(.*?)\}})?`", page)
        assert found, name
        assert set(filter(None, (found[1] or "").split(","))) == its_labels, name


def expressions(dashboard: dict[str, list[dict[str, object]]]) -> Iterator[str]:
    for panel in dashboard["panels"]:
        for target in panel.get("targets", []):
            yield target["expr"]
