"""The settings of this service."""

from dataclasses import dataclass

from chassis.config import ServiceSettings


@dataclass(frozen=True, kw_only=True)
class Settings(ServiceSettings):
    """The user-service's public keys are read from an address; so may be a replica of the database."""

    jwks_url: str
    database_replica_url: str = ""
