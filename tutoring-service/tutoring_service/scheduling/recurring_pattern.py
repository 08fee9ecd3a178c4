"""RULES: how a series recurs, and how `session_frequency` and `recurring_pattern` say it.

These columns are the older application's words; what they say is kept as a rule, or as dates.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from typing import Any

from chassis.errors import FieldError, Invalid, invalid
from recurrence import Day, Freq, InvalidRule, Rule, check_until, dates_of, parse
from recurrence.expansion import HORIZON
from tutoring_service.states import Frequency, Month, Weekday

# Every day for two years, and some dates besides.
MOST_DATES = 800
TERM = timedelta(days=90)
LABELS = {
    (Freq.DAILY, 1): Frequency.DAILY,
    (Freq.WEEKLY, 1): Frequency.WEEKLY,
    (Freq.WEEKLY, 2): Frequency.BI_WEEKLY,
    (Freq.MONTHLY, 1): Frequency.MONTHLY,
}
RHYTHMS = {label: rhythm for rhythm, label in LABELS.items()}
SPECIFIC_DATES = "recurring_pattern/specific_dates"


class InvalidRecurrence(Invalid):
    """This is not a rule by which something can repeat here."""

    code = "invalid_recurrence"


@dataclass(frozen=True)
class Recurrence:
    """The dates of a rule, if there is one, and these dates."""

    rule: Rule | None
    dates: tuple[date, ...] = ()

    def label(self) -> Frequency:
        """What the column `session_frequency` says."""
        if self.rule is None:
            return Frequency.CUSTOM
        return LABELS.get((self.rule.freq, self.rule.interval), Frequency.CUSTOM)

    def pattern(self, start: date) -> dict[str, Any]:
        """What the column `recurring_pattern` says."""
        months = self.rule.by_month if self.rule else ()
        return {
            "days": [list(Weekday)[day] for day in self._weekdays(start)],
            "months": [list(Month)[month - 1] for month in months],
            "specific_dates": [day.isoformat() for day in self.dates],
        }

    def _weekdays(self, start: date) -> list[int]:
        if self.rule is None:
            return []
        if self.rule.freq == Freq.WEEKLY and not self.rule.by_day:
            return [start.weekday()]
        return sorted({day.weekday for day in self.rule.by_day})

    def shifted(self, days: int, dates: Sequence[date]) -> "Recurrence":
        """The recurrence some days later, until the last of the dates: a rule if one says it."""
        dates = tuple(day + timedelta(days=days) for day in dates)
        moved = self.rule.moved(days) if self.rule and not self.dates else None
        if moved is None:
            return Recurrence(None, dates)
        return Recurrence(replace(moved, count=None, until=dates[-1]))


@contextmanager
def refused_as(field: str) -> Iterator[None]:
    """Answer a refused rule as `InvalidRecurrence`, by the field of the body that said it."""
    try:
        yield
    except InvalidRule as refusal:
        pointer = f"/{field}"
        raise InvalidRecurrence(errors=[{"pointer": pointer, "detail": str(refusal)}]) from refusal


def check_consistent(wanted: Mapping[str, Any], rule: Recurrence | None) -> None:
    """`Invalid`, by each field of a request for sessions that contradicts another or would be passed
    over; `rule` is what its `rrule` says.
    """
    if errors := list(_contradictions(wanted, rule)):
        raise Invalid(errors=errors)


def from_rrule(text: str, start: date, at: time, timezone: str) -> Recurrence:
    """The recurrence that a client's RRULE text says, for sessions from `start`."""
    with refused_as("rrule"):
        rule = parse(text).local(at, timezone)
        check_until(rule, start)
    return Recurrence(rule)


