"""RULES: when sessions begin that repeat by a rule. They keep their hour in the zone they name."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from chassis.clock import time_zones
from chassis.errors import Invalid, invalid
from recurrence import InvalidRule, check_until, instant, occurrences, parse

LONGEST_RULE = 200  # characters, as many as the table takes
MOST_SESSIONS = 366  # every day of a leap year
LATEST = timedelta(days=731)  # from the first one: two years, one of them a leap year


class InvalidRecurrence(Invalid):
    """This is not a rule by which something can repeat here."""

    code = "invalid_recurrence"


def repeated(rrule: str, timezone: str, start: datetime) -> list[datetime]:
    """When the sessions begin, in UTC; from `start` on, at the time that it is there then, to the second."""
    first = start.astimezone(zone_of(timezone))
    # RFC 5545 knows no fractions of a second.
    day, at = first.date(), first.time().replace(microsecond=0)
    try:
        rule = parse(rrule).local(at, timezone)
        check_until(rule, day)
        found = occurrences(rule, day, at, timezone, most=MOST_SESSIONS)
        if found[-1] > start + LATEST:
            raise InvalidRule("The last session would begin more than two years after the first.")
    except InvalidRule as refusal:
        raise InvalidRecurrence(errors=[{"pointer": "/rrule", "detail": str(refusal)}]) from refusal
    # Of a time that the clocks show twice, `start` says which is meant on the first day.
    if found[0] == instant(day, at, timezone):
        found[0] = start.replace(microsecond=0)
    return found


def at_wall_time(moment: datetime, at: time, timezone: str) -> datetime:
    """The same day there at another time of the wall clock, in UTC."""
    day = moment.astimezone(ZoneInfo(timezone)).date()
    return instant(day, at, timezone)


def zone_of(name: str) -> ZoneInfo:
    """The time zone of this IANA name."""
    if name not in time_zones():
        raise invalid("timezone", "Not an IANA time zone.")
    return ZoneInfo(name)
