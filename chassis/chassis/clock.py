"""The present time, which a test can stop here; how an instant is written; the names of time zones."""

from datetime import UTC, datetime
from functools import cache
from zoneinfo import available_timezones


def now() -> datetime:
    """The current instant: aware, in UTC."""
    return datetime.now(UTC)


def rfc3339(instant: datetime) -> str:
    """An aware time as RFC 3339 in UTC: `2026-03-01T09:30:00Z`."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


@cache
def time_zones() -> frozenset[str]:
    """The names of the IANA time zones."""
    # Read once, because this walks through the whole database of zones.
    # A name from outside is looked up in the result, and never becomes a path in that database.
    return frozenset(available_timezones())
