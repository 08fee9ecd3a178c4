"""Connections to Redis for the event loop, of a server that is named or one that sentinels name."""

from typing import Any

from redis.asyncio import BlockingConnectionPool
from redis.asyncio.sentinel import (
    Sentinel,
    SentinelConnectionPool,
    SentinelManagedConnection,
    SentinelManagedSSLConnection,
)

from chassis.redis_client import locate

TIMEOUT = 1.0  # seconds for a connection, and for an answer
MANAGED = {False: SentinelManagedConnection, True: SentinelManagedSSLConnection}


class WatchedPool(SentinelConnectionPool, BlockingConnectionPool):
    """Connections to the primary of the moment. Those who find all in use wait."""


def pool(url: str, most: int, *, patience: float) -> BlockingConnectionPool:
    """So many connections at most; those who find all in use wait `patience` seconds for one."""
    where = locate(url)
    waits: dict[str, Any] = {"socket_timeout": TIMEOUT, "socket_connect_timeout": TIMEOUT}
    options: dict[str, Any] = {
        **where.credentials,
        **waits,
        "max_connections": most,
        "timeout": patience,
        "decode_responses": True,
        "protocol": 2,
    }
    if not where.sentinels:
        return BlockingConnectionPool.from_url(where.url, **options)
    asking = {**where.sentinel_credentials, **waits, "ssl": where.is_encrypted}
    watch = Sentinel(where.sentinels, sentinel_kwargs=asking)  # type: ignore[no-untyped-call]  # redis leaves it untyped
    return WatchedPool.from_url(
        where.url,
        service_name=where.name,
        sentinel_manager=watch,
        connection_class=MANAGED[where.is_encrypted],
        **options,
    )
