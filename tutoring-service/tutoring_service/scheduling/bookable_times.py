"""RULES: which times the student of an enrolment may book themselves.

They lie on the grid of the tutor's slots (`availability.grid`), which no booking moves. `offered` lists those
that can be booked, and `check` accepts these and no others: both decide by the same functions.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, or_, select

from chassis.clock import now, rfc3339
from chassis.errors import Conflict
from tutoring_service import availability
from tutoring_service.availability import Slot, Span
from tutoring_service.models import (
    Course,
    Enrollment,
    SessionBooking,
    TutorAvailability,
    TutoringSession,
    db,
)
from tutoring_service.scheduling import conflicts
from tutoring_service.scheduling.wall_time import Occurrence, local_date, occurrence
from tutoring_service.states import Role, SessionStatus

LONGEST_BUFFER = timedelta(minutes=240)
WEEK = timedelta(days=7)


class NotBookable(Conflict):
    """This is none of the times that you may book: they lie on the grid of the tutor's working hours."""

    code = "not_bookable"


class NoticeTooShort(Conflict):
    """The session would begin sooner than the course allows; `earliest` is when one may begin."""

    code = "notice_too_short"


class WeekFull(Conflict):
    """You have as many sessions of the course in that week as there may be; `most` is how many."""

    code = "week_full"


@dataclass(frozen=True)
class Wanted:
    """For which enrolment times are looked for; `moved` is the session that one of them would replace."""

    enrollment: Enrollment
    moved: TutoringSession | None = None

    @property
    def course(self) -> Course:
        return self.enrollment.course

    @property
    def length(self) -> timedelta:
        """How long the session takes. One that is moved stays as long as it is."""
        if self.moved is None:
            return timedelta(minutes=self.course.session_minutes)
        return self.moved.booking.ends_at - self.moved.booking.starts_at

    @property
    def earliest(self) -> datetime:
        return now() + timedelta(minutes=self.course.minimum_notice_minutes)

    @property
    def excluded(self) -> list[int]:
        """The sessions that are in no one's way."""
        return [self.moved.id] if self.moved else []


def offered(wanted: Wanted, since: datetime, until: datetime) -> list[Slot]:
    """The times within the period that can be booked now, `MOST_SLOTS` at most. Three queries."""
    declared = db.session.get(TutorAvailability, wanted.enrollment.tutor_id)
    since = max(since, wanted.earliest)
    if declared is None or since >= until:
        return []
    found = availability.free(_grid(declared, wanted, since, until), _taken(wanted, since, until))
    weeks = _weeks(wanted, since, until)
    allowed = (
        slot for slot in found if not _is_full(wanted, weeks, slot) and not _stays(wanted, slot)
    )
    return list(islice(allowed, availability.MOST_SLOTS))


def check(wanted: Wanted, starts_at: datetime) -> Occurrence:
    """The session that would begin then; raises why the student may not book it.

    The calendars of both people must be locked; until the transaction ends the tutor's hours stay.
    """
    enrollment, slot = wanted.enrollment, Slot(starts_at, starts_at + wanted.length)
    if starts_at < wanted.earliest:
        raise NoticeTooShort(earliest=rfc3339(wanted.earliest))
    _check_on_grid(wanted, slot)
    when = _occurrence(enrollment, slot)
    people = enrollment.tutor_id, enrollment.student_id
    conflicts.check_free(*people, [when], caller_id=enrollment.student_id, exclude=wanted.excluded)
    period = slot.starts_at, slot.ends_at
    if not any(availability.free([slot], _taken(wanted, *period))):
        raise conflicts.TimeConflict([conflicts.Conflict(when, (Role.TUTOR,), None)])
    if _is_full(wanted, _weeks(wanted, *period), slot):
        raise WeekFull(most=wanted.course.most_per_week)
    return when


def _check_on_grid(wanted: Wanted, slot: Slot) -> None:
    declared = db.session.get(
        TutorAvailability,
        wanted.enrollment.tutor_id,
        with_for_update={"read": True},
        populate_existing=True,
    )
    if declared is None or slot not in _grid(declared, wanted, slot.starts_at, slot.ends_at):
        raise NotBookable


