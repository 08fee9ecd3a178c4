"""Connections to Redis, and a cache that may be gone: it makes things faster and decides nothing.

An address may name a user and the file of their password, which is read for each new connection:
`redis://user-service@cache:6379/0?passfile=/secrets/redis`. Every other parameter is one of redis-py's.
"""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

import redis
import structlog
from redis.backoff import NoBackoff
from redis.credentials import CredentialProvider
from redis.retry import Retry

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


def address(url: str) -> tuple[str, dict[str, Any]]:
    """The address for redis-py, and the options for it that say who connects."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    passfile = query.pop("passfile", None)
    if passfile is None:
        return url, {}
    host = parts.netloc.rpartition("@")[2]
    plain = parts._replace(netloc=host, query=urlencode(query)).geturl()
    return plain, {
        "credential_provider": PasswordFile(unquote(parts.username or "default"), Path(passfile))
    }


def connect(url: str, *, timeout: float = 0.2) -> "redis.Redis":
    """A client that connects when it is used, and gives up at once: some commands are not safe to repeat."""
    plain, credentials = address(url)
    return redis.Redis.from_url(
        plain,
        **credentials,
        # Redis answers in less than a millisecond, or something is wrong. By default a call takes
        # seconds while Redis is down, and a minute while it hangs.
        socket_timeout=timeout,
        socket_connect_timeout=timeout,
        retry=Retry(NoBackoff(), 0),
        # A subscription only listens: without a PING now and then it would not notice a lost connection.
        health_check_interval=30,
        decode_responses=True,
        # The newer protocol answers XREAD and XREADGROUP in another shape.
        protocol=2,
    )


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
