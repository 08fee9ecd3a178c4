"""Restarts the programs that die while the platform runs."""

import time
from collections.abc import Sequence

from dev.platform import Platform
from dev.processes import say
from dev.servers import Server

# Seconds.
INTERVAL = 0.5
FIRST_PAUSE = 1.0
LONGEST_PAUSE = 30.0


class Supervisor:
    """Reports each program that dies, and restarts it after a pause that doubles each time."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._due: dict[str, float] = {}
        self._pauses: dict[str, float] = {}

    def restart_dead(self, now: float) -> None:
        """Report the programs that have died, and restart those whose pause is over."""
        for death in self._platform.deaths():
            if death.name not in self._due:
                say(str(death))
                pause = self._pauses.get(death.name, FIRST_PAUSE)
                self._due[death.name] = now + pause
                self._pauses[death.name] = min(2 * pause, LONGEST_PAUSE)
            elif now >= self._due[death.name]:
                del self._due[death.name]
                self._platform.start_program(death.name)


def keep_running(platform: Platform, servers: Sequence[Server]) -> None:
    """Restart programs until interrupted. Raise ProcessDied if a server or the fork server dies."""
    supervisor = Supervisor(platform)
    while True:
        for server in servers:
            server.check()
        supervisor.restart_dead(time.monotonic())
        time.sleep(INTERVAL)
