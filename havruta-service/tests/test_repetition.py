"""The times of sessions that repeat."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from chassis.clock import time_zones
from chassis.errors import Problem
from havruta_service.repetition import InvalidRecurrence, repeated

ONE_DAY, HOUR, HALF_AN_HOUR = timedelta(days=1), timedelta(hours=1), timedelta(minutes=30)


def wall(rule, start, zone="UTC"):
    """When the sessions begin, in wall time, as text."""
    tz = ZoneInfo(zone)
    begin = datetime.fromisoformat(start).replace(tzinfo=tz).astimezone(UTC)
    return [f"{each.astimezone(tz):%m-%d %H:%M}" for each in repeated(rule, zone, begin)]


def test_sessions_begin_at_the_hour_of_the_first():
    found = wall("FREQ=WEEKLY;BYDAY=TU,TH;COUNT=3", "2026-01-06T18:00", "Asia/Jerusalem")
    assert found == ["01-06 18:00", "01-08 18:00", "01-13 18:00"]


def test_sessions_begin_at_a_whole_second():
    start = datetime(2026, 1, 6, 18, 0, 1, 500_000, tzinfo=UTC)
    assert repeated("FREQ=DAILY;COUNT=1", "UTC", start) == [start.replace(microsecond=0)]


def test_a_rule_ends_at_a_date_or_at_an_instant():
    assert wall("FREQ=DAILY;UNTIL=20260102", "2026-01-01T18:00") == ["01-01 18:00", "01-02 18:00"]
    assert wall("FREQ=DAILY;UNTIL=20260102T175900Z", "2026-01-01T18:00") == ["01-01 18:00"]


def test_the_hour_stays_when_the_clocks_change():
    start = datetime(2026, 3, 24, 17, tzinfo=UTC)
    found = repeated("FREQ=WEEKLY;COUNT=2", "Europe/Berlin", start)
    assert found == [datetime(2026, 3, 24, 17, tzinfo=UTC), datetime(2026, 3, 31, 16, tzinfo=UTC)]


def test_a_skipped_hour_moves_forward_by_the_gap():
    found = wall("FREQ=WEEKLY;COUNT=2", "2026-03-22T02:30", "Europe/Berlin")
    assert found == ["03-22 02:30", "03-29 03:30"]


def test_an_hour_that_comes_twice_means_the_first_one():
    start = datetime(2026, 10, 18, 0, 30, tzinfo=UTC)
    second = repeated("FREQ=WEEKLY;COUNT=2", "Europe/Berlin", start)[1]
    assert second == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_of_an_hour_that_comes_twice_the_first_session_is_when_it_was_asked_for():
    start = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert repeated("FREQ=DAILY;COUNT=2", "Europe/Berlin", start) == [
        start,
        datetime(2026, 10, 26, 1, 30, tzinfo=UTC),
    ]
    other_day = repeated("FREQ=WEEKLY;BYDAY=MO;COUNT=1", "Europe/Berlin", start)
    assert other_day == [datetime(2026, 10, 26, 1, 30, tzinfo=UTC)]


def test_sessions_keep_their_hour_over_each_change_of_clocks():
    """In every zone, from every half hour of the day before the change."""
    for zone, change in changes_of_clocks():
        tz = ZoneInfo(zone)
        for number in range(48):
            start = change - ONE_DAY + number * HALF_AN_HOUR
            first = start.astimezone(tz)
            found = repeated("FREQ=DAILY;COUNT=3", zone, start)
            assert found[0] == start
            for days, moment in enumerate(found[1:], 1):
                assert moment == at_first(first.date() + days * ONE_DAY, first.time(), tz)


def at_first(day, at, tz):
    """The first moment at which the clocks show this time; if they skip it, as they stood before."""
    wall = datetime.combine(day, at.replace(fold=0), UTC)
    offsets = {(wall + hours * HOUR).astimezone(tz).utcoffset() for hours in (-30, 30)}
    shown = [wall - offset for offset in offsets]
    shown = [moment for moment in shown if moment + moment.astimezone(tz).utcoffset() == wall]
    return min(shown, default=wall - min(offsets))


def changes_of_clocks():
    """The beginnings of the UTC days of two years in which clocks change, each with a zone.

    Of zones that have the same offsets throughout, one is enough.
    """
    first = datetime(2027, 1, 1, tzinfo=UTC)
    days = [first + number * ONE_DAY for number in range(2 * 365)]
    zones = {
        tuple(day.astimezone(ZoneInfo(zone)).utcoffset() for day in days): zone
        for zone in time_zones()
    }
    for offsets, zone in zones.items():
        for day, (before, after) in zip(days, pairwise(offsets), strict=False):
            if before != after:
                yield zone, day


@pytest.mark.parametrize(
    "rule",
    [
        "",
        "FREQ=WEEKLY",
        "FREQ=DAILY;COUNT=367",
        "FREQ=DAILY;COUNT=２",  # noqa: RUF001  # a full-width digit
        "FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=31;COUNT=2;BYDAY=MO",
        "FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=31;UNTIL=20280101",
        "FREQ=DAILY;UNTIL=00010101T000000Z",
        "FREQ=DAILY;UNTIL=20251231",
        "FREQ=DAILY;UNTIL=20290101",
        "FREQ=DAILY;UNTIL=20270401",
        "FREQ=MONTHLY;INTERVAL=52;COUNT=366",
    ],
)
def test_an_invalid_rule_is_refused_with_its_field(rule):
    with pytest.raises(InvalidRecurrence) as refused:
        repeated(rule, "UTC", datetime(2026, 2, 1, tzinfo=UTC))
    assert refused.value.code == "invalid_recurrence"
    assert [error["pointer"] for error in refused.value.errors] == ["/rrule"]


def test_an_unknown_time_zone_is_refused():
    with pytest.raises(Problem) as refused:
        repeated("FREQ=DAILY;COUNT=2", "../etc/passwd", datetime(2026, 1, 1, tzinfo=UTC))
    assert refused.value.errors[0]["pointer"] == "/timezone"
