"""The tables of this service, and what one row says about itself."""

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ColumnElement,
    Computed,
    ForeignKey,
    Identity,
    Index,
    Numeric,
    String,
    UniqueConstraint,
    case,
    event,
    func,
    literal_column,
    or_,
    text,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from chassis.clock import now
from chassis.data.db import database, models_registry, one_of
from chassis.data.stored_answers import keys_table
from chassis.messaging.apart import Apart
from chassis.messaging.conversations import MessageColumns
from chassis.messaging.messages import Messages
from chassis.messaging.reminders import BeforeColumns, before_constraints
from study_session_service.sql_functions import FUNCTIONS


class Base(DeclarativeBase):
    registry = models_registry()


db = database(Base)
idempotency_keys = keys_table(Base.metadata)
messages = Messages(db, "study-session-service")
apart = Apart(messages)


class SessionType(StrEnum):
    SILENT = "silent"
    DISCUSSION = "discussion"
    EXAM_PREP = "exam-prep"


class Status(StrEnum):
    STARTING_SOON = "starting-soon"
    LIVE = "live"
    FINISHED = "finished"
    CANCELLED = "cancelled"


OPEN = frozenset({Status.STARTING_SOON, Status.LIVE})


class Mode(StrEnum):
    IN_PERSON = "in-person"
    ONLINE = "online"
    HYBRID = "hybrid"


class Visibility(StrEnum):
    PUBLIC = "public"
    UNLISTED = "unlisted"
    PRIVATE = "private"


class LocationVisibility(StrEnum):
    EXACT = "exact"
    APPROXIMATE = "approximate"


class Role(StrEnum):
    HOST = "host"
    PARTICIPANT = "participant"


# The cell of a map in which everyone sees a session.
MAP_CELL = (
    "map_cell(COALESCE(approximate_latitude, latitude), COALESCE(approximate_longitude, longitude))"
)
# Larger cells, by the binary digits that number their columns: about 10 and 78 km wide at the equator.
LARGER_CELLS = {12: f"({MAP_CELL} >> 24)", 9: f"({MAP_CELL} >> 30)"}
WORDS = "search_key(session_words(title, subject, description, venue_name))"
# Those of a session whose exact location is hidden from the viewer.
WORDS_FOR_ALL = "search_key(session_words(title, subject, description, NULL))"


def _in_order(digits: int, cell: str) -> Index:
    """An index of what each cell holds, in the order of lists and with the points to choose by."""
    return Index(
        f"idx_sessions_cell_{digits}",
        text(cell),
        "start_time",
        "id",
        postgresql_include=[
            "latitude",
            "longitude",
            "approximate_latitude",
            "approximate_longitude",
            "next_from",
        ],
        postgresql_where=text("is_open AND visibility = 'public'"),
    )


class Series(Base):
    """The rule by which sessions repeat, in the wall time of a zone. Who hosts them, each of them says."""

    __tablename__ = "study_session_series"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("gen_random_uuid()"))
    rrule: Mapped[str] = mapped_column(String(200))
    timezone: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(default=now, server_default=func.now())


class SessionFacts:
    """What follows from the columns of a session, of an entity as of a row that is only read."""

    if TYPE_CHECKING:
        start_time: Mapped[datetime]
        ends_at: Mapped[datetime]
        started_at: Mapped[datetime | None]
        ended_at: Mapped[datetime | None]
        cancelled_at: Mapped[datetime | None]
        max_participants: Mapped[int]
        current_participants: Mapped[int]

    def status_at(self, instant: datetime) -> Status:
        """What the session is at this instant, whatever was last written."""
        if self.cancelled_at:
            return Status.CANCELLED
        if self.ended_at or instant >= self.ends_at:
            return Status.FINISHED
        if self.started_at or instant >= self.start_time:
            return Status.LIVE
        return Status.STARTING_SOON

    @hybrid_property
    def starts_at(self) -> datetime:
        """When it began, or is going to begin."""
        return self.started_at or self.start_time

    @starts_at.inplace.expression
    @classmethod
    def _starts_at(cls) -> ColumnElement[datetime]:
        return func.coalesce(cls.started_at, cls.start_time)

    @property
    def actual_end(self) -> datetime:
        """When it ended, or is going to end; of a cancelled session, when it was to end."""
        return self.ended_at or self.ends_at

    @property
    def closed_at(self) -> datetime:
        """When it ended or was cancelled, or is going to end."""
        return self.cancelled_at or self.actual_end

    @property
    def seats_left(self) -> int:
        return self.max_participants - self.current_participants