def from_pattern(
    frequency: str,
    pattern: dict[str, Any],
    start: date,
    count: int | None,
    until: date | None,
) -> Recurrence:
    """The recurrence that `session_frequency` and `recurring_pattern` say.

    It runs for a term of 90 days if no end is given.
    """
    dates = _specific_dates(pattern, start)
    if frequency == Frequency.ONE_TIME:
        return Recurrence(None, tuple(sorted({start, *dates})))
    if count is None and until is None:
        until = start + TERM
    with refused_as("recurrence_until"):
        rule = _rule(frequency, pattern, start, count, until)
        check_until(rule, start)
    return Recurrence(rule, dates)


def expand(recurrence: Recurrence, start: date) -> list[date]:
    """The dates in order; `InvalidRule` if there are none, too many, or some too far away."""
    dates = set(recurrence.dates)
    if recurrence.rule:
        dates.update(dates_of(recurrence.rule, start, most=MOST_DATES))
    if not dates:
        raise InvalidRule("No date meets this recurrence.")
    if len(dates) > MOST_DATES or max(dates) > start + HORIZON:
        raise InvalidRule(f"A series has at most {MOST_DATES} sessions within ten years.")
    return sorted(dates)


def written(recurrence: Recurrence) -> tuple[str | None, list[str]]:
    """The rule and the dates as `session_series` holds them."""
    rule = str(recurrence.rule) if recurrence.rule else None
    return rule, [day.isoformat() for day in recurrence.dates]


def _contradictions(wanted: Mapping[str, Any], rule: Recurrence | None) -> Iterator[FieldError]:
    frequency, pattern = wanted["session_frequency"], wanted["recurring_pattern"] or {}
    named = [f"recurring_pattern/{name}" for name, values in pattern.items() if values]
    named += [name for name in ("recurrence_count", "recurrence_until") if wanted[name]]
    has_dates = SPECIFIC_DATES in named
    if rule:
        if frequency not in (None, Frequency.CUSTOM, rule.label()):
            yield _wrong("session_frequency", "The rrule says another.")
        for field in named:
            yield _wrong(field, "Does not go with an rrule.")
    elif frequency not in RHYTHMS:
        for field in named:
            if field != SPECIFIC_DATES:
                yield _wrong(field, "Needs a session_frequency by which sessions repeat.")
    elif frequency == Frequency.DAILY and pattern.get("days"):
        yield _wrong("recurring_pattern/days", "Daily is every day; some weekdays are weekly.")
    repeats = rule or has_dates or frequency not in (None, Frequency.ONE_TIME)
    if repeats and wanted["is_recurring"] is False:
        yield _wrong("is_recurring", "The other fields say how the session recurs.")


def _wrong(field: str, detail: str) -> FieldError:
    return {"pointer": f"/{field}", "detail": detail}


def _specific_dates(pattern: dict[str, Any], start: date) -> tuple[date, ...]:
    dates = tuple(sorted(set(pattern.get("specific_dates") or [])))
    if dates and dates[0] < start:
        raise invalid(SPECIFIC_DATES, "Must not be before session_date.")
    return dates


def _rule(
    frequency: str,
    pattern: dict[str, Any],
    start: date,
    count: int | None,
    until: date | None,
) -> Rule:
    if frequency not in RHYTHMS:
        raise invalid("session_frequency", "Needs an rrule.")
    freq, interval = RHYTHMS[Frequency(frequency)]
    # The older application names weekdays alone. Monthly, it means the one in the week of the first
    # session.
    ordinal = _ordinal(start) if freq == Freq.MONTHLY else 0
    weekdays = sorted({Weekday(name).number for name in pattern.get("days") or []})
    months = sorted({Month(name).number for name in pattern.get("months") or []})
    return Rule(
        freq,
        interval,
        by_day=tuple(Day(weekday, ordinal) for weekday in weekdays),
        by_month=tuple(months),
        count=count,
        until=until,
    )


def _ordinal(day: date) -> int:
    """Which weekday of its kind in the month; -1 for a fifth."""
    # Not every month has a fifth, but each has a last.
    number = (day.day - 1) // 7 + 1
    return number if number < 5 else -1
