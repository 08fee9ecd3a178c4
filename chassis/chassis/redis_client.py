"""Connections to Redis, and a cache that may be gone: it makes things faster and decides nothing."""

import threading
import time
from collections.abc import Callable
from typing import TypeVar

import redis
import structlog
from redis.backoff import NoBackoff
from redis.retry import Retry

PAUSE = 5  # seconds without a further attempt after a failure

log = structlog.get_logger(__name__)
Result = TypeVar("Result")


def connect(url: str, *, timeout: float = 0.2) -> "redis.Redis":
    """A client that connects when it is used, and gives up at once: some commands are not safe to repeat."""
    return redis.Redis.from_url(
        url,
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
