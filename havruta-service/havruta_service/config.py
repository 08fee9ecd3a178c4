"""The settings of this service."""

import re
from dataclasses import dataclass

from chassis.config import InvalidSettings, ServiceSettings

MEETING_URL = re.compile(r"https://[^\s{}]*(\{id\}[^\s{}]*)")


@dataclass(frozen=True, kw_only=True)
class Settings(ServiceSettings):
    """Where the public keys of access tokens are, and where havrutas meet online that name no place."""

    jwks_url: str
    meeting_url_template: str = ""

    def __post_init__(self) -> None:
        template = self.meeting_url_template
        if template and not MEETING_URL.fullmatch(template):
            raise InvalidSettings(
                "cannot start: MEETING_URL_TEMPLATE is no https address with one {id} in it"
            )
