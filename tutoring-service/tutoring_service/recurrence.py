"""RULES: on which dates recurring sessions take place.

A rule is a bounded subset of RFC 5545's RRULE. Dates come from python-dateutil; before it is asked,
a look at ten years makes sure that there are any, because it would search for a date that never
comes until the year 9999.
"""

import re
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any, Literal
from zoneinfo import ZoneInfo

from dateutil.rrule import DAILY, MONTHLY, WEEKLY, rrule, weekdays

from chassis.errors import Invalid, invalid
from tutoring_service.states import Frequency, Month, Weekday

MOST_COUNT = 366
MOST_INTERVAL = 52
# Every day for two years, and some dates besides.
MOST_DATES = 800
LONGEST = timedelta(days=2 * 366)
HORIZON = timedelta(days=3653)
TERM = timedelta(days=90)
FREQUENCIES: dict[str, Literal[1, 2, 3]] = {"DAILY": DAILY, "WEEKLY": WEEKLY, "MONTHLY": MONTHLY}
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
BY_DAY = re.compile(r"([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)")
WHOLE = re.compile(r"[+-]?\d{1,4}")
UNTIL = re.compile(r"(\d{8})(T\d{6}Z)?")
LABELS = {
    ("DAILY", 1): Frequency.DAILY,
    ("WEEKLY", 1): Frequency.WEEKLY,
    ("WEEKLY", 2): Frequency.BI_WEEKLY,
    ("MONTHLY", 1): Frequency.MONTHLY,
}


@dataclass(frozen=True)
class Rule:
    """FREQ, INTERVAL, BYDAY as (ordinal or 0, weekday), BYMONTHDAY, BYMONTH, and COUNT or UNTIL (a
    local date).
    """

    freq: str
    interval: int = 1
    by_day: tuple[tuple[int, int], ...] = ()
    by_month_day: tuple[int, ...] = ()
    by_month: tuple[int, ...] = ()
    count: int | None = None
    until: date | None = None

    def __str__(self) -> str:
        parts = [f"FREQ={self.freq}"]
        parts += [f"INTERVAL={self.interval}"] if self.interval > 1 else []
        parts += (
            [f"BYDAY={','.join(f'{n or str()}{DAYS[day]}' for n, day in self.by_day)}"]
            if self.by_day
            else []
        )
        parts += (
            [f"BYMONTHDAY={','.join(map(str, self.by_month_day))}"] if self.by_month_day else []
        )
        parts += [f"BYMONTH={','.join(map(str, self.by_month))}"] if self.by_month else []
        parts += [f"COUNT={self.count}"] if self.count else []
        parts += [f"UNTIL={self.until:%Y%m%d}"] if self.until else []
        return ";".join(parts)


@dataclass(frozen=True)
class Recurrence:
    """The dates of a rule, if there is one, and these dates."""

    rule: Rule | None
    dates: tuple[date, ...] = ()

    def label(self) -> Frequency:
        """What the column `session_frequency` says."""
        return (
            LABELS.get((self.rule.freq, self.rule.interval), Frequency.CUSTOM)
            if self.rule
            else Frequency.CUSTOM
        )

    def pattern(self, start: date) -> dict[str, Any]:
        """What the column `recurring_pattern` says."""
        rule = self.rule
        days = sorted({day for _, day in rule.by_day}) if rule else []
        if rule and rule.freq == "WEEKLY" and not days:
            days = [start.weekday()]
        return {
            "days": [list(Weekday)[day] for day in days],
            "months": [list(Month)[month - 1] for month in rule.by_month] if rule else [],
            "specific_dates": [day.isoformat() for day in self.dates],
        }

    def shifted(self, days: int, dates: Sequence[date]) -> "Recurrence":
        """The recurrence some days later, until the last of the dates: a rule as long as one says it."""
        dates = tuple(day + timedelta(days=days) for day in dates)
        rule = self.rule
        if (
            # Names of months, of their days or weeks mean other dates once moved: then each date is
            # written out.
            rule is None
            or self.dates
            or (days and (rule.by_month or rule.by_month_day or any(n for n, _ in rule.by_day)))
        ):
            return Recurrence(None, dates)
        if days and rule.freq == "MONTHLY":
            return Recurrence(None, dates)
        if days and rule.freq == "WEEKLY" and days % 7 and rule.interval > 1:
            return Recurrence(None, dates)  # weeks of two would be cut elsewhere
        by_day = tuple((n, (day + days) % 7) for n, day in rule.by_day)
        return Recurrence(replace(rule, by_day=by_day, count=None, until=dates[-1]))


