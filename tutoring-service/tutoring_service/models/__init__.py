"""The tables of this service."""

from tutoring_service.models.base import Base, apart, db, idempotency_keys, messages
from tutoring_service.models.calendars import CalendarFeed
from tutoring_service.models.enrollments import (
    COURSE_WORDS,
    SUBJECT_KEY,
    Course,
    Enrollment,
    EnrollmentParent,
    ParentCode,
    SessionRequest,
    TutorAvailability,
    TutorProfile,
)
from tutoring_service.models.legacy import (
    enrolled_students,
    quarantined_sessions,
    retired_session_fields,
)
from tutoring_service.models.listings import TutorListing
from tutoring_service.models.reviews import Review
from tutoring_service.models.sessions import (
    SessionBooking,
    SessionChange,
    SessionReminder,
    SessionSeries,
    TutoringSession,
)
from tutoring_service.models.whiteboards import WhiteboardSession, WhiteboardStroke

__all__ = [
    "COURSE_WORDS",
    "SUBJECT_KEY",
    "Base",
    "CalendarFeed",
    "Course",
    "Enrollment",
    "EnrollmentParent",
    "ParentCode",
    "Review",
    "SessionBooking",
    "SessionChange",
    "SessionReminder",
    "SessionRequest",
    "SessionSeries",
    "TutorAvailability",
    "TutorListing",
    "TutorProfile",
    "TutoringSession",
    "WhiteboardSession",
    "WhiteboardStroke",
    "apart",
    "db",
    "enrolled_students",
    "idempotency_keys",
    "messages",
    "quarantined_sessions",
    "retired_session_fields",
]
