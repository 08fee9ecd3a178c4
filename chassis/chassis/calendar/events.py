"""What calendar programs are told of: sessions, series, and occurrences that are not as their rule says."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Status(StrEnum):
    CONFIRMED = "CONFIRMED"
    TENTATIVE = "TENTATIVE"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True, kw_only=True)
class Event:
    """A session, a series by its rule, or an occurrence of it that is not as the rule says.

    `rule` is an RRULE in wall time, from `starts_at` to `last_starts_at` and without the dates `left_out`.
    `occurrence` is when the rule has an occurrence that differs. `ends_at` may be `starts_at`. `path` is an
    address at the platform.
    """

    uid: str
    sequence: int
    status: Status
    changed_at: datetime
    starts_at: datetime
    ends_at: datetime
    title: str
    path: str
    timezone: str = "UTC"
    description: str | None = None
    location: str | None = None
    alarm_minutes: int | None = None
    rule: str | None = None
    last_starts_at: datetime | None = None
    left_out: Sequence[date] = ()
    occurrence: datetime | None = None
