"""Wall time: gaps, repeated hours, and the last date before an UNTIL that is an instant."""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recurrence import Freq, Rule, date_of, instant, occurrences, parse

BERLIN = "Europe/Berlin"
ZONES = (files("tzdata") / "zones").read_text().split()
MINUTE = timedelta(minutes=1)


def test_a_weekly_rule_keeps_its_hour_over_a_change_of_clocks() -> None:
    weekly = parse("FREQ=WEEKLY;COUNT=2")
    assert occurrences(weekly, date(2026, 3, 24), time(18), BERLIN, most=2) == [
        datetime(2026, 3, 24, 17, tzinfo=UTC),
        datetime(2026, 3, 31, 16, tzinfo=UTC),
    ]


def test_a_time_that_the_clocks_skip_moves_forward_by_the_gap() -> None:
    moment = instant(date(2026, 3, 29), time(2, 30), BERLIN)
    assert moment == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert f"{moment.astimezone(ZoneInfo(BERLIN)):%H:%M}" == "03:30"


@pytest.mark.parametrize("fold", [0, 1])
def test_a_time_that_the_clocks_show_twice_means_the_first(fold: int) -> None:
    moment = instant(date(2026, 10, 25), time(2, 30, fold=fold), BERLIN)
    assert moment == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "day", "at", "expected"),
    [
        ("Pacific/Kiritimati", "2026-01-01", time(0), "2025-12-31T10:00Z"),
        ("Pacific/Pago_Pago", "2025-12-31", time(23), "2026-01-01T10:00Z"),
        ("Africa/Addis_Ababa", "2028-02-29", time(18), "2028-02-29T15:00Z"),
        ("America/New_York", "2026-03-08", time(2, 30), "2026-03-08T07:30Z"),
        ("America/New_York", "2026-11-01", time(1, 30), "2026-11-01T05:30Z"),
        # half an hour is skipped, and shown twice
        ("Australia/Lord_Howe", "2026-10-04", time(2, 15), "2026-10-03T15:45Z"),
        ("Australia/Lord_Howe", "2026-04-05", time(1, 45), "2026-04-04T14:45Z"),
        # midnight is skipped
        ("Africa/Cairo", "2026-04-24", time(0, 30), "2026-04-23T22:30Z"),
        # a whole day is skipped
        ("Pacific/Apia", "2011-12-30", time(18), "2011-12-31T04:00Z"),
    ],
)
def test_wall_times_become_instants_all_over_the_world(
    zone: str, day: str, at: time, expected: str
) -> None:
    assert instant(date.fromisoformat(day), at, zone) == datetime.fromisoformat(expected)


@pytest.mark.parametrize(
    ("zone", "moment", "at", "day"),
    [
        (BERLIN, "2027-03-28T01:30Z", time(2, 30), "2027-03-28"),
        # midnight is skipped: with the time, or before it
        ("America/Nuuk", "2027-03-28T01:30Z", time(23, 30), "2027-03-27"),
        ("America/Nuuk", "2027-03-28T01:30Z", time(0, 30), "2027-03-28"),
        ("Africa/Cairo", "2026-04-23T22:30Z", time(0, 30), "2026-04-24"),
        # not the time of the series: moved alone
        (BERLIN, "2027-06-01T10:00Z", time(2, 30), "2027-06-01"),
    ],
)
def test_a_moment_leads_back_to_the_date_of_its_wall_time(
    zone: str, moment: str, at: time, day: str
) -> None:
    assert date_of(datetime.fromisoformat(moment), at, zone) == date.fromisoformat(day)


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(ZONES),
    st.datetimes(datetime(2000, 1, 1), datetime(2199, 12, 31)),  # noqa: DTZ001  # read off a wall
)
def test_the_clocks_show_a_time_at_its_instant_or_skip_it(
    zone: str,
    wall: datetime,
) -> None:
    check_instant(wall, zone)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_an_instant_near_a_change_of_clocks_is_right(data: st.DataObject) -> None:
    zone = data.draw(st.sampled_from(zones_that_change()))
    change = data.draw(st.sampled_from(changes(zone)))
    before = (change - MINUTE).astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)
    wall = before + MINUTE * data.draw(st.integers(-180, 180))
    check_instant(wall, zone)


def test_each_time_that_a_zone_skips_or_shows_twice_is_right() -> None:
    found = {
        (zone, change): walls_around(change, zone)
        for zone in zones_that_change()
        for change in changes(zone)
    }
    assert {"Africa/Casablanca", "America/Nuuk", "Antarctica/Troll"} <= {zone for zone, _ in found}
    for (zone, _), walls in found.items():
        for wall in walls:
            check_instant(wall, zone)
            check_series(wall, zone)


def walls_around(change: datetime, zone: str) -> list[datetime]:
    """Times before, within and after what the clocks skip or show twice at this change."""
    offsets = offset_at(change - MINUTE, zone), offset_at(change, zone)
    first, last = sorted(change.replace(tzinfo=None) + offset for offset in offsets)
    return [first - MINUTE, first, first + (last - first) / 2, last - MINUTE, last]


