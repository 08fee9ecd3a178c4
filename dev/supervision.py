"""Starting again what dies while the platform runs."""

import time
from collections.abc import Sequence

from dev.platform import Platform
from dev.processes import say
from dev.stores import Server

ROUND = 0.5
FIRST_PAUSE = 1.0
LONGEST_PAUSE = 30.0


class Supervisor:
    """Reports every death of a process and starts it again, ever more slowly."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._due: dict[str, float] = {}
        self._pauses: dict[str, float] = {}

    def tend(self, now: float) -> None:
        for death in self._platform.deaths():
            if death.name not in self._due:
                say(str(death))
                pause = self._pauses.get(death.name, FIRST_PAUSE)
                self._due[death.name] = now + pause
                self._pauses[death.name] = min(2 * pause, LONGEST_PAUSE)
            elif now >= self._due[death.name]:
                del self._due[death.name]
                self._platform.begin(death.name)


def keep_running(platform: Platform, stores: Sequence[Server]) -> None:
    """Watch until interrupted. Without a store there is no going on."""
    supervisor = Supervisor(platform)
    while True:
        for store in stores:
            store.check()
        supervisor.tend(time.monotonic())
        time.sleep(ROUND)