def _grid(
    declared: TutorAvailability, wanted: Wanted, since: datetime, until: datetime
) -> Iterator[Slot]:
    """The slots within the period that the wall time of the enrolment can say, whatever is booked."""
    hours = availability.working(declared, since, until)
    slots = availability.grid(hours, declared.timezone, since, until, wanted.length)
    timezone = wanted.enrollment.timezone
    return (slot for slot in slots if availability.can_be_said(slot, timezone))


def _occurrence(enrollment: Enrollment, slot: Slot) -> Occurrence:
    start = slot.starts_at.astimezone(ZoneInfo(enrollment.timezone))
    minutes = int((slot.ends_at - slot.starts_at).total_seconds()) // 60
    return occurrence(start.date(), start.time(), minutes, enrollment.timezone)


def _taken(wanted: Wanted, since: datetime, until: datetime) -> list[Span]:
    """When the tutor and the student have sessions, those of the tutor with the time around them."""
    booking = SessionBooking
    people = [wanted.enrollment.tutor_id, wanted.enrollment.student_id]
    period = func.tstzrange(since - LONGEST_BUFFER, until + LONGEST_BUFFER)
    query = (
        select(
            booking.starts_at,
            booking.ends_at,
            booking.tutor_id,
            booking.student_id,
            Course.buffer_before_minutes,
            Course.buffer_after_minutes,
        )
        .join(Enrollment, Enrollment.id == booking.enrolled_courses_id)
        .join(Course, Course.id == Enrollment.course_id)
        .where(
            booking.held,
            or_(booking.tutor_id.in_(people), booking.student_id.in_(people)),
            func.tstzrange(booking.starts_at, booking.ends_at).op("&&")(period),
            booking.session_id.not_in(wanted.excluded),
        )
    )
    return availability.joined(_kept_free(wanted, *row) for row in db.session.execute(query))


def _kept_free(
    wanted: Wanted,
    starts_at: datetime,
    ends_at: datetime,
    tutor_id: UUID,
    student_id: UUID,
    before: int,
    after: int,
) -> Span:
    """When the wanted session may not take place because of this one.

    Between two sessions of a tutor lies the longer of the two times that they ask for there.
    """
    this_tutor = wanted.enrollment.tutor_id
    if this_tutor not in (tutor_id, student_id):
        return starts_at, ends_at
    # As a student, the tutor has no time of their own around a session.
    own_before, own_after = (before, after) if this_tutor == tutor_id else (0, 0)
    ahead = max(own_before, wanted.course.buffer_after_minutes)
    behind = max(own_after, wanted.course.buffer_before_minutes)
    return starts_at - timedelta(minutes=ahead), ends_at + timedelta(minutes=behind)


def _weeks(wanted: Wanted, since: datetime, until: datetime) -> Counter[date]:
    """How many sessions the enrolment has in each week that the period touches; in others, too few."""
    if wanted.course.most_per_week is None:
        return Counter()
    booking, timezone = SessionBooking, wanted.enrollment.timezone
    query = (
        select(booking.starts_at)
        .join(booking.session)
        .where(
            booking.enrolled_courses_id == wanted.enrollment.id,
            booking.starts_at.between(since - WEEK, until + WEEK),
            TutoringSession.status != SessionStatus.CANCELLED,
            booking.session_id.not_in(wanted.excluded),
        )
    )
    return Counter(_week(starts_at, timezone) for starts_at in db.session.scalars(query))


def _is_full(wanted: Wanted, weeks: Counter[date], slot: Slot) -> bool:
    most = wanted.course.most_per_week
    return most is not None and weeks[_week(slot.starts_at, wanted.enrollment.timezone)] >= most


def _week(moment: datetime, timezone: str) -> date:
    """The Monday of the week there."""
    day = local_date(moment, timezone)
    return day - timedelta(days=day.weekday())


def _stays(wanted: Wanted, slot: Slot) -> bool:
    return wanted.moved is not None and wanted.moved.booking.starts_at == slot.starts_at
