"""The events between services: what is sent is on the page of events, and some program listens to it."""

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from chassis.messaging import apart
from dev.services import SERVICES
from gateway.account_events import CHANGES

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "events.md"
ROW = re.compile(r"^\| `(\w+\.\w+)` \|", re.MULTILINE)
NAMES = [service.name for service in SERVICES]


@pytest.mark.parametrize("service", NAMES)
def test_the_page_lists_what_a_service_sends(service: str) -> None:
    assert listed(service) == sent(service)


def test_every_event_has_a_listener() -> None:
    on_the_page = set().union(*map(listed, NAMES))
    subscribed = CHANGES.union(*map(subscribed_by, NAMES))
    assert on_the_page == subscribed


def listed(service: str) -> set[str]:
    """The types in the service's section of the page."""
    _, _, section = PAGE.read_text().partition(f"\n## {service}\n")
    assert section
    return set(ROW.findall(section.partition("\n## ")[0]))


def sent(service: str) -> set[str]:
    """The types named in calls, and those of the service's `EventType`."""
    package = service.replace("-", "_")
    named = {type_ for call in calls(service, "publish_event") for type_ in texts(call.args[:1])}
    if (ROOT / service / package / "events.py").exists():
        named |= set(map(str, import_module(f"{package}.events").EventType))
    return named


def subscribed_by(service: str) -> set[str]:
    own = {type_ for call in calls(service, "Subscription") for type_ in texts(call.args[1:2])}
    # A service that keeps people apart has the chassis listen.
    return own.union(apart.EVENTS) if any(calls(service, "Apart")) else own


def calls(service: str, function: str) -> Iterator[ast.Call]:
    """The calls of a function or method of this name in the service's code."""
    for module in (ROOT / service / service.replace("-", "_")).rglob("*.py"):
        for node in ast.walk(ast.parse(module.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == function:
                yield node


def texts(arguments: list[ast.expr]) -> set[str]:
    return {str(argument.value) for argument in arguments if isinstance(argument, ast.Constant)}
