"""Tutoring sessions as their parties see them."""

from typing import Any

from marshmallow import fields

from chassis.auth.authorization import caller, role, signed_in
from chassis.errors import InvalidTransition
from chassis.pages import Page
from chassis.web.conditional import etag
from chassis.web.fields import Answer, Boolean, Choice, Choices, Instant, Integer
from chassis.web.pagination import PageQuery, page_of
from chassis.web.periods import PeriodQuery
from chassis.web.rest import Blueprint
from tutoring_service import history, quarantine, sessions
from tutoring_service.api.periods import check_period
from tutoring_service.api.wall_time import LocalTime
from tutoring_service.models import SessionChange as SessionChangeRow
from tutoring_service.models import TutoringSession as SessionRow
from tutoring_service.scheduling import lifecycle
from tutoring_service.sessions import Sort
from tutoring_service.states import (
    Attendance,
    ChangeKind,
    Frequency,
    Month,
    Priority,
    Role,
    SessionMode,
    SessionStatus,
    Weekday,
)

blueprint = Blueprint("sessions")
PATH = "/api/sessions/<int(max=2147483647):session_id>"


class RecurringPatternAnswer(Answer):
    days = fields.List(Choice(Weekday), allow_none=True)
    months = fields.List(Choice(Month), allow_none=True)
    specific_dates = fields.List(fields.String(), allow_none=True)


class TutoringSession(Answer):
    id = fields.Integer(required=True)
    enrolled_courses_id = fields.Integer(required=True, allow_none=True)
    topics = fields.List(fields.String(), required=True, allow_none=True)
    topics_covered = fields.List(fields.String(), required=True, allow_none=True)
    session_date = fields.Date(required=True)
    start_time = LocalTime(required=True)
    end_time = LocalTime(required=True)
    duration = fields.Integer(
        required=True, allow_none=True, metadata={"description": "In minutes."}
    )
    session_mode = Choice(SessionMode, required=True, allow_none=True)
    location = fields.String(required=True, allow_none=True)
    whiteboard_id = fields.Integer(required=True, allow_none=True)
    student_review_id = fields.Integer(required=True, allow_none=True)
    tutor_review_id = fields.Integer(required=True, allow_none=True)
    parent_review_id = fields.Integer(required=True, allow_none=True)
    tutor_attendance_status = Choice(Attendance, required=True, allow_none=True)
    student_attendance_status = Choice(Attendance, required=True, allow_none=True)
    priority_level = Choice(Priority, required=True, allow_none=True)
    is_recurring = fields.Boolean(required=True, allow_none=True)
    session_frequency = Choice(Frequency, required=True, allow_none=True)
    recurring_pattern = fields.Nested(
        RecurringPatternAnswer, required=True, allow_none=True, metadata={"example": None}
    )
    notification_enabled = fields.Boolean(required=True, allow_none=True)
    alarm_enabled = fields.Boolean(required=True, allow_none=True)
    alarm_before_minutes = fields.Integer(required=True, allow_none=True)
    is_featured = fields.Boolean(required=True, allow_none=True)
    status = Choice(SessionStatus, required=True, allow_none=True)
    created_at = Instant(required=True, allow_none=True)
    updated_at = Instant(required=True, allow_none=True)
    tutor_id = fields.UUID(required=True, attribute="booking.tutor_id")
    student_id = fields.UUID(required=True, attribute="booking.student_id")
    starts_at = Instant(required=True, attribute="booking.starts_at")
    ends_at = Instant(required=True, attribute="booking.ends_at")
    timezone = fields.String(required=True, attribute="booking.timezone")
    series_id = fields.Integer(required=True, allow_none=True, attribute="booking.series_id")
    started_at = Instant(required=True, allow_none=True, attribute="booking.started_at")
    completed_at = Instant(required=True, allow_none=True, attribute="booking.completed_at")
    cancelled_at = Instant(required=True, allow_none=True, attribute="booking.cancelled_at")
    cancelled_by = fields.UUID(required=True, allow_none=True, attribute="booking.cancelled_by")
    cancellation_reason = fields.String(
        required=True, allow_none=True, attribute="booking.cancellation_reason"
    )
    late_cancel = fields.Boolean(required=True, attribute="booking.late_cancel")
    note = fields.String(
        required=True,
        allow_none=True,
        attribute="booking.note",
        metadata={"description": "What the student wrote when they booked it."},
    )
    version = fields.Integer(required=True, attribute="booking.version")

    def path_of(self, kind: type, name: str) -> str:
        # A list has rows, in which the columns of a booking stand next to those of its session.
        return name if issubclass(kind, SessionRow) else name.removeprefix("booking.")


