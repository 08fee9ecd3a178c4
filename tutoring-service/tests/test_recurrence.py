"""On which dates recurring sessions take place, and when exactly that is."""

from datetime import UTC, date, datetime, time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chassis.errors import Invalid
from tutoring_service import recurrence
from tutoring_service.recurrence import Recurrence
from tutoring_service.wall_time import instant, minutes_between, occurrence

BERLIN = "Europe/Berlin"


def dates(rule: str, start: str) -> list[str]:
    first = date.fromisoformat(start)
    parsed = recurrence.parse(rule, first, time(18), BERLIN)
    return [day.isoformat()[5:] for day in recurrence.expand(Recurrence(parsed), first)]


@pytest.mark.parametrize(
    ("rule", "start", "expected"),
    [
        ("FREQ=WEEKLY;BYDAY=TU,TH;COUNT=5", "2026-01-06", "01-06 01-08 01-13 01-15 01-20"),
        (
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH;COUNT=5",
            "2026-01-06",
            "01-06 01-08 01-20 01-22 02-03",
        ),
        ("FREQ=MONTHLY;COUNT=4", "2026-01-31", "01-31 03-31 05-31 07-31"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=4", "2026-01-31", "01-31 02-28 03-31 04-30"),
        ("FREQ=MONTHLY;BYDAY=-1FR;COUNT=3", "2026-01-01", "01-30 02-27 03-27"),
        ("FREQ=DAILY;INTERVAL=3;UNTIL=20260110", "2026-01-01", "01-01 01-04 01-07 01-10"),
        ("FREQ=WEEKLY;UNTIL=20260120T170000Z", "2026-01-06", "01-06 01-13 01-20"),
        ("FREQ=WEEKLY;UNTIL=20260120T165959Z", "2026-01-06", "01-06 01-13"),
        ("FREQ=WEEKLY;BYMONTH=2;COUNT=2", "2026-01-27", "02-03 02-10"),
        ("RRULE:freq=weekly;count=2", "2026-12-29", "12-29 01-05"),
        ("FREQ=MONTHLY;INTERVAL=12;UNTIL=20260301", "2024-02-29", "02-29"),
    ],
)
def test_a_rule_has_these_dates(rule: str, start: str, expected: str) -> None:
    assert dates(rule, start) == expected.split()


@pytest.mark.parametrize(
    "never",
    [
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=1",
        "FREQ=DAILY;INTERVAL=7;BYDAY=WE;COUNT=2",
        "FREQ=MONTHLY;BYMONTH=4;BYMONTHDAY=31;UNTIL=20271231",
        "FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=31;BYMONTH=2;COUNT=3",
        "FREQ=MONTHLY;INTERVAL=52;COUNT=366",
        "FREQ=DAILY;UNTIL=00010101T000000Z",
        "FREQ=DAILY;UNTIL=99991231T235959Z",
    ],
)
def test_a_rule_that_never_ends_well_is_refused_at_once(never: str) -> None:
    with pytest.raises(Invalid):
        dates(never, "2026-01-06")


@pytest.mark.parametrize(
    "rule", ["FREQ=WEEKLY;BYDAY=TU,TH;COUNT=5", "FREQ=MONTHLY;BYDAY=2MO;UNTIL=20260601"]
)
def test_a_rule_is_written_as_it_was_read(rule: str) -> None:
    assert str(recurrence.parse(rule, date(2026, 1, 6), time(18), BERLIN)) == rule


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="FREQDAILYWKBYMONTHUNCS=;,0123456789-+:Z", max_size=60))
def test_any_text_is_a_rule_or_refused(text: str) -> None:
    try:
        parsed = recurrence.parse(text, date(2026, 1, 6), time(18), BERLIN)
    except Invalid:
        return
    assert str(parsed).startswith("FREQ=")


def test_a_pattern_without_an_end_runs_for_a_term() -> None:
    start = date(2026, 1, 6)
    weekly = recurrence.from_pattern("weekly", None, start, None, None)
    assert recurrence.expand(weekly, start)[-1] == date(2026, 3, 31)


