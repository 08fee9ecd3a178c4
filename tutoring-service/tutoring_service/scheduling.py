"""RULES: a tutor books sessions: one, or a series."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from chassis.auth.tokens import Caller
from chassis.clock import now
from chassis.errors import Conflict, invalid
from tutoring_service import availability, booking, notifications, recurring_pattern, reminders
from tutoring_service.booking import Clash
from tutoring_service.models import (
    Enrollment,
    SessionBooking,
    SessionSeries,
    TutoringSession,
    WhiteboardSession,
    db,
)
from tutoring_service.notifications import Kind
from tutoring_service.recurring_pattern import Recurrence
from tutoring_service.roles import enrollment_of, keep_enrollment, require
from tutoring_service.states import EnrollmentStatus, Frequency, Role, SessionMode, SessionStatus
from tutoring_service.wall_time import Occurrence, minutes_between, occurrence

# An end before the start is on the next day, so that a slip of the pen would be a session of a
# night and a day.
SHORTEST, LONGEST = 5, 12 * 60
DETAILS = (
    "topics",
    "session_mode",
    "location",
    "whiteboard_id",
    "priority_level",
    "notification_enabled",
    "alarm_enabled",
    "alarm_before_minutes",
    "is_featured",
)


class EnrollmentNotActive(Conflict):
    """The enrolment is not active."""

    code = "enrollment_not_active"


@dataclass(frozen=True)
class Plan:
    """The occurrences that a request for sessions means, and what stands in their way."""

    enrollment: Enrollment
    recurrence: Recurrence | None
    occurrences: Sequence[Occurrence]
    conflicts: Sequence[Clash]
    outside_hours: Sequence[Occurrence]


@dataclass(frozen=True)
class Scheduled:
    """The sessions that were booked, and the occurrences that were left out."""

    occurrences: Sequence[TutoringSession]
    skipped: Sequence[Occurrence] = ()

    @property
    def first(self) -> TutoringSession:
        return self.occurrences[0]


def schedule(caller: Caller, wanted: dict[str, Any]) -> Scheduled:
    """Book what is wanted: all of it, or nothing; with `on_conflict` "skip" all that is possible."""
    enrollment, role = keep_enrollment(caller, wanted["enrolled_courses_id"])
    require(role, Role.TUTOR)
    # The enrolment's row comes first, as with whoever closes it: they cancel these sessions, too,
    # or we find it closed.
    booking.lock_calendars(enrollment.tutor_id, enrollment.student_id)
    plan = _plan(caller, enrollment, wanted)
    check_details(enrollment.tutor_id, enrollment.student_id, wanted)
    skipped = _left_out(plan, wanted)
    kept = [one for one in plan.occurrences if one not in skipped]
    booked = book(enrollment, wanted, kept, plan.recurrence, plan.occurrences[0].session_date)
    notifications.tell(
        Kind.SESSION_BOOKED,
        notifications.everyone(booked[0].booking),
        booked[0].booking,
        caller.id,
        count=len(booked),
    )
    return Scheduled(booked, skipped)


def preview(caller: Caller, wanted: dict[str, Any]) -> Plan:
    """What `schedule` would book, and what stands in the way."""
    enrollment, role = enrollment_of(caller, wanted["enrolled_courses_id"])
    require(role, Role.TUTOR)
    check_details(enrollment.tutor_id, enrollment.student_id, wanted)
    return _plan(caller, enrollment, wanted)


def book(
    enrollment: Enrollment,
    details: dict[str, Any],
    occurrences: Sequence[Occurrence],
    recurring: Recurrence | None = None,
    first: date | None = None,
) -> list[TutoringSession]:
    """Write sessions whose way is clear. The calendars of both people must be locked."""
    series = _series(
        enrollment, recurring, first or occurrences[0].session_date, occurrences[0], details
    )
    booked = [_session(enrollment, details, one, recurring, series) for one in occurrences]
    db.session.add_all(booked)
    db.session.flush()
    reminders.plan(booked)
    db.session.flush()
    return booked


def check_length(start: Any, end: Any) -> int:
    """The minutes from start to end, past midnight if need be; `Invalid` if too few or too many."""
    minutes = minutes_between(start, end)
    if not SHORTEST <= minutes <= LONGEST:
        raise invalid("end_time", f"A session takes {SHORTEST} minutes to {LONGEST // 60} hours.")
    return minutes


def check_details(tutor_id: UUID, student_id: UUID, details: dict[str, Any]) -> None:
    """`Invalid` unless a place is given where one is needed and the whiteboard is one of these two people."""
    if (
        details["session_mode"] in (SessionMode.IN_PERSON, SessionMode.HYBRID)
        and not details["location"]
    ):
        raise invalid("location", f"Needed if session_mode is {details['session_mode']}.")
    if details["whiteboard_id"] is not None:
        # Locked, so that it is still there when the session refers to it.
        lock = {"read": True, "key_share": True}
        board = db.session.get(WhiteboardSession, details["whiteboard_id"], with_for_update=lock)
        if board is None or (board.tutor_id, board.student_id) != (tutor_id, student_id):
            raise invalid("whiteboard_id", "Not a whiteboard of this tutor and this student.")


def check_active(enrollment: Enrollment) -> None:
    """`EnrollmentNotActive` unless sessions may be booked in it."""
    if enrollment.status != EnrollmentStatus.ACTIVE:
        raise EnrollmentNotActive(
            f"The enrolment is {enrollment.status}.", enrollment_status=enrollment.status
        )


def _plan(caller: Caller, enrollment: Enrollment, wanted: dict[str, Any]) -> Plan:
    check_active(enrollment)
    duration = check_length(wanted["start_time"], wanted["end_time"])
    timezone = enrollment.timezone
    recurring = _recurrence(wanted, timezone)
    days = _days(recurring, wanted)
    occurrences = [occurrence(day, wanted["start_time"], duration, timezone) for day in days]
    return Plan(
        enrollment,
        recurring,
        occurrences,
        booking.clashes(enrollment.tutor_id, enrollment.student_id, occurrences, told_to=caller.id),
        [] if wanted["force"] else availability.outside_hours(enrollment.tutor_id, occurrences),
    )


def _recurrence(wanted: dict[str, Any], timezone: str) -> Recurrence | None:
    if wanted["rrule"]:
        start, at = wanted["session_date"], wanted["start_time"]
        return recurring_pattern.from_rrule(wanted["rrule"], start, at, timezone)
    pattern = wanted["recurring_pattern"] or {}
    dates = pattern.get("specific_dates")
    if wanted["session_frequency"] == Frequency.ONE_TIME and not dates:
        if wanted["is_recurring"]:
            raise invalid(
                "session_frequency", "A recurring session needs a frequency, dates or an rrule."
            )
        return None
    return recurring_pattern.from_pattern(
        wanted["session_frequency"],
        pattern,
        wanted["session_date"],
        wanted["recurrence_count"],
        wanted["recurrence_until"],
    )


def _days(recurring: Recurrence | None, wanted: dict[str, Any]) -> list[date]:
    start = wanted["session_date"]
    if recurring is None:
        return [start]
    with recurring_pattern.refused_as("rrule" if wanted["rrule"] else "recurring_pattern"):
        return recurring_pattern.expand(recurring, start)


def _left_out(plan: Plan, wanted: dict[str, Any]) -> list[Occurrence]:
    """What is skipped; raises what stands in the way if nothing may be, or if nothing would be left."""
    clashing = {clash.occurrence for clash in plan.conflicts}
    outside = set(plan.outside_hours)
    if wanted["on_conflict"] == "skip" and len(clashing | outside) < len(plan.occurrences):
        return [one for one in plan.occurrences if one in clashing or one in outside]
    if plan.conflicts:
        raise booking.conflict(plan.conflicts)
    if outside:
        dates = [one.session_date.isoformat() for one in plan.outside_hours]
        raise availability.OutsideWorkingHours(dates=dates)
    return []


def _series(
    enrollment: Enrollment,
    recurring: Recurrence | None,
    first: date,
    sample: Occurrence,
    details: dict[str, Any],
) -> SessionSeries | None:
    if recurring is None:
        return None
    series = SessionSeries(
        enrolled_courses_id=enrollment.id,
        timezone=enrollment.timezone,
        rule=str(recurring.rule) if recurring.rule else None,
        dates=[day.isoformat() for day in recurring.dates],
        starts_on=first,
        start_time=details["start_time"],
        duration=sample.duration,
        created_at=now(),
    )
    db.session.add(series)
    db.session.flush()
    return series


def _session(
    enrollment: Enrollment,
    details: dict[str, Any],
    when: Occurrence,
    recurring: Recurrence | None,
    series: SessionSeries | None,
) -> TutoringSession:
    return TutoringSession(
        enrolled_courses_id=enrollment.id,
        session_date=when.session_date,
        start_time=when.start_time,
        end_time=when.end_time,
        duration=when.duration,
        topics_covered=[],
        status=SessionStatus.SCHEDULED,
        tutor_attendance_status=None,  # nobody was present at what has not happened, whatever the column's default
        student_attendance_status=None,
        is_recurring=recurring is not None,
        session_frequency=recurring.label() if recurring else Frequency.ONE_TIME,
        recurring_pattern=recurring.pattern(series.starts_on) if recurring and series else None,
        **{name: details[name] for name in DETAILS},
        booking=SessionBooking(
            enrolled_courses_id=enrollment.id,
            tutor_id=enrollment.tutor_id,
            student_id=enrollment.student_id,
            starts_at=when.starts_at,
            ends_at=when.ends_at,
            timezone=enrollment.timezone,
            series_id=series.id if series else None,
            original_start=when.starts_at if series else None,
        ),
    )
