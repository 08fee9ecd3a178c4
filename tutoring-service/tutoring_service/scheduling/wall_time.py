"""RULES: dates and times on a wall somewhere, and the instants they are.

A session begins at its wall time and takes as long as lies between the wall times that were asked
for. A time that the clocks skip is moved forward by what they skip; of a time that they show twice the
first is meant. If they change while the session lasts, its end is what they show then.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from recurrence import instant

DAY = 24 * 60


@dataclass(frozen=True)
class Occurrence:
    """When a session takes place: as the people there read it, and exactly."""

    session_date: date
    start_time: time
    end_time: time
    duration: int
    starts_at: datetime
    ends_at: datetime


def minutes_between(start: time, end: time) -> int:
    """From start to end, past midnight if need be; a whole day if they are equal."""
    # From 1 to DAY, and not from 0: a session does not end when it begins.
    return (_minute(end) - _minute(start) - 1) % DAY + 1


def occurrence(day: date, start: time, duration: int, timezone: str) -> Occurrence:
    """The session of this length that begins then."""
    starts_at = instant(day, start, timezone)
    ends_at = starts_at + timedelta(minutes=duration)
    # Read back from the instants, because the clocks may skip a time, or change in between.
    start_there, end_there = (at.astimezone(ZoneInfo(timezone)) for at in (starts_at, ends_at))
    return Occurrence(
        session_date=start_there.date(),
        start_time=start_there.time(),
        end_time=end_there.time(),
        duration=duration,
        starts_at=starts_at,
        ends_at=ends_at,
    )


def span(occurrences: Sequence[Occurrence]) -> tuple[datetime, datetime]:
    """From the beginning of the first to the end of the last; there is one at least."""
    starts_at = min(one.starts_at for one in occurrences)
    return starts_at, max(one.ends_at for one in occurrences)


def local_date(moment: datetime, timezone: str) -> date:
    """The date there at that moment."""
    return moment.astimezone(ZoneInfo(timezone)).date()


def _minute(at: time) -> int:
    return at.hour * 60 + at.minute
