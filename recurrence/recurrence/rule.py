"""A rule: what may stand in it, how it is written, and how it is carried to other days."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple

from recurrence.wall_time import instant

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
MOST_COUNT = 366  # every day of a leap year
LONGEST_INTERVAL = 52  # a year of weeks
# Written with four digits everywhere, and far from the ends of the calendar, where a change of zone
# overflows.
YEARS = range(1000, 9000)
DAY = timedelta(days=1)


class InvalidRule(ValueError):
    """Nothing can repeat by this rule; the message says why."""


class Freq(StrEnum):
    DAILY = "DAILY"
    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"


class Day(NamedTuple):
    """One entry of BYDAY: a weekday, 0 for Monday.

    With an ordinal it is that weekday's first, second, … in the month, or last (-1), …; 0 is each.
    """

    weekday: int
    ordinal: int = 0

    def __str__(self) -> str:
        return f"{self.ordinal or ''}{WEEKDAYS[self.weekday]}"


@dataclass(frozen=True)
class Rule:
    """How something repeats (RFC 5545, section 3.3.10). It ends by COUNT or by UNTIL.

    UNTIL is a date in wall time, that day included, or an instant in UTC.
    `InvalidRule` if the parts do not go together or a number is out of its bounds.
    """

    freq: Freq
    interval: int = 1
    by_day: tuple[Day, ...] = ()
    by_month_day: tuple[int, ...] = ()
    by_month: tuple[int, ...] = ()
    count: int | None = None
    until: date | datetime | None = None

    def __post_init__(self) -> None:
        self._check_numbers()
        self._check_days()
        self._check_end()

    def _check_numbers(self) -> None:
        intervals = range(1, LONGEST_INTERVAL + 1)
        _check(self.interval in intervals, f"INTERVAL is 1 to {LONGEST_INTERVAL}.")
        _check(_are(self.by_month, range(1, 13)), "BYMONTH lists 1 to 12.")
        _check(
            _are(map(abs, self.by_month_day), range(1, 32)),
            "BYMONTHDAY lists 1 to 31, or -1 to -31 from the end of the month.",
        )

    def _check_days(self) -> None:
        if self.freq != Freq.MONTHLY:
            plain = all(day.ordinal == 0 for day in self.by_day)
            _check(plain, "BYDAY has ordinals with FREQ=MONTHLY alone.")
        if self.freq == Freq.WEEKLY:
            _check(not self.by_month_day, "BYMONTHDAY does not go with FREQ=WEEKLY.")

    def _check_end(self) -> None:
        _check(
            (self.count is None) != (self.until is None),
            "A rule says either how many (COUNT) or until when (UNTIL).",
        )
        if self.count is not None:
            _check(self.count in range(1, MOST_COUNT + 1), f"COUNT is 1 to {MOST_COUNT}.")
        if self.until is not None:
            _check(self.until.year in YEARS, "UNTIL lies too far away.")

    def __str__(self) -> str:
        lists = {"BYDAY": self.by_day, "BYMONTHDAY": self.by_month_day, "BYMONTH": self.by_month}
        parts = [f"FREQ={self.freq}"]
        if self.interval > 1:
            parts.append(f"INTERVAL={self.interval}")
        for name, values in lists.items():
            if values:
                parts.append(f"{name}={','.join(map(str, values))}")
        parts.append(self._end())
        return ";".join(parts)

    def _end(self) -> str:
        if self.until is None:
            return f"COUNT={self.count}"
        if isinstance(self.until, datetime):
            return f"UNTIL={self.until:%Y%m%dT%H%M%SZ}"
        return f"UNTIL={self.until:%Y%m%d}"

    def local(self, at: time, timezone: str) -> "Rule":
        """The rule for what happens at this time there: an UNTIL that is an instant becomes a date.

        That is the last date whose occurrence does not come after the instant.
        """
        if not isinstance(self.until, datetime):
            return self
        # No zone is a whole day away from UTC.
        last = self.until.astimezone(UTC).date() + DAY
        while instant(last, at, timezone) > self.until:
            last -= DAY
        return replace(self, until=last)

    def moved(self, days: int) -> "Rule | None":
        """The rule for the same occurrences so many days later, or earlier if negative.

        None if no rule of the same kind says those dates. An UNTIL has to be a date: see `local`.
        """
        if days == 0:
            return self
        if not self._can_move(days):
            return None
        by_day = tuple(Day((day.weekday + days) % 7) for day in self.by_day)
        until = self.until and self.until + timedelta(days=days)
        return replace(self, by_day=by_day, until=until)

    def _can_move(self, days: int) -> bool:
        # What is named by its month, or by its day in the month, is named otherwise on other days.
        if self.by_month or self.by_month_day:
            return False
        match self.freq:
            case Freq.DAILY:
                return True
            case Freq.WEEKLY:
                # Every week is followed by one that counts; of every second week, Sunday's next day
                # would fall into one that does not.
                return self.interval == 1 or days % 7 == 0
            case Freq.MONTHLY:
                return False  # months are not equally long


def _are(numbers: Iterable[int], allowed: range) -> bool:
    return all(number in allowed for number in numbers)


def _check(holds: bool, otherwise: str) -> None:
    if not holds:
        raise InvalidRule(otherwise)
