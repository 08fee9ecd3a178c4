"""The addresses and keys of one platform, and from them the settings of every program."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dev.keys import Keys
from dev.ports import free_port
from dev.redis_users import OPERATOR, RedisUsers
from dev.services import GATEWAY, SERVICES, Service, named


@dataclass(frozen=True)
class StoreUrls:
    """The addresses of a platform's data: a database for each service by name, replicas of some, and Redis.

    In a Redis of ours each program is a user of its own.
    """

    databases: Mapping[str, str]
    cache_url: str
    events_url: str
    users: RedisUsers | None = None
    replicas: Mapping[str, str] = field(default_factory=dict)

    def redis_for(self, program: str) -> dict[str, str]:
        """The addresses of Redis for a program, or for the operator."""
        urls = {"CACHE_URL": self.cache_url, "EVENTS_URL": self.events_url}
        if self.users is None:
            return urls
        return {name: self.users.address(program, url) for name, url in urls.items()}


@dataclass(frozen=True)
class Ports:
    """The gateway's port, and the public and the internal port of each service by name."""

    gateway: int
    public: Mapping[str, int]
    internal: Mapping[str, int]

    @classmethod
    def any_free(cls) -> "Ports":
        """Any free ports."""
        names = [service.name for service in SERVICES]
        public = {name: free_port() for name in names}
        internal = {name: free_port() for name in names}
        return cls(free_port(), public, internal)

    @classmethod
    def relative_to(cls, gateway: int) -> "Ports":
        """The services' usual offsets from the gateway's port, or free ports for those taken."""
        public = {}
        internal = {}
        for service in SERVICES:
            public[service.name] = free_port(gateway + service.port_offset)
            internal[service.name] = free_port(gateway + service.internal_port_offset)
        return cls(gateway, public, internal)


@dataclass(frozen=True)
class Layout:
    """One platform: what is decided before any of its programs runs."""

    state: Path
    ports: Ports
    stores: StoreUrls
    smtp_url: str | None = None  # None is the services' own default
    for_gateway: Mapping[str, str] = field(default_factory=dict)  # more of its settings
    password_cost: int | None = None  # None is the user-service's own default
    keys: Keys = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "keys", Keys(self.state / "keys"))

    @property
    def gateway_url(self) -> str:
        return f"http://127.0.0.1:{self.ports.gateway}"

    def service_url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.ports.public[named(name).name]}"

    def internal_url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.ports.internal[named(name).name]}"

    def database_url(self, name: str) -> str:
        return self.stores.databases[named(name).name]

    def log(self, process: str) -> Path:
        return self.state / "logs" / f"{process}.log"

    def service_settings(self, service: Service) -> dict[str, str]:
        """The environment of a service."""
        settings = {
            **self._common_settings(service.name),
            "DATABASE_URL": self.database_url(service.name),
            "INTERNAL_PORT": str(self.ports.internal[service.name]),
            "PUBLIC_URL": self.gateway_url,
        }
        if replica := self.stores.replicas.get(service.name):
            settings["DATABASE_REPLICA_URL"] = replica
        if self.smtp_url:
            settings["SMTP_URL"] = self.smtp_url
        if service.name != "user-service":
            return {**settings, "JWKS_URL": self._jwks_url}
        if self.password_cost:
            settings["PASSWORD_COST"] = str(self.password_cost)
        return {
            **settings,
            "SIGNING_KEYS": str(self.keys.signing),
            "SEALING_KEYS": str(self.keys.sealing),
        }

    def gateway_settings(self) -> dict[str, str]:
        """The environment of the gateway."""
        return {
            **self._common_settings(GATEWAY),
            **self._service_addresses(),
            "JWKS_URL": self._jwks_url,
            **self.for_gateway,
        }

    def addresses(self) -> dict[str, str]:
        """All addresses, as variables for a shell."""
        databases = {}
        for service in SERVICES:
            databases[f"{service.variable}_DATABASE_URL"] = self.database_url(service.name)
        return {
            "GATEWAY_URL": self.gateway_url,
            **self._service_addresses(),
            **databases,
            **self.stores.redis_for(OPERATOR),
        }

    @property
    def _jwks_url(self) -> str:
        return f"{self.service_url('user-service')}/.well-known/jwks.json"

    def _service_addresses(self) -> dict[str, str]:
        addresses = {}
        for service in SERVICES:
            addresses[f"{service.variable}_URL"] = self.service_url(service.name)
            addresses[f"{service.variable}_INTERNAL_URL"] = self.internal_url(service.name)
        return addresses

    def _common_settings(self, name: str) -> dict[str, str]:
        return {
            "ISSUER": self.gateway_url,
            **self.stores.redis_for(name),
            "SERVICE_KEYS": str(self.keys.public),
            "SERVICE_KEY": str(self.keys.private(name)),
        }