def parse(text: str, start: date, at: time, timezone: str) -> Rule:
    """The rule in a client's RRULE text, for sessions from `start`; `Invalid` for anything outside
    the subset.
    """
    return _bounded(read(text, at, timezone), start, "rrule")


def read(text: str, at: time, timezone: str) -> Rule:
    """The rule in an RRULE text, however far it reaches."""
    names = [part.partition("=")[0] for part in text.upper().removeprefix("RRULE:").split(";")]
    parts = dict(
        part.partition("=")[::2] for part in text.upper().removeprefix("RRULE:").split(";")
    )
    known = {"FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "BYMONTH", "COUNT", "UNTIL"}
    if len(names) > len(parts) or not set(parts) <= known or parts.get("FREQ") not in FREQUENCIES:
        raise invalid(
            "rrule",
            f"Must be FREQ=DAILY, WEEKLY or MONTHLY with {', '.join(sorted(known - {'FREQ'}))}.",
        )
    rule = Rule(
        freq=parts["FREQ"],
        interval=_number(parts.get("INTERVAL", "1"), MOST_INTERVAL),
        by_day=_by_day(parts.get("BYDAY", ""), parts["FREQ"]),
        by_month_day=_numbers(parts.get("BYMONTHDAY", ""), -31, 31),
        by_month=_numbers(parts.get("BYMONTH", ""), 1, 12),
        count=_number(parts["COUNT"], MOST_COUNT) if "COUNT" in parts else None,
        until=_until(parts["UNTIL"], at, timezone) if "UNTIL" in parts else None,
    )
    if rule.by_month_day and rule.freq == "WEEKLY":
        raise invalid("rrule", "BYMONTHDAY does not go with FREQ=WEEKLY.")
    return rule


def from_pattern(
    frequency: str,
    pattern: dict[str, Any] | None,
    start: date,
    count: int | None,
    until: date | None,
) -> Recurrence:
    """The recurrence that `session_frequency` and `recurring_pattern` say; a term of 90 days if no
    end is given.
    """
    pattern = pattern or {}
    days = [Weekday(day).number for day in pattern.get("days") or []]
    months = tuple(sorted({Month(month).number for month in pattern.get("months") or []}))
    dates = tuple(sorted(set(pattern.get("specific_dates") or [])))
    if dates and dates[0] < start:
        raise invalid("recurring_pattern/specific_dates", "Must not be before session_date.")
    if frequency == Frequency.ONE_TIME:
        return Recurrence(None, tuple(sorted({start, *dates})))
    freq, interval = next((key for key, label in LABELS.items() if label == frequency), ("", 0))
    if not freq:
        raise invalid("session_frequency", "Needs an rrule.")
    ordinal = _ordinal(start) if freq == "MONTHLY" else 0
    by_day = tuple((ordinal, day) for day in sorted(set(days)))
    if count is None and until is None:
        until = start + TERM
    return Recurrence(
        _bounded(Rule(freq, interval, by_day, (), months, count, until), start, "recurrence_until"),
        dates,
    )


def expand(recurrence: Recurrence, start: date) -> list[date]:
    """The dates in order; `Invalid` if there are none, too many, or some too far away."""
    dates = set(recurrence.dates)
    if recurrence.rule:
        dates.update(_dates_of(recurrence.rule, start))
    if not dates:
        raise Invalid("no date meets this recurrence")
    if len(dates) > MOST_DATES or max(dates) > start + HORIZON:
        raise Invalid(f"a series has at most {MOST_DATES} sessions within ten years")
    return sorted(dates)


def _dates_of(rule: Rule, start: date) -> list[date]:
    last = min(rule.until or start + HORIZON, start + HORIZON)
    if not any(
        _meets(rule, start, start + timedelta(days=n)) for n in range((last - start).days + 1)
    ):
        return []
    found = rrule(
        FREQUENCIES[rule.freq],
        dtstart=datetime.combine(start, time()),
        interval=rule.interval,
        byweekday=[weekdays[day](n) if n else weekdays[day] for n, day in rule.by_day] or None,
        bymonthday=rule.by_month_day or None,
        bymonth=rule.by_month or None,
        until=datetime.combine(last, time()),
    )
    # One more than is allowed, so that `expand` refuses instead of cutting off.
    dates = [moment.date() for moment in islice(found, rule.count or MOST_DATES + 1)]
    if rule.count and len(dates) < rule.count:
        raise Invalid("the recurrence reaches further than ten years")
    return dates


def _meets(rule: Rule, start: date, day: date) -> bool:
    """Whether the rule may have this date, its ordinals aside."""
    anchored = not rule.by_day and not rule.by_month_day
    apart = {
        "DAILY": (day - start).days,
        "WEEKLY": (_monday(day) - _monday(start)).days // 7,
        "MONTHLY": (day.year - start.year) * 12 + day.month - start.month,
    }[rule.freq]
    from_end = day.day - monthrange(day.year, day.month)[1] - 1
    return (
        apart % rule.interval == 0
        and (not rule.by_month or day.month in rule.by_month)
        and (not rule.by_day or day.weekday() in {d for _, d in rule.by_day})
        and (not rule.by_month_day or day.day in rule.by_month_day or from_end in rule.by_month_day)
        and (not anchored or rule.freq != "WEEKLY" or day.weekday() == start.weekday())
        and (not anchored or rule.freq != "MONTHLY" or day.day == start.day)
    )


def _bounded(rule: Rule, start: date, field: str) -> Rule:
    if (rule.count is None) == (rule.until is None):
        raise invalid(field, "Say either how many (COUNT) or until when (UNTIL).")
    if rule.until and not start <= rule.until <= start + LONGEST:
        raise invalid(field, "UNTIL must lie within two years after session_date.")
    return rule


def _numbers(text: str, least: int, most: int) -> tuple[int, ...]:
    words = text.split(",") if text else []
    if not all(
        WHOLE.fullmatch(word) and least <= int(word) <= most and int(word) for word in words
    ):
        raise invalid("rrule", f"{text[:40]} is not a list of numbers from {least} to {most}.")
    return tuple(dict.fromkeys(int(word) for word in words))


def _number(text: str, most: int) -> int:
    numbers = _numbers(text, 1, most)
    if len(numbers) != 1:
        raise invalid("rrule", "INTERVAL and COUNT are one number.")
    return numbers[0]


def _by_day(text: str, freq: str) -> tuple[tuple[int, int], ...]:
    matches = [BY_DAY.fullmatch(word) for word in text.split(",")] if text else []
    if not all(match and (not match[1] or freq == "MONTHLY") for match in matches):
        raise invalid(
            "rrule", "BYDAY is a list of MO..SU, each with an ordinal at most if FREQ=MONTHLY."
        )
    return tuple(
        dict.fromkeys((int(match[1] or 0), DAYS.index(match[2])) for match in matches if match)
    )


def _until(text: str, at: time, timezone: str) -> date:
    match = UNTIL.fullmatch(text)
    try:
        day = datetime.strptime(match[1], "%Y%m%d").date() if match else None  # noqa: DTZ007  # a date has no zone
        if match is None or day is None:
            raise ValueError
        if not match[2]:
            return day
        last = datetime.strptime(text + "+0000", "%Y%m%dT%H%M%SZ%z").astimezone(ZoneInfo(timezone))
        # An instant before that day's session leaves the day out.
        return last.date() if at <= last.time() else last.date() - timedelta(days=1)
    except (ValueError, OverflowError):
        raise invalid(
            "rrule", "UNTIL is a date, 20260131, or an instant, 20260131T120000Z."
        ) from None


def _ordinal(day: date) -> int:
    """Which weekday of its kind in the month; -1 for a fifth."""
    # Not every month has a fifth, but each has a last.
    number = (day.day - 1) // 7 + 1
    return number if number < 5 else -1


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