class SessionQuery(PageQuery, PeriodQuery):
    status = Choices(
        SessionStatus, load_default=frozenset, metadata={"example": "scheduled,in-progress"}
    )
    role = Choice(
        Role, load_default=None, metadata={"description": "Your role in them; by default any."}
    )
    mine = Boolean(
        load_default=False, metadata={"description": "true: also an admin sees only their own."}
    )
    enrolled_courses_id = Integer(1, load_default=None)
    session_mode = Choices(SessionMode, load_default=frozenset)
    priority_level = Choices(Priority, load_default=frozenset)
    is_featured = Boolean(load_default=None)
    is_recurring = Boolean(load_default=None)
    has_whiteboard = Boolean(load_default=None)
    sort = Choice(Sort, load_default=Sort.DATE)


class SessionChange(Answer):
    kind = Choice(ChangeKind, required=True)
    changed_by = fields.UUID(required=True)
    changed_at = Instant(required=True)
    before = fields.Dict(required=True)
    after = fields.Dict(required=True)


class QuarantinedTutoringSession(Answer):
    """A session of the older application that could not be carried over."""

    session_id = fields.Integer(required=True)
    tutor_id = fields.UUID(required=True, allow_none=True)
    student_id = fields.UUID(required=True, allow_none=True)
    course_id = fields.Integer(required=True, allow_none=True)
    quarantined_at = Instant(required=True)
    data = fields.Dict(
        required=True, attribute="session", metadata={"description": "All that it was."}
    )


def versioned(session: SessionRow) -> tuple[SessionRow, dict[str, str]]:
    """The session and the header that names its version."""
    return session, etag(session.booking.version)


@blueprint.get("/api/sessions", "list_tutoring_sessions")
@signed_in
@blueprint.arguments(SessionQuery, location="query")
@blueprint.response(200, page_of(TutoringSession))
def list_tutoring_sessions(query: dict[str, Any]) -> Page[Any]:
    """List your tutoring sessions."""
    check_period(query["since"], query["until"])
    return sessions.find(caller(), query)


@blueprint.get("/api/sessions/quarantined", "list_quarantined_tutoring_sessions")
@role("admin")
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, page_of(QuarantinedTutoringSession))
def list_quarantined_tutoring_sessions(query: dict[str, Any]) -> Page[Any]:
    """List sessions of the older application that could not be carried over."""
    return quarantine.find(**query)


@blueprint.get(PATH, "get_tutoring_session")
@signed_in
@blueprint.response(200, TutoringSession, versioned=True)
def get_tutoring_session(session_id: int) -> Any:
    """Get a session."""
    return versioned(sessions.get(caller(), session_id)[0])


@blueprint.delete(PATH, "delete_tutoring_session")
@signed_in
@blueprint.response(204)
@blueprint.raises(InvalidTransition)
def delete_tutoring_session(session_id: int) -> None:
    """Delete a session that was never started."""
    lifecycle.remove(caller(), session_id)


@blueprint.get(f"{PATH}/history", "list_tutoring_session_changes")
@signed_in
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, page_of(SessionChange))
def list_tutoring_session_changes(query: dict[str, Any], session_id: int) -> Page[SessionChangeRow]:
    """List who changed what in a session, and when."""
    return history.of_session(caller(), session_id, **query)
