"""The instant at which a clock on a wall shows a time."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def instant(day: date, at: time, timezone: str) -> datetime:
    """The moment, in UTC, at which the clocks of this IANA zone show the time.

    A time that the clocks skip has the offset of before the gap: 02:30 is when they show 03:30.
    A time that they show twice is the first of the two (RFC 5545, section 3.3.5).
    """
    # Python does both with `fold=0` (PEP 495), which a time read off a clock may not have.
    wall = datetime.combine(day, at.replace(fold=0), ZoneInfo(timezone))
    return wall.astimezone(UTC)


def date_of(moment: datetime, at: time, timezone: str) -> date:
    """The date whose `instant` at this time is the moment.

    It is the day before that of the clocks if they skipped the time and midnight with it.
    """
    day = moment.astimezone(ZoneInfo(timezone)).date()
    day_before = day - timedelta(days=1)
    return day_before if instant(day_before, at, timezone) == moment else day