def check_series(wall: datetime, zone: str) -> None:
    """A daily series has one occurrence for each date, and each leads back to it."""
    days = [wall.date() + timedelta(days=number) for number in (-1, 0, 1)]
    found = occurrences(parse("FREQ=DAILY;COUNT=3"), days[0], wall.time(), zone, most=3)
    assert found == sorted(set(found)) == [instant(day, wall.time(), zone) for day in days]
    assert [date_of(moment, wall.time(), zone) for moment in found] == days


def check_instant(wall: datetime, zone: str) -> None:
    """The instant is the first that shows the time or, if it is skipped, shows it with the gap added."""
    moment = instant(wall.date(), wall.time(), zone)
    shown = moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)
    moments = moments_that_show(wall, zone)
    if moments:
        assert (shown, moment) == (wall, moments[0])
    else:
        assert shown - wall == gap_before(moment, zone)


def moments_that_show(wall: datetime, zone: str) -> list[datetime]:
    """The moments at which the clocks show this time, found only from the offsets around it."""
    around = wall.replace(tzinfo=UTC)
    offsets = {offset_at(around + timedelta(hours=hours), zone) for hours in range(-48, 49)}
    candidates = {around - offset for offset in offsets}
    return sorted(m for m in candidates if m + offset_at(m, zone) == around)


def gap_before(moment: datetime, zone: str) -> timedelta:
    """By how much the clocks were put forward in the day before this moment."""
    day_before = moment - timedelta(days=1)
    return offset_at(moment, zone) - offset_at(day_before, zone)


def offset_at(moment: datetime, zone: str) -> timedelta:
    offset = moment.astimezone(ZoneInfo(zone)).utcoffset()
    assert offset is not None
    return offset


@cache
def zones_that_change() -> list[str]:
    return [zone for zone in ZONES if changes(zone)]


@cache
def changes(zone: str) -> list[datetime]:
    """The minutes at which the clocks of the zone are changed in 2026 to 2028."""
    found = []
    day = datetime(2026, 1, 1, tzinfo=UTC)
    while day.year < 2029:
        after = day + timedelta(days=1)
        if offset_at(day, zone) != offset_at(after, zone):
            found.append(_minute_of_change(day, after, zone))
        day = after
    return found


def _minute_of_change(before: datetime, after: datetime, zone: str) -> datetime:
    while after - before > MINUTE:
        middle = before + (after - before) // MINUTE // 2 * MINUTE
        if offset_at(middle, zone) == offset_at(before, zone):
            before = middle
        else:
            after = middle
    return after


@pytest.mark.parametrize(
    ("until", "at", "zone", "last"),
    [
        ("20260120", time(18), BERLIN, "2026-01-20"),
        ("20260120T170000Z", time(18), BERLIN, "2026-01-20"),
        ("20260120T165959Z", time(18), BERLIN, "2026-01-19"),
        ("20260120T230000Z", time(0), BERLIN, "2026-01-21"),
        ("20260101T100000Z", time(0), "Pacific/Kiritimati", "2026-01-02"),
        ("20260101T100000Z", time(23), "Pacific/Pago_Pago", "2025-12-31"),
        # 02:30 is skipped, and happens at 01:30Z
        ("20260329T012959Z", time(2, 30), BERLIN, "2026-03-28"),
        ("20260329T013000Z", time(2, 30), BERLIN, "2026-03-29"),
        # 02:30 comes twice, at 00:30Z and 01:30Z; at 01:15Z the clocks show 02:15 again
        ("20261025T002959Z", time(2, 30), BERLIN, "2026-10-24"),
        ("20261025T011500Z", time(2, 30), BERLIN, "2026-10-25"),
    ],
)
def test_an_until_instant_becomes_the_last_date_that_it_reaches(
    until: str,
    at: time,
    zone: str,
    last: str,
) -> None:
    rule = parse(f"FREQ=DAILY;UNTIL={until}").local(at, zone)
    assert rule.until == date.fromisoformat(last)


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(ZONES),
    st.times().map(lambda at: at.replace(microsecond=0)),
    st.datetimes(
        datetime(2020, 1, 1),  # noqa: DTZ001  # `timezones` adds the zone
        datetime(2040, 1, 1),  # noqa: DTZ001  # `timezones` adds the zone
        timezones=st.just(UTC),
    ),
)
def test_the_last_date_is_the_latest_that_is_not_after_the_instant(
    zone: str,
    at: time,
    until: datetime,
) -> None:
    last = Rule(Freq.DAILY, until=until).local(at, zone).until
    assert last is not None
    assert instant(last, at, zone) <= until < instant(last + timedelta(days=1), at, zone)


@pytest.mark.parametrize("zone", ["Africa/Addis_Ababa", "America/New_York", BERLIN, "Pacific/Apia"])
def test_every_tuesday_for_a_year_is_at_the_same_hour(zone: str) -> None:
    weekly = parse("FREQ=WEEKLY;COUNT=53")
    moments = occurrences(weekly, date(2026, 1, 6), time(18), zone, most=53)
    shown = [moment.astimezone(ZoneInfo(zone)) for moment in moments]
    assert {(f"{each:%A %H:%M}") for each in shown} == {"Tuesday 18:00"}
    assert len({each.date() for each in shown}) == 53
