"""What the older application left. Nothing reads it but a downgrade, an export, an erasure, and an admin
who looks at the sessions put aside.
"""

from sqlalchemy import (
    Column,
    DateTime,
    ForeignKey,
    Integer,
    Table,
    Uuid,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB

from tutoring_service.models.base import Base

enrolled_students = Table(
    "enrolled_students",
    Base.metadata,
    Column("id", Integer, primary_key=True),
    Column("tutor_id", Uuid, nullable=False),
    Column("student_id", Uuid, nullable=False),
    Column("course_id", Integer, ForeignKey("courses.id")),
    Column("created_at", DateTime(timezone=False), server_default=func.current_timestamp()),
)
retired_session_fields = Table(
    "retired_session_fields",
    Base.metadata,
    Column("session_id", Integer, ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True),
    Column("fields", JSONB, nullable=False),
)
quarantined_sessions = Table(
    "quarantined_sessions",
    Base.metadata,
    Column("session_id", Integer, primary_key=True, autoincrement=False),
    Column("tutor_id", Uuid),
    Column("student_id", Uuid),
    Column("course_id", Integer),
    Column("session", JSONB, nullable=False),
    Column(
        "quarantined_at",
        DateTime(timezone=True),
        nullable=False,
        server_default=func.current_timestamp(),
    ),
)
