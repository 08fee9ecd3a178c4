"""Whiteboards."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ForeignKey,
    Index,
    String,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from chassis.clock import now
from tutoring_service.models.base import Base, Utc


class WhiteboardSession(Base):
    """A whiteboard of an enrolment. `seq` numbers what happened on it, `size` is what its strokes take,
    in bytes.
    """

    __tablename__ = "whiteboard_sessions"
    __table_args__ = (
        Index("idx_whiteboard_sessions_enrolled_courses", "enrolled_courses_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    session_name: Mapped[str | None] = mapped_column(String(255))
    tutor_id: Mapped[UUID | None]
    student_id: Mapped[UUID | None]
    created_at: Mapped[datetime | None] = mapped_column(
        Utc, default=now, server_default=func.current_timestamp()
    )
    enrolled_courses_id: Mapped[int | None] = mapped_column(
        ForeignKey("enrolled_courses.id", ondelete="CASCADE")
    )
    seq: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    # What was drawn before this column is not counted.
    size: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    closed_at: Mapped[datetime | None]


class WhiteboardStroke(Base):
    """One operation on a whiteboard. The primary key is the order in which it is replayed."""

    __tablename__ = "whiteboard_strokes"
    __table_args__ = (
        Index(
            "whiteboard_strokes_client_key", "whiteboard_id", "author_id", "client_id", unique=True
        ),
        Index("idx_whiteboard_strokes_author", "author_id"),
    )

    whiteboard_id: Mapped[int] = mapped_column(
        ForeignKey("whiteboard_sessions.id", ondelete="CASCADE"), primary_key=True
    )
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    author_id: Mapped[UUID]
    client_id: Mapped[str] = mapped_column(String(64))
    operation: Mapped[dict[str, Any]] = mapped_column(JSONB)
    created_at: Mapped[datetime]
