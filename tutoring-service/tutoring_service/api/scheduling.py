"""Booking sessions."""

from typing import Any

from marshmallow import fields, validate

from chassis.auth.authorization import caller, signed_in
from chassis.web.conditional import etag
from chassis.web.fields import (
    Answer,
    Body,
    Boolean,
    Choice,
    Instant,
    Integer,
    List,
    LocalDate,
    Name,
    Text,
)
from chassis.web.idempotency import idempotent
from chassis.web.rest import Blueprint
from chassis.web.strict_requests import BodyBounds
from tutoring_service.api.sessions import TutoringSession
from tutoring_service.api.wall_time import LocalTime
from tutoring_service.availability import OutsideWorkingHours
from tutoring_service.checked_times import TooManyTimesChecked
from tutoring_service.scheduling import booking
from tutoring_service.scheduling.booking import (
    EnrollmentNotActive,
    KeptApart,
    Plan,
    SessionLimitReached,
)
from tutoring_service.scheduling.conflicts import TimeConflict
from tutoring_service.scheduling.recurring_pattern import InvalidRecurrence
from tutoring_service.states import Frequency, Month, Priority, Role, SessionMode, Weekday

blueprint = Blueprint("scheduling")


class Topics(List):
    """A bounded list of topics."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Name(200, least=1), 50, **kwargs)


class RecurringPattern(Body):
    """On which days, in which months, and on which other dates; null and [] mean the same."""

    days = List(Choice(Weekday), 7, allow_none=True, load_default=None)
    months = List(Choice(Month), 12, allow_none=True, load_default=None)
    specific_dates = List(LocalDate(), 366, allow_none=True, load_default=None)


class Details(Body):
    """What a session has besides its time."""

    topics = Topics(load_default=list)
    session_mode = Choice(SessionMode, load_default=SessionMode.ONLINE)
    location = Name(255, load_default=None, allow_none=True)
    whiteboard_id = Integer(1, load_default=None, allow_none=True)
    priority_level = Choice(Priority, load_default=Priority.MEDIUM)
    notification_enabled = Boolean(load_default=False)
    alarm_enabled = Boolean(load_default=False)
    alarm_before_minutes = Integer(0, 10080, load_default=15)
    is_featured = Boolean(load_default=False)


class NewTutoringSession(Details):
    enrolled_courses_id = Integer(1, required=True)
    session_date = LocalDate(
        required=True,
        metadata={"description": "May lie in the past, to keep a record, from the year 2000 on."},
    )
    start_time = LocalTime(required=True)
    end_time = LocalTime(
        required=True, metadata={"description": "At or before start_time: on the day after."}
    )
    is_recurring = Boolean(
        load_default=None, metadata={"description": "By default, as the other fields say."}
    )
    session_frequency = Choice(
        Frequency,
        load_default=None,
        metadata={"description": "By default that of the rrule, or one-time."},
    )
    recurring_pattern = fields.Nested(RecurringPattern, load_default=None, allow_none=True)
    rrule = Text(
        500,
        least=1,
        load_default=None,
        allow_none=True,
        metadata={
            "description": "RFC 5545, such as FREQ=WEEKLY;BYDAY=TU,TH;COUNT=5; instead of frequency and "
            "pattern."
        },
    )
    recurrence_count = Integer(1, 366, load_default=None, allow_none=True)
    recurrence_until = LocalDate(load_default=None, allow_none=True)
    on_conflict = fields.String(
        validate=validate.OneOf(["fail", "skip"]),
        load_default="fail",
        metadata={
            "description": "`fail`: all or nothing; `skip`: leave out occurrences that are in the way."
        },
    )
    force = Boolean(
        load_default=False, metadata={"description": "Also outside your working hours."}
    )


class PlannedOccurrence(Answer):
    session_date = fields.Date(required=True)
    start_time = LocalTime(required=True)
    end_time = LocalTime(required=True)
    duration = fields.Integer(required=True)
    starts_at = Instant(required=True)
    ends_at = Instant(required=True)


class BookedOccurrence(PlannedOccurrence):
    id = fields.Integer(required=True)
    starts_at = Instant(required=True, attribute="booking.starts_at")
    ends_at = Instant(required=True, attribute="booking.ends_at")


class ScheduledTutoringSession(TutoringSession):
    """The session; of a series the first, with all that were booked and all that were left out."""

    def path_of(self, kind: type, name: str) -> str:
        return name if name in {"occurrences", "skipped"} else f"first.{name}"

    occurrences = fields.List(fields.Nested(BookedOccurrence), required=True)
    skipped = fields.List(fields.Nested(PlannedOccurrence), required=True)


class OccurrenceConflict(Answer):
    session_date = fields.Date(required=True, attribute="occurrence.session_date")
    starts_at = Instant(required=True, attribute="occurrence.starts_at")
    ends_at = Instant(required=True, attribute="occurrence.ends_at")
    who = fields.List(Choice(Role), required=True)
    session_id = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "Told only to a party of that session."},
    )


class SchedulePreview(Answer):
    occurrences = fields.List(fields.Nested(PlannedOccurrence), required=True)
    conflicts = fields.List(fields.Nested(OccurrenceConflict), required=True)
    outside_hours = fields.List(fields.Nested(PlannedOccurrence), required=True)


@blueprint.post("/api/sessions", "book_tutoring_session")
@signed_in
@idempotent
@blueprint.arguments(NewTutoringSession, bounds=BodyBounds(256 * 1024))
@blueprint.response(201, ScheduledTutoringSession, versioned=True)
@blueprint.raises(
    TimeConflict,
    OutsideWorkingHours,
    EnrollmentNotActive,
    KeptApart,
    InvalidRecurrence,
    SessionLimitReached,
    TooManyTimesChecked,
)
def book_tutoring_session(body: dict[str, Any]) -> Any:
    """Book a session, or a series of sessions."""
    scheduled = booking.schedule(caller(), body)
    first = scheduled.first
    return scheduled, {**etag(first.booking.version), "Location": f"/api/sessions/{first.id}"}


@blueprint.post("/api/sessions/preview", "preview_tutoring_session")
@signed_in
@blueprint.arguments(NewTutoringSession, bounds=BodyBounds(256 * 1024))
@blueprint.response(200, SchedulePreview)
@blueprint.raises(EnrollmentNotActive, KeptApart, InvalidRecurrence, TooManyTimesChecked)
def preview_tutoring_session(body: dict[str, Any]) -> Plan:
    """Preview what would be booked and what conflicts; nothing is booked."""
    return booking.preview(caller(), body)
