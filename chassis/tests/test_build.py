"""Which build runs: in health, and in the figures of every process."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests
from flask import Flask

from chassis import testing
from chassis.telemetry.build import build_of
from chassis.testing import ApiClient
from chassis.web import health
from dev.ports import free_port

from .support.gunicorn_process import PATIENCE, SUPPORT, Served, running, wait_until

SHOWN = re.compile(r'^build_info\{revision="(.*)",version="(.*)"\} (.*)$', re.MULTILINE)


def built(folder: Path, version: str) -> None:
    """Put the package of `served` into a folder, in this version alone."""
    for older in folder.glob("served-*"):
        older.rename(folder / f"served-{version}.dist-info")
    package = folder / f"served-{version}.dist-info"
    package.mkdir(exist_ok=True)
    (package / "METADATA").write_text(f"Metadata-Version: 2.1\nName: served\nVersion: {version}\n")


def shown_by(served: Served) -> list[tuple[str, ...]]:
    """Revision, version and value of each series."""
    return SHOWN.findall(served.call("GET", "/metrics")[1].decode())


def test_health_says_which_build_answers(
    client: ApiClient, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = build_of("tutoring-service").version
    assert re.fullmatch(r"\d+\.\d+\.\d+", version or "")
    ready = client.get("/readyz").json
    inside = client.get("/internal/status", peer="gateway").json
    for answer in (ready, inside):
        assert (answer["version"], answer["revision"]) == (version, None)
    assert ready.keys() - inside.keys() == {"status"}


@pytest.mark.parametrize(("state", "status"), [("ok", 200), ("failed", 503)])
def test_health_names_the_commit_of_an_image(
    monkeypatch: pytest.MonkeyPatch, state: str, status: int
) -> None:
    monkeypatch.setenv("REVISION", "5e3a8a0")
    app = Flask(__name__)
    health.install(app, "chassis", {"database": lambda: state})
    answer = app.test_client().get("/readyz")
    assert answer.status_code == status
    assert answer.json["revision"] == "5e3a8a0"
    assert answer.json["version"] == build_of("chassis").version


def test_a_program_without_a_package_has_no_version(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REVISION", "")
    build = build_of("no-such-package")
    assert (build.version, build.revision) == (None, None)


@pytest.mark.parametrize("processes", ["1", "2"])
def test_a_restart_with_another_version_leaves_no_series_behind(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, processes: str
) -> None:
    monkeypatch.setenv("WEB_CONCURRENCY", processes)
    monkeypatch.setenv("REVISION", "5e3a8a0")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), *sys.path]))
    built(tmp_path, "1.4.0")
    with running() as served:
        wait_until(lambda: len(served.workers()) == int(processes))
        assert shown_by(served) == [("5e3a8a0", "1.4.0", "1.0")]
        before = set(served.workers())
        built(tmp_path, "1.5.0")
        os.kill(served.process.pid, signal.SIGHUP)
        wait_until(lambda: not before & set(served.workers()))
        wait_until(lambda: shown_by(served) == [("5e3a8a0", "1.5.0", "1.0")])


def test_a_worker_shows_its_build(monkeypatch: pytest.MonkeyPatch) -> None:
    port, version = free_port(), build_of("tutoring-service").version
    with testing.empty_database("notes") as url:
        worker = subprocess.Popen(
            [
                *(sys.executable, "-m", "flask", "--app", f"notes:application({url!r})"),
                *("worker", "--metrics-port", str(port)),
            ],
            cwd=SUPPORT,
            env={**os.environ, "REVISION": "5e3a8a0"},
            stderr=subprocess.DEVNULL,
        )
        shown: list[str] = []

        def shows() -> bool:
            assert worker.poll() is None
            try:
                shown.append(requests.get(f"http://127.0.0.1:{port}/metrics", timeout=5).text)
            except requests.ConnectionError:
                return False
            return True

        try:
            wait_until(shows)
            assert SHOWN.findall(shown[-1]) == [("5e3a8a0", version, "1.0")]
        finally:
            worker.kill()  # it has nothing in hand, and would wait for Redis first
            worker.wait(PATIENCE)
