"""The events between services: what is sent is on the page of events, and some program listens to it."""

import re
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import pytest

from chassis.testing.contracts import types_sent
from dev.contracts import PARTS, subscriptions_of, written
from dev.services import SERVICES, named
from gateway import views
from gateway.account_events import CHANGES
from gateway.aggregation import Part

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "events.md"
ROW = re.compile(r"^\| `(\w+\.\w+)` \|", re.MULTILINE)
NAMES = [service.name for service in SERVICES]


@pytest.mark.parametrize("service", NAMES)
def test_the_page_lists_what_a_service_sends(service: str) -> None:
    assert listed(service) == sent(service)


def test_every_event_has_a_listener() -> None:
    on_the_page = set().union(*map(listed, NAMES))
    subscribed = {one.type for name in NAMES for one in subscriptions_of(named(name).package)}
    assert on_the_page == subscribed | CHANGES.keys()


def listed(service: str) -> set[str]:
    """The types in the service's section of the page."""
    _, _, section = PAGE.read_text().partition(f"\n## {service}\n")
    assert section
    return set(ROW.findall(section.partition("\n## ")[0]))


def sent(service: str) -> set[str]:
    return types_sent(ROOT / service / named(service).package)


def test_what_programs_read_of_others_is_in_the_folders_of_these() -> None:
    """`python -m dev.contracts` writes it."""
    files = {path: path.read_text() for path in ROOT.glob("*/contracts/*.json")}
    assert files == written()


def test_every_part_of_a_view_is_in_a_contract() -> None:
    found: set[int] = set()
    for module in walk_packages(views.__path__, f"{views.__name__}."):
        for value in vars(import_module(module.name)).values():
            found |= set(map(id, parts_in(value)))
    assert found == set(map(id, PARTS))


def parts_in(value: object) -> list[Part]:
    """The part, or those in a mapping or a tuple of some."""
    if isinstance(value, dict):
        value = tuple(value.values())
    several = value if isinstance(value, tuple) else (value,)
    return [one for one in several if isinstance(one, Part)]
