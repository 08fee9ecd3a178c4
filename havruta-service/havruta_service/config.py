"""The settings of this service."""

from dataclasses import dataclass

from chassis.config import ServiceSettings


@dataclass(frozen=True, kw_only=True)
class Settings(ServiceSettings):
    """Where the public keys of access tokens are."""

    jwks_url: str
