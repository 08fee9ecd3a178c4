"""The settings of this service."""

from dataclasses import dataclass
from pathlib import Path

from chassis.config import InvalidSettings, ServiceSettings


@dataclass(frozen=True, kw_only=True)
class Settings(ServiceSettings):
    """Signing keys are here and nowhere else: a directory of `<kid>.pem`, and `current` naming one.

    Sealing keys are in a file, one in each line: `sealing.py`. Passkeys are for the site at `public_url`, and
    for the origins in `passkey_origins`, separated by commas: `relying_party.py`.
    """

    signing_keys: Path
    sealing_keys: Path
    password_cost: int = 12
    admins_need_second_factor: int = 0
    passkey_origins: str = ""

    def __post_init__(self) -> None:
        # bcrypt begins at 4. Each step doubles the time: 12 takes a quarter of a second, 16 takes
        # four.
        if not 4 <= self.password_cost <= 16:
            raise InvalidSettings("cannot start: PASSWORD_COST is not between 4 and 16")
