"""The dates on which a rule falls: fixed examples, and a comparison with python-dateutil."""

import datetime
from collections.abc import Iterator
from cProfile import Profile
from datetime import date, time, timedelta
from itertools import islice
from pstats import Stats
from typing import Any

import dateutil.rrule
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from recurrence import Freq, InvalidRule, Rule, check_until, dates_of, occurrences, parse
from recurrence.expansion import HORIZON, UNTIL_WITHIN
from recurrence.rule import WEEKDAYS

from .support.random_rules import endless

TUESDAY = date(2026, 1, 6)
MOST = 800


def days(text: str, start: str) -> list[str]:
    found = dates_of(parse(text), date.fromisoformat(start), most=MOST)
    return [day.isoformat()[5:] for day in found]


def test_a_weekly_rule_falls_on_each_of_its_weekdays() -> None:
    found = days("FREQ=WEEKLY;BYDAY=TU,TH;COUNT=5", "2026-01-06")
    assert found == ["01-06", "01-08", "01-13", "01-15", "01-20"]


def test_an_interval_of_two_skips_every_second_week() -> None:
    found = days("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH;COUNT=5", "2026-01-06")
    assert found == ["01-06", "01-08", "01-20", "01-22", "02-03"]


def test_a_month_without_a_31st_is_passed_over() -> None:
    found = days("FREQ=MONTHLY;COUNT=4", "2026-01-31")
    assert found == ["01-31", "03-31", "05-31", "07-31"]


def test_month_day_minus_one_is_the_last_day_of_each_month() -> None:
    found = days("FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=4", "2026-01-31")
    assert found == ["01-31", "02-28", "03-31", "04-30"]


