"""Settings come from the environment, and a program without them does not start."""

import dataclasses
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from chassis.redis_client import RedisUrl

Settings = TypeVar("Settings")
SYSTEM_SPOOL = Path(tempfile.gettempdir())
TRUTHS = {"true": True, "false": False}


class InvalidSettings(SystemExit):
    """Stops the program with the names of the settings that are missing or malformed."""


@dataclass(frozen=True, kw_only=True)
class ServiceSettings:
    """What every service with a database needs.

    Each field is the environment variable of its name in capitals.
    """

    database_url: str
    cache_url: RedisUrl
    events_url: RedisUrl
    issuer: str
    public_url: str
    internal_port: int
    service_keys: Path
    service_key: Path
    log_level: str = "INFO"
    database_direct_url: str = ""
    database_pool_size: int = 8
    smtp_url: str = "smtp://127.0.0.1:1025"
    mail_from: str = "lyceum@localhost"
    spool_folder: Path = SYSTEM_SPOOL


def from_environment(kind: type[Settings], environ: Mapping[str, str] = os.environ) -> Settings:
    """Fill a settings dataclass; `InvalidSettings` names every variable that is missing or malformed."""
    values: dict[str, Any] = {}
    wrong: list[str] = []
    for field in dataclasses.fields(kind):  # type: ignore[arg-type]  # a TypeVar cannot say "dataclass"
        name = field.name.upper()
        raw = environ.get(name, "")
        # Docker Compose passes a variable that was not set as an empty one.
        if not raw and field.default is not dataclasses.MISSING:
            continue
        try:
            values[field.name] = _convert(field.type, raw)
        except ValueError as error:
            wrong.append(f"{name} {error}")
    if wrong:
        raise InvalidSettings("cannot start: " + "; ".join(wrong))
    return kind(**values)


@contextmanager
def setting(name: str) -> Iterator[None]:
    """Stop the program with the name of the setting if what it names cannot be read or used."""
    try:
        yield
    except (OSError, ValueError) as error:
        raise InvalidSettings(f"cannot start: {name}: {error}") from None


def _convert(kind: Any, raw: str) -> Any:
    if not raw:
        raise ValueError("is not set")
    if kind is bool:
        if raw not in TRUTHS:
            raise ValueError("is neither true nor false")
        return TRUTHS[raw]
    if kind is int:
        if not raw.isdecimal():
            raise ValueError("is not a whole number")
        return int(raw)
    if kind is float:
        return _number(raw)
    if kind is Path and not Path(raw).exists():
        raise ValueError("names a file that does not exist")
    return kind(raw)


def _number(raw: str) -> float:
    try:
        return float(raw)
    except ValueError:
        raise ValueError("is not a number") from None
