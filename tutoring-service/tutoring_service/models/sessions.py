"""Sessions.

`sessions` is the table of the older tutoring application, column for column; what this platform
adds to a session stands next to it: when it is and for which people in `session_bookings`, its rule in
`session_series`, and so on.
"""

from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from chassis.clock import now
from chassis.data.db import one_of
from chassis.messaging.reminders import ReminderColumns, due_index
from tutoring_service.models.base import Base, Utc
from tutoring_service.states import (
    Attendance,
    Frequency,
    Priority,
    SessionMode,
    SessionStatus,
)


class TutoringSession(Base):
    """A tutoring session, with exactly the columns that it has always had."""

    __tablename__ = "sessions"
    __table_args__ = (
        ForeignKeyConstraint(
            ["enrolled_courses_id"],
            ["enrolled_courses.id"],
            name="sessions_enrolled_courses_id_fkey",
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(
            ["whiteboard_id"],
            ["whiteboard_sessions.id"],
            name="sessions_whiteboard_id_fkey",
            ondelete="SET NULL",
        ),
        Index("idx_sessions_date", "session_date"),
        Index("idx_sessions_enrolled_courses", "enrolled_courses_id"),
        Index("idx_sessions_featured", "is_featured"),
        Index("idx_sessions_recurring", "is_recurring"),
        Index(
            "idx_sessions_enrolled_courses_status_date",
            "enrolled_courses_id",
            "status",
            "session_date",
            "id",
        ),
        Index(
            "idx_sessions_whiteboard",
            "whiteboard_id",
            postgresql_where=text("whiteboard_id IS NOT NULL"),
        ),
        one_of("status", SessionStatus),
        one_of("session_mode", SessionMode),
        one_of("priority_level", Priority),
        one_of("session_frequency", Frequency),
        one_of("tutor_attendance_status", Attendance),
        one_of("student_attendance_status", Attendance),
        CheckConstraint("alarm_before_minutes BETWEEN 0 AND 10080", name="alarm_before_minutes"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolled_courses_id: Mapped[int | None] = mapped_column(
        comment="The enrolment whose session this is; names tutor and student"
    )
    topics: Mapped[list[str] | None] = mapped_column(
        JSON,
        server_default=text("'[]'::json"),
        comment="JSON array of the topics planned for this session",
    )
    topics_covered: Mapped[list[str] | None] = mapped_column(
        JSON, server_default=text("'[]'::json"), comment="JSON array of the topics actually covered"
    )
    session_date: Mapped[date]
    start_time: Mapped[time]
    end_time: Mapped[time]
    duration: Mapped[int | None]
    session_mode: Mapped[str | None] = mapped_column(
        String(50), server_default="online", comment="online, in-person or hybrid"
    )
    location: Mapped[str | None] = mapped_column(String(255))
    whiteboard_id: Mapped[int | None] = mapped_column(comment="The whiteboard used in this session")
    student_review_id: Mapped[int | None] = mapped_column(
        comment="The student's review of this session"
    )
    tutor_review_id: Mapped[int | None] = mapped_column(comment="The tutor's review of the student")
    parent_review_id: Mapped[int | None] = mapped_column(
        comment="The parent's review of this session"
    )
    # The default of the older application says that all are present; None is written as NULL all the
    # same.
    tutor_attendance_status: Mapped[str | None] = mapped_column(
        String(20).evaluates_none(), server_default="present", comment="present, absent or late"
    )
    student_attendance_status: Mapped[str | None] = mapped_column(
        String(20).evaluates_none(), server_default="present", comment="present, absent or late"
    )
    priority_level: Mapped[str | None] = mapped_column(
        String(20), server_default="medium", comment="low, medium, high or urgent"
    )
    is_recurring: Mapped[bool | None] = mapped_column(server_default=text("false"))
    session_frequency: Mapped[str | None] = mapped_column(
        String(50),
        server_default="one-time",
        comment="General recurrence: one-time, weekly, bi-weekly, monthly",
    )
    recurring_pattern: Mapped[dict[str, Any] | None] = mapped_column(
        JSON(none_as_null=True),
        comment="Detailed recurrence: {days: [], months: [], specific_dates: []}",
    )
    notification_enabled: Mapped[bool | None] = mapped_column(server_default=text("false"))
    alarm_enabled: Mapped[bool | None] = mapped_column(server_default=text("false"))
    alarm_before_minutes: Mapped[int | None] = mapped_column(server_default=text("15"))
    is_featured: Mapped[bool | None] = mapped_column(server_default=text("false"))
    status: Mapped[str | None] = mapped_column(String(20), server_default="scheduled")
    created_at: Mapped[datetime | None] = mapped_column(
        Utc, default=now, server_default=func.current_timestamp()
    )
    updated_at: Mapped[datetime | None] = mapped_column(
        Utc, default=now, onupdate=now, server_default=func.current_timestamp()
    )

    # Loading it unasked is an error: in a list it would be a statement for each row.
    booking: Mapped["SessionBooking"] = relationship(back_populates="session", lazy="raise_on_sql")


class SessionSeries(Base):
    """The rule of recurring sessions: the truth from which their three recurrence columns are written."""

    __tablename__ = "session_series"
    __table_args__ = (Index("idx_session_series_enrolled_courses", "enrolled_courses_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolled_courses_id: Mapped[int] = mapped_column(
        ForeignKey("enrolled_courses.id", ondelete="CASCADE")
    )
    split_from: Mapped[int | None] = mapped_column(
        ForeignKey("session_series.id", ondelete="SET NULL")
    )
    timezone: Mapped[str] = mapped_column(String(64))
    # RFC 5545; NULL: the dates alone.
    rule: Mapped[str | None] = mapped_column(String(500))
    # Those that the rule does not say.
    dates: Mapped[list[str]] = mapped_column(JSONB, server_default=text("'[]'::jsonb"))
    starts_on: Mapped[date]
    start_time: Mapped[time]
    duration: Mapped[int]
    created_at: Mapped[datetime]
    # Revisions of occurrences that are deleted, as calendar programs count them.
    sequence: Mapped[int] = mapped_column(default=0, server_default=text("0"))


class SessionBooking(Base):
    """The platform's side of a session: its people, when exactly, its series, its version, how it
    went.

    Each session has one. While it is `held` its tutor and its student have no other held booking at
    that time.
    """

    __tablename__ = "session_bookings"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        ExcludeConstraint(
            ("tutor_id", "="),
            (text("tstzrange(starts_at, ends_at)"), "&&"),
            where=text("held"),
            name="session_bookings_tutor_excl",
        ),
        ExcludeConstraint(
            ("student_id", "="),
            (text("tstzrange(starts_at, ends_at)"), "&&"),
            where=text("held"),
            name="session_bookings_student_excl",
        ),
        Index("idx_session_bookings_tutor", "tutor_id", "starts_at", "session_id"),
        Index("idx_session_bookings_student", "student_id", "starts_at", "session_id"),
        Index(
            "idx_session_bookings_enrolled_courses",
            "enrolled_courses_id",
            "starts_at",
            "session_id",
        ),
        Index("idx_session_bookings_start", "starts_at", "session_id"),
        Index(
            "session_bookings_occurrence_key",
            "series_id",
            "original_start",
            unique=True,
            postgresql_where=text("series_id IS NOT NULL"),
        ),
    )

    session_id: Mapped[int] = mapped_column(
        ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True
    )
    enrolled_courses_id: Mapped[int] = mapped_column(
        ForeignKey("enrolled_courses.id", ondelete="CASCADE")
    )
    tutor_id: Mapped[UUID]
    student_id: Mapped[UUID]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    timezone: Mapped[str] = mapped_column(String(64))
    # Whether it keeps both people from other sessions: what is over or cancelled does not.
    held: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    series_id: Mapped[int | None] = mapped_column(
        ForeignKey("session_series.id", ondelete="SET NULL")
    )
    # Its position in the series: when the rule has it, wherever the session was moved alone.
    original_start: Mapped[datetime | None]
    # Changed alone: later changes of the series leave it as it is.
    detached: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    # Revisions as calendar programs count them (RFC 5545, section 3.8.7.4).
    sequence: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    started_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    cancelled_by: Mapped[UUID | None]
    cancellation_reason: Mapped[str | None] = mapped_column(String(500))
    late_cancel: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    # What the student wrote when they booked it.
    note: Mapped[str | None] = mapped_column(String(1000))

    session: Mapped[TutoringSession] = relationship(back_populates="booking", lazy="raise_on_sql")


class SessionChange(Base):
    """Who changed what of a session, and when."""

    __tablename__ = "session_changes"
    __table_args__ = (Index("idx_session_changes_session", "session_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"))
    changed_by: Mapped[UUID]
    changed_at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(20))
    before: Mapped[dict[str, Any]] = mapped_column(JSONB)
    after: Mapped[dict[str, Any]] = mapped_column(JSONB)


class SessionReminder(ReminderColumns, Base):
    """When a person is reminded of a session. A field that is NULL is as the session says."""

    __tablename__ = "session_reminders"
    __table_args__ = (
        due_index("session_reminders"),
        Index("idx_session_reminders_user", "user_id"),
        CheckConstraint("alarm_before_minutes BETWEEN 0 AND 10080", name="alarm_before_minutes"),
    )

    session_id: Mapped[int] = mapped_column(
        ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    notification_enabled: Mapped[bool | None]
    alarm_enabled: Mapped[bool | None]
    alarm_before_minutes: Mapped[int | None]