class StudySession(SessionFacts, Base):
    """People who study at one location for a while.

    Columns with a default may be NULL in the database; this service never writes one.

    `status` is what was last written; what holds at an instant is `status_at`. `is_open` and
    `ends_at` are computed by the database; partial indexes know `is_open`, so queries name it
    literally.
    """

    __tablename__ = "study_sessions"
    __table_args__ = (
        one_of("session_type", SessionType),
        one_of("status", Status),
        one_of("mode", Mode),
        one_of("visibility", Visibility),
        one_of("location_visibility", LocationVisibility),
        CheckConstraint("latitude BETWEEN -90 AND 90", name="latitude"),
        CheckConstraint("longitude BETWEEN -180 AND 180", name="longitude"),
        CheckConstraint("approximate_latitude BETWEEN -90 AND 90", name="approximate_latitude"),
        CheckConstraint("approximate_longitude BETWEEN -180 AND 180", name="approximate_longitude"),
        CheckConstraint(
            "num_nonnulls(approximate_latitude, approximate_longitude)"
            " = CASE location_visibility WHEN 'approximate' THEN 2 ELSE 0 END",
            name="approximate_location",
        ),
        CheckConstraint("duration_minutes > 0", name="duration_minutes"),
        CheckConstraint("max_participants > 0", name="max_participants"),
        CheckConstraint("current_participants >= 0", name="current_participants"),
        CheckConstraint("current_participants <= max_participants", name="capacity"),
        CheckConstraint("(visibility = 'private') = (join_code IS NOT NULL)", name="join_code"),
        CheckConstraint(
            "CASE status"
            " WHEN 'starting-soon' THEN num_nonnulls(started_at, ended_at, cancelled_at) = 0"
            " WHEN 'live' THEN started_at IS NOT NULL AND num_nonnulls(ended_at, cancelled_at) = 0"
            " WHEN 'finished' THEN num_nonnulls(started_at, ended_at) = 2 AND cancelled_at IS NULL"
            " ELSE cancelled_at IS NOT NULL AND ended_at IS NULL END",
            name="status_times",
        ),
        CheckConstraint(
            "start_time >= '2000-01-01' AND start_time < '2200-01-01'", name="start_time"
        ),
        CheckConstraint("NOT detached OR series_id IS NOT NULL", name="detached"),
        Index("idx_sessions_host", "host_id"),
        Index(
            "idx_sessions_series",
            "series_id",
            "start_time",
            "id",
            postgresql_where=text("series_id IS NOT NULL"),
        ),
        Index(
            "idx_sessions_status",
            "status",
            postgresql_where=text("status IN ('starting-soon', 'live')"),
        ),
        Index("idx_sessions_time", "start_time"),
        Index(
            "idx_sessions_location",
            "latitude",
            "longitude",
            postgresql_include=["start_time", "id"],
            postgresql_where=text("is_open"),
        ),
        Index("idx_sessions_open", "start_time", "id", postgresql_where=text("is_open")),
        Index(
            "idx_sessions_subject_key",
            func.search_key(literal_column("subject")),
            "start_time",
            "id",
            postgresql_where=text("is_open"),
        ),
        Index("idx_sessions_ends", "ends_at", postgresql_where=text("is_open")),
        Index(
            "idx_sessions_map",
            text(MAP_CELL),
            postgresql_include=[
                "latitude",
                "longitude",
                "approximate_latitude",
                "approximate_longitude",
                "ends_at",
                "id",
                "next_from",
            ],
            postgresql_where=text("is_open AND visibility = 'public'"),
        ),
        *(_in_order(digits, cell) for digits, cell in LARGER_CELLS.items()),
        Index(
            "idx_sessions_search_key",
            literal_column(WORDS).label("words"),
            postgresql_using="gin",
            postgresql_ops={"words": "gin_trgm_ops"},
            # Each search would read all that waits to be put into the index.
            postgresql_with={"fastupdate": "off"},
        ),
        # Room on each page lets a changed counter stay on its row's page, without touching an index.
        # Vacuumed after 1 % of changes instead of 20 %, because each join leaves a dead version of
        # the session's row.
        {"postgresql_with": {"fillfactor": 90, "autovacuum_vacuum_scale_factor": 0.01}},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("gen_random_uuid()"))
    host_id: Mapped[UUID]
    title: Mapped[str] = mapped_column(String(200))
    subject: Mapped[str] = mapped_column(String(100))
    session_type: Mapped[str] = mapped_column(String(20))
    status: Mapped[str] = mapped_column(
        String(20), default=Status.STARTING_SOON, server_default=Status.STARTING_SOON
    )
    latitude: Mapped[float] = mapped_column(Numeric(10, 8, asdecimal=False))
    longitude: Mapped[float] = mapped_column(Numeric(11, 8, asdecimal=False))
    start_time: Mapped[datetime]
    duration_minutes: Mapped[int]
    max_participants: Mapped[int] = mapped_column(default=10, server_default=text("10"))
    current_participants: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    created_at: Mapped[datetime] = mapped_column(
        nullable=True, default=now, server_default=func.now()
    )
    updated_at: Mapped[datetime] = mapped_column(
        nullable=True, default=now, onupdate=now, server_default=func.now()
    )

    description: Mapped[str | None] = mapped_column(String(2000))
    mode: Mapped[str] = mapped_column(
        String(20), default=Mode.IN_PERSON, server_default=Mode.IN_PERSON
    )
    venue_name: Mapped[str | None] = mapped_column(String(200))
    meeting_url: Mapped[str | None] = mapped_column(String(500))
    visibility: Mapped[str] = mapped_column(
        String(20), default=Visibility.PUBLIC, server_default=Visibility.PUBLIC
    )
    join_code: Mapped[str | None] = mapped_column(String(20))
    location_visibility: Mapped[str] = mapped_column(
        String(20), default=LocationVisibility.EXACT, server_default=LocationVisibility.EXACT
    )
    approximate_latitude: Mapped[float | None] = mapped_column(Numeric(10, 8, asdecimal=False))
    approximate_longitude: Mapped[float | None] = mapped_column(Numeric(11, 8, asdecimal=False))
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    cancellation_reason: Mapped[str | None] = mapped_column(String(500))
    # By an admin: from then on only those who are in it know of it.
    hidden_at: Mapped[datetime | None]
    series_id: Mapped[UUID | None] = mapped_column(ForeignKey(Series.id))
    # Changed by itself: what is changed of the others together leaves it as it is.
    detached: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    # When the one before it in its series ends, of those that a search finds: from then on it is the next.
    next_from: Mapped[datetime | None]
    last_seq: Mapped[int] = mapped_column(BigInteger, default=0, server_default=text("0"))
    version: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    is_open: Mapped[bool] = mapped_column(
        Computed("cancelled_at IS NULL AND ended_at IS NULL", persisted=True)
    )
    # The detour over UTC makes the sum immutable, as a computed column must be.
    ends_at: Mapped[datetime] = mapped_column(
        Computed(
            "(COALESCE(started_at, start_time) AT TIME ZONE 'UTC'::text"
            " + make_interval(mins => duration_minutes)) AT TIME ZONE 'UTC'::text",
            persisted=True,
        )
    )

    __mapper_args__ = {"eager_defaults": True}  # noqa: RUF012  # the base class says so

    @classmethod
    def status_column(cls, instant: ColumnElement[datetime]) -> ColumnElement[str]:
        """`status_at`, as SQL."""
        return case(
            (cls.cancelled_at.is_not(None), Status.CANCELLED),
            (or_(cls.ended_at.is_not(None), instant >= cls.ends_at), Status.FINISHED),
            (or_(cls.started_at.is_not(None), instant >= cls.start_time), Status.LIVE),
            else_=Status.STARTING_SOON,
        )


