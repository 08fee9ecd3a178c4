"""How tests are shared out among processes: a file stays together, and so do all journeys, which
share a platform.

A plugin of pytest, for `-p dev.distribution` together with `-n`.
"""

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

JOURNEYS = "tests/"


class KeepTogether(LoadScopeScheduling):  # type: ignore[misc]  # xdist comes without types
    """Hands out whole files, and the journeys as if they were one file."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::", 1)[0]
        return JOURNEYS if file.startswith(JOURNEYS) else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> KeepTogether:
    return KeepTogether(config, log)
