"""What is booked of a plan, and what is left out."""

from datetime import date, time, timedelta

import pytest

from tutoring_service.availability import OutsideWorkingHours
from tutoring_service.models import Enrollment
from tutoring_service.scheduling.booking import (
    EnrollmentNotActive,
    Plan,
    check_active,
    left_out,
)
from tutoring_service.scheduling.conflicts import Conflict, TimeConflict
from tutoring_service.scheduling.wall_time import Occurrence, occurrence
from tutoring_service.states import Role

WEEKS = [
    occurrence(date(2030, 1, 8) + timedelta(weeks=week), time(10), 60, "UTC") for week in range(3)
]


def plan(conflicting: list[Occurrence], outside: list[Occurrence]) -> Plan:
    conflicts = [Conflict(one, (Role.TUTOR,), None) for one in conflicting]
    return Plan(Enrollment(), time(10), None, WEEKS, conflicts, outside)


def test_nothing_is_left_out_of_a_plan_without_obstacles() -> None:
    assert left_out(plan([], []), skip=False) == []
    assert left_out(plan([], []), skip=True) == []


def test_a_conflict_is_refused_unless_it_may_be_skipped() -> None:
    with pytest.raises(TimeConflict):
        left_out(plan([WEEKS[1]], []), skip=False)
    assert left_out(plan([WEEKS[1]], []), skip=True) == [WEEKS[1]]


def test_occurrences_outside_the_hours_are_refused_with_their_dates() -> None:
    with pytest.raises(OutsideWorkingHours) as refusal:
        left_out(plan([], WEEKS[1:]), skip=False)
    assert refusal.value.extra == {"dates": ["2030-01-15", "2030-01-22"]}


def test_occurrences_are_skipped_for_both_reasons_in_plan_order() -> None:
    assert left_out(plan([WEEKS[2]], [WEEKS[0]]), skip=True) == [WEEKS[0], WEEKS[2]]


def test_a_plan_with_every_occurrence_skipped_is_refused() -> None:
    with pytest.raises(TimeConflict):
        left_out(plan([WEEKS[0]], WEEKS[1:]), skip=True)
    with pytest.raises(OutsideWorkingHours):
        left_out(plan([], WEEKS), skip=True)


@pytest.mark.parametrize("status", ["paused", "completed", "cancelled"])
def test_sessions_are_booked_only_in_an_active_enrolment(status: str) -> None:
    check_active(Enrollment(status="active"))
    with pytest.raises(EnrollmentNotActive) as refusal:
        check_active(Enrollment(status=status))
    assert refusal.value.extra == {"enrollment_status": status}
