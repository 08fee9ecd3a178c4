"""The launcher's end of the process that forks the platform's Python processes."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from dev.processes import ProcessDied, die_with_parent, wait_until

ROOT = Path(__file__).resolve().parents[1]


class ForkClient:
    """Starts and watches processes, each known by a name."""

    def __init__(self, log: Path) -> None:
        self.log = log
        self.pids: dict[str, int] = {}
        self._statuses: dict[int, int] = {}
        self._unread = b""
        self._line, end_of_child = socket.socketpair()
        with end_of_child, log.open("ab") as errors:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "dev.fork_server"],
                stdin=end_of_child.fileno(),
                stdout=end_of_child.fileno(),
                stderr=errors,
                cwd=ROOT,
                process_group=0,
                preexec_fn=die_with_parent(signal.SIGTERM),
            )

    def start(self, name: str, arguments: Sequence[str], env: Mapping[str, str], log: Path) -> None:
        """Fork `gunicorn ...`, `prepare PACKAGE [demo]` or `worker PACKAGE`; return when it has a number."""
        self.pids.pop(name, None)
        request = {"name": name, "arguments": list(arguments), "env": dict(env), "log": str(log)}
        with contextlib.suppress(ConnectionError):  # check says why
            self._line.sendall(json.dumps(request).encode() + b"\n")
        wait_until(lambda: self._knows(name), self.check, name)

    def check(self) -> None:
        """Raise ProcessDied unless the forking process itself is running."""
        if (status := self.process.poll()) is not None:
            raise ProcessDied("fork-server", status, self.log)

    def status(self, name: str) -> int | None:
        """The exit status of a process, negative for a signal; None while it runs."""
        self._receive()
        return self._statuses.get(self.pids[name])

    def wait(self, name: str, timeout: float = 60) -> int:
        """The exit status of a process, once it has ended."""
        wait_until(lambda: self.status(name) is not None, self.check, f"the end of {name}", timeout)
        return self._statuses[self.pids[name]]

    def send(self, name: str, number: signal.Signals) -> None:
        """Send a signal to a process and to all it has started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pids[name], number)

    def stop(self, *names: str, timeout: float = 5) -> None:
        """End processes side by side: in good order, or by force when that takes too long."""
        running = [name for name in names if name in self.pids and self.status(name) is None]
        for name in running:
            self.send(name, signal.SIGCONT)  # a stopped process would not hear the next
            os.kill(
                self.pids[name], signal.SIGTERM
            )  # not to the group: a gunicorn ends its own workers
        for name in running:
            try:
                self.wait(name, timeout)
            except TimeoutError:
                self.send(name, signal.SIGKILL)
                self.wait(name)

    def close(self) -> None:
        """End every process that is left, and the one that forks."""
        self._line.close()
        self.process.wait()

    def _knows(self, name: str) -> bool:
        self._receive()
        return name in self.pids

    def _receive(self) -> None:
        """Take in what has been reported since."""
        with contextlib.suppress(BlockingIOError, ConnectionError):
            while chunk := self._line.recv(65536, socket.MSG_DONTWAIT):
                self._unread += chunk
        *lines, self._unread = self._unread.split(b"\n")
        for line in lines:
            report = json.loads(line)
            if "status" in report:
                self._statuses[report["pid"]] = report["status"]
            else:
                self.pids[report["name"]] = report["pid"]
                self._statuses.pop(report["pid"], None)  # a number can come round again
