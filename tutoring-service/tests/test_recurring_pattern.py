"""How series recur: by rules, on dates, and in the words of the older columns."""

from datetime import date, time, timedelta
from itertools import pairwise

import pytest

from recurrence import InvalidRule, parse
from tutoring_service.scheduling.recurring_pattern import (
    MOST_DATES,
    InvalidRecurrence,
    Recurrence,
    expand,
    from_pattern,
    from_rrule,
)
from tutoring_service.scheduling.wall_time import occurrence

BERLIN = "Europe/Berlin"
TUESDAY = date(2026, 1, 6)
WEEK = timedelta(days=7)


def test_an_end_at_an_instant_becomes_a_local_date() -> None:
    ending = "FREQ=WEEKLY;UNTIL=20260120T170000Z"
    assert str(from_rrule(ending, TUESDAY, time(18), BERLIN).rule) == "FREQ=WEEKLY;UNTIL=20260120"
    ending = "FREQ=WEEKLY;UNTIL=20260120T165959Z"
    assert str(from_rrule(ending, TUESDAY, time(18), BERLIN).rule) == "FREQ=WEEKLY;UNTIL=20260119"


@pytest.mark.parametrize("rule", ["FREQ=YEARLY;COUNT=2", "FREQ=DAILY", "FREQ=DAILY;UNTIL=20290101"])
def test_a_refused_rule_names_its_field(rule: str) -> None:
    with pytest.raises(InvalidRecurrence) as refused:
        from_rrule(rule, TUESDAY, time(18), BERLIN)
    assert refused.value.code == "invalid_recurrence"
    assert [error["pointer"] for error in refused.value.errors] == ["/rrule"]


@pytest.mark.parametrize(
    ("count", "until"), [(2, date(2026, 2, 1)), (None, date(2026, 1, 5)), (None, date(2028, 1, 9))]
)
def test_a_refused_end_of_a_pattern_names_its_field(count: int | None, until: date) -> None:
    with pytest.raises(InvalidRecurrence) as refused:
        from_pattern("weekly", {}, TUESDAY, count, until)
    assert [error["pointer"] for error in refused.value.errors] == ["/recurrence_until"]


def test_a_pattern_without_an_end_runs_for_a_term() -> None:
    weekly = from_pattern("weekly", {}, TUESDAY, None, None)
    assert expand(weekly, TUESDAY)[-1] == date(2026, 3, 31)


def test_a_monthly_pattern_on_a_weekday_keeps_its_week_of_the_month() -> None:
    start = date(2026, 1, 13)  # the second Tuesday
    monthly = from_pattern("monthly", {"days": ["Tuesday"]}, start, 3, None)
    assert expand(monthly, start) == [date(2026, 1, 13), date(2026, 2, 10), date(2026, 3, 10)]


def test_a_monthly_pattern_on_a_fifth_weekday_means_the_last() -> None:
    start = date(2026, 3, 31)  # the fifth Tuesday
    monthly = from_pattern("monthly", {"days": ["Tuesday"]}, start, 3, None)
    assert expand(monthly, start) == [start, date(2026, 4, 28), date(2026, 5, 26)]


def test_a_pattern_with_months_leaves_out_the_others() -> None:
    start = date(2026, 1, 27)
    weekly = from_pattern("weekly", {"months": ["January", "March"]}, start, 3, None)
    assert expand(weekly, start) == [date(2026, 1, 27), date(2026, 3, 3), date(2026, 3, 10)]


def test_specific_dates_are_taken_once_each_and_in_order() -> None:
    chosen = [date(2026, 2, 1), date(2026, 1, 9), date(2026, 2, 1)]
    given_dates = from_pattern("one-time", {"specific_dates": chosen}, TUESDAY, None, None)
    assert expand(given_dates, TUESDAY) == [TUESDAY, date(2026, 1, 9), date(2026, 2, 1)]


def test_specific_dates_count_even_if_no_date_meets_the_frequency() -> None:
    pattern = {"months": ["July"], "specific_dates": [date(2026, 1, 9)]}
    weekly = from_pattern("weekly", pattern, TUESDAY, None, None)
    assert expand(weekly, TUESDAY) == [date(2026, 1, 9)]


