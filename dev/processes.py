"""Child processes that do not outlive the launcher."""

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
STOP_TIMEOUT = 10.0  # seconds to end in good order

# Loaded before any fork: between fork and exec a child must not allocate memory or take a lock.
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


class ProcessDied(Exception):
    """A process has ended that should be running; the message has the end of its log."""

    def __init__(self, name: str, status: int, log: Path) -> None:
        self.name = name
        message = f"{name} ended with status {status}; the end of {log}:\n{last_lines(log)}"
        super().__init__(message)


@dataclass(frozen=True)
class User:
    """An account that a child runs as."""

    uid: int
    gid: int


@dataclass
class Child:
    """One running program. Ctrl-C in a terminal does not reach it: it has its own process group."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path
    stop_signal: signal.Signals

    def check(self) -> None:
        """Raise ProcessDied unless the process is running."""
        if (status := self.process.poll()) is not None:
            raise ProcessDied(self.name, status, self.log)

    def ask_to_stop(self) -> None:
        """Tell the process to end in good order, without waiting for it."""
        if self.process.poll() is None:
            # A stopped process would not receive the signal that ends it.
            self.process.send_signal(signal.SIGCONT)
            self.process.send_signal(self.stop_signal)

    def stop(self, timeout: float = STOP_TIMEOUT) -> None:
        """End the process in good order, or by force when that takes too long."""
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
) -> Child:
    """Start a program that writes to `log` and does not outlive the launcher, even a killed one.

    When the launcher dies, the program receives `orphan_signal`, by default its `stop_signal`.
    Call it from the main thread: Linux sends the signal when the *thread* that forked ends.
    """
    with log.open("ab") as output:
        process = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env={**os.environ, **(env or {})},
            cwd="/",
            process_group=0,
            preexec_fn=die_with_parent(orphan_signal or stop_signal),
            **run_as(user),
        )
    return Child(name, process, log, stop_signal)


def run_as(user: User | None) -> dict[str, Any]:
    """The arguments with which Popen runs a program as another account; none to keep the account."""
    if user is None:
        return {}
    return {"user": user.uid, "group": user.gid, "extra_groups": []}


def run_in_foreground(command: Sequence[str], env: Mapping[str, str]) -> int:
    """Run a program that has the terminal, and return its status. Ctrl-C ends it first."""
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
            process.wait(STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def die_with_parent(stop_signal: signal.Signals) -> Callable[[], None]:
    """A function for the child, which then receives `stop_signal` when its parent dies.

    Popen calls it after setuid, which would clear the setting. It does nothing but on Linux.
    """
    parent = os.getpid()

    def bind() -> None:
        if _LIBC is not None:
            # The parent's handler would only make a note, which exec forgets.
            signal.signal(stop_signal, signal.SIG_DFL)
            _LIBC.prctl(PR_SET_PDEATHSIG, int(stop_signal))
            if os.getppid() != parent:  # the parent died before prctl
                os._exit(1)

    return bind


def die_with_make() -> None:
    """Under `make`, receive SIGTERM when make dies: a killed make cannot pass a signal on."""
    if _LIBC is not None and "MAKELEVEL" in os.environ:
        _LIBC.prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM))


def wait_until(
    ready: Callable[[], bool], check: Callable[[], None], what: str, timeout: float = 60
) -> None:
    """Poll `ready` for `timeout` seconds, then raise TimeoutError. `check` may raise earlier."""
    deadline = time.monotonic() + timeout
    while not ready():
        check()
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} did not become ready in {timeout:.0f} s")
        time.sleep(0.02)


def last_lines(log: Path, count: int = SHOWN_LOG_LINES) -> str:
    """The end of a log, or a note that it is empty."""
    if not log.exists():
        return "(there is no log)"
    lines = log.read_text(errors="replace").splitlines()
    return "\n".join(lines[-count:]) or "(the log is empty)"


def say(line: str) -> None:
    """Print a line. After the terminal was closed, this one and all others are dropped."""
    try:
        print(line, flush=True)
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