def test_a_monthly_pattern_on_a_weekday_keeps_its_week_of_the_month() -> None:
    start = date(2026, 1, 13)  # the second Tuesday
    monthly = recurrence.from_pattern("monthly", {"days": ["Tuesday"]}, start, 3, None)
    assert recurrence.expand(monthly, start) == [
        date(2026, 1, 13),
        date(2026, 2, 10),
        date(2026, 3, 10),
    ]


def test_months_of_a_pattern_leave_out_the_others() -> None:
    start = date(2026, 1, 27)
    weekly = recurrence.from_pattern("weekly", {"months": ["January", "March"]}, start, 3, None)
    assert recurrence.expand(weekly, start) == [
        date(2026, 1, 27),
        date(2026, 3, 3),
        date(2026, 3, 10),
    ]


def test_specific_dates_are_taken_once_each_and_in_order() -> None:
    start = date(2026, 1, 6)
    chosen = [date(2026, 2, 1), date(2026, 1, 9), date(2026, 2, 1)]
    given_dates = recurrence.from_pattern("one-time", {"specific_dates": chosen}, start, None, None)
    assert recurrence.expand(given_dates, start) == [start, date(2026, 1, 9), date(2026, 2, 1)]


def test_a_week_over_the_change_of_clocks_keeps_its_wall_time() -> None:
    starts = [instant(date(2026, 3, day), time(18), BERLIN) for day in (24, 31)]
    assert starts == [datetime(2026, 3, 24, 17, tzinfo=UTC), datetime(2026, 3, 31, 16, tzinfo=UTC)]


def test_a_time_that_the_clocks_skip_moves_forward_by_what_they_skip() -> None:
    moved = occurrence(date(2026, 3, 29), time(2, 30), 60, BERLIN)
    assert (moved.start_time, moved.end_time, moved.duration) == (time(3, 30), time(4, 30), 60)
    assert moved.starts_at == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_of_a_time_that_the_clocks_show_twice_the_first_is_meant() -> None:
    first = occurrence(date(2026, 10, 25), time(2, 30), 60, BERLIN)
    assert first.starts_at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert (first.start_time, first.end_time) == (time(2, 30), time(3, 30))


@pytest.mark.parametrize(
    ("zone", "day", "at", "expected"),
    [
        (
            "Pacific/Kiritimati",
            date(2026, 1, 1),
            time(0, 0),
            datetime(2025, 12, 31, 10, tzinfo=UTC),
        ),
        (
            "Pacific/Pago_Pago",
            date(2025, 12, 31),
            time(23, 0),
            datetime(2026, 1, 1, 10, tzinfo=UTC),
        ),
        (
            "Africa/Addis_Ababa",
            date(2028, 2, 29),
            time(18, 0),
            datetime(2028, 2, 29, 15, tzinfo=UTC),
        ),
        (
            "America/New_York",
            date(2026, 3, 8),
            time(2, 30),
            datetime(2026, 3, 8, 7, 30, tzinfo=UTC),
        ),
        (
            "Australia/Lord_Howe",
            date(2026, 10, 4),
            time(2, 15),
            datetime(2026, 10, 3, 15, 45, tzinfo=UTC),
        ),
    ],
)
def test_wall_times_all_over_the_world(zone: str, day: date, at: time, expected: datetime) -> None:
    assert instant(day, at, zone) == expected


@pytest.mark.parametrize("zone", ["Africa/Addis_Ababa", "America/New_York", BERLIN, "Pacific/Apia"])
def test_every_tuesday_for_a_year_there_is_one_session_of_its_length(zone: str) -> None:
    start = date(2026, 1, 6)
    rule = recurrence.parse("FREQ=WEEKLY;COUNT=53", start, time(18), zone)
    sessions = [
        occurrence(day, time(18), 90, zone) for day in recurrence.expand(Recurrence(rule), start)
    ]
    assert all(
        s.start_time == time(18) and (s.ends_at - s.starts_at).seconds == 90 * 60 for s in sessions
    )
    assert {(b.session_date - a.session_date).days for a, b in pairwise(sessions)} == {7}


def test_minutes_past_midnight_count_on() -> None:
    assert minutes_between(time(23, 30), time(0, 30)) == 60
    assert minutes_between(time(10), time(10)) == 24 * 60
