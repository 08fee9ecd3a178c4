"""A program that lacks a setting does not start, and names the setting."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from chassis.config import InvalidSettings, from_environment


@dataclass(frozen=True)
class Settings:
    name: str
    port: int
    file: Path
    level: str = "INFO"
    is_open: bool = False
    factor: float = 1.0


def test_one_error_names_all_wrong_settings() -> None:
    with pytest.raises(InvalidSettings) as stopped:
        from_environment(
            Settings,
            {"PORT": "many", "FILE": "/does/not/exist", "IS_OPEN": "1", "FACTOR": "1,5"},
        )
    assert str(stopped.value) == (
        "cannot start: NAME is not set; PORT is not a whole number; "
        "FILE names a file that does not exist; IS_OPEN is neither true nor false; "
        "FACTOR is not a number"
    )


def test_settings_have_their_types_and_defaults() -> None:
    settings = from_environment(
        Settings, {"NAME": "a", "PORT": "80", "FILE": "/", "IS_OPEN": "true", "FACTOR": "1.5"}
    )
    assert settings == Settings("a", 80, Path("/"), "INFO", is_open=True, factor=1.5)
