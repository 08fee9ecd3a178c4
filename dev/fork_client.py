"""The launcher's end of the fork server, which runs the platform's Python programs."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from dev.processes import ProcessDied, die_with_parent, wait_until

ROOT = Path(__file__).resolve().parents[1]


class ForkClient:
    """Starts, watches and ends programs, each known by a name.

    The fork server releases the process number of a program only while it answers a request: in
    between, a signal cannot reach another process that was given the same number.
    """

    def __init__(self, log: Path, code: Sequence[Path] = (), packages: Sequence[str] = ()) -> None:
        """Import the services of these packages, by default all, from the installed code or from the
        folders of another.
        """
        self.log = log
        self._pids: dict[str, int] = {}
        self._statuses: dict[str, int] = {}
        self._requests = 0
        self._line, server_end = socket.socketpair()
        self._answers = self._line.makefile()
        path = {"PYTHONPATH": os.pathsep.join(map(str, code))} if code else {}
        with server_end, log.open("ab") as errors:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "dev.fork_server", *packages],
                stdin=server_end.fileno(),
                stdout=server_end.fileno(),
                stderr=errors,
                env={**os.environ, **path},
                cwd=ROOT,
                process_group=0,
                preexec_fn=die_with_parent(signal.SIGTERM),
            )

    def start(self, name: str, arguments: Sequence[str], env: Mapping[str, str], log: Path) -> None:
        """Fork a program of `dev.programs`; `env` is added to the environment."""
        self._ask({"name": name, "arguments": list(arguments), "env": dict(env), "log": str(log)})

    def check(self) -> None:
        """Raise ProcessDied unless the fork server itself is running."""
        if (status := self.process.poll()) is not None:
            raise ProcessDied("fork-server", status, self.log)

    def statuses(self) -> Mapping[str, int]:
        """The exit status of each program that has ended, negative for a signal."""
        self._ask()
        return self._statuses

    def wait(self, name: str, timeout: float = 60) -> int:
        """The exit status of a program, once it has ended."""
        wait_until(lambda: name in self.statuses(), self.check, f"the end of {name}", timeout)
        return self._statuses[name]

    def send(self, name: str, number: signal.Signals) -> None:
        """Send a signal to a program and to all processes that it has started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._pids[name], number)

    def stop(self, *names: str, timeout: float = 5) -> None:
        """End programs side by side: in good order, or by force when that takes too long."""
        if self.process.poll() is not None:
            return  # they have ended with the fork server
        ended = self.statuses()
        running = [name for name in names if name in self._pids and name not in ended]
        for name in running:
            self.send(name, signal.SIGCONT)  # a stopped process would not receive the next one
            # Not to the group: gunicorn ends its own workers.
            os.kill(self._pids[name], signal.SIGTERM)
        for name in running:
            try:
                self.wait(name, timeout)
            except TimeoutError:
                self.send(name, signal.SIGKILL)
                self.wait(name)

    def close(self) -> None:
        """End every program that is left, and the fork server."""
        self._answers.close()
        self._line.close()
        self.process.wait()

    def _ask(self, start: Mapping[str, Any] | None = None) -> None:
        """Have a program started, if one is given, and learn how all programs are."""
        self._requests += 1
        request = {"number": self._requests, "start": start}
        with contextlib.suppress(ConnectionError):
            self._line.sendall(json.dumps(request).encode() + b"\n")
            for line in self._answers:
                answer = json.loads(line)
                # Skip the answer to a request that Ctrl-C interrupted.
                if answer["number"] == self._requests:
                    self._pids, self._statuses = answer["pids"], answer["statuses"]
                    return
        raise ProcessDied("fork-server", self.process.wait(), self.log)
