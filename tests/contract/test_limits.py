"""The operations guide has every operation that may create: with its limit, or why it needs none."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from chassis.data.limits import LimitReached
from docs.write_errors import problem_classes

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "operations.md"
SECTION = re.compile(r"^## What one person may have\n(.*?)^## ", re.MULTILINE | re.DOTALL)
LIMIT = re.compile(r"^\| (.*) \| .* \| (\d+) \| `(\w+)` \|$", re.MULTILINE)
NO_LIMIT = re.compile(r"^\| (`.*`) \| [^|]* \|$", re.MULTILINE)
NAME = re.compile(r"`(\w+)`")
CREATES = re.compile(r'@blueprint\.(?:post|put)\(\s*(?:f?"[^"]*"|\w+),\s*"(\w+)"')


def test_the_guide_has_the_limits_of_the_classes() -> None:
    limits = [problem for problem in problem_classes() if issubclass(problem, LimitReached)]
    stated = {limit.code: limit.most for limit in limits if limit is not LimitReached}
    assert {code: int(most) for _, most, code in LIMIT.findall(section())} == stated


def test_every_operation_that_may_create_is_in_the_guide_once() -> None:
    named = Counter(named_in_guide())
    assert set(named) == set(operations_that_may_create())
    assert {name for name, times in named.items() if times > 1} == set()


def section() -> str:
    found = SECTION.search(PAGE.read_text())
    assert found
    return found[1]


def named_in_guide() -> Iterator[str]:
    for operations, _, code in LIMIT.findall(section()):
        if code != "idempotency_key_limit_reached":  # of any operation
            yield from NAME.findall(operations)
    for operations in NO_LIMIT.findall(section()):
        yield from NAME.findall(operations)


def operations_that_may_create() -> Iterator[str]:
    for module in [*ROOT.glob("*/*/api/*.py"), *ROOT.glob("gateway/gateway/**/*.py")]:
        yield from CREATES.findall(module.read_text())
