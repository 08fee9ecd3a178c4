"""`from` and `to` of a query as instants."""

from datetime import UTC, datetime

import pytest
from marshmallow import ValidationError

from chassis.web.periods import PeriodQuery


def loaded(**query: str) -> tuple[datetime | None, datetime | None]:
    found = PeriodQuery().load(query)
    return found["since"], found["until"]


def test_a_date_stands_for_the_whole_day_in_its_zone() -> None:
    period = loaded(**{"from": "2026-03-05", "to": "2026-03-05", "tz": "Asia/Jerusalem"})
    assert period == (
        datetime(2026, 3, 4, 22, tzinfo=UTC),
        datetime(2026, 3, 5, 22, tzinfo=UTC),
    )


def test_an_instant_is_taken_as_it_is() -> None:
    period = loaded(**{"from": "2026-03-05T12:00:00+02:00", "to": "2026-03-05T11:00:00Z"})
    assert period == (
        datetime(2026, 3, 5, 10, tzinfo=UTC),
        datetime(2026, 3, 5, 11, tzinfo=UTC),
    )


def test_a_day_without_midnight_starts_at_its_first_moment() -> None:
    # The clocks of Asuncion went from 0:00 to 1:00 on this day.
    since, _ = loaded(**{"from": "2023-10-01", "tz": "America/Asuncion"})
    assert since == datetime(2023, 10, 1, 4, tzinfo=UTC)


def test_a_missing_bound_is_open() -> None:
    assert loaded() == (None, None)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("from", "2026-02-30"),
        ("from", "\u0662\u0660\u0662\u0666-03-05"),
        ("to", "1999-12-31"),
        ("to", "2026-03-05T12:00:00"),
        ("tz", "Mars/Olympus"),
        ("tz", "../etc/passwd"),
        ("tz", ""),
    ],
)
def test_an_invalid_date_instant_or_zone_is_refused(name: str, value: str) -> None:
    with pytest.raises(ValidationError) as refused:
        loaded(**{name: value})
    assert list(refused.value.messages) == [name]
