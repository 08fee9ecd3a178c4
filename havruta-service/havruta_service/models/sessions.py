"""Sessions, the rules by which they repeat, and what happens in them."""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    String,
    Uuid,
    func,
    literal,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, query_expression, relationship

from chassis.clock import now
from chassis.data.db import one_of
from chassis.messaging.reminders import BeforeColumns, before_constraints
from havruta_service.models.base import Base
from havruta_service.models.havrutas import Havruta

MISSED_AFTER = timedelta(hours=2)
# Three heartbeats of the slowest client: one that is lost on the way makes no one absent.
ABSENT_AFTER = timedelta(seconds=90)


class SessionType(StrEnum):
    """How a session came about."""

    SCHEDULED = "scheduled"
    INSTANT = "instant"


class SessionStatus(StrEnum):
    """Where a session is in its life."""

    SCHEDULED = "scheduled"
    ACTIVE = "active"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class EndReason(StrEnum):
    """Why a session was completed or cancelled."""

    OWNER = "owner"
    EMPTY = "empty"
    TOO_LONG = "too_long"
    ARCHIVED = "archived"
    CANCELLED = "cancelled"
    MISSED = "missed"
    # Unfinished, with a newer one begun, when sessions did not have a status yet.
    SUPERSEDED = "superseded"


class NavigationMode(StrEnum):
    """Which members turn the pages."""

    NAVIGATOR = "navigator"
    SHARED = "shared"


class Rsvp(StrEnum):
    """Whether a member means to come."""

    YES = "yes"
    NO = "no"
    MAYBE = "maybe"


