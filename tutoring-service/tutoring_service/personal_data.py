"""Where in the tables a person is."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select

from tutoring_service.models import Base, Enrollment, SessionBooking, apart

NAMING: dict[str, tuple[str, ...]] = {
    "courses": ("tutor_id",),
    "enrolled_courses": ("tutor_id", "student_id"),
    "enrollment_parents": ("parent_id",),
    "session_bookings": ("tutor_id", "student_id", "cancelled_by"),
    "session_changes": ("changed_by",),
    "session_reminders": ("user_id",),
    "reviews": ("author_id", "tutor_id"),
    "whiteboard_sessions": ("tutor_id", "student_id"),
    "whiteboard_strokes": ("author_id",),
    "tutor_availability": ("tutor_id",),
    "tutor_profiles": ("tutor_id",),
    "tutor_listings": ("tutor_id",),
    "calendar_feeds": ("user_id",),
    "enrolled_students": ("tutor_id", "student_id"),
    "quarantined_sessions": ("tutor_id", "student_id"),
}
"""Each table that names people, and its columns that do. The others belong to enrolments and sessions."""


def about(user_id: UUID) -> dict[str, ColumnElement[bool]]:
    """Each table with people in it, and the condition that finds the person's rows."""
    booking = SessionBooking
    gives_or_takes = or_(booking.tutor_id == user_id, booking.student_id == user_id)
    sessions = select(booking.session_id).where(gives_or_takes)
    in_it = or_(Enrollment.tutor_id == user_id, Enrollment.student_id == user_id)
    enrollments = select(Enrollment.id).where(in_it)
    return {
        **{name: _named(name, user_id) for name in NAMING},
        "sessions": _column("sessions", "id").in_(sessions),
        "retired_session_fields": _column("retired_session_fields", "session_id").in_(sessions),
        "session_series": _column("session_series", "enrolled_courses_id").in_(enrollments),
        "session_requests": _column("session_requests", "enrolled_courses_id").in_(enrollments),
        **apart.about(user_id),
    }


def _named(table: str, user_id: UUID) -> ColumnElement[bool]:
    return or_(*(_column(table, name) == user_id for name in NAMING[table]))


def _column(table: str, name: str) -> ColumnElement[Any]:
    return Base.metadata.tables[table].c[name]
