"""When exactly a session takes place, from its wall time."""

from datetime import UTC, date, datetime, time

from tutoring_service.scheduling.wall_time import minutes_between, occurrence

BERLIN = "Europe/Berlin"


def test_a_time_that_the_clocks_skip_moves_forward_by_what_they_skip() -> None:
    moved = occurrence(date(2026, 3, 29), time(2, 30), 60, BERLIN)
    assert (moved.start_time, moved.end_time, moved.duration) == (time(3, 30), time(4, 30), 60)
    assert moved.starts_at == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_a_time_that_the_clocks_show_twice_means_the_first() -> None:
    first = occurrence(date(2026, 10, 25), time(2, 30), 60, BERLIN)
    assert first.starts_at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert (first.start_time, first.end_time) == (time(2, 30), time(3, 30))


def test_minutes_are_counted_past_midnight() -> None:
    assert minutes_between(time(23, 30), time(0, 30)) == 60
    assert minutes_between(time(10), time(10)) == 24 * 60
