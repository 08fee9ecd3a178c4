"""The settings of this service."""

from dataclasses import dataclass
from pathlib import Path

from chassis.config import ServiceSettings


@dataclass(frozen=True, kw_only=True)
class Settings(ServiceSettings):
    """Signing keys are here and nowhere else: a directory of `<kid>.pem`, and `current` naming one."""

    signing_keys: Path
