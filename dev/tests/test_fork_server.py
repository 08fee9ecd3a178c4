"""The fork server and its client, among stand-ins. Each test writes the workers that it needs."""

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import pytest

from dev.fork_client import ForkClient
from dev.processes import ProcessDied, last_lines, wait_until

from .support.launcher_process import Launcher

APP = """
import signal, sys, time
from flask import Flask

def create_app():
    app = Flask(__name__)

    @app.cli.command(with_appcontext=False)
    def worker():
        {body}

    return app
"""
SLEEPS = "print('ready', flush=True); time.sleep(60)"
IGNORES_SIGTERM = f"signal.signal(signal.SIGTERM, signal.SIG_IGN); {SLEEPS}"


class Workers:
    """Starts workers that run one line of Python each."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.client = ForkClient(folder / "fork-server.log")

    def start(self, name: str, body: str) -> None:
        package = self.folder / name
        package.mkdir()
        (package / "app.py").write_text(APP.format(body=body))
        self.client.start(name, ["worker", name], {}, self.log(name))

    def start_sleeping(self, name: str, body: str = SLEEPS) -> None:
        self.start(name, body)
        wait_until(lambda: last_lines(self.log(name)) == "ready", self.client.check, name)

    def log(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def pids(self) -> set[int]:
        """The fork server and what it has forked."""
        family = Launcher(self.folder, self.folder)
        # Launcher finds the descendants of any process, given only the pid.
        family.process = self.client.process
        return family.descendants() | {self.client.process.pid}


@pytest.fixture
def workers(tmp_path: Path, stand_ins: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workers]:
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{stand_ins}")
    workers = Workers(tmp_path)
    yield workers
    workers.client.close()


def test_a_program_has_the_exit_status_of_a_python_interpreter(workers: Workers) -> None:
    workers.start("returns", "pass")
    workers.start("exits", "sys.exit(7)")
    workers.start("gives_a_reason", "sys.exit('the reason')")
    workers.start("raises", "raise ValueError('of no value')")
    workers.start("is_killed", "signal.raise_signal(signal.SIGKILL)")
    statuses = {
        name: workers.client.wait(name) for name in ("returns", "exits", "raises", "is_killed")
    }
    assert statuses == {"returns": 0, "exits": 7, "raises": 1, "is_killed": -9}
    assert workers.client.wait("gives_a_reason") == 1
    assert workers.log("gives_a_reason").read_text() == "the reason\n"
    assert "of no value" in workers.log("raises").read_text()


def test_a_program_that_is_started_again_has_no_status_until_it_ends(workers: Workers) -> None:
    workers.start("tutoring", "sys.exit(7)")
    assert workers.client.wait("tutoring") == 7
    shutil.rmtree(workers.folder / "tutoring")
    workers.start_sleeping("tutoring")
    assert "tutoring" not in workers.client.statuses()


def test_a_program_that_ignores_sigterm_is_killed_when_the_time_is_up(workers: Workers) -> None:
    workers.start_sleeping("stubborn", IGNORES_SIGTERM)
    workers.client.stop("stubborn", timeout=0.2)
    assert workers.client.wait("stubborn") == -signal.SIGKILL


def test_no_program_outlives_the_connection_to_the_launcher(workers: Workers) -> None:
    workers.start_sleeping("stubborn", IGNORES_SIGTERM)
    workers.start_sleeping("stopped")
    workers.client.send("stopped", signal.SIGSTOP)
    family = workers.pids()
    assert len(family) == 3
    workers.client.close()
    assert Launcher.survivors(family, within=1) == set()


def test_no_program_outlives_the_fork_server(workers: Workers) -> None:
    workers.start_sleeping("tutoring")
    family = workers.pids()
    workers.client.process.kill()
    assert Launcher.survivors(family) == set()
    with pytest.raises(ProcessDied, match="fork-server ended with status -9"):
        workers.client.statuses()


def test_an_interrupted_start_leaves_a_program_that_can_be_stopped(workers: Workers) -> None:
    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    former = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, 0.1)  # the fork server is still importing
    try:
        with pytest.raises(KeyboardInterrupt):
            workers.start("tutoring", SLEEPS)
    finally:
        signal.signal(signal.SIGALRM, former)
    workers.client.stop("tutoring")
    assert workers.client.statuses() == {"tutoring": -signal.SIGTERM}


def test_a_library_that_cannot_be_imported_is_an_error_with_the_reason(workers: Workers) -> None:
    workers.client.close()
    (workers.folder / "alembic.py").write_text("raise ImportError('of alembic')")
    broken = ForkClient(workers.folder / "fork-server.log")
    with pytest.raises(ProcessDied, match="of alembic"):
        broken.start("tutoring", ["worker", "tutoring"], os.environ, workers.log("tutoring"))
    broken.close()


def test_a_service_that_cannot_be_imported_is_imported_again_by_its_programs(
    workers: Workers,
) -> None:
    workers.client.close()
    package = workers.folder / "havruta_service"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "models.py").write_text("print('imported', flush=True)")
    (package / "app.py").write_text("from havruta_service import models; models.missing")
    workers.client = ForkClient(workers.folder / "fork-server.log")
    workers.start_sleeping("tutoring")
    workers.client.start("havruta", ["worker", "havruta_service"], {}, workers.log("havruta"))
    assert workers.client.wait("havruta") == 1
    said = workers.log("havruta").read_text()
    assert said.startswith("imported\n")
    assert "has no attribute 'missing'" in said