def test_a_series_without_a_date_or_with_too_many_is_refused() -> None:
    every_day = Recurrence(parse("FREQ=DAILY;UNTIL=20300101"))
    dates = tuple(TUESDAY + timedelta(days=day) for day in range(MOST_DATES + 1))
    far = (TUESDAY, date(2037, 1, 6))
    none = Recurrence(parse("FREQ=DAILY;BYMONTH=2;UNTIL=20260120"))
    for refused in (every_day, Recurrence(None, dates), Recurrence(None, far), none):
        with pytest.raises(InvalidRule):
            expand(refused, TUESDAY)


def test_a_series_booked_by_its_count_may_end_after_two_years() -> None:
    monthly = Recurrence(parse("FREQ=MONTHLY;UNTIL=20340106"))
    assert expand(monthly, TUESDAY)[-1] == date(2034, 1, 6)


@pytest.mark.parametrize(
    ("rule", "label", "days", "months"),
    [
        ("FREQ=DAILY;COUNT=2", "daily", [], []),
        ("FREQ=WEEKLY;COUNT=2", "weekly", ["Tuesday"], []),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TH,MO;COUNT=2", "bi-weekly", ["Monday", "Thursday"], []),
        ("FREQ=MONTHLY;BYDAY=1MO,-1MO;BYMONTH=3;COUNT=2", "monthly", ["Monday"], ["March"]),
        ("FREQ=DAILY;INTERVAL=2;COUNT=2", "custom", [], []),
    ],
)
def test_a_rule_is_described_by_the_older_columns(
    rule: str,
    label: str,
    days: list[str],
    months: list[str],
) -> None:
    recurring = Recurrence(parse(rule))
    assert recurring.label() == label
    assert recurring.pattern(TUESDAY) == {"days": days, "months": months, "specific_dates": []}


def test_dates_are_described_by_the_older_columns() -> None:
    recurring = Recurrence(None, (TUESDAY,))
    assert recurring.label() == "custom"
    described = {"days": [], "months": [], "specific_dates": ["2026-01-06"]}
    assert recurring.pattern(TUESDAY) == described


def test_a_moved_series_keeps_a_rule_if_one_gives_its_dates() -> None:
    dates = [TUESDAY, TUESDAY + WEEK]
    weekly = Recurrence(parse("FREQ=WEEKLY;BYDAY=TU;COUNT=2"))
    assert str(weekly.shifted(1, dates).rule) == "FREQ=WEEKLY;BYDAY=WE;UNTIL=20260114"
    every_month = Recurrence(parse("FREQ=MONTHLY;COUNT=2"))
    later = (date(2026, 1, 7), date(2026, 1, 14))
    assert every_month.shifted(1, dates) == Recurrence(None, later)
    assert Recurrence(weekly.rule, (TUESDAY,)).shifted(1, dates) == Recurrence(None, later)
    assert Recurrence(None, (TUESDAY,)).shifted(1, dates) == Recurrence(None, later)


def test_a_series_that_stays_on_its_days_keeps_its_rule() -> None:
    second_mondays = Recurrence(parse("FREQ=MONTHLY;BYDAY=2MO;COUNT=2"))
    kept = second_mondays.shifted(0, [date(2026, 1, 12), date(2026, 2, 9)])
    assert str(kept.rule) == "FREQ=MONTHLY;BYDAY=2MO;UNTIL=20260209"


@pytest.mark.parametrize("zone", ["Africa/Addis_Ababa", "America/New_York", BERLIN, "Pacific/Apia"])
def test_a_weekly_series_has_a_session_of_its_length_every_week(zone: str) -> None:
    weekly = from_rrule("FREQ=WEEKLY;COUNT=53", TUESDAY, time(18), zone)
    sessions = [occurrence(day, time(18), 90, zone) for day in expand(weekly, TUESDAY)]
    assert all(s.start_time == time(18) for s in sessions)
    assert all((s.ends_at - s.starts_at).seconds == 90 * 60 for s in sessions)
    assert {b.session_date - a.session_date for a, b in pairwise(sessions)} == {WEEK}
