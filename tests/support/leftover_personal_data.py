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
    return list(dict.fromkeys(where for where, _ in mentions(platform, canary)))


def mentions(platform: EphemeralPlatform, canary: str) -> Iterator[tuple[str, str]]:
    """Where the string is found, and what is written there, in lower case."""
    wanted = canary.lower()
    yield from _in_tables(platform, wanted)
    yield from _in_redis(platform, wanted)
    yield from _in_logs(platform, wanted)


def is_in(text: str, canary: str) -> bool:
    """Whether a text has the string. Binary columns are shown as hexadecimal digits."""
    return canary in text or canary.encode().hex() in text


def _in_tables(platform: EphemeralPlatform, canary: str) -> Iterator[tuple[str, str]]:
    patterns = [f"%{canary}%", f"%{canary.encode().hex()}%"]
    for service in SERVICES:
        with psycopg.connect(platform.database_url(service.name)) as connection:
            for (table,) in connection.execute(TABLES).fetchall():
                query = sql.SQL(
                    "SELECT lower(row::text) FROM {table} AS row WHERE lower(row::text) LIKE ANY (%s)"
                ).format(table=sql.Identifier(table))
                for (row,) in connection.execute(query, [patterns]).fetchall():
                    yield f"table {service.name} {table}", row


def _in_redis(platform: EphemeralPlatform, canary: str) -> Iterator[tuple[str, str]]:
    for url in (platform.redis.cache_url, platform.redis.events_url):
        with redis_client.connect(url, timeout=5) as connection:
            for key in connection.scan_iter():
                entry = f"{key} {_content(connection, key)}".lower()
                if canary in entry:
                    yield f"redis {key}", entry


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


def _in_logs(platform: EphemeralPlatform, canary: str) -> Iterator[tuple[str, str]]:
    for path in platform.layout.log("any").parent.glob("*.log"):
        log = path.read_text(errors="replace").lower()
        if canary in log:
            yield f"log {path.name}", log
