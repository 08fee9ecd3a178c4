"""When exactly a session takes place, from its wall time."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from chassis.clock import time_zones
from tutoring_service.availability import Slot, can_be_said
from tutoring_service.scheduling.wall_time import Occurrence, minutes_between, occurrence

BERLIN = "Europe/Berlin"
ONE_DAY, HALF_AN_HOUR = timedelta(days=1), timedelta(minutes=30)


def test_a_time_that_the_clocks_skip_moves_forward_by_what_they_skip() -> None:
    moved = occurrence(date(2026, 3, 29), time(2, 30), 60, BERLIN)
    assert (moved.start_time, moved.end_time, moved.duration) == (time(3, 30), time(4, 30), 60)
    assert moved.starts_at == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_a_time_that_the_clocks_show_twice_means_the_first() -> None:
    first = occurrence(date(2026, 10, 25), time(2, 30), 60, BERLIN)
    assert first.starts_at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert (first.start_time, first.end_time) == (time(2, 30), time(2, 30))


def test_minutes_are_counted_past_midnight() -> None:
    assert minutes_between(time(23, 30), time(0, 30)) == 60
    assert minutes_between(time(10), time(10)) == 24 * 60


def test_wall_times_are_those_of_the_instants_in_every_night_of_change() -> None:
    for zone, moments in nights_of_change():
        for asked in moments:
            for duration in (45, 720):
                check(occurrence(asked.date(), asked.time(), duration, zone), duration, zone)


def check(found: Occurrence, duration: int, zone: str) -> None:
    """The wall times are those of the instants, between which the session lasts."""
    start, end = (at.astimezone(ZoneInfo(zone)) for at in (found.starts_at, found.ends_at))
    assert (found.session_date, found.start_time) == (start.date(), start.time())
    assert found.end_time == end.time()
    assert found.ends_at - found.starts_at == timedelta(minutes=duration)
    assert occurrence(found.session_date, found.start_time, duration, zone) == found


def test_a_slot_is_taken_by_its_wall_times_or_left_out_in_every_night_of_change() -> None:
    for zone, moments in nights_of_change():
        slots = [Slot(start, start + timedelta(minutes=45)) for start in moments]
        said = [slot for slot in slots if can_be_said(slot, zone)]
        assert [taken_by_wall_times(slot, zone) for slot in said] == said
        # At least the one that the change is in, at most those of the repeated hours of Troll too.
        assert 1 <= len(slots) - len(said) <= 6


def taken_by_wall_times(slot: Slot, zone: str) -> Slot:
    """What is booked from the slot's start to its end, in wall time."""
    start, end = (at.astimezone(ZoneInfo(zone)) for at in (slot.starts_at, slot.ends_at))
    minutes = minutes_between(start.time(), end.time())
    booked = occurrence(start.date(), start.time(), minutes, zone)
    return Slot(booked.starts_at, booked.ends_at)


@cache
def nights_of_change() -> list[tuple[str, Sequence[datetime]]]:
    """The half hours of the three days around each change of clocks in two years, in every zone."""
    first = datetime(2027, 1, 1, tzinfo=UTC)
    days = [first + number * ONE_DAY for number in range(2 * 365)]
    return [
        (zone, [day - ONE_DAY + number * HALF_AN_HOUR for number in range(3 * 48)])
        for zone in sorted(time_zones())
        for day in days
        if day.astimezone(ZoneInfo(zone)).utcoffset()
        != (day + ONE_DAY).astimezone(ZoneInfo(zone)).utcoffset()
    ]
