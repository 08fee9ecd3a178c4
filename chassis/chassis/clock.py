"""The time, from one place, so that a test can stop it, and how it is written."""

from datetime import UTC, datetime


def now() -> datetime:
    """The current instant: aware, in UTC."""
    return datetime.now(UTC)


def rfc3339(instant: datetime) -> str:
    """An aware time as RFC 3339 in UTC: `2026-03-01T09:30:00Z`."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")
