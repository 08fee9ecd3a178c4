"""When something happens that repeats by a rule.

Each day up to a horizon is held against the rule, so that the work is bounded for every rule. Going
from one date to the next, as python-dateutil does, searches for a date that never comes until the year
9999, for a second or more. The tests compare the dates with that library's.
"""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import islice

from recurrence.rule import Day, Freq, InvalidRule, Rule
from recurrence.wall_time import instant

# Two years, each of which may be a leap year. What is planned further ahead is seldom meant.
UNTIL_WITHIN = timedelta(days=2 * 366)
# Ten years, three leap years among them: a 29th of February eight years ahead is still found.
HORIZON = timedelta(days=3653)


def check_until(rule: Rule, start: date) -> None:
    """`InvalidRule` if the rule ends before it starts, or more than two years later."""
    last = _last_date(rule)
    if last and not start <= last <= start + UNTIL_WITHIN:
        raise InvalidRule("UNTIL must lie within two years of the first day.")


def dates_of(rule: Rule, start: date, *, most: int) -> list[date]:
    """The dates in order, from `start` on; `start` itself only if the rule falls on it.

    UNTIL has to be a date: see `Rule.local`. `InvalidRule` if there are more than `most`, or fewer
    than COUNT within ten years. There may be none up to UNTIL.
    """
    horizon = start + HORIZON
    last = min(_last_date(rule) or horizon, horizon)
    # One more than there may be, so that too many are refused instead of cut off.
    found = list(islice(_walk(rule, start, last), rule.count or most + 1))
    if len(found) > most:
        raise InvalidRule(f"The rule has more than {most} dates.")
    if rule.count and len(found) < rule.count:
        raise InvalidRule("The rule does not reach its COUNT within ten years.")
    return found


def occurrences(rule: Rule, start: date, at: time, timezone: str, *, most: int) -> list[datetime]:
    """The instants, in UTC, at which it is this time in the zone on the dates of the rule.

    `InvalidRule` as for `dates_of`, and if there are none.
    """
    days = dates_of(rule.local(at, timezone), start, most=most)
    if not days:
        raise InvalidRule("No date meets this rule.")
    return [instant(day, at, timezone) for day in days]


def _last_date(rule: Rule) -> date | None:
    if isinstance(rule.until, datetime):
        raise TypeError("UNTIL is an instant; Rule.local makes a date of it")
    return rule.until


def _walk(rule: Rule, start: date, last: date) -> Iterator[date]:
    rule = _completed(rule, start)
    for number in range((last - start).days + 1):
        day = start + timedelta(days=number)
        if _is_its_turn(rule, start, day) and _is_named(rule, day):
            yield day


def _completed(rule: Rule, start: date) -> Rule:
    """What the rule leaves open is as on the first day (RFC 5545, section 3.3.10)."""
    if rule.by_day or rule.by_month_day:
        return rule
    if rule.freq == Freq.WEEKLY:
        return replace(rule, by_day=(Day(start.weekday()),))
    if rule.freq == Freq.MONTHLY:
        return replace(rule, by_month_day=(start.day,))
    return rule


def _is_its_turn(rule: Rule, start: date, day: date) -> bool:
    """Whether the day, week or month is a whole number of intervals after the first."""
    match rule.freq:
        case Freq.DAILY:
            distance = (day - start).days
        case Freq.WEEKLY:
            distance = (_monday(day) - _monday(start)).days // 7
        case Freq.MONTHLY:
            distance = (day.year - start.year) * 12 + day.month - start.month
    return distance % rule.interval == 0


def _is_named(rule: Rule, day: date) -> bool:
    """Whether each part of the rule that names days names this one."""
    return (
        (not rule.by_month or day.month in rule.by_month)
        and (not rule.by_day or _is_one_of(rule.by_day, day))
        and (not rule.by_month_day or _is_month_day(rule.by_month_day, day))
    )


def _is_one_of(days: tuple[Day, ...], day: date) -> bool:
    ordinals = {each.ordinal for each in days if each.weekday == day.weekday()}
    if not ordinals:
        return False
    from_start = (day.day - 1) // 7 + 1
    from_end = -(_days_left(day) // 7 + 1)
    return not ordinals.isdisjoint({0, from_start, from_end})


def _is_month_day(numbers: tuple[int, ...], day: date) -> bool:
    return day.day in numbers or -(_days_left(day) + 1) in numbers


def _days_left(day: date) -> int:
    """How many days the month has after this one."""
    return monthrange(day.year, day.month)[1] - day.day


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
