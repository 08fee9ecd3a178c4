"""A launcher with stand-ins for the services and the gateway."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from dev.services import GATEWAY, SERVICES

from .support.launcher_process import Launcher, launching

STAND_IN = Path(__file__).with_name("stand_in")


@pytest.fixture(scope="session")
def stand_ins(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of packages that Python finds before the real ones of the same names."""
    folder = tmp_path_factory.mktemp("stand-ins")
    packages = [service.package for service in SERVICES]
    for package in [GATEWAY, *packages]:
        shutil.copytree(STAND_IN, folder / package)
    (folder / GATEWAY / "server.py").write_text('worker_class = "gthread"\n')
    return folder


@pytest.fixture
def launcher(tmp_path: Path, stand_ins: Path) -> Iterator[Launcher]:
    with launching(tmp_path / "state", stand_ins) as launcher:
        yield launcher


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, stand_ins: Path) -> Iterator[Launcher]:
    """A launcher that has started everything, for tests that leave everything running."""
    with launching(tmp_path_factory.mktemp("running") / "state", stand_ins) as launcher:
        launcher.output = launcher.run()
        yield launcher
