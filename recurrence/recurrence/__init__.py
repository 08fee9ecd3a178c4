"""Recurrence rules in wall time: one grammar for all services, which knows no word of any trade."""

from recurrence.expansion import check_until, dates_of, occurrences
from recurrence.rule import Day, Freq, InvalidRule, Rule
from recurrence.text import parse
from recurrence.wall_time import date_of, instant

__all__ = [
    "Day",
    "Freq",
    "InvalidRule",
    "Rule",
    "check_until",
    "date_of",
    "dates_of",
    "instant",
    "occurrences",
    "parse",
]
