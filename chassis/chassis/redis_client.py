"""Connections to Redis, and a cache that may be gone: it makes things faster and decides nothing.

An address may name a user and the file of their password, which is read for each new connection:
`redis://user-service@cache:6379/0?passfile=/secrets/redis`, and `rediss://` with TLS. Every other parameter
is one of redis-py's.

Where Sentinel decides which of several servers is the primary, the address names the sentinels, and what they
call it: `sentinel://user-service@s1:26379,s2:26379,s3:26379/0?name=events&passfile=/secrets/redis`, and
`sentinels://` with TLS to all. They are asked before each new connection.
"""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self, TypeVar
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

import redis
import structlog
from redis.backoff import NoBackoff
from redis.connection import parse_url
from redis.credentials import CredentialProvider
from redis.retry import Retry
from redis.sentinel import (
    Sentinel,
    SentinelConnectionPool,
    SentinelManagedConnection,
    SentinelManagedSSLConnection,
)

SENTINEL_SCHEMES = {"sentinel": "redis", "sentinels": "rediss"}
SENTINEL_PORT = 26379
MANAGED = {False: SentinelManagedConnection, True: SentinelManagedSSLConnection}
PAUSE = 5  # seconds without a further attempt after a failure

log = structlog.get_logger(__name__)
Result = TypeVar("Result")


class PasswordFile(CredentialProvider):
    """A user and the password in a file, which may change while the program runs."""

    def __init__(self, user: str, path: Path) -> None:
        self._user = user
        self._path = path

    def get_credentials(self) -> tuple[str, str]:
        try:
            return self._user, self._path.read_text().strip()
        except OSError as error:
            # Without a password Redis cannot be used, which every caller is prepared for.
            raise redis.AuthenticationError(f"no password for Redis: {error}") from None


@dataclass(frozen=True)
class Location:
    """Where Redis is, and who connects.

    If sentinels watch it, they know its primary by `name`, and the host in `url` counts for nothing.
    """

    url: str
    credentials: Mapping[str, Any]
    sentinels: Sequence[tuple[str, int]] = ()
    name: str = ""
    sentinel_credentials: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_encrypted(self) -> bool:
        return self.url.startswith("rediss:")


class RedisUrl(str):
    """The address of a Redis, as a setting: `ValueError` says what is wrong with it."""

    __slots__ = ()

    def __new__(cls, url: str) -> Self:
        parse_url(locate(url).url)  # type: ignore[no-untyped-call]  # redis leaves it untyped
        return super().__new__(cls, url)


def locate(url: str) -> Location:
    """What an address says. `ValueError` if it names sentinels, and not what they watch."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    user = unquote(parts.username or "default")
    credentials = _credentials(user, query.pop("passfile", None))
    if parts.scheme not in SENTINEL_SCHEMES:
        if not credentials:
            return Location(url, {})
        host = parts.netloc.rpartition("@")[2]
        plain = parts._replace(netloc=host, query=urlencode(query))
        return Location(plain.geturl(), credentials)
    name = query.pop("name", "")
    if not name:
        raise ValueError("names sentinels, but no Redis that they watch (?name=)")
    hosts = [_host_and_port(host) for host in parts.netloc.rpartition("@")[2].split(",")]
    asking = _credentials("default", query.pop("sentinel_passfile", None))
    plain = parts._replace(
        scheme=SENTINEL_SCHEMES[parts.scheme], netloc=hosts[0][0], query=urlencode(query)
    )
    return Location(plain.geturl(), credentials, hosts, name, asking)


def _credentials(user: str, passfile: str | None) -> dict[str, Any]:
    return {"credential_provider": PasswordFile(user, Path(passfile))} if passfile else {}


def _host_and_port(address: str) -> tuple[str, int]:
    host, colon, port = address.partition(":")
    if not colon:
        return host, SENTINEL_PORT
    if not port.isdecimal():
        raise ValueError(f"names a sentinel whose port is {port!r}")
    return host, int(port)


def connect(url: str, *, timeout: float = 0.2) -> "redis.Redis":
    """A client that connects when it is used, and gives up at once: some commands are not safe to repeat."""
    where = locate(url)
    # Redis answers in less than a millisecond, or something is wrong. By default a call takes
    # seconds while Redis is down, and a minute while it hangs.
    waits: dict[str, Any] = {"socket_timeout": timeout, "socket_connect_timeout": timeout}
    waits["retry"] = Retry(NoBackoff(), 0)
    options: dict[str, Any] = {
        **where.credentials,
        **waits,
        # A subscription only listens: without a PING now and then it would not notice a lost connection.
        "health_check_interval": 30,
        "decode_responses": True,
        # The newer protocol answers XREAD and XREADGROUP in another shape.
        "protocol": 2,
    }
    if not where.sentinels:
        return redis.Redis.from_url(where.url, **options)
    asking = {**where.sentinel_credentials, **waits, "ssl": where.is_encrypted}
    watch = Sentinel(where.sentinels, sentinel_kwargs=asking)  # type: ignore[no-untyped-call]  # redis leaves it untyped
    pool = SentinelConnectionPool.from_url(
        where.url,
        service_name=where.name,
        sentinel_manager=watch,
        connection_class=MANAGED[where.is_encrypted],
        **options,
    )
    return redis.Redis.from_pool(pool)


class Cache:
    """Runs commands on Redis; while Redis fails, answers with the fallback at once."""

    def __init__(self, url: str) -> None:
        self._redis = connect(url)
        self._closed_until = 0.0
        self._lock = threading.Lock()

    def run(self, command: Callable[["redis.Redis"], Result], fallback: Result) -> Result:
        """The command's result, or the fallback if Redis does not answer."""
        if time.monotonic() < self._closed_until:
            return fallback
        try:
            return command(self._redis)
        except redis.RedisError as error:
            with self._lock:
                self._closed_until = time.monotonic() + PAUSE
            log.warning("cache_unavailable", reason=type(error).__name__)
            return fallback
