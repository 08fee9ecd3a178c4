"""RULES: when something repeats. A bounded part of RFC 5545, expanded in wall time, so that 18:00
stays 18:00.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Literal
from zoneinfo import ZoneInfo, available_timezones

from dateutil.relativedelta import relativedelta
from dateutil.rrule import DAILY, FR, MO, MONTHLY, SA, SU, TH, TU, WE, WEEKLY, rrule, weekday

from chassis.errors import Invalid, invalid

Frequency = Literal[1, 2, 3]
FREQUENCIES: dict[str, Frequency] = {"DAILY": DAILY, "WEEKLY": WEEKLY, "MONTHLY": MONTHLY}
DAYS = {"MO": MO, "TU": TU, "WE": WE, "TH": TH, "FR": FR, "SA": SA, "SU": SU}
PARTS = {"FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "COUNT", "UNTIL"}
LONGEST = 200  # characters
MOST_OCCURRENCES = 366  # every day of a leap year
LONGEST_INTERVAL = 52
UNTIL_WITHIN = relativedelta(years=2)
# A search has to end: on the 31st of every twelfth month from February on, nothing happens up to
# the year 9999.
COUNT_WITHIN = relativedelta(years=10)
NUMBER = re.compile(r"-?[0-9]{1,3}")
# Far from the ends of the calendar, where a change of zone overflows.
YEARS = range(2000, 2200)
# Once, because it reads through the whole database of zones; and no name from outside becomes a
# path in it.
ZONES = frozenset(available_timezones())


class InvalidRecurrence(Invalid):
    """This is not a rule by which something can repeat here."""

    code = "invalid_recurrence"


@dataclass(frozen=True)
class Rule:
    """How something repeats."""

    frequency: Frequency
    interval: int
    days: tuple[weekday, ...]
    month_days: tuple[int, ...]
    count: int | None
    until: datetime | date | None


def occurrences(text: str, timezone: str, start: datetime) -> list[datetime]:
    """When it happens, in UTC, beginning at `start`. A wall time that the clocks skip is moved
    forward by the gap.
    """
    zone, rule = zone_of(timezone), parse(text)
    first = start.astimezone(zone).replace(tzinfo=None)
    last = _last(rule, first, zone)
    dates = rrule(
        rule.frequency,
        dtstart=first,
        interval=rule.interval,
        byweekday=rule.days or None,
        bymonthday=rule.month_days or None,
        until=last,
    )
    # One more than there may be, to see that there are too many.
    found = [_instant(wall, zone) for wall in islice(dates, rule.count or MOST_OCCURRENCES + 1)]
    if not found or len(found) > MOST_OCCURRENCES or (rule.count and len(found) < rule.count):
        raise _refused("it must happen at least once, at most 366 times, and within ten years")
    return found


def parse(text: str) -> Rule:
    """Read a rule like `FREQ=WEEKLY;BYDAY=TU,TH;COUNT=5`."""
    pairs = [part.partition("=") for part in text.upper().removeprefix("RRULE:").split(";")]
    parts = {name: value for name, _, value in pairs}
    if len(text) > LONGEST or len(parts) < len(pairs) or not set(parts) <= PARTS:
        raise _refused(f"it may hold each of {', '.join(sorted(PARTS))} once")
    if parts.get("FREQ") not in FREQUENCIES:
        raise _refused(f"FREQ must be one of {', '.join(FREQUENCIES)}")
    if ("COUNT" in parts) == ("UNTIL" in parts):
        raise _refused("it must have either COUNT or UNTIL")
    if "BYMONTHDAY" in parts and parts["FREQ"] != "MONTHLY":
        raise _refused("BYMONTHDAY goes with FREQ=MONTHLY")
    return Rule(
        FREQUENCIES[parts["FREQ"]],
        _number(parts.get("INTERVAL", "1"), "INTERVAL", 1, LONGEST_INTERVAL),
        tuple(_day(name) for name in parts["BYDAY"].split(",")) if "BYDAY" in parts else (),
        tuple(_month_day(n) for n in parts["BYMONTHDAY"].split(","))
        if "BYMONTHDAY" in parts
        else (),
        _number(parts["COUNT"], "COUNT", 1, MOST_OCCURRENCES) if "COUNT" in parts else None,
        _until(parts["UNTIL"]) if "UNTIL" in parts else None,
    )


def zone_of(name: str) -> ZoneInfo:
    """The time zone of this IANA name."""
    if name not in ZONES:
        raise invalid("timezone", "Not an IANA time zone.")
    return ZoneInfo(name)


def at_wall_time(instant: datetime, wall: time, zone: ZoneInfo) -> datetime:
    """The same day at another time of the wall clock."""
    return _instant(datetime.combine(instant.astimezone(zone).date(), wall), zone)


def _last(rule: Rule, first: datetime, zone: ZoneInfo) -> datetime:
    """The wall time after which nothing happens any more."""
    if rule.until is None:
        return first + COUNT_WITHIN
    if isinstance(rule.until, datetime):
        last = rule.until.astimezone(zone).replace(tzinfo=None)
    else:
        last = datetime.combine(rule.until, time.max)  # wall time
    # A day more, because UNTIL as a date holds all of that day.
    if last > first + UNTIL_WITHIN + timedelta(days=1):
        raise _refused("UNTIL may be two years ahead")
    return last


def _instant(wall: datetime, zone: ZoneInfo) -> datetime:
    # RFC 5545, 3.3.5: a time that comes twice is the first of the two, one that is skipped has the
    # offset of before. Python does both with `fold=0`, which `wall` may not have: it stays set when
    # a time loses its zone.
    return wall.replace(tzinfo=zone, fold=0).astimezone(UTC)


def _number(text: str, name: str, least: int, most: int) -> int:
    if not (NUMBER.fullmatch(text) and least <= int(text) <= most):
        raise _refused(f"{name} must be a number from {least} to {most}")
    return int(text)


def _day(name: str) -> weekday:
    if name not in DAYS:
        raise _refused(f"BYDAY must hold some of {', '.join(DAYS)}")
    return DAYS[name]


def _month_day(text: str) -> int:
    number = _number(text, "BYMONTHDAY", -31, 31)
    if number == 0:
        raise _refused("BYMONTHDAY counts from 1, or from -1 backwards")
    return number


def _until(text: str) -> datetime | date:
    """`20260203` is that day in wall time, `20260203T180000Z` that instant."""
    form, whole_day = (
        ("%Y%m%d", True) if len(text) == len("20260203") else ("%Y%m%dT%H%M%SZ", False)
    )
    try:
        until = datetime.strptime(text, form).replace(tzinfo=UTC)
    except ValueError:
        until = datetime.min.replace(tzinfo=UTC)
    if until.year not in YEARS:
        raise _refused("UNTIL must be like 20260203 or 20260203T180000Z")
    return until.date() if whole_day else until


def _refused(why: str) -> InvalidRecurrence:
    return InvalidRecurrence(errors=[{"pointer": "/rrule", "detail": why}])
