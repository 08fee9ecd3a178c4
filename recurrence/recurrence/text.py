"""Rules as clients write them."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import TypeVar

from recurrence.rule import WEEKDAYS, Day, Freq, InvalidRule, Rule

LONGEST = 500  # characters; a rule that lists every day of the month from both ends has 250
PARTS = ("FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "BYMONTH", "WKST", "COUNT", "UNTIL")
# Digits are spelled out: `\d` and `int` take those of every script.
NUMBER = re.compile(r"[+-]?[0-9]{1,4}")
DAY = re.compile(rf"([+-]?[1-5])?({'|'.join(WEEKDAYS)})")
DATE = re.compile(r"[0-9]{8}")
INSTANT = re.compile(r"[0-9]{8}T[0-9]{6}Z")
Value = TypeVar("Value")


def parse(text: str) -> Rule:
    """Read a rule like `FREQ=WEEKLY;BYDAY=TU,TH;COUNT=5`, in any case, with or without `RRULE:`.

    `InvalidRule` for anything outside the subset.
    """
    parts = _parts(text)
    rule = Rule(
        freq=_freq(parts.get("FREQ", "")),
        interval=_number(parts.get("INTERVAL", "1")),
        by_day=_each(_day, parts.get("BYDAY")),
        by_month_day=_each(_number, parts.get("BYMONTHDAY")),
        by_month=_each(_number, parts.get("BYMONTH")),
        count=_number(parts["COUNT"]) if "COUNT" in parts else None,
        until=_until(parts["UNTIL"]) if "UNTIL" in parts else None,
    )
    _check_week_start(rule, parts.get("WKST", "MO"))
    return rule


def _check_week_start(rule: Rule, day: str) -> None:
    """`InvalidRule` unless weeks that begin on Monday give the same dates."""
    if day not in WEEKDAYS:
        raise InvalidRule(f"WKST is one of {', '.join(WEEKDAYS)}.")
    # RFC 5545, section 3.3.10: it decides only which weeks are left out.
    leaves_out_weeks = rule.freq == Freq.WEEKLY and rule.interval > 1 and bool(rule.by_day)
    if leaves_out_weeks and day != "MO":
        raise InvalidRule("WKST is MO where weekly INTERVAL and BYDAY go together.")


def _parts(text: str) -> dict[str, str]:
    if len(text) > LONGEST or not text.isascii():
        raise InvalidRule(f"A rule has at most {LONGEST} characters, of ASCII alone.")
    parts: dict[str, str] = {}
    for part in text.upper().removeprefix("RRULE:").split(";"):
        name, _, value = part.partition("=")
        if name not in PARTS or name in parts or not value:
            raise InvalidRule(f"A rule holds {', '.join(PARTS)}, each at most once, with a value.")
        parts[name] = value
    return parts


def _freq(text: str) -> Freq:
    try:
        return Freq(text)
    except ValueError:
        raise InvalidRule("FREQ is DAILY, WEEKLY or MONTHLY.") from None


def _each(read: Callable[[str], Value], text: str | None) -> tuple[Value, ...]:
    """What a list holds, each value once."""
    if text is None:
        return ()
    return tuple(dict.fromkeys(map(read, text.split(","))))


def _number(text: str) -> int:
    if not NUMBER.fullmatch(text):
        raise InvalidRule("All but FREQ, BYDAY, WKST and UNTIL is written in numbers.")
    return int(text)


def _day(word: str) -> Day:
    match = DAY.fullmatch(word)
    if match is None:
        raise InvalidRule(f"BYDAY lists {', '.join(WEEKDAYS)}, each alone or after -5 to 5.")
    return Day(WEEKDAYS.index(match[2]), int(match[1] or 0))


def _until(text: str) -> date | datetime:
    try:
        if DATE.fullmatch(text):
            return datetime.strptime(text, "%Y%m%d").date()  # noqa: DTZ007  # a date has no zone
        if INSTANT.fullmatch(text):
            return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        pass  # the form is right, but there is no such day or time
    raise InvalidRule("UNTIL is a date, 20260131, or an instant, 20260131T120000Z.")
