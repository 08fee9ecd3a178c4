"""The settings of this service."""

from dataclasses import dataclass

from chassis.config import ServiceSettings


@dataclass(frozen=True, kw_only=True)
class Settings(ServiceSettings):
    """The user-service's public keys are read from an address."""

    jwks_url: str
