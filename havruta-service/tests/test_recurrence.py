"""When sessions repeat."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from chassis.errors import Problem
from havruta_service.recurrence import InvalidRecurrence, occurrences


def wall(rule, start, zone="UTC"):
    """The occurrences in wall time, as text."""
    tz = ZoneInfo(zone)
    begin = datetime.fromisoformat(start).replace(tzinfo=tz).astimezone(UTC)
    return [f"{each.astimezone(tz):%m-%d %H:%M}" for each in occurrences(rule, zone, begin)]


def days(rule, start):
    return [text[:5] for text in wall(rule, start)]


@pytest.mark.parametrize(
    ("rule", "start", "expected"),
    [
        (
            "FREQ=WEEKLY;BYDAY=TU,TH;COUNT=5",
            "2026-01-06T18:00",
            ["01-06", "01-08", "01-13", "01-15", "01-20"],
        ),
        (
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH;COUNT=5",
            "2026-01-06T18:00",
            ["01-06", "01-08", "01-20", "01-22", "02-03"],
        ),
        ("FREQ=MONTHLY;COUNT=4", "2026-01-31T18:00", ["01-31", "03-31", "05-31", "07-31"]),
        (
            "FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=4",
            "2026-01-31T18:00",
            ["01-31", "02-28", "03-31", "04-30"],
        ),
        ("FREQ=DAILY;UNTIL=20260103", "2026-01-01T18:00", ["01-01", "01-02", "01-03"]),
        ("FREQ=DAILY;UNTIL=20260103T175900Z", "2026-01-01T18:00", ["01-01", "01-02"]),
        ("rrule:freq=daily;count=2", "2026-12-31T18:00", ["12-31", "01-01"]),
        ("FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=29;COUNT=2", "2028-02-29T18:00", ["02-29", "02-29"]),
    ],
)
def test_a_rule_gives_its_days(rule, start, expected):
    assert days(rule, start) == expected


def test_the_hour_stays_when_the_clocks_change():
    start = datetime(2026, 3, 24, 17, tzinfo=UTC)
    found = occurrences("FREQ=WEEKLY;COUNT=2", "Europe/Berlin", start)
    assert found == [datetime(2026, 3, 24, 17, tzinfo=UTC), datetime(2026, 3, 31, 16, tzinfo=UTC)]


def test_an_hour_that_is_skipped_moves_on_by_the_gap():
    assert wall("FREQ=WEEKLY;COUNT=2", "2026-03-22T02:30", "Europe/Berlin") == [
        "03-22 02:30",
        "03-29 03:30",
    ]


def test_an_hour_that_comes_twice_is_the_first():
    start = datetime(2026, 10, 18, 0, 30, tzinfo=UTC)
    assert occurrences("FREQ=WEEKLY;COUNT=2", "Europe/Berlin", start)[1] == datetime(
        2026, 10, 25, 0, 30, tzinfo=UTC
    )


@pytest.mark.parametrize(
    "rule",
    [
        "",
        "FREQ=WEEKLY",
        "FREQ=SECONDLY;COUNT=2",
        "FREQ=DAILY;COUNT=0",
        "FREQ=DAILY;COUNT=367",
        "FREQ=DAILY;COUNT=--5",
        "FREQ=DAILY;COUNT=２",  # noqa: RUF001  # a full-width digit
        "FREQ=DAILY;COUNT=2;COUNT=3",
        "FREQ=DAILY;COUNT=2;UNTIL=20260103",
        "FREQ=DAILY;COUNT=2;BYSETPOS=1",
        "FREQ=DAILY;INTERVAL=53;COUNT=2",
        "FREQ=DAILY;BYMONTHDAY=1;COUNT=2",
        "FREQ=WEEKLY;BYDAY=1TU;COUNT=2",
        "FREQ=WEEKLY;BYDAY=;COUNT=2",
        "FREQ=MONTHLY;BYMONTHDAY=0;COUNT=2",
        "FREQ=MONTHLY;BYMONTHDAY=32;COUNT=2",
        "FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=31;COUNT=2;BYDAY=MO",
        "FREQ=DAILY;UNTIL=00010101T000000Z",
        "FREQ=DAILY;UNTIL=20251231",
        "FREQ=DAILY;UNTIL=20290101",
        "FREQ=DAILY;UNTIL=tomorrow",
        "FREQ=DAILY;UNTIL=20270401",
        "FREQ=MONTHLY;INTERVAL=52;COUNT=366",
    ],
)
def test_what_is_no_rule_here_is_refused(rule):
    with pytest.raises(InvalidRecurrence):
        occurrences(rule, "UTC", datetime(2026, 2, 1, tzinfo=UTC))


def test_a_zone_has_to_be_one():
    with pytest.raises(Problem) as refused:
        occurrences("FREQ=DAILY;COUNT=2", "../etc/passwd", datetime(2026, 1, 1, tzinfo=UTC))
    assert refused.value.errors[0]["pointer"] == "/timezone"
