"""What the databases of a platform say of its events."""

from collections.abc import Sequence
from typing import Any, LiteralString

import psycopg

from dev.platform import SERVICE_NAMES, Platform

UNPUBLISHED = "SELECT count(*) FROM outbox WHERE published_at IS NULL"
REQUESTED = "SELECT id FROM outbox WHERE body->>'type' = 'notification.requested'"
ACTED_ON = "SELECT event_id FROM inbox"


def rows(
    platform: Platform, service: str, query: LiteralString, *values: object
) -> Sequence[tuple[Any, ...]]:
    """The rows of a query in the database of a service."""
    with psycopg.connect(platform.database_url(service)) as connection:
        return connection.execute(query, values).fetchall()


def is_settled(platform: Platform) -> bool:
    """Whether every message was published, and every request for a notification acted on."""
    if any(rows(platform, service, UNPUBLISHED) != [(0,)] for service in SERVICE_NAMES):
        return False
    acted_on = set(rows(platform, "user-service", ACTED_ON))
    return all(acted_on >= set(rows(platform, name, REQUESTED)) for name in SERVICE_NAMES)
