"""Where a series is split for a change, and what becomes of its occurrences' positions."""

from collections.abc import Iterator
from datetime import date, time
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tutoring_service import sessions
from tutoring_service.models import SessionBooking, SessionSeries, TutoringSession, db
from tutoring_service.scheduling import series
from tutoring_service.scheduling.series import Move
from tutoring_service.states import Scope

A_DAY_LATER = Move(1, None, 60)


@pytest.fixture
def weekly(app: Flask, school: Any) -> Iterator[SessionSeries]:
    """Five Tuesdays, over the change of clocks in Berlin at the end of March."""
    school.session(session_date="2030-03-19", rrule="FREQ=WEEKLY;COUNT=5")
    with app.app_context():
        yield db.session.scalars(select(SessionSeries)).one()


def occurrences(row: SessionSeries) -> list[TutoringSession]:
    query = sessions.with_booking().where(SessionBooking.series_id == row.id)
    return list(db.session.scalars(query.order_by(SessionBooking.original_start)))


def positions(row: SessionSeries) -> list[str]:
    return [f"{one.booking.original_start:%m-%dT%H}" for one in occurrences(row)]


def split_at(row: SessionSeries, number: int, move: Move) -> SessionSeries:
    """The series that the occurrences from this number on are in after the split."""
    targets = occurrences(row)[number:]
    series.split(row, targets, move)
    return db.session.get_one(SessionSeries, targets[0].booking.series_id)


def test_a_split_ends_the_old_series_before_its_first_target(weekly: SessionSeries) -> None:
    new = split_at(weekly, 2, A_DAY_LATER)
    assert (weekly.rule, weekly.starts_on) == ("FREQ=WEEKLY;UNTIL=20300401", date(2030, 3, 19))
    assert (new.rule, new.starts_on) == ("FREQ=WEEKLY;UNTIL=20300417", date(2030, 4, 3))
    assert new.split_from == weekly.id


def test_the_positions_move_by_days_of_wall_time(weekly: SessionSeries) -> None:
    # At ten in Berlin: nine o'clock UTC in winter, eight in summer.
    assert positions(weekly) == ["03-19T09", "03-26T09", "04-02T08", "04-09T08", "04-16T08"]
    new = split_at(weekly, 1, Move(-7, time(12), 90))
    assert positions(weekly) == ["03-19T09"]
    assert positions(new) == ["03-19T11", "03-26T11", "04-02T10", "04-09T10"]
    assert (new.start_time, new.duration) == (time(12), 90)


def test_a_series_that_moves_as_a_whole_stays_the_same_series(weekly: SessionSeries) -> None:
    assert split_at(weekly, 0, Move(7, None, 60)) is weekly
    assert positions(weekly) == ["03-26T09", "04-02T08", "04-09T08", "04-16T08", "04-23T08"]
    assert weekly.starts_on == date(2030, 3, 26)


def test_a_detached_occurrence_moves_its_position_and_keeps_its_time(
    weekly: SessionSeries,
) -> None:
    fourth = occurrences(weekly)[3]
    fourth.booking.detached = True
    before = fourth.booking.starts_at
    targets = [one for one in occurrences(weekly)[2:] if one is not fourth]
    series.split(weekly, targets, A_DAY_LATER)
    assert fourth.booking.series_id == targets[0].booking.series_id
    assert f"{fourth.booking.original_start:%m-%d}" == "04-10"
    assert fourth.booking.starts_at == before


def test_the_older_columns_are_written_from_the_new_rule(weekly: SessionSeries) -> None:
    first, *_, last = occurrences(weekly)
    split_at(weekly, 4, A_DAY_LATER)
    assert last.recurring_pattern == {"days": ["Wednesday"], "months": [], "specific_dates": []}
    assert first.recurring_pattern is not None
    assert first.recurring_pattern["days"] == ["Tuesday"]


@pytest.mark.parametrize(
    ("scope", "detached", "affected"),
    [
        (Scope.THIS, False, [2]),
        (Scope.FUTURE, False, [2, 4]),
        (Scope.FUTURE, True, [2, 3, 4]),
        (Scope.ALL, False, [0, 1, 2, 4]),
        (Scope.ALL, True, [0, 1, 2, 3, 4]),
    ],
)
def test_a_change_affects_the_occurrences_of_its_scope(
    weekly: SessionSeries, scope: Scope, detached: bool, affected: list[int]
) -> None:
    all_five = occurrences(weekly)
    all_five[3].booking.detached = True
    db.session.flush()
    found = series.affected(all_five[2], scope, detached=detached)
    assert [all_five.index(one) for one in found] == affected


def test_the_named_session_is_affected_even_if_it_is_detached(weekly: SessionSeries) -> None:
    third = occurrences(weekly)[2]
    third.booking.detached = True
    db.session.flush()
    assert third in series.affected(third, Scope.FUTURE, detached=False)


def test_completed_and_cancelled_occurrences_are_not_affected(weekly: SessionSeries) -> None:
    first, second, third, *later = occurrences(weekly)
    first.status, second.status = "completed", "cancelled"
    db.session.flush()
    assert series.affected(third, Scope.ALL, detached=False) == [third, *later]
