"""The process that imports the services once and forks the programs that run them.

Importing takes over a second of processor time and some 80 MB, which servers, workers and
migrations share. So what a service does when it is imported must depend on no environment, and a
change of its code is seen by the next start of the platform.

The launcher starts it as `python -m dev.fork_server`, with the packages of services if not all are
wanted, and sends requests to its standard input, each
a line of JSON: `{"number": 1, "start": {"name": …, "arguments": […], "env": {…}, "log": …}}`, or
`"start": null` to start nothing. Each answer is a line on standard output:
`{"number": 1, "pids": {…}, "statuses": {…}}`. By the names of the programs it has every process
number, and the exit status of each program that has ended, negative for a signal. At the end of the
input every program is ended.

The fork server of `multiprocessing` does not replace it. When the launcher is killed, that one has
no time to end programs that ignore SIGTERM, and it hides the reason of an import that fails.
"""

import contextlib
import gc
import json
import logging
import os
import signal
import sys
import time
import traceback
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

from dev.processes import die_with_parent
from dev.programs import PROGRAMS
from dev.services import SERVICES

# What programs import when they run.
LIBRARIES = ("alembic.command", "chassis.web.gunicorn_worker", "gunicorn.app.wsgiapp")
GRACE = 1.0  # seconds that programs have to end in good order once the launcher is gone


def main() -> None:
    # What they print is no answer to the launcher.
    with contextlib.redirect_stdout(sys.stderr):
        for library in LIBRARIES:
            import_module(library)
        for package in sys.argv[1:] or [service.package for service in SERVICES]:
            import_service(package)
    gc.collect()
    gc.freeze()  # the collector would write to the shared pages, and so copy them
    # SIGTERM ends this process if the launcher dies during the imports. From now on the end of the
    # input does: it leaves time to end the programs.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    ForkServer().run()


def import_service(package: str) -> None:
    """Import a service. One that cannot be imported is left to its programs, whose logs tell why."""
    try:
        import_module(f"{package}.app")
    except Exception:
        for name in list(sys.modules):
            if name.partition(".")[0] == package:
                del sys.modules[name]


class ForkServer:
    """Forks programs, each known by a name, and collects their exit statuses."""

    def __init__(self) -> None:
        self._pids: dict[str, int] = {}
        self._statuses: dict[str, int] = {}

    def run(self) -> None:
        """Answer requests until the launcher closes the input, or dies."""
        try:
            for line in sys.stdin:
                print(json.dumps(self._handle(json.loads(line))), flush=True)
        except ConnectionError:
            pass  # the launcher died before it read the answer
        finally:
            self._end_all()

    def _handle(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        self._reap()
        if request["start"]:
            self._fork(**request["start"])
        return {"number": request["number"], "pids": self._pids, "statuses": self._statuses}

    def _fork(self, name: str, arguments: Sequence[str], env: Mapping[str, str], log: str) -> None:
        bind_to_parent = die_with_parent(signal.SIGTERM)
        # This process has one thread. No other one can hold a lock that the child then waits for.
        pid = os.fork()
        if pid == 0:
            bind_to_parent()
            become(arguments, env, Path(log))
        with contextlib.suppress(OSError):  # the child may have done it already
            os.setpgid(pid, pid)
        self._pids[name] = pid
        self._statuses.pop(name, None)

    def _running(self) -> dict[str, int]:
        return {name: pid for name, pid in self._pids.items() if name not in self._statuses}

    def _reap(self) -> None:
        """Collect the statuses of the programs that have ended."""
        for name, pid in self._running().items():
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                self._statuses[name] = os.waitstatus_to_exitcode(status)

    def _end_all(self) -> None:
        """End the programs that are left, by force when the time is up."""
        for pid in self._running().values():
            os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + GRACE
        while self._running() and time.monotonic() < deadline:
            time.sleep(0.02)
            self._reap()
        for pid in self._running().values():
            os.killpg(pid, signal.SIGKILL)


def become(arguments: Sequence[str], env: Mapping[str, str], log: Path) -> NoReturn:
    """Turn the forked process into the program asked for, and end with its status."""
    status = 1
    try:
        os.setpgid(0, 0)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
        _redirect(log)
        os.environ.update(env)
        program, *rest = arguments
        PROGRAMS[program](*rest)
        status = 0
    except SystemExit as end:
        status = _status_of(end)
    except BaseException:
        traceback.print_exc()
    finally:
        # Not sys.exit: the child must not unwind into the code of its parent.
        logging.shutdown()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _redirect(log: Path) -> None:
    """Send the output to a log, and leave the launcher's requests to the parent."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(nothing, 0)
    os.dup2(output, 1)
    os.dup2(output, 2)


def _status_of(end: SystemExit) -> int:
    """The status that an interpreter would end with."""
    if end.code is None or isinstance(end.code, int):
        return end.code or 0
    print(end.code, file=sys.stderr)
    return 1


if __name__ == "__main__":
    main()
