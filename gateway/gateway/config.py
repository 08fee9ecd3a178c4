"""The settings of the gateway."""

from dataclasses import dataclass
from pathlib import Path

from chassis.config import SYSTEM_SPOOL, InvalidSettings
from chassis.redis_client import RedisUrl
from gateway.edge.proxies import TrustedProxies
from gateway.routes import QuotaClass
from gateway.web import Platform, Tiles

LEAST_PATIENCE = 0.1
MOST_PATIENCE = 5.0  # the longest deadline is 10 seconds, and `Deadlines` has room for 51


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Each field is the environment variable of its name in capitals."""

    issuer: str
    jwks_url: str
    cache_url: RedisUrl
    events_url: RedisUrl
    service_keys: Path
    service_key: Path
    user_service_url: str
    user_service_internal_url: str
    study_session_service_url: str
    study_session_service_internal_url: str
    tutoring_service_url: str
    tutoring_service_internal_url: str
    havruta_service_url: str
    havruta_service_internal_url: str
    assessment_service_url: str
    assessment_service_internal_url: str
    log_level: str = "INFO"
    reads_per_minute: int = 3000
    writes_per_minute: int = 600
    sign_ins_per_minute: int = 60
    streams_per_minute: int = 120
    exports_per_minute: int = 6
    allowed_origins: str = ""
    trusted_proxies: str = ""
    connections: int = 12_000
    connections_per_address: int = 2_000
    patience: float = 1.0
    spool_folder: Path = SYSTEM_SPOOL
    platform_name: str = "Lyceum"
    tile_url: str = ""
    tile_attribution: str = ""
    web_files_may_change: bool = False

    def __post_init__(self) -> None:
        if not all(self.quotas.values()):
            raise InvalidSettings("cannot start: a quota must let something through")
        if not LEAST_PATIENCE <= self.patience <= MOST_PATIENCE:
            between = f"between {LEAST_PATIENCE} and {MOST_PATIENCE}"
            raise InvalidSettings(f"cannot start: PATIENCE is not {between}")
        try:
            TrustedProxies(self.trusted_networks)
        except ValueError as error:
            raise InvalidSettings(f"cannot start: TRUSTED_PROXIES: {error}") from None
        try:
            self.platform  # noqa: B018  # it reads TILE_URL
        except ValueError as error:
            raise InvalidSettings(f"cannot start: TILE_URL {error}") from None

    @property
    def origins(self) -> frozenset[bytes]:
        """The origins whose pages may call the API from a browser, which are separated by commas."""
        return frozenset(origin.encode() for origin in _listed(self.allowed_origins))

    @property
    def trusted_networks(self) -> list[str]:
        """The networks of servers in front whose `X-Forwarded-For` is believed, separated by commas."""
        return _listed(self.trusted_proxies)

    @property
    def is_https(self) -> bool:
        """Whether clients reach the platform by TLS, which a server in front ends."""
        return self.issuer.startswith("https:")

    @property
    def platform(self) -> Platform:
        """What the web client is told of the platform."""
        tiles = Tiles(self.tile_url, self.tile_attribution) if self.tile_url else None
        return Platform(self.platform_name, tiles)

    @property
    def quotas(self) -> dict[QuotaClass, int]:
        """How many requests of each kind one subject may make in a minute."""
        return {kind: getattr(self, f"{kind.replace('-', '_')}_per_minute") for kind in QuotaClass}

    def url(self, service: str) -> str:
        """The address of a service's public listener."""
        return str(getattr(self, f"{service.replace('-', '_')}_url"))

    def internal_url(self, service: str) -> str:
        """The address of the listener on which a service answers other services."""
        return str(getattr(self, f"{service.replace('-', '_')}_internal_url"))


def _listed(text: str) -> list[str]:
    return [item for item in text.replace(" ", "").split(",") if item]