class Series(Base):
    """The rule by which sessions repeat, in the wall time of a zone."""

    __tablename__ = "session_series"
    __table_args__ = (Index("idx_session_series_havruta", "havruta_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("gen_random_uuid()"))
    havruta_id: Mapped[UUID] = mapped_column(ForeignKey("havrutas.id", ondelete="CASCADE"))
    rrule: Mapped[str] = mapped_column(String(200))
    timezone: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(default=now)


class HavrutaSession(Base):
    """A session of a havruta, instant or planned. `seq` is the number of its last event, `position_seq` that
    of its last move.
    """

    __tablename__ = "havruta_sessions"
    __table_args__ = (
        one_of("type", SessionType),
        one_of("status", SessionStatus),
        one_of("end_reason", EndReason),
        one_of("mode", NavigationMode),
        CheckConstraint("end_time >= start_time OR status = 'cancelled'", name="times"),
        CheckConstraint(
            "status <> 'active' OR (starting_section IS NOT NULL AND position IS NOT NULL)",
            name="active",
        ),
        CheckConstraint("status <> 'completed' OR end_time IS NOT NULL", name="completed"),
        CheckConstraint("planned_minutes BETWEEN 5 AND 720", name="planned_minutes"),
        CheckConstraint("position_seq <= seq", name="position_seq"),
        # Whatever lock a rule forgets, a havruta never has two active sessions.
        Index(
            "havruta_sessions_one_active_key",
            "havruta_id",
            unique=True,
            postgresql_where=text("status = 'active'"),
        ),
        Index("idx_havruta_sessions_havruta_status", "havruta_id", "status"),
        Index("idx_havruta_sessions_status", "status"),
        Index("idx_havruta_sessions_type_status", "type", "status"),
        Index("idx_havruta_sessions_history", "havruta_id", "start_time", "id"),
        Index("idx_havruta_sessions_series", "series_id", "planned_start"),
        Index(
            "idx_havruta_sessions_planned",
            "start_time",
            postgresql_where=text("status = 'scheduled'"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("gen_random_uuid()"))
    havruta_id: Mapped[UUID] = mapped_column(ForeignKey("havrutas.id", ondelete="CASCADE"))
    type: Mapped[str] = mapped_column(String(20), server_default="scheduled")
    status: Mapped[str] = mapped_column(String(20), server_default="scheduled")
    start_time: Mapped[datetime]
    end_time: Mapped[datetime | None]
    # Stays when a session starts early or late, which moves `start_time`.
    planned_start: Mapped[datetime | None]
    planned_minutes: Mapped[int | None]
    series_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("session_series.id", ondelete="SET NULL")
    )
    starting_section: Mapped[str | None] = mapped_column(String(100))
    ending_section: Mapped[str | None] = mapped_column(String(100))
    # Two references of 100 characters, with ` to ` between them.
    coverage_range: Mapped[str | None] = mapped_column(String(210))
    sections_studied: Mapped[list[str]] = mapped_column(
        ARRAY(String(100)), server_default=text("'{}'"), default=list
    )
    created_by: Mapped[UUID | None]
    navigator_id: Mapped[UUID | None]
    mode: Mapped[str] = mapped_column(
        String(20), server_default="navigator", default=NavigationMode.NAVIGATOR
    )
    position: Mapped[str | None] = mapped_column(String(100))
    position_seq: Mapped[int] = mapped_column(server_default=text("0"), default=0)
    seq: Mapped[int] = mapped_column(server_default=text("0"), default=0)
    version: Mapped[int] = mapped_column(server_default=text("1"), default=1)
    end_reason: Mapped[str | None] = mapped_column(String(20))
    cancellation_reason: Mapped[str | None] = mapped_column(String(500))
    cancelled_by: Mapped[UUID | None]
    segments: Mapped[int | None]
    minutes: Mapped[int | None]
    minutes_together: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(default=now, server_default=func.now())

    attendees: Mapped[list[UUID] | None] = query_expression(literal(None, ARRAY(Uuid)))

    # A query that needs it joins it: a list that loaded it later would ask once for every row.
    havruta: Mapped[Havruta] = relationship(lazy="raise_on_sql")

    @property
    def starts_at(self) -> datetime:
        return self.start_time

    @property
    def ends_at(self) -> datetime | None:
        """The actual end once it has ended, before that the planned end; None if there is neither."""
        if self.end_time or self.planned_minutes is None:
            return self.end_time
        return self.start_time + timedelta(minutes=self.planned_minutes)

    @property
    def is_active(self) -> bool:
        return self.status == SessionStatus.ACTIVE

    @property
    def current_status(self) -> SessionStatus:
        return self.status_at(now())

    @property
    def current_reason(self) -> str | None:
        return self.reason_at(now())

    def status_at(self, time: datetime) -> SessionStatus:
        """The status by the clock, written down or not: a session that was not started in time was missed."""
        if self.status == SessionStatus.SCHEDULED and self.start_time + MISSED_AFTER <= time:
            return SessionStatus.CANCELLED
        return SessionStatus(self.status)

    def reason_at(self, time: datetime) -> str | None:
        """Why it was completed or cancelled, if it was; by the clock, like the status."""
        if self.status_at(time) != self.status:
            return EndReason.MISSED
        return self.end_reason


class Presence(Base):
    """An interval in which a member was present; open while they are."""

    __tablename__ = "session_presence"
    __table_args__ = (
        CheckConstraint(
            "joined_at <= last_seen_at AND last_seen_at <= coalesce(left_at, last_seen_at)",
            name="times",
        ),
        Index(
            "session_presence_one_open_key",
            "session_id",
            "user_id",
            unique=True,
            postgresql_where=text("left_at IS NULL"),
        ),
        Index("idx_session_presence_session", "session_id"),
        Index("idx_session_presence_user", "user_id"),
        Index(
            "idx_session_presence_last_seen",
            "last_seen_at",
            postgresql_where=text("left_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    session_id: Mapped[UUID] = mapped_column(ForeignKey("havruta_sessions.id", ondelete="CASCADE"))
    user_id: Mapped[UUID]
    joined_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    left_at: Mapped[datetime | None]


class Move(Base):
    """The page was turned. `seq` is the number of the event in the session's room."""

    __tablename__ = "session_moves"
    __table_args__ = (Index("idx_session_moves_user", "user_id"),)

    session_id: Mapped[UUID] = mapped_column(
        ForeignKey("havruta_sessions.id", ondelete="CASCADE"), primary_key=True
    )
    seq: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[UUID | None]
    ref: Mapped[str] = mapped_column(String(100))
    moved_at: Mapped[datetime]


class SessionRsvp(Base):
    """What a member answered to a planned session."""

    __tablename__ = "session_rsvps"
    __table_args__ = (one_of("answer", Rsvp), Index("idx_session_rsvps_user", "user_id"))

    session_id: Mapped[UUID] = mapped_column(
        ForeignKey("havruta_sessions.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    answer: Mapped[str] = mapped_column(String(10))
    answered_at: Mapped[datetime]


class SessionReminder(BeforeColumns, Base):
    """When members are reminded of a planned session: all, or one who chose for themselves."""

    __tablename__ = "session_reminders"
    __table_args__ = before_constraints("session_reminders", "session_id")

    session_id: Mapped[UUID] = mapped_column(ForeignKey("havruta_sessions.id", ondelete="CASCADE"))