for function in FUNCTIONS:
    event.listen(StudySession.__table__, "before_create", function)


class Participant(Base):
    """A person's seat in a session. The row is kept when they leave, and used again when they return."""

    __tablename__ = "session_participants"
    __table_args__ = (
        UniqueConstraint("session_id", "user_id"),
        one_of("role", Role),
        CheckConstraint("is_active IS NOT DISTINCT FROM (left_at IS NULL)", name="is_active"),
        CheckConstraint("removed_at IS NULL OR left_at IS NOT NULL", name="removed_at"),
        Index("idx_participants_session", "session_id"),
        Index("idx_participants_user", "user_id"),
        Index(
            "idx_participants_active",
            "session_id",
            "is_active",
            postgresql_where=text("is_active = TRUE"),
        ),
        Index(
            "idx_participants_host",
            "session_id",
            unique=True,
            postgresql_where=text("role = 'host'"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("gen_random_uuid()"))
    session_id: Mapped[UUID] = mapped_column(ForeignKey(StudySession.id, ondelete="CASCADE"))
    user_id: Mapped[UUID]
    role: Mapped[str] = mapped_column(
        String(20), default=Role.PARTICIPANT, server_default=Role.PARTICIPANT
    )
    joined_at: Mapped[datetime] = mapped_column(
        nullable=True, default=now, server_default=func.now()
    )
    left_at: Mapped[datetime | None]
    is_active: Mapped[bool] = mapped_column(
        nullable=True, default=True, server_default=text("true")
    )
    removed_at: Mapped[datetime | None]
    # As the host has marked; NULL while they have not.
    attended: Mapped[bool | None]

    @property
    def is_host(self) -> bool:
        return self.role == Role.HOST


class Waiting(Base):
    """A person who waits for a seat; the lowest number is next."""

    __tablename__ = "session_waitlist"
    __table_args__ = (
        UniqueConstraint("session_id", "user_id"),
        Index("idx_waitlist_session", "session_id", "number"),
        Index("idx_waitlist_user", "user_id"),
    )

    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    session_id: Mapped[UUID] = mapped_column(ForeignKey(StudySession.id, ondelete="CASCADE"))
    user_id: Mapped[UUID]
    created_at: Mapped[datetime] = mapped_column(default=now, server_default=func.now())


class SessionReminder(BeforeColumns, Base):
    """When people are reminded of a session: those who have a seat, or one who chose for themselves."""

    __tablename__ = "session_reminders"
    __table_args__ = before_constraints("session_reminders", "session_id")

    session_id: Mapped[UUID] = mapped_column(ForeignKey(StudySession.id, ondelete="CASCADE"))


class ChatMessage(MessageColumns, Base):
    """What a person wrote; `seq` is its number among all that happened in the session."""

    __tablename__ = "chat_messages"
    __table_args__ = (
        UniqueConstraint("session_id", "seq"),
        UniqueConstraint("session_id", "user_id", "client_message_id"),
        CheckConstraint(
            "char_length(content) BETWEEN CASE WHEN deleted_at IS NULL THEN 1 ELSE 0 END AND 2000",
            name="content",
        ),
        Index("idx_chat_session_time", "session_id", text("created_at DESC")),
        Index("idx_chat_user", "user_id", text("created_at DESC")),
    )

    session_id: Mapped[UUID] = mapped_column(ForeignKey(StudySession.id, ondelete="CASCADE"))
    created_at: Mapped[datetime] = mapped_column(
        nullable=True, default=now, server_default=func.now()
    )
