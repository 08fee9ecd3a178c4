"""Child processes that never outlive the launcher that started them."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PR_SET_PDEATHSIG = 1
SHOWN_LOG_LINES = 20
PATIENCE = 10.0  # seconds that a program has to end in good order

# Loaded before any fork: a child may not allocate or take a lock between fork and exec.
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


class ProcessDied(Exception):
    """A process ended that should be running, with the end of its log."""

    def __init__(self, name: str, status: int, log: Path) -> None:
        self.name = name
        super().__init__(f"{name} ended with status {status}; the end of {log}:\n{last_lines(log)}")


@dataclass(frozen=True)
class User:
    """An account that a child runs as."""

    uid: int
    gid: int

    def as_popen_arguments(self) -> dict[str, Any]:
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


@dataclass
class Child:
    """One running program, in a process group of its own so that Ctrl-C in a terminal passes it by."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path
    stop_signal: signal.Signals

    def check(self) -> None:
        """Raise ProcessDied unless the process is running."""
        if (status := self.process.poll()) is not None:
            raise ProcessDied(self.name, status, self.log)

    def ask_to_stop(self) -> None:
        """Tell the process to end in good order, and do not wait for it."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)  # a stopped process would not hear the next
            self.process.send_signal(self.stop_signal)

    def stop(self, timeout: float = PATIENCE) -> None:
        """End the process in good order, or by force when it does not end in time."""
        self.ask_to_stop()
        try:
            self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def spawn(
    name: str,
    command: Sequence[str | Path],
    *,
    log: Path,
    stop_signal: signal.Signals = signal.SIGTERM,
    orphan_signal: signal.Signals | None = None,
    env: Mapping[str, str] | None = None,
    user: User | None = None,
    cwd: Path | None = None,
) -> Child:
    """Start a program that writes to `log` and does not outlive the launcher, however that one dies.

    It gets `orphan_signal` then, by default the same as when it is told to stop.
    To be called from the main thread: Linux sends the signal when the *thread* that forked ends.
    """
    with log.open("ab") as output:
        process = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=None if env is None else {**os.environ, **env},
            cwd=cwd or Path("/"),
            process_group=0,
            preexec_fn=die_with_parent(orphan_signal or stop_signal),
            **(user.as_popen_arguments() if user else {}),
        )
    return Child(name, process, log, stop_signal)


def run_in_front(command: Sequence[str], env: Mapping[str, str]) -> int:
    """Run a program that has the terminal, and return its status. An interruption is the program's first."""
    process = subprocess.Popen(
        command, env={**os.environ, **env}, preexec_fn=die_with_parent(signal.SIGTERM)
    )
    try:
        return process.wait()
    except KeyboardInterrupt:
        process.send_signal(signal.SIGINT)
        raise
    finally:
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def die_with_parent(stop_signal: signal.Signals) -> Callable[[], None]:
    """What a child runs before exec. It comes after setuid, which would clear the setting."""
    parent = os.getpid()

    def bind() -> None:
        if _LIBC is not None:
            _LIBC.prctl(PR_SET_PDEATHSIG, int(stop_signal))
            if os.getppid() != parent:  # the parent died before the setting was made
                os._exit(1)

    return bind


def die_with_make() -> None:
    """Under `make`, receive SIGTERM when make dies, even if it was killed and could not pass on a signal."""
    if _LIBC is not None and "MAKELEVEL" in os.environ:
        _LIBC.prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM))


def wait_until(
    ready: Callable[[], bool], check: Callable[[], None], what: str, timeout: float = 60
) -> None:
    """Poll `ready`, failing at once when `check` raises and with TimeoutError when time is up."""
    deadline = time.monotonic() + timeout
    while not ready():
        check()
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} did not become ready in {timeout:.0f} s")
        time.sleep(0.02)


def last_lines(log: Path, count: int = SHOWN_LOG_LINES) -> str:
    """The end of a log, or a word that it is empty."""
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    return "\n".join(lines[-count:]) or "(the log is empty)"


def say(line: str) -> None:
    """Print, or from now on not: the terminal may have been closed."""
    try:
        print(line, flush=True)
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
