"""Distributes tests among the processes of pytest-xdist: `-p dev.xdist_scheduler -n 2`.

The tests of a file run in one process. So do the tests in `tests/` that share a platform, and those
of the web client. What starts whole platforms is begun first, as it takes long: left to the end, it
would run in one process when the other has nothing more to do. That needs `--no-loadscope-reorder`.
"""

from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

ROOT = Path(__file__).resolve().parents[1]
JOURNEYS = "tests/"
BROWSERS = "web/tests/"
LAUNCHER = "dev/tests/"
PLATFORM = "EphemeralPlatform("  # stands in files that start one


class KeepTogether(LoadScopeScheduling):  # type: ignore[misc]  # xdist comes without types
    """Assigns whole files, and treats those that share a platform as one file."""

    def _split_scope(self, nodeid: str) -> str:
        return scope_of(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> KeepTogether:
    return KeepTogether(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put first what is to be begun first: the scheduler assigns scopes in their order."""
    sizes = Counter(scope_of(item.nodeid) for item in items)
    items.sort(key=lambda item: (rank_of(item.nodeid), -sizes[scope_of(item.nodeid)]))


def scope_of(nodeid: str) -> str:
    """What runs in one process with this test."""
    file = file_of(nodeid)
    if file.startswith(BROWSERS):
        return BROWSERS
    return JOURNEYS if file.startswith(JOURNEYS) and not has_platform(file) else file


def rank_of(nodeid: str) -> int:
    """The lower, the earlier."""
    file = file_of(nodeid)
    if has_platform(file) or file.startswith(BROWSERS):
        return 0
    return 1 if file.startswith((JOURNEYS, LAUNCHER)) else 2


def file_of(nodeid: str) -> str:
    return nodeid.split("::", 1)[0]


@cache
def has_platform(file: str) -> bool:
    """Whether the tests of a file start a platform of their own."""
    path = ROOT / file
    return path.is_file() and PLATFORM in path.read_text()
