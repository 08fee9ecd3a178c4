"""Searches for a string in everything that a platform keeps: tables, Redis, logs."""

from collections.abc import Iterator
from typing import Any

import psycopg
import redis
from psycopg import sql

from chassis import redis_client
from dev.ephemeral import EphemeralPlatform
from dev.services import SERVICES

TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"


def occurrences(platform: EphemeralPlatform, canary: str) -> list[str]:
    """Where the string is found, in upper or lower case."""
    wanted = canary.lower()
    return [
        *_in_tables(platform, wanted),
        *_in_redis(platform, wanted),
        *_in_logs(platform, wanted),
    ]


def _in_tables(platform: EphemeralPlatform, canary: str) -> Iterator[str]:
    # Binary columns are shown as hexadecimal digits.
    patterns = [f"%{canary}%", f"%{canary.encode().hex()}%"]
    for service in SERVICES:
        with psycopg.connect(platform.database_url(service.name)) as connection:
            for (table,) in connection.execute(TABLES).fetchall():
                query = sql.SQL(
                    "SELECT count(*) FROM {table} AS row WHERE lower(row::text) LIKE ANY (%s)"
                )
                if connection.execute(
                    query.format(table=sql.Identifier(table)), [patterns]
                ).fetchall() != [(0,)]:
                    yield f"table {service.name} {table}"


def _in_redis(platform: EphemeralPlatform, canary: str) -> Iterator[str]:
    for url in (platform.redis.cache_url, platform.redis.events_url):
        with redis_client.connect(url, timeout=5) as connection:
            for key in connection.scan_iter():
                if canary in f"{key} {_content(connection, key)}".lower():
                    yield f"redis {key}"


def _content(connection: "redis.Redis", key: str) -> Any:
    readers = {
        "string": connection.get,
        "stream": connection.xrange,
        "hash": connection.hgetall,
        "set": connection.smembers,
        "list": lambda name: connection.lrange(name, 0, -1),
        "zset": lambda name: connection.zrange(name, 0, -1),
        "none": lambda _: None,  # expired meanwhile
    }
    return readers[str(connection.type(key))](key)


def _in_logs(platform: EphemeralPlatform, canary: str) -> Iterator[str]:
    for path in platform.layout.log("any").parent.glob("*.log"):
        if canary in path.read_text(errors="replace").lower():
            yield f"log {path.name}"
