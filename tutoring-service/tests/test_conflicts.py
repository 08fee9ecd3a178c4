"""What is in the way of a session, and how much of it is shown."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from tutoring_service.models import SessionBooking
from tutoring_service.scheduling.conflicts import Conflict, TimeConflict, conflict_of
from tutoring_service.scheduling.wall_time import Occurrence
from tutoring_service.states import Role

RUTH, BOAZ, DAVID, HILLEL = (uuid4() for _ in range(4))
PEOPLE = {RUTH: Role.TUTOR, BOAZ: Role.STUDENT}


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2030, 1, 8, hour, minute, tzinfo=UTC)


def lesson(start: datetime, end: datetime) -> Occurrence:
    minutes = int((end - start).total_seconds()) // 60
    return Occurrence(start.date(), start.time(), end.time(), minutes, start, end)


def booked(number: int, tutor: object, student: object, *hours: datetime) -> SessionBooking:
    start, end = hours
    return SessionBooking(
        session_id=number, tutor_id=tutor, student_id=student, starts_at=start, ends_at=end
    )


TEN_TO_ELEVEN = lesson(at(10), at(11))


@pytest.mark.parametrize(
    ("start", "end", "overlaps"),
    [
        (at(9), at(10), False),
        (at(11), at(12), False),
        (at(9), at(10, 1), True),
        (at(10, 59), at(12), True),
        (at(10, 15), at(10, 30), True),
        (at(9), at(12), True),
    ],
)
def test_a_session_may_begin_when_another_ends(
    start: datetime, end: datetime, overlaps: bool
) -> None:
    other = booked(1, RUTH, DAVID, start, end)
    assert (conflict_of(TEN_TO_ELEVEN, [other], PEOPLE, RUTH) is not None) is overlaps


@pytest.mark.parametrize(
    ("tutor", "student", "busy"),
    [
        (RUTH, DAVID, (Role.TUTOR,)),
        (HILLEL, BOAZ, (Role.STUDENT,)),
        (RUTH, BOAZ, (Role.TUTOR, Role.STUDENT)),
        # A tutor who learns elsewhere is busy, too, and so is a student who teaches.
        (HILLEL, RUTH, (Role.TUTOR,)),
        (BOAZ, DAVID, (Role.STUDENT,)),
    ],
)
def test_a_conflict_names_the_roles_that_are_busy(
    tutor: object, student: object, busy: tuple[Role, ...]
) -> None:
    other = booked(1, tutor, student, at(10), at(11))
    conflict = conflict_of(TEN_TO_ELEVEN, [other], PEOPLE, None)
    assert conflict is not None
    assert conflict.who == busy


def test_only_a_participant_learns_which_session_conflicts() -> None:
    foreign = booked(1, HILLEL, BOAZ, at(9, 30), at(10, 30))
    own = booked(2, RUTH, DAVID, at(10, 30), at(11, 30))
    conflict = conflict_of(TEN_TO_ELEVEN, [foreign, own], PEOPLE, RUTH)
    assert conflict == Conflict(TEN_TO_ELEVEN, (Role.TUTOR, Role.STUDENT), 2)
    hidden = conflict_of(TEN_TO_ELEVEN, [foreign], PEOPLE, RUTH)
    assert hidden is not None
    assert hidden.session_id is None


def test_a_refusal_describes_the_first_conflict_and_lists_all() -> None:
    later = lesson(at(12), at(13))
    refusal = TimeConflict(
        [Conflict(TEN_TO_ELEVEN, (Role.STUDENT,), None), Conflict(later, (Role.TUTOR,), 7)]
    )
    assert refusal.detail == "The student is not free at that time."
    assert (refusal.extra["who"], refusal.extra["session_id"]) == ("student", None)
    assert [one["starts_at"] for one in refusal.extra["conflicts"]] == [
        "2030-01-08T10:00:00Z",
        "2030-01-08T12:00:00Z",
    ]
