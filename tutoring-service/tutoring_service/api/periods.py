"""Whether the period of a query is one that can be searched."""

from datetime import datetime, timedelta

from chassis.errors import Invalid


def check_period(since: datetime | None, until: datetime | None) -> None:
    """`Invalid` unless it ends after it begins."""
    if since and until and since >= until:
        raise _invalid("Must be after `from`.")


def check_length(since: datetime, until: datetime, longest: timedelta) -> None:
    """`Invalid` unless it ends after it begins, by no more than `longest`."""
    if not timedelta(0) < until - since <= longest:
        raise _invalid(f"Must be after `from`, by {longest.days} days at most.")


def _invalid(detail: str) -> Invalid:
    return Invalid(errors=[{"pointer": "?to", "detail": detail}])
