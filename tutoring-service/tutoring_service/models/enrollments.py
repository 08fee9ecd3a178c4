"""Courses, and the people in them."""

from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    desc,
    event,
    func,
    literal_column,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from chassis.clock import now
from chassis.data.db import one_of
from tutoring_service.models.base import Base, Utc
from tutoring_service.models.listings import TutorListing
from tutoring_service.models.sql_functions import FUNCTIONS
from tutoring_service.states import (
    CourseBooking,
    CourseStatus,
    EnrollmentStatus,
    RequestStatus,
)

COURSE_WORDS = "search_key(course_words(title, subject))"
SUBJECT_KEY = "search_key(subject)"


class Course(Base):
    """What a tutor offers."""

    __tablename__ = "courses"
    __table_args__ = (
        one_of("status", CourseStatus),
        CheckConstraint("cancel_notice_hours BETWEEN 0 AND 720", name="cancel_notice_hours"),
        one_of("booking", CourseBooking),
        CheckConstraint("session_minutes BETWEEN 5 AND 720", name="session_minutes"),
        CheckConstraint(
            "minimum_notice_minutes BETWEEN 0 AND 43200", name="minimum_notice_minutes"
        ),
        CheckConstraint("buffer_before_minutes BETWEEN 0 AND 240", name="buffer_before_minutes"),
        CheckConstraint("buffer_after_minutes BETWEEN 0 AND 240", name="buffer_after_minutes"),
        CheckConstraint("most_per_week BETWEEN 1 AND 50", name="most_per_week"),
        Index("idx_courses_tutor", "tutor_id", "id"),
        Index("idx_courses_open", "id", postgresql_where=text("status = 'open'")),
        Index(
            "idx_courses_subject",
            literal_column(SUBJECT_KEY),
            desc("id"),
            postgresql_where=text("status = 'open'"),
        ),
        Index(
            "idx_courses_search_key",
            literal_column(COURSE_WORDS).label("words"),
            postgresql_using="gin",
            postgresql_ops={"words": "gin_trgm_ops"},
            # Each search would read all that waits to be put into the index.
            postgresql_with={"fastupdate": "off"},
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    tutor_id: Mapped[UUID]
    title: Mapped[str] = mapped_column(String(200))
    subject: Mapped[str | None] = mapped_column(String(100))
    created_at: Mapped[datetime | None] = mapped_column(
        Utc, default=now, server_default=func.current_timestamp()
    )
    description: Mapped[str | None] = mapped_column(Text)
    timezone: Mapped[str] = mapped_column(String(64), server_default="UTC")
    cancel_notice_hours: Mapped[int] = mapped_column(default=24, server_default=text("24"))
    booking: Mapped[str] = mapped_column(
        String(10), default=CourseBooking.ASK, server_default="ask"
    )
    session_minutes: Mapped[int] = mapped_column(default=60, server_default=text("60"))
    minimum_notice_minutes: Mapped[int] = mapped_column(default=1440, server_default=text("1440"))
    buffer_before_minutes: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    buffer_after_minutes: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    # In one enrolment; NULL: as many as there are times.
    most_per_week: Mapped[int | None]
    status: Mapped[str] = mapped_column(
        String(20), default=CourseStatus.OPEN, server_default="open"
    )
    version: Mapped[int] = mapped_column(default=1, server_default=text("1"))

    listing: Mapped[TutorListing | None] = relationship(
        primaryjoin=lambda: foreign(Course.tutor_id) == TutorListing.tutor_id,
        viewonly=True,
        lazy="raise_on_sql",
    )


for function in FUNCTIONS:
    event.listen(Course.__table__, "before_create", function)


class Enrollment(Base):
    """A student in a tutor's course. Its sessions keep the wall time of its zone."""

    __tablename__ = "enrolled_courses"
    __table_args__ = (
        one_of("status", EnrollmentStatus),
        CheckConstraint(
            "tutor_id <> student_id OR status IN ('completed', 'cancelled')", name="two_people"
        ),
        Index(
            "enrolled_courses_open_key",
            "tutor_id",
            "student_id",
            "course_id",
            unique=True,
            postgresql_where=text("status IN ('active', 'paused')"),
        ),
        Index("idx_enrolled_courses_tutor", "tutor_id", "id"),
        Index("idx_enrolled_courses_student", "student_id", "id"),
        Index("idx_enrolled_courses_course", "course_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    tutor_id: Mapped[UUID]
    student_id: Mapped[UUID]
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"))
    created_at: Mapped[datetime | None] = mapped_column(
        Utc, default=now, server_default=func.current_timestamp()
    )
    status: Mapped[str] = mapped_column(
        String(20), default=EnrollmentStatus.ACTIVE, server_default="active"
    )
    timezone: Mapped[str] = mapped_column(String(64), server_default="UTC")
    closed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1, server_default=text("1"))

    course: Mapped[Course] = relationship(lazy="raise_on_sql")


class EnrollmentParent(Base):
    """A parent who follows an enrolment."""

    __tablename__ = "enrollment_parents"
    __table_args__ = (Index("idx_enrollment_parents_parent", "parent_id", "enrollment_id"),)

    enrollment_id: Mapped[int] = mapped_column(
        ForeignKey("enrolled_courses.id", ondelete="CASCADE"), primary_key=True
    )
    parent_id: Mapped[UUID] = mapped_column(primary_key=True)
    joined_at: Mapped[datetime]


class ParentCode(Base):
    """A code with which one parent joins an enrolment, once. Only its hash is kept."""

    __tablename__ = "parent_codes"

    code_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    enrollment_id: Mapped[int] = mapped_column(
        ForeignKey("enrolled_courses.id", ondelete="CASCADE"), unique=True
    )
    expires_at: Mapped[datetime]


class TutorAvailability(Base):
    """When a tutor works: the hours of each weekday, and of dates on which they differ."""

    __tablename__ = "tutor_availability"

    tutor_id: Mapped[UUID] = mapped_column(primary_key=True)
    timezone: Mapped[str] = mapped_column(String(64))
    # [{weekday, start_time, end_time}]
    weekly: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    # [{date, hours: [{start_time, end_time}]}]
    exceptions: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    version: Mapped[int] = mapped_column(default=1)


class TutorProfile(Base):
    """What a tutor says about themselves on their public page."""

    __tablename__ = "tutor_profiles"
    __table_args__ = (CheckConstraint("cardinality(languages) <= 20", name="languages"),)

    tutor_id: Mapped[UUID] = mapped_column(primary_key=True)
    about: Mapped[str | None] = mapped_column(String(2000))
    languages: Mapped[list[str]] = mapped_column(ARRAY(String(35)))
    version: Mapped[int] = mapped_column(default=1)


class SessionRequest(Base):
    """A student's wish for a session at some time."""

    __tablename__ = "session_requests"
    __table_args__ = (
        one_of("status", RequestStatus),
        Index(
            "idx_session_requests_enrolled_courses_status", "enrolled_courses_id", "status", "id"
        ),
        Index(
            "idx_session_requests_session",
            "session_id",
            postgresql_where=text("session_id IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolled_courses_id: Mapped[int] = mapped_column(
        ForeignKey("enrolled_courses.id", ondelete="CASCADE")
    )
    session_date: Mapped[date]
    start_time: Mapped[time]
    end_time: Mapped[time]
    topics: Mapped[list[str]] = mapped_column(JSONB)
    message: Mapped[str | None] = mapped_column(String(1000))
    status: Mapped[str] = mapped_column(String(20), default=RequestStatus.PENDING)
    session_id: Mapped[int | None] = mapped_column(ForeignKey("sessions.id", ondelete="SET NULL"))
    created_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]

    enrollment: Mapped[Enrollment] = relationship(lazy="raise_on_sql")
