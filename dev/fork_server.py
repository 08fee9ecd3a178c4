"""The process that imports the heavy libraries once and forks the others: `python -m dev.fork_server`.

Importing takes over two seconds of processor time and some 60 MB; five services, their workers and their
migrations share one import. Requests come in as lines of JSON, and numbers and statuses go out the same way.
"""

import contextlib
import gc
import json
import logging
import os
import selectors
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from dev.processes import die_with_parent

HEAVY = (
    "alembic.command",
    "chassis.service",
    "flask_migrate",
    "flask_smorest",
    "flask_sqlalchemy",
    "gunicorn.app.wsgiapp",
    "gunicorn.workers.gthread",
    "jwt",
    "prometheus_client",
    "psycopg",
    "redis",
    "sqlalchemy.dialects.postgresql.psycopg",
    "structlog",
    "urllib3",
)
NO_SUCH_COMMAND = 69
GRACE = 1.0  # seconds that the others have to end in good order once the launcher is gone


def main() -> None:
    for module in HEAVY:
        import_module(module)
    gc.collect()
    gc.freeze()  # the collector would write to the shared pages, and so copy them
    ForkServer().run()


class ForkServer:
    """The processes forked from this one."""

    def __init__(self) -> None:
        self.running: set[int] = set()
        self._unread = b""
        self._wakeup, wake = socket.socketpair()
        self._wakeup.setblocking(False)
        wake.setblocking(False)
        # Kept, because a socket that nobody holds is closed.
        self._wake = wake
        # A signal alone does not end select: Python goes on waiting (PEP 475). A byte in this pair
        # does.
        signal.set_wakeup_fd(wake.fileno())
        signal.signal(
            signal.SIGCHLD, lambda _number, _frame: None
        )  # only a handled signal wakes the selector
        signal.signal(signal.SIGTERM, _end)

    def run(self) -> None:
        """Serve requests until the launcher closes the line, or dies."""
        try:
            with selectors.DefaultSelector() as selector:
                selector.register(sys.stdin.fileno(), selectors.EVENT_READ)
                selector.register(self._wakeup, selectors.EVENT_READ)
                while all(self._handle(key.fd) for key, _ in selector.select()):
                    self._reap()
        finally:
            self._end_all()

    def _handle(self, source: int) -> bool:
        """Take what has come in from one source; False at its end."""
        chunk = os.read(source, 65536)
        if source == sys.stdin.fileno():
            *lines, self._unread = (self._unread + chunk).split(b"\n")
            for line in lines:
                self._fork(json.loads(line))
        return bool(chunk)

    def _fork(self, request: Mapping[str, Any]) -> None:
        bind_to_parent = die_with_parent(signal.SIGTERM)
        signal.pthread_sigmask(
            signal.SIG_BLOCK, {signal.SIGTERM}
        )  # a child must not run our handler
        # This process has one thread, so that no lock can be held by one that is missing in the
        # child.
        pid = os.fork()
        if pid == 0:
            bind_to_parent()
            become(request["arguments"], request["env"], Path(request["log"]))
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
        with contextlib.suppress(OSError):  # the child does the same: whoever comes first
            os.setpgid(pid, pid)
        self.running.add(pid)
        report({"name": request["name"], "pid": pid})

    def _reap(self) -> None:
        """Report whoever has ended."""
        for pid in list(self.running):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                self.running.discard(pid)
                report({"pid": pid, "status": os.waitstatus_to_exitcode(status)})

    def _end_all(self) -> None:
        """End the rest, in good order while there is time."""
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        for pid in self.running:
            os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + GRACE
        while self.running and time.monotonic() < deadline:
            time.sleep(0.02)
            self._reap()
        for pid in self.running:
            os.killpg(pid, signal.SIGKILL)


def become(arguments: Sequence[str], env: Mapping[str, str], log: Path) -> NoReturn:
    """Turn the forked process into the program asked for, and end with its status."""
    status = 1
    try:
        os.setpgid(0, 0)
        # Or signals of the child would be written to its parent's pair.
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGCHLD, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
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
        # Not sys.exit: what the parent had prepared for its own end is not for its children.
        logging.shutdown()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def serve(*arguments: str) -> None:
    """The gunicorn program."""
    sys.argv = ["gunicorn", *arguments]
    import_module("gunicorn.app.wsgiapp").run()


def prepare(package: str, *extras: str) -> None:
    """Bring a service's database up to date and, with `demo` among the extras, load its demo data."""
    app = _create_app(package)
    with app.app_context():
        import_module("flask_migrate").upgrade()
    if "demo" in extras and "demo" in app.cli.commands:
        _command(app, "demo")


def work(package: str) -> None:
    """A service's worker, if it has one."""
    app = _create_app(package)
    if "worker" not in app.cli.commands:
        sys.exit(NO_SUCH_COMMAND)
    _command(app, "worker")


def rehearse(package: str) -> None:
    """Up from nothing, no difference from the models, down to nothing, and up again."""
    migrate = import_module("flask_migrate")
    with _create_app(package).app_context():
        migrate.upgrade()
        migrate.check()
        migrate.downgrade(revision="base")
        migrate.upgrade()


def revise(package: str, message: str) -> None:
    """Write the next migration, as far as it can be told from the models."""
    migrate = import_module("flask_migrate")
    app = _create_app(package)
    with app.app_context():
        migrate.upgrade()
        head = (
            import_module("alembic.script")
            .ScriptDirectory(app.extensions["migrate"].directory)
            .get_current_head()
        )
        migrate.revision(message=message, autogenerate=True, rev_id=f"{int(head or 0) + 1:04}")


PROGRAMS: Mapping[str, Callable[..., None]] = {
    "gunicorn": serve,
    "prepare": prepare,
    "worker": work,
    "rehearse": rehearse,
    "revise": revise,
}


def _create_app(package: str) -> Any:
    return import_module(f"{package}.app").create_app()


def _command(app: Any, name: str) -> None:
    script = import_module("flask.cli").ScriptInfo(create_app=lambda: app)
    app.cli.main([name], prog_name="flask", obj=script, standalone_mode=False)


def _redirect(log: Path) -> None:
    """Send the output to a log, and leave the launcher's line alone."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(nothing, 0)
    os.dup2(output, 1)
    os.dup2(output, 2)


def _status_of(end: SystemExit) -> int:
    """The status an interpreter would end with."""
    if end.code is None or isinstance(end.code, int):
        return end.code or 0
    print(end.code, file=sys.stderr)
    return 1


def _end(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


def report(fact: Mapping[str, Any]) -> None:
    """Tell the launcher, if it is still there."""
    with contextlib.suppress(ConnectionError):
        os.write(1, json.dumps(fact).encode() + b"\n")


if __name__ == "__main__":
    main()