@pytest.mark.parametrize(
    ("text", "start", "expected"),
    [
        ("FREQ=DAILY;INTERVAL=3;UNTIL=20260110", "2026-01-01", "01-01 01-04 01-07 01-10"),
        ("FREQ=DAILY;BYMONTHDAY=2;COUNT=3", "2026-01-06", "02-02 03-02 04-02"),
        ("FREQ=DAILY;BYMONTHDAY=-1,1;COUNT=3", "2026-01-06", "01-31 02-01 02-28"),
        ("FREQ=DAILY;BYDAY=SA,SU;COUNT=3", "2026-01-06", "01-10 01-11 01-17"),
        ("FREQ=WEEKLY;COUNT=2", "2026-12-29", "12-29 01-05"),
        ("FREQ=WEEKLY;BYMONTH=2;COUNT=2", "2026-01-27", "02-03 02-10"),
        ("FREQ=WEEKLY;BYMONTH=3,4;COUNT=3", "2026-01-06", "03-03 03-10 03-17"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO;COUNT=2", "2026-01-08", "01-19 02-02"),
        ("FREQ=MONTHLY;BYDAY=1MO;COUNT=3", "2026-01-06", "02-02 03-02 04-06"),
        ("FREQ=MONTHLY;BYDAY=-1FR;COUNT=3", "2026-01-01", "01-30 02-27 03-27"),
        ("FREQ=MONTHLY;BYDAY=5TU;COUNT=3", "2026-01-06", "03-31 06-30 09-29"),
        ("FREQ=MONTHLY;BYDAY=MO,1TU;COUNT=4", "2026-02-01", "02-02 02-03 02-09 02-16"),
        ("FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13;COUNT=3", "2026-01-01", "02-13 03-13 11-13"),
        ("FREQ=MONTHLY;INTERVAL=12;UNTIL=20260301", "2024-02-29", "02-29"),
        ("FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=29;COUNT=2", "2028-02-29", "02-29 02-29"),
        ("FREQ=MONTHLY;INTERVAL=12;COUNT=2", "2096-02-29", "02-29 02-29"),
    ],
)
def test_a_rule_falls_on_the_expected_dates(text: str, start: str, expected: str) -> None:
    assert days(text, start) == expected.split()


@pytest.mark.parametrize(
    "text",
    [
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=1",
        "FREQ=DAILY;INTERVAL=7;BYDAY=WE;COUNT=2",
        "FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=31;BYMONTH=2;COUNT=3",
        "FREQ=MONTHLY;BYDAY=5MO;BYMONTHDAY=1;COUNT=2",
        "FREQ=MONTHLY;BYDAY=1MO;BYMONTHDAY=31;COUNT=2",
        "FREQ=MONTHLY;INTERVAL=52;COUNT=366",
        "FREQ=WEEKLY;INTERVAL=52;COUNT=366",
    ],
)
def test_a_rule_that_cannot_reach_its_count_is_refused_immediately(text: str) -> None:
    with Profile() as profile, pytest.raises(InvalidRule):
        dates_of(parse(text), TUESDAY, most=MOST)
    assert Stats(profile).total_calls < 50_000  # some for each day of ten years


@pytest.mark.parametrize(
    "text",
    [
        "FREQ=DAILY;UNTIL=20260105",
        "FREQ=DAILY;BYMONTH=2;UNTIL=20260131",
        "FREQ=MONTHLY;BYMONTH=4;BYMONTHDAY=31;UNTIL=20271231",
    ],
)
def test_a_rule_may_have_no_date_up_to_its_until(text: str) -> None:
    assert dates_of(parse(text), TUESDAY, most=MOST) == []
    with pytest.raises(InvalidRule):
        occurrences(parse(text), TUESDAY, time(18), "UTC", most=MOST)


def test_too_many_dates_are_refused_and_not_cut_off() -> None:
    every_day = parse("FREQ=DAILY;UNTIL=20270106")
    assert len(dates_of(every_day, TUESDAY, most=366)) == 366
    with pytest.raises(InvalidRule, match="more than 365"):
        dates_of(every_day, TUESDAY, most=365)
    with pytest.raises(InvalidRule, match="more than 4"):
        dates_of(parse("FREQ=DAILY;COUNT=5"), TUESDAY, most=4)


def test_until_must_lie_within_two_years() -> None:
    last = TUESDAY + UNTIL_WITHIN
    check_until(Rule(Freq.DAILY, until=TUESDAY), TUESDAY)
    check_until(Rule(Freq.DAILY, until=last), TUESDAY)
    check_until(Rule(Freq.DAILY, count=1), TUESDAY)
    for outside in (TUESDAY - timedelta(days=1), last + timedelta(days=1)):
        with pytest.raises(InvalidRule):
            check_until(Rule(Freq.DAILY, until=outside), TUESDAY)


def test_an_until_that_is_an_instant_must_first_become_a_date() -> None:
    rule = parse("FREQ=DAILY;UNTIL=20260110T000000Z")
    with pytest.raises(TypeError):
        dates_of(rule, TUESDAY, most=MOST)
    assert dates_of(rule.local(time(18), "UTC"), TUESDAY, most=MOST)[-1] == date(2026, 1, 9)


@pytest.fixture(scope="module")
def _a_nearer_end_of_the_calendar() -> Iterator[None]:
    """For a date that never comes, python-dateutil searches as far as MAXYEAR."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(datetime, "MAXYEAR", 2060)
        yield


# Rules that mix weekdays with and without ordinals are left out: python-dateutil finds no date for them.
PARTS = endless(mixed=False)
STARTS = st.dates(date(2020, 1, 1), date(2040, 12, 31))


@pytest.mark.usefixtures("_a_nearer_end_of_the_calendar")
@settings(max_examples=300, deadline=None)
@given(PARTS, STARTS, st.integers(1, 366))
def test_the_dates_of_a_rule_with_count_are_those_of_dateutil(
    parts: dict[str, Any],
    start: date,
    count: int,
) -> None:
    expected = list(islice(by_dateutil(parts, start, start + HORIZON), count))
    rule = Rule(**parts, count=count)
    if len(expected) == count:
        assert dates_of(rule, start, most=MOST) == expected
    else:
        with pytest.raises(InvalidRule):
            dates_of(rule, start, most=MOST)


@pytest.mark.usefixtures("_a_nearer_end_of_the_calendar")
@settings(max_examples=300, deadline=None)
@given(PARTS, STARTS, st.integers(0, UNTIL_WITHIN.days))
def test_the_dates_of_a_rule_with_until_are_those_of_dateutil(
    parts: dict[str, Any],
    start: date,
    length: int,
) -> None:
    last = start + timedelta(days=length)
    expected = list(by_dateutil(parts, start, last))
    assert dates_of(Rule(**parts, until=last), start, most=MOST) == expected


@pytest.mark.usefixtures("_a_nearer_end_of_the_calendar")
@settings(max_examples=300, deadline=None)
@given(PARTS, STARTS, st.integers(0, 6))
def test_weeks_begin_on_another_day_only_where_the_dates_stay(
    parts: dict[str, Any], start: date, week_start: int
) -> None:
    last = start + timedelta(days=400)
    text = f"{Rule(**parts, until=last)};WKST={WEEKDAYS[week_start]}"
    if parts["freq"] == Freq.WEEKLY and parts["interval"] > 1 and parts["by_day"] and week_start:
        with pytest.raises(InvalidRule, match="WKST"):
            parse(text)
    else:
        expected = list(by_dateutil(parts, start, last, week_start))
        assert dates_of(parse(text), start, most=MOST) == expected


def by_dateutil(
    parts: dict[str, Any], start: date, last: date, week_start: int = 0
) -> Iterator[date]:
    weekdays = []
    for day in parts["by_day"]:
        weekday = dateutil.rrule.weekdays[day.weekday]
        weekdays.append(weekday(day.ordinal) if day.ordinal else weekday)
    found = dateutil.rrule.rrule(
        getattr(dateutil.rrule, parts["freq"]),
        dtstart=datetime.datetime.combine(start, time()),
        until=datetime.datetime.combine(last, time()),
        interval=parts["interval"],
        byweekday=weekdays or None,
        bymonthday=parts.get("by_month_day") or None,
        bymonth=parts["by_month"] or None,
        wkst=week_start,
    )
    return (moment.date() for moment in found)


@settings(max_examples=300, deadline=None)
@given(PARTS, STARTS, st.integers(-40, 40))
def test_a_moved_rule_has_every_date_moved(parts: dict[str, Any], start: date, by: int) -> None:
    days = timedelta(days=by)
    rule = Rule(**parts, until=start + timedelta(days=400))
    moved = rule.moved(by)
    found = dates_of(rule, start, most=MOST)
    assume(moved and found)
    # The first date, not `start`: the moved rule begins on its own first date.
    assert dates_of(moved, found[0] + days, most=MOST) == [day + days for day in found]


@pytest.mark.parametrize(
    ("text", "by", "moved"),
    [
        ("FREQ=DAILY;INTERVAL=3;COUNT=2", 1, "FREQ=DAILY;INTERVAL=3;COUNT=2"),
        ("FREQ=DAILY;BYDAY=SU;COUNT=2", 2, "FREQ=DAILY;BYDAY=TU;COUNT=2"),
        ("FREQ=WEEKLY;BYDAY=TU,TH;COUNT=2", 4, "FREQ=WEEKLY;BYDAY=SA,MO;COUNT=2"),
        ("FREQ=WEEKLY;INTERVAL=2;COUNT=2", -14, "FREQ=WEEKLY;INTERVAL=2;COUNT=2"),
        ("FREQ=WEEKLY;UNTIL=20260120", -1, "FREQ=WEEKLY;UNTIL=20260119"),
        ("FREQ=MONTHLY;BYDAY=2MO;COUNT=2", 0, "FREQ=MONTHLY;BYDAY=2MO;COUNT=2"),
        ("FREQ=WEEKLY;INTERVAL=2;COUNT=2", 1, "None"),
        ("FREQ=WEEKLY;BYMONTH=2;COUNT=2", 7, "None"),
        ("FREQ=DAILY;BYMONTHDAY=1;COUNT=2", 1, "None"),
        ("FREQ=MONTHLY;COUNT=2", 1, "None"),
        ("FREQ=MONTHLY;BYDAY=2MO;COUNT=2", 7, "None"),
    ],
)
def test_a_rule_moves_only_if_its_kind_can_express_the_new_dates(
    text: str,
    by: int,
    moved: str,
) -> None:
    assert str(parse(text).moved(by)) == moved
