"""The time, from one place, so that a test can stop it."""

from datetime import UTC, datetime


def now() -> datetime:
    """The current instant: aware, in UTC."""
    return datetime.now(UTC)
