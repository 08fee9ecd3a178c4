"""RULES: when a tutor works, and which times of his are free."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from chassis.auth.tokens import Caller
from chassis.errors import Conflict, NotFound, invalid
from recurrence import instant
from tutoring_service.models import SessionBooking, TutorAvailability, db
from tutoring_service.scheduling.wall_time import Occurrence, local_date
from tutoring_service.states import Weekday

# Three months; with the bound on slots this is what one request may make the service compute.
LONGEST_SEARCH = timedelta(days=93)
MOST_SLOTS = 2000
MIDNIGHT = time()

Span = tuple[datetime, datetime]


class OutsideWorkingHours(Conflict):
    """The tutor does not work at that time."""

    code = "outside_working_hours"


@dataclass(frozen=True)
class Slot:
    """A free time."""

    starts_at: datetime
    ends_at: datetime


def of_tutor(tutor_id: UUID) -> TutorAvailability:
    """The tutor's working hours; `NotFound` if he has said nothing of them."""
    row = db.session.get(TutorAvailability, tutor_id)
    if row is None:
        raise NotFound
    return row


def declare(
    caller: Caller, timezone: str, weekly: list[dict[str, Any]], exceptions: list[dict[str, Any]]
) -> TutorAvailability:
    """Replace what the tutor has said. Sessions that are booked stay."""
    _check_hours(weekly, "weekly")
    for number, exception in enumerate(exceptions):
        _check_hours(exception["hours"], f"exceptions/{number}/hours")
    if len({exception["date"] for exception in exceptions}) < len(exceptions):
        raise invalid("exceptions", "A date occurs twice.")
    # The row is there before it is locked: of two who declare for the first time, one would else
    # find the other's.
    empty = {
        "tutor_id": caller.id,
        "timezone": timezone,
        "weekly": [],
        "exceptions": [],
        "version": 0,
    }
    db.session.execute(insert(TutorAvailability).values(empty).on_conflict_do_nothing())
    row = db.session.get_one(
        TutorAvailability, caller.id, with_for_update=True, populate_existing=True
    )
    row.timezone, row.weekly, row.exceptions = timezone, _as_json(weekly), _as_json(exceptions)
    row.version += 1
    db.session.flush()
    return row


def slots(tutor_id: UUID, since: datetime, until: datetime, minutes: int) -> list[Slot]:
    """The tutor's free times of this length, one after another from the start of each free stretch.

    The caller asks for no more than `LONGEST_SEARCH`. Two queries.
    """
    declared = of_tutor(tutor_id)
    stretches = free(working(declared, since, until), _busy(tutor_id, since, until))
    return list(islice(cut(stretches, since, until, timedelta(minutes=minutes)), MOST_SLOTS))


def outside_hours(tutor_id: UUID, occurrences: Sequence[Occurrence]) -> list[Occurrence]:
    """The occurrences that are not wholly within the tutor's working hours; none if he has said
    nothing of them.
    """
    declared = db.session.get(TutorAvailability, tutor_id)
    if declared is None:
        return []
    spans = working(
        declared, min(o.starts_at for o in occurrences), max(o.ends_at for o in occurrences)
    )
    return [
        o
        for o in occurrences
        if not any(start <= o.starts_at and o.ends_at <= end for start, end in spans)
    ]


def check_hours(tutor_id: UUID, occurrences: Sequence[Occurrence]) -> None:
    """`OutsideWorkingHours` if some of the occurrences are."""
    refuse(outside_hours(tutor_id, occurrences))


def refuse(outside: Sequence[Occurrence]) -> None:
    """`OutsideWorkingHours`, with the dates, if there are any."""
    if outside:
        raise OutsideWorkingHours(dates=[one.session_date.isoformat() for one in outside])


def working(declared: TutorAvailability, since: datetime, until: datetime) -> list[Span]:
    """The stretches in which the tutor works, in order, those that touch joined."""
    weekly: dict[int, list[dict[str, Any]]] = {}
    for hours in declared.weekly:
        weekly.setdefault(Weekday(hours["weekday"]).number, []).append(hours)
    exceptions = {exception["date"]: exception["hours"] for exception in declared.exceptions}
    day = local_date(since, declared.timezone) - timedelta(days=1)
    spans: list[Span] = []
    while day <= local_date(until, declared.timezone):
        hours_of_day = exceptions.get(day.isoformat(), weekly.get(day.weekday(), []))
        spans += [_span(day, hours, declared.timezone) for hours in hours_of_day]
        day += timedelta(days=1)
    return joined(spans)


def _span(day: date, hours: dict[str, Any], timezone: str) -> Span:
    start, end = time.fromisoformat(hours["start_time"]), time.fromisoformat(hours["end_time"])
    last_day = day + timedelta(days=1) if end == MIDNIGHT else day
    return instant(day, start, timezone), instant(last_day, end, timezone)


def joined(spans: Iterable[Span]) -> list[Span]:
    """The stretches in order, those that touch as one."""
    merged: list[Span] = []
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _busy(tutor_id: UUID, since: datetime, until: datetime) -> list[Span]:
    """When the person has sessions, as a tutor or as a student."""
    booking = SessionBooking
    query = select(booking.starts_at, booking.ends_at).where(
        booking.held,
        (booking.tutor_id == tutor_id) | (booking.student_id == tutor_id),
        func.tstzrange(booking.starts_at, booking.ends_at).op("&&")(func.tstzrange(since, until)),
    )
    return joined((start, end) for start, end in db.session.execute(query))


def free(hours: list[Span], busy: list[Span]) -> Iterable[Span]:
    """What the busy stretches leave of the working ones; both in order, without overlaps."""
    ends = [end for _, end in busy]
    for start, end in hours:
        for taken_from, taken_until in busy[bisect_right(ends, start) :]:
            if taken_from >= end:
                break
            yield start, taken_from
            start = taken_until
        yield start, end


def cut(
    stretches: Iterable[Span], since: datetime, until: datetime, length: timedelta
) -> Iterable[Slot]:
    """Slots of this length, one after another from the start of each stretch."""
    for start, end in stretches:
        start, end = max(start, since), min(end, until)
        while start + length <= end:
            yield Slot(start, start + length)
            start += length


def _check_hours(hours: list[dict[str, Any]], field: str) -> None:
    for number, one in enumerate(hours):
        if one["end_time"] != MIDNIGHT and one["end_time"] <= one["start_time"]:
            raise invalid(
                f"{field}/{number}/end_time",
                "Must be after start_time; 00:00 is the end of the day.",
            )


def _as_json(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    def plain(value: Any) -> Any:
        if isinstance(value, list):
            return _as_json(value)
        return value.isoformat() if isinstance(value, date | time) else value

    return [{name: plain(value) for name, value in row.items()} for row in rows]
