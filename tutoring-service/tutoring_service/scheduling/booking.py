"""RULES: a tutor books sessions: one, or a series."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from sqlalchemy import select

from chassis.auth.tokens import Caller
from chassis.clock import now
from chassis.data.limits import LimitReached, require_room
from chassis.errors import Conflict, invalid
from recurrence import date_of
from tutoring_service import availability, calendars, notifications, reminders
from tutoring_service.models import (
    Enrollment,
    SessionBooking,
    SessionSeries,
    TutoringSession,
    apart,
    db,
)
from tutoring_service.notifications import Kind
from tutoring_service.roles import enrollment_of, keep_enrollment, require
from tutoring_service.scheduling import conflicts, recurring_pattern
from tutoring_service.scheduling.details import DETAILS, check_details, check_length
from tutoring_service.scheduling.recurring_pattern import Recurrence
from tutoring_service.scheduling.wall_time import Occurrence, occurrence
from tutoring_service.states import EnrollmentStatus, Frequency, Role, SessionStatus


class EnrollmentNotActive(Conflict):
    """The enrolment is not active."""

    code = "enrollment_not_active"


class KeptApart(Conflict):
    """The tutor and the student are kept apart: one blocks the other, or is suspended."""

    code = "kept_apart"


class SessionLimitReached(LimitReached):
    """The enrolment has as many sessions as it may, those of all states; `most` is how many."""

    code = "session_limit_reached"
    most = 5000


@dataclass(frozen=True)
class Plan:
    """The occurrences that a request for sessions means, and what is in their way."""

    enrollment: Enrollment
    start_time: time
    recurrence: Recurrence | None
    occurrences: Sequence[Occurrence]
    conflicts: Sequence[conflicts.Conflict]
    outside_hours: Sequence[Occurrence]


@dataclass(frozen=True)
class Scheduled:
    """The sessions that were booked, and the occurrences that were left out."""

    occurrences: Sequence[TutoringSession]
    skipped: Sequence[Occurrence] = ()

    @property
    def first(self) -> TutoringSession:
        return self.occurrences[0]


def schedule(caller: Caller, wanted: Mapping[str, Any]) -> Scheduled:
    """Book what is wanted: all of it, or nothing; with `on_conflict` "skip" all that is possible."""
    enrollment, role = keep_enrollment(caller, wanted["enrolled_courses_id"])
    require(role, Role.TUTOR)
    # The enrolment's row comes first, as in the transaction that closes it: that one cancels these
    # sessions, too, or this one finds it closed.
    conflicts.lock_calendars(enrollment.tutor_id, enrollment.student_id)
    plan = _plan(caller, enrollment, wanted)
    check_details(enrollment.tutor_id, enrollment.student_id, wanted)
    skipped = left_out(plan, skip=wanted["on_conflict"] == "skip")
    kept = [one for one in plan.occurrences if one not in skipped]
    booked = book(enrollment, wanted, kept, _add_series(plan))
    tell_booked(booked, caller)
    return Scheduled(booked, skipped)


def preview(caller: Caller, wanted: Mapping[str, Any]) -> Plan:
    """What `schedule` would book, and what is in the way."""
    enrollment, role = enrollment_of(caller, wanted["enrolled_courses_id"])
    require(role, Role.TUTOR)
    check_details(enrollment.tutor_id, enrollment.student_id, wanted)
    return _plan(caller, enrollment, wanted)


@dataclass(frozen=True)
class InSeries:
    """The series that sessions are booked in, and how it recurs."""

    row: SessionSeries
    recurrence: Recurrence


def book(
    enrollment: Enrollment,
    details: Mapping[str, Any],
    occurrences: Sequence[Occurrence],
    in_series: InSeries | None = None,
) -> list[TutoringSession]:
    """Write sessions that nothing is in the way of. The calendars of both people must be locked."""
    its = select(TutoringSession.id).filter_by(enrolled_courses_id=enrollment.id)
    require_room(db.session, SessionLimitReached, its, of=enrollment.id, more=len(occurrences))
    booked = [_session(enrollment, details, one, in_series) for one in occurrences]
    db.session.add_all(booked)
    db.session.flush()
    reminders.plan(booked)
    db.session.flush()
    return booked


def tell_booked(booked: Sequence[TutoringSession], caller: Caller) -> None:
    """Notify all but the caller of the sessions, once."""
    first = booked[0].booking
    people = notifications.everyone(first)
    notifications.tell(
        Kind.SESSION_BOOKED,
        people,
        first,
        caller.id,
        calendar=calendars.told_of(booked),
        count=len(booked),
    )


def check_open(enrollment: Enrollment) -> None:
    """Sessions may be booked in it: it is active, and the two are not kept apart."""
    check_active(enrollment)
    tutor_id, student_id = enrollment.tutor_id, enrollment.student_id
    # Either may be suspended; the other cannot go on alone.
    if apart.is_apart(tutor_id, [tutor_id, student_id]):
        raise KeptApart


def check_active(enrollment: Enrollment) -> None:
    """`EnrollmentNotActive` unless it is active."""
    status = enrollment.status
    if status != EnrollmentStatus.ACTIVE:
        raise EnrollmentNotActive(f"The enrolment is {status}.", enrollment_status=status)


def left_out(plan: Plan, *, skip: bool) -> list[Occurrence]:
    """The occurrences that are skipped.

    Raises what is in the way if nothing may be skipped, or if nothing would be left.
    """
    # Both reasons count together: what conflicts and is outside the hours is left out once.
    conflicting = {conflict.occurrence for conflict in plan.conflicts}
    refused = conflicting | set(plan.outside_hours)
    if skip and len(refused) < len(plan.occurrences):
        return [one for one in plan.occurrences if one in refused]
    if plan.conflicts:
        raise conflicts.TimeConflict(plan.conflicts)
    availability.refuse(plan.outside_hours)
    return []


def _plan(caller: Caller, enrollment: Enrollment, wanted: Mapping[str, Any]) -> Plan:
    check_open(enrollment)
    duration = check_length(wanted["start_time"], wanted["end_time"])
    timezone, tutor_id = enrollment.timezone, enrollment.tutor_id
    # Each day by its own wall time, so that a weekly lesson keeps its hour over a change of clocks.
    recurring = _recurrence(wanted, timezone)
    days = _days(recurring, wanted)
    occurrences = [occurrence(day, wanted["start_time"], duration, timezone) for day in days]
    found = conflicts.find(tutor_id, enrollment.student_id, occurrences, caller_id=caller.id)
    outside: Sequence[Occurrence] = ()
    if not wanted["force"]:
        outside = availability.outside_hours(tutor_id, occurrences)
    return Plan(enrollment, wanted["start_time"], recurring, occurrences, found, outside)


def _recurrence(wanted: Mapping[str, Any], timezone: str) -> Recurrence | None:
    start, rule = wanted["session_date"], None
    if wanted["rrule"]:
        at = wanted["start_time"]
        rule = recurring_pattern.from_rrule(wanted["rrule"], start, at, timezone)
    recurring_pattern.check_consistent(wanted, rule)
    if rule:
        return rule
    frequency = wanted["session_frequency"] or Frequency.ONE_TIME
    pattern = wanted["recurring_pattern"] or {}
    if frequency == Frequency.ONE_TIME and not pattern.get("specific_dates"):
        if wanted["is_recurring"]:
            raise invalid(
                "session_frequency", "A recurring session needs a frequency, dates or an rrule."
            )
        return None
    return recurring_pattern.from_pattern(
        frequency, pattern, start, wanted["recurrence_count"], wanted["recurrence_until"]
    )


def _days(recurring: Recurrence | None, wanted: Mapping[str, Any]) -> list[date]:
    start = wanted["session_date"]
    if recurring is None:
        return [start]
    with recurring_pattern.refused_as("rrule" if wanted["rrule"] else "recurring_pattern"):
        return recurring_pattern.expand(recurring, start)


def _add_series(plan: Plan) -> InSeries | None:
    """The series of a recurring plan. It begins with the rule, also if its first dates are skipped."""
    if plan.recurrence is None:
        return None
    # Of the plan, not of what is booked: the rule says its dates from the first one on, and a
    # calendar is told which of them are left out.
    first, timezone = plan.occurrences[0], plan.enrollment.timezone
    rule, dates = recurring_pattern.written(plan.recurrence)
    row = SessionSeries(
        enrolled_courses_id=plan.enrollment.id,
        timezone=timezone,
        rule=rule,
        dates=dates,
        # As they were asked for: the clocks may skip the time on the first day alone.
        starts_on=date_of(first.starts_at, plan.start_time, timezone),
        start_time=plan.start_time,
        duration=first.duration,
        created_at=now(),
    )
    db.session.add(row)
    db.session.flush()
    return InSeries(row, plan.recurrence)


def _session(
    enrollment: Enrollment,
    details: Mapping[str, Any],
    when: Occurrence,
    in_series: InSeries | None,
) -> TutoringSession:
    return TutoringSession(
        enrolled_courses_id=enrollment.id,
        session_date=when.session_date,
        start_time=when.start_time,
        end_time=when.end_time,
        duration=when.duration,
        topics_covered=[],
        status=SessionStatus.SCHEDULED,
        # No one was present at what has not happened, whatever the column's default says.
        tutor_attendance_status=None,
        student_attendance_status=None,
        **_recurrence_columns(in_series),
        **{name: details[name] for name in DETAILS},
        booking=SessionBooking(
            enrolled_courses_id=enrollment.id,
            tutor_id=enrollment.tutor_id,
            student_id=enrollment.student_id,
            starts_at=when.starts_at,
            ends_at=when.ends_at,
            timezone=enrollment.timezone,
            series_id=in_series and in_series.row.id,
            original_start=in_series and when.starts_at,
        ),
    )


def _recurrence_columns(in_series: InSeries | None) -> dict[str, Any]:
    """The older application's three columns, written from the series."""
    if in_series is None:
        return {"is_recurring": False, "session_frequency": Frequency.ONE_TIME}
    recurrence = in_series.recurrence
    return {
        "is_recurring": True,
        "session_frequency": recurrence.label(),
        "recurring_pattern": recurrence.pattern(in_series.row.starts_on),
    }
