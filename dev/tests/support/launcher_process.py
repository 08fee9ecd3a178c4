"""`python -m dev` as a separate process, and the processes that it has started."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from dev.development import read_variables
from dev.ports import free_port
from dev.processes import STOP_TIMEOUT

ROOT = Path(__file__).resolve().parents[3]
# Seconds; the launcher gives each of two servers STOP_TIMEOUT to end in good order.
END_TIMEOUT = 3 * STOP_TIMEOUT
NOT_INHERITED = ("POSTGRES_URL", "CACHE_URL", "EVENTS_URL", "MAKELEVEL")


@dataclass
class Launcher:
    """`python -m dev` as a user would run it."""

    state: Path
    packages: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[str] | None = None
    output: str = ""

    def start(self, *arguments: str, under: tuple[str, ...] = (), **env: str) -> "Launcher":
        inherited = {name: value for name, value in os.environ.items() if name not in NOT_INHERITED}
        own = {
            "PYTHONPATH": str(self.packages),
            "STATE_DIR": str(self.state),
            "PORT": str(self.port),
        }
        self.process = subprocess.Popen(
            [*under, sys.executable, "-m", "dev", *(arguments or ["run"])],
            cwd=ROOT,
            env={**inherited, **own, **env},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        return self

    def until(self, words: str) -> str:
        """The output up to the line with these words."""
        read = ""
        for line in self.process.stdout:
            read += line
            if words in line:
                return read
        raise AssertionError(f"the launcher ended without saying {words!r}: {read}")

    def run(self) -> str:
        """Start, and return the output until everything runs."""
        return self.start().until("Ctrl-C stops everything")

    def end(self, number: signal.Signals = signal.SIGINT) -> int:
        if self.process.poll() is None:
            self.process.send_signal(number)
        self.process.stdout.close()
        return self.process.wait(END_TIMEOUT)

    def descendants(self) -> set[int]:
        """The processes that it has started, and those that they have started."""
        parents = dict(_parents())
        found = {self.process.pid}
        while more := {child for child, parent in parents.items() if parent in found} - found:
            found |= more
        return found - {self.process.pid}

    def pid_of(self, name: str) -> int | None:
        """The process that writes the log of this name; of several, the one started first."""
        log = self.state / "logs" / f"{name}.log"
        return min((pid for pid in self.descendants() if log in _outputs(pid)), default=None)

    @staticmethod
    def survivors(pids: set[int], within: float = 30) -> set[int]:
        """The processes that are still there when the time is up."""
        deadline = time.monotonic() + within
        while (alive := pids & dict(_parents()).keys()) and time.monotonic() < deadline:
            time.sleep(0.05)
        return alive

    def variable(self, name: str) -> str:
        return read_variables(self.state / "env")[name]


@contextlib.contextmanager
def launching(state: Path, packages: Path) -> Iterator[Launcher]:
    launcher = Launcher(state, packages)
    yield launcher
    if launcher.process:
        launcher.end()
    if (data := state / "postgres").is_symlink():
        shutil.rmtree(data.readlink().parent)


def _outputs(pid: int) -> set[Path]:
    """The files that standard output and standard error go to."""
    found = set()
    for number in (1, 2):
        with contextlib.suppress(OSError):
            found.add(Path(f"/proc/{pid}/fd/{number}").readlink())
    return found


def _parents() -> Iterator[tuple[int, int]]:
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            _, _, rest = status.read_text().rpartition(") ")
        except (FileNotFoundError, ProcessLookupError):
            continue
        state, parent, *_ = rest.split()
        if state != "Z":
            yield int(status.parent.name), int(parent)
