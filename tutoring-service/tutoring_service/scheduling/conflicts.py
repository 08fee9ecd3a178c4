"""RULES: no tutor and no student is in two sessions at once.

The database holds it: exclusion constraints on `session_bookings`. Before that, a transaction that books
locks the calendars of both people, always in the same order. So one waits for the other, instead of both
for each other, and the conflicts can be listed.

All that asks whether the other person is free comes through `find`, which tells no more than that and counts
the times.
"""

from bisect import bisect_right
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select, text

from chassis import errors
from chassis.clock import rfc3339
from tutoring_service import checked_times
from tutoring_service.models import SessionBooking, db
from tutoring_service.runtime import runtime
from tutoring_service.scheduling.wall_time import Occurrence, span
from tutoring_service.states import Role

# Advisory, because people are rows of another service. Two people with the same key by chance only
# wait for each other. DISTINCT and ORDER BY are the one order in which all transactions lock.
LOCK = text(
    "SELECT pg_advisory_xact_lock(key) FROM "
    "(SELECT DISTINCT hashtextextended(person, 0) AS key "
    "FROM unnest(CAST(:people AS text[])) person ORDER BY 1) keys"
)


@dataclass(frozen=True)
class Conflict:
    """What is in the way of an occurrence. `session_id` is told only to a participant of that session."""

    occurrence: Occurrence
    who: tuple[Role, ...]
    session_id: int | None


class TimeConflict(errors.Conflict):
    """The tutor or the student is not free at that time."""

    code = "time_conflict"

    # The constraints refuse without a list: they are reached only past `lock_calendars`.
    def __init__(self, conflicts: Sequence[Conflict] = ()) -> None:
        if not conflicts:
            super().__init__()
            return
        first = conflicts[0]
        super().__init__(
            f"The {first.who[0]} is not free at that time.",
            who=first.who[0],
            session_id=first.session_id,
            conflicts=[_listed(conflict) for conflict in conflicts],
        )


def lock_calendars(*people: UUID) -> None:
    """Keep all other transactions from booking these people until this one ends."""
    db.session.execute(LOCK, {"people": [str(person) for person in people]})


def check_free(
    tutor_id: UUID,
    student_id: UUID,
    occurrences: Sequence[Occurrence],
    *,
    caller_id: UUID,
    exclude: Collection[int] = (),
) -> None:
    """`TimeConflict` if something is in the way of one of these occurrences."""
    if found := find(tutor_id, student_id, occurrences, caller_id=caller_id, exclude=exclude):
        raise TimeConflict(found)


def find(
    tutor_id: UUID,
    student_id: UUID,
    occurrences: Sequence[Occurrence],
    *,
    caller_id: UUID,
    exclude: Collection[int] = (),
) -> list[Conflict]:
    """What is in the way of these occurrences, in order, apart from sessions to `exclude`; one query.

    The caller is the tutor or the student. `TooManyTimesChecked` if they ask too much about the other.
    """
    other_id = student_id if caller_id == tutor_id else tutor_id
    checked_times.take(runtime().counts, caller_id, other_id, len(occurrences))
    people = {tutor_id: Role.TUTOR, student_id: Role.STUDENT}
    booking = SessionBooking
    # Half open, as in the constraints: a session may begin when another ends.
    period = func.tstzrange(*span(occurrences))
    query = select(booking).where(
        # As in the constraints, whose indexes PostgreSQL uses only if it sees this condition.
        booking.held,
        or_(booking.tutor_id.in_(people), booking.student_id.in_(people)),
        func.tstzrange(booking.starts_at, booking.ends_at).op("&&")(period),
        booking.session_id.not_in(exclude),
    )
    taken = sorted(db.session.scalars(query), key=_end)
    found = (conflict_of(occurrence, taken, people, caller_id) for occurrence in occurrences)
    return [conflict for conflict in found if conflict]


def conflict_of(
    occurrence: Occurrence,
    taken: Sequence[SessionBooking],
    people: dict[UUID, Role],
    visible_to: UUID | None,
) -> Conflict | None:
    """What of the bookings, which are in the order of their ends, overlaps the occurrence."""
    # A search by the end, because a series of years is compared with the bookings of years.
    later = taken[bisect_right(taken, occurrence.starts_at, key=_end) :]
    overlapping = [other for other in later if other.starts_at < occurrence.ends_at]
    if not overlapping:
        return None
    busy = {person for other in overlapping for person in _people(other)}
    shown = [other.session_id for other in overlapping if visible_to in _people(other)]
    who = tuple(role for person, role in people.items() if person in busy)
    return Conflict(occurrence, who, next(iter(shown), None))


def _end(booking: SessionBooking) -> Any:
    return booking.ends_at


def _people(booking: SessionBooking) -> tuple[UUID, UUID]:
    return booking.tutor_id, booking.student_id


def _listed(conflict: Conflict) -> dict[str, Any]:
    return {
        "session_date": conflict.occurrence.session_date.isoformat(),
        "starts_at": rfc3339(conflict.occurrence.starts_at),
        "ends_at": rfc3339(conflict.occurrence.ends_at),
        "who": list(conflict.who),
        "session_id": conflict.session_id,
    }
