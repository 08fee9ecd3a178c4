"""Distributes tests among the processes of pytest-xdist: `-n 2 -p dev.xdist_scheduler`.

The tests of a file run in one process. So do all tests in `tests/`: they share a platform.
"""

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

JOURNEYS = "tests/"


class KeepTogether(LoadScopeScheduling):  # type: ignore[misc]  # xdist comes without types
    """Assigns whole files, and treats `tests/` as one file."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::", 1)[0]
        return JOURNEYS if file.startswith(JOURNEYS) else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> KeepTogether:
    return KeepTogether(config, log)
