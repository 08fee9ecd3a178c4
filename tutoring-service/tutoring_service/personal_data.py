"""Where in the tables a person is."""

from uuid import UUID

from sqlalchemy import ColumnElement, or_, select

from tutoring_service.models import Base, Enrollment, SessionBooking

OWN: dict[str, tuple[str, ...]] = {
    "courses": ("tutor_id",),
    "enrolled_courses": ("tutor_id", "student_id"),
    "enrollment_parents": ("parent_id",),
    "sessions": (),
    "session_bookings": ("tutor_id", "student_id", "cancelled_by"),
    "session_series": (),
    "session_changes": ("changed_by",),
    "session_reminders": ("user_id",),
    "session_requests": (),
    "reviews": ("author_id", "tutor_id"),
    "whiteboard_sessions": ("tutor_id", "student_id"),
    "whiteboard_strokes": ("author_id",),
    "tutor_availability": ("tutor_id",),
    "calendar_feeds": ("user_id",),
    "enrolled_students": ("tutor_id", "student_id"),
    "quarantined_sessions": ("tutor_id", "student_id"),
    "retired_session_fields": (),
}
"""Each table with people in it, and its columns that name them. The others belong to enrolments and
sessions.
"""

THROUGH_SESSIONS = {"sessions": "id", "retired_session_fields": "session_id"}
THROUGH_ENROLLMENTS = {
    "session_series": "enrolled_courses_id",
    "session_requests": "enrolled_courses_id",
}


def about(name: str, user_id: UUID) -> ColumnElement[bool]:
    """The rows of the table that are about this person."""
    columns = Base.metadata.tables[name].c
    if name in THROUGH_SESSIONS:
        booking = SessionBooking
        mine = or_(booking.tutor_id == user_id, booking.student_id == user_id)
        return columns[THROUGH_SESSIONS[name]].in_(select(booking.session_id).where(mine))
    if name in THROUGH_ENROLLMENTS:
        mine = or_(Enrollment.tutor_id == user_id, Enrollment.student_id == user_id)
        return columns[THROUGH_ENROLLMENTS[name]].in_(select(Enrollment.id).where(mine))
    return or_(*(columns[column] == user_id for column in OWN[name]))
