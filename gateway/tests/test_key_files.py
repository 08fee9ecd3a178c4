"""The gateway does not start with key files that are of no use, and says why."""

from pathlib import Path

import pytest

from chassis import testing
from chassis.config import InvalidSettings
from gateway.app import create_app

from .support.gateway_process import Doubles, settings


def test_a_wrong_key_file_is_named(services: Doubles, internal: Doubles, tmp_path: Path) -> None:
    wrong = tmp_path / "keys.json"
    wrong.write_text("{}")
    other = testing.key_files().directory / "user-service.pem"
    environ = settings(services, internal)
    with pytest.raises(InvalidSettings, match=r"^cannot start: SERVICE_KEYS: keys.json is not a"):
        create_app({**environ, "SERVICE_KEYS": str(wrong)})
    with pytest.raises(InvalidSettings, match=r"^cannot start: SERVICE_KEY: the key of gateway is"):
        create_app({**environ, "SERVICE_KEY": str(other)})
