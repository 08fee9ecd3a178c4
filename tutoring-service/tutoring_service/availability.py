"""RULES: when a tutor works, and which of these times are free."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from chassis.auth.tokens import Caller
from chassis.clock import now
from chassis.errors import Conflict, NotFound, invalid
from recurrence import instant
from tutoring_service import listings
from tutoring_service.models import SessionBooking, TutorAvailability, apart, db
from tutoring_service.scheduling.wall_time import Occurrence, local_date, span
from tutoring_service.states import Weekday

# Three months; with the bound on slots this is what one request may make the service compute.
LONGEST_SEARCH = timedelta(days=93)
MOST_SLOTS = 2000
MIDNIGHT, DAY = time(), timedelta(days=1)

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
    """The tutor's working hours; `NotFound` if the tutor has declared none."""
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
    # The row is there before it is locked: of two transactions that declare for the first time, one
    # would else fail at the other's row.
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
    listings.refresh(caller.id)
    return row


def slots(
    caller: Caller, tutor_id: UUID, since: datetime, until: datetime, minutes: int
) -> list[Slot]:
    """The tutor's free times of this length from now on; none for a caller whom the tutor may not teach.

    The caller asks for no more than `LONGEST_SEARCH`. Three queries.
    """
    declared = of_tutor(tutor_id)
    if apart.is_apart(caller.id, [tutor_id]):
        return []
    # Of five minutes in three months there may be many thousands.
    return _slots(declared, since, until, minutes, MOST_SLOTS)


def first_slots(tutor_id: UUID, until: datetime, minutes: int, most: int) -> list[Slot]:
    """The first of the tutor's free times; none if they have declared no hours. Two queries at most."""
    declared = db.session.get(TutorAvailability, tutor_id)
    return [] if declared is None else _slots(declared, now(), until, minutes, most)


def outside_hours(tutor_id: UUID, occurrences: Sequence[Occurrence]) -> list[Occurrence]:
    """The occurrences that are not wholly within the tutor's working hours; none if the tutor has
    declared nothing.
    """
    declared = db.session.get(TutorAvailability, tutor_id)
    if declared is None:
        return []
    spans = working(declared, *span(occurrences))
    return [one for one in occurrences if not _within(one, spans)]


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
    # From the day before, whose hours may reach past midnight.
    day = local_date(since, declared.timezone) - DAY
    spans: list[Span] = []
    while day <= local_date(until, declared.timezone):
        # An exception replaces the hours of its day, also by none.
        hours_of_day = exceptions.get(day.isoformat(), weekly.get(day.weekday(), []))
        spans += [_span(day, hours, declared.timezone) for hours in hours_of_day]
        day += DAY
    return joined(spans)


def _within(one: Occurrence, spans: Sequence[Span]) -> bool:
    return any(start <= one.starts_at and one.ends_at <= end for start, end in spans)


def _span(day: date, hours: dict[str, Any], timezone: str) -> Span:
    start, end = time.fromisoformat(hours["start_time"]), time.fromisoformat(hours["end_time"])
    last_day = day
    if end == MIDNIGHT:
        last_day += DAY
    return instant(day, start, timezone), instant(last_day, end, timezone)


def joined(spans: Iterable[Span]) -> list[Span]:
    """The stretches in order, those that touch as one."""
    merged: list[Span] = []
    # A stretch that the clocks skip is empty.
    for start, end in sorted(stretch for stretch in spans if stretch[0] < stretch[1]):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _slots(
    declared: TutorAvailability, since: datetime, until: datetime, minutes: int, most: int
) -> list[Slot]:
    since = max(since, now())
    if since >= until:
        return []
    hours, busy = working(declared, since, until), _busy(declared.tutor_id, since, until)
    found = free(grid(hours, declared.timezone, since, until, timedelta(minutes=minutes)), busy)
    return list(islice((one for one in found if can_be_said(one, declared.timezone)), most))


def _busy(tutor_id: UUID, since: datetime, until: datetime) -> list[Span]:
    """When the person has sessions, as a tutor or as a student."""
    booking = SessionBooking
    query = select(booking.starts_at, booking.ends_at).where(
        booking.held,
        (booking.tutor_id == tutor_id) | (booking.student_id == tutor_id),
        func.tstzrange(booking.starts_at, booking.ends_at).op("&&")(func.tstzrange(since, until)),
    )
    return joined((start, end) for start, end in db.session.execute(query))


def grid(
    hours: Iterable[Span], timezone: str, since: datetime, until: datetime, length: timedelta
) -> Iterator[Slot]:
    """The slots of this length that lie within the period, one after another from the start of each
    working stretch, whatever is booked and whenever it is asked.
    """
    for stretch in hours:
        for start, end in _each_day(stretch, timezone):
            # Those before the period are passed over at once; `//` rounds down, and so here up.
            start += max(-((start - since) // length), 0) * length
            while start + length <= min(end, until):
                yield Slot(start, start + length)
                start += length


def _each_day(stretch: Span, timezone: str) -> Iterator[Span]:
    """The stretch, divided at each midnight that a whole day of work comes before.

    Where one works without a break, the start of a stretch depends on how far back one looks.
    """
    start, end = stretch
    midnights = _midnights(start, timezone)
    if next(midnights) < start:
        next(midnights)
    for midnight in midnights:
        if midnight >= end:
            break
        yield start, midnight
        start = midnight
    yield start, end


def _midnights(since: datetime, timezone: str) -> Iterator[datetime]:
    """The beginnings of the days there, from the one in which the moment is."""
    day = local_date(since, timezone)
    while True:
        yield instant(day, MIDNIGHT, timezone)
        day += DAY


def free(slots: Iterable[Slot], busy: Sequence[Span]) -> Iterator[Slot]:
    """The slots that overlap none of the busy stretches, which are in order and apart."""
    ends = [end for _, end in busy]
    for slot in slots:
        # The first that ends after the slot begins.
        number = bisect_right(ends, slot.starts_at)
        if number == len(busy) or slot.ends_at <= busy[number][0]:
            yield slot


def can_be_said(slot: Slot, timezone: str) -> bool:
    """Whether a booking from the slot's start to its end, in wall time, takes place then.

    In a night of changing clocks it may be another time or length.
    """
    zone = ZoneInfo(timezone)
    start, end = slot.starts_at.astimezone(zone), slot.ends_at.astimezone(zone)
    means_the_start = instant(start.date(), start.time(), timezone) == slot.starts_at
    return means_the_start and start.utcoffset() == end.utcoffset()


def _check_hours(hours: list[dict[str, Any]], field: str) -> None:
    for number, one in enumerate(hours):
        if one["end_time"] != MIDNIGHT and one["end_time"] <= one["start_time"]:
            raise invalid(
                f"{field}/{number}/end_time",
                "Must be after start_time; 00:00 is the end of the day.",
            )


def _as_json(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [_row_as_json(row) for row in rows]


def _row_as_json(row: dict[str, Any]) -> dict[str, Any]:
    plain = dict(row)
    for name, value in row.items():
        if isinstance(value, list):
            plain[name] = _as_json(value)
        elif isinstance(value, date | time):
            plain[name] = value.isoformat()
    return plain
