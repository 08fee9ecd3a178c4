"""A launcher over packages that stand for ours."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from launcher_process import Launcher, launching

from dev.services import GATEWAY, SERVICES

STAND_IN = Path(__file__).with_name("stand_in")


@pytest.fixture(scope="session")
def stand_ins(tmp_path_factory):
    """A folder of packages with the names of ours, to be found before them."""
    folder = tmp_path_factory.mktemp("stand-ins")
    for package in (GATEWAY, *(service.package for service in SERVICES)):
        shutil.copytree(STAND_IN, folder / package)
    (folder / GATEWAY / "server.py").write_text('worker_class = "gevent"\n')
    return folder


@pytest.fixture
def launcher(tmp_path, stand_ins) -> Iterator[Launcher]:
    with launching(tmp_path / "state", stand_ins) as launcher:
        yield launcher


@pytest.fixture(scope="module")
def running(tmp_path_factory, stand_ins) -> Iterator[Launcher]:
    """A launcher that has started everything, for tests that leave it so."""
    with launching(tmp_path_factory.mktemp("running") / "state", stand_ins) as launcher:
        launcher.said = launcher.run()
        yield launcher
