"""RULES: no tutor and no student is in two sessions at once.

The database holds it: exclusion constraints on `session_bookings`. Before that, whoever books locks
the calendars of both people, always in the same order; so one waits for the other instead of both
for each other, and what stands in the way can be told.
"""

from bisect import bisect_right
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select, text

from chassis.clock import rfc3339
from chassis.errors import Conflict
from tutoring_service.models import SessionBooking, db
from tutoring_service.states import Role
from tutoring_service.wall_time import Occurrence

# Advisory, because people are rows of another service. Two with the same key by chance only wait
# for each other.
LOCK = text(
    "SELECT pg_advisory_xact_lock(key) FROM "
    "(SELECT DISTINCT hashtextextended(person, 0) AS key FROM unnest(CAST(:people AS text[])) person ORDER BY 1) keys"
)


class TimeConflict(Conflict):
    """The tutor or the student has another session at that time."""

    code = "time_conflict"


@dataclass(frozen=True)
class Clash:
    """What stands in the way of an occurrence. `session_id` is told only to a party of that session."""

    occurrence: Occurrence
    who: tuple[Role, ...]
    session_id: int | None

    def as_json(self) -> dict[str, Any]:
        return {
            "session_date": self.occurrence.session_date.isoformat(),
            "starts_at": rfc3339(self.occurrence.starts_at),
            "ends_at": rfc3339(self.occurrence.ends_at),
            "who": list(self.who),
            "session_id": self.session_id,
        }


def conflict(clashes: Sequence[Clash]) -> TimeConflict:
    """The problem that lists what stands in the way."""
    first = clashes[0]
    return TimeConflict(
        f"The {first.who[0]} has another session at that time.",
        who=first.who[0],
        session_id=first.session_id,
        conflicts=[clash.as_json() for clash in clashes],
    )


def lock_calendars(*people: UUID) -> None:
    """Keep everybody else from booking these people until this transaction ends."""
    db.session.execute(LOCK, {"people": [str(person) for person in people]})


def clashes(
    tutor_id: UUID,
    student_id: UUID,
    occurrences: Sequence[Occurrence],
    *,
    told_to: UUID | None,
    besides: Collection[int] = (),
) -> list[Clash]:
    """What stands in the way of these occurrences, in order; one query. The sessions `besides` do
    not count.
    """
    people = {tutor_id: Role.TUTOR, student_id: Role.STUDENT}
    booking = SessionBooking
    # Half open, as in the constraints: a session may begin when another ends.
    span = func.tstzrange(
        min(o.starts_at for o in occurrences), max(o.ends_at for o in occurrences)
    )
    query = select(booking).where(
        # As in the constraints, whose indexes PostgreSQL uses only if it sees this condition.
        booking.held,
        or_(booking.tutor_id.in_(people), booking.student_id.in_(people)),
        func.tstzrange(booking.starts_at, booking.ends_at).op("&&")(span),
        booking.session_id.not_in(besides),
    )
    taken = sorted(db.session.scalars(query), key=lambda other: other.ends_at)
    return [
        clash for occurrence in occurrences if (clash := _clash(occurrence, taken, people, told_to))
    ]


def _clash(
    occurrence: Occurrence,
    taken: list[SessionBooking],
    people: dict[UUID, Role],
    told_to: UUID | None,
) -> Clash | None:
    """What of the bookings, ordered by their end, overlaps the occurrence."""
    later = taken[bisect_right(taken, occurrence.starts_at, key=lambda other: other.ends_at) :]
    overlapping = [other for other in later if other.starts_at < occurrence.ends_at]
    if not overlapping:
        return None
    busy = {person for other in overlapping for person in (other.tutor_id, other.student_id)}
    told = [
        other.session_id for other in overlapping if told_to in (other.tutor_id, other.student_id)
    ]
    who = tuple(role for person, role in people.items() if person in busy)
    return Clash(occurrence, who, told[0] if told else None)
