"""The present time, which a test can stop here; how an instant is written; the names of time zones."""

from datetime import UTC, datetime
from functools import cache
from importlib.resources import files


def now() -> datetime:
    """The current instant: aware, in UTC."""
    return datetime.now(UTC)


def rfc3339(instant: datetime) -> str:
    """An aware time as RFC 3339 in UTC: `2026-03-01T09:30:00Z`."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


@cache
def time_zones() -> frozenset[str]:
    """The names of the IANA time zones, links such as `US/Eastern` among them."""
    # Of the package and not of the machine, whose files have names of their own: `localtime` is another
    # zone on each. A name that one program took is known to all.
    names = (files("tzdata") / "zones").read_text().split()
    # `Factory` stands for a clock that no one has set.
    return frozenset(names) - {"Factory"}
