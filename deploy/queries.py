"""What the rules of Prometheus and the dashboard ask for: the series that their expressions select."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

PROMETHEUS = Path(__file__).parent / "prometheus"
STRING = re.compile(r'"[^"]*"')
# Lists of labels, durations, and what has a name like a metric without being one.
NO_SELECTOR = re.compile(
    r"\b(?:by|without|on|ignoring|group_left|group_right) *\([^)]*\)"
    r"|\[[^\]]*\]|\boffset \w+|\b(?:and|or|unless|bool)\b|\b[a-z_]+ *(?=\(|\bby\b)"
)
SELECTOR = re.compile(r"(?<![\w:.])([a-zA-Z_:][\w:]*)(?:\{([^}]*)\})?")
MATCHER = re.compile(r'(\w+) *(=~|!~|!=|=) *"([^"]*)"')
GROUPED = re.compile(r"\bby \(([^)]*)\)")


@dataclass(frozen=True)
class Selector:
    """Series of one metric: for each label an operator and a value, as PromQL writes them."""

    metric: str
    matchers: tuple[tuple[str, str, str], ...]

    @property
    def labels(self) -> set[str]:
        """The labels that it looks at."""
        return {label for label, _, _ in self.matchers}

    def selects(self, labels: dict[str, str]) -> bool:
        """Whether a series of the metric with these labels is among them."""
        return all(
            _matches(operator, value, labels.get(label, ""))
            for label, operator, value in self.matchers
        )


def selectors(expression: str) -> list[Selector]:
    """The series that an expression of PromQL selects, in their order.

    It need not be understood beyond that: strings hold no quotation marks, and braces no expressions.
    """
    # What stands in strings must not be taken for something else.
    strings: list[str] = []

    def kept(found: re.Match[str]) -> str:
        strings.append(found[0])
        return f'"{len(strings) - 1}"'

    bare = NO_SELECTOR.sub(" ", STRING.sub(kept, expression))
    return [
        Selector(
            metric,
            tuple(
                (label, operator, strings[int(place)].strip('"'))
                for label, operator, place in MATCHER.findall(inside)
            ),
        )
        for metric, inside in SELECTOR.findall(bare)
    ]


def grouped_by(expression: str) -> set[str]:
    """The labels that an expression groups by."""
    return {label for group in GROUPED.findall(expression) for label in re.findall(r"\w+", group)}


def rules(*names: str) -> list[dict[str, Any]]:
    """The rules of these files, by default of all, as they are written."""
    files = [PROMETHEUS / name for name in names or ("slo.yml", "alerts.yml")]
    groups = [group for file in files for group in yaml.safe_load(file.read_text())["groups"]]
    return [rule for group in groups for rule in group["rules"]]


def _matches(operator: str, value: str, actual: str) -> bool:
    if operator in {"=~", "!~"}:
        return bool(re.fullmatch(value, actual)) == (operator == "=~")
    return (value == actual) == (operator == "=")
