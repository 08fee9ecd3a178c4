"""What programs show at `/metrics`, and of which kind their requests are by the rules of Prometheus."""

from collections import Counter

import requests
from prometheus_client.parser import text_string_to_metric_families

from deploy.queries import Selector, rules, selectors
from dev.services import GATEWAY


class Figures:
    """What programs show: the names of metrics, and of each the labels of its series with `job`."""

    def __init__(self, addresses: dict[str, str]) -> None:
        self.names: set[str] = set()
        self.series: dict[str, list[tuple[dict[str, str], float]]] = {}
        for job, address in addresses.items():
            shown = requests.get(f"{address}/metrics", timeout=15).text
            for family in text_string_to_metric_families(shown):
                # A counter with labels is shown by its name alone before it has counted.
                suffixes = ["_total"] if family.type == "counter" else [""]
                self.names |= {f"{family.name}{suffix}" for suffix in suffixes}
                for sample in family.samples:
                    labelled = ({**sample.labels, "job": job}, sample.value)
                    self.series.setdefault(sample.name, []).append(labelled)
        self.names |= self.series.keys()

    def selected(self, selector: Selector) -> list[tuple[dict[str, str], float]]:
        """The series that a selector selects."""
        known = self.series.get(selector.metric, [])
        return [(labels, value) for labels, value in known if selector.selects(labels)]


def in_kinds(gateway: str) -> Counter[str]:
    """How many requests of each method the gateway has counted of a kind; none is of two."""
    kinds = [one for one in kinds_of_requests() if ("job", "=", GATEWAY) in one.matchers]
    counted: Counter[str] = Counter()
    for labels, value in Figures({GATEWAY: gateway}).series["http_requests_total"]:
        found = [one for one in kinds if one.selects(labels)]
        assert len(found) <= 1, labels
        counted[labels["method"]] += int(value) * len(found)
    return counted


def kinds_of_requests() -> list[Selector]:
    """What counts the requests of each kind."""
    counted = (rule for rule in rules("slo.yml") if "kind" in rule.get("labels", ()))
    found = [one for rule in counted for one in selectors(rule["expr"])]
    return [one for one in found if one.metric == "http_requests_total"]
