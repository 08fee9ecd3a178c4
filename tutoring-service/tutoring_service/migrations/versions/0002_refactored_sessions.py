"""`tutor_sessions` becomes `sessions`: topics as a list, attendance in words, 27 columns.

What the new table has no column for is kept in `retired_session_fields`, so that going back loses nothing.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

COMMENTS = {
    "course_enrollment_id": "The enrolment whose session this is; names tutor and student",
    "topics": "JSON array of the topics planned for this session",
    "topics_covered": "JSON array of the topics actually covered",
    "session_mode": "online, in-person or hybrid",
    "whiteboard_id": "The whiteboard used in this session",
    "student_review_id": "The student's review of this session",
    "tutor_review_id": "The tutor's review of the student",
    "parent_review_id": "The parent's review of this session",
    "tutor_attendance_status": "present, absent or late",
    "student_attendance_status": "present, absent or late",
    "priority_level": "low, medium, high or urgent",
    "session_frequency": "General recurrence: one-time, weekly, bi-weekly, monthly",
    "recurring_pattern": "Detailed recurrence: {days: [], months: [], specific_dates: []}",
}
KEPT = (
    "id, session_date, start_time, end_time, duration, location, is_recurring, session_frequency, recurring_pattern, "
    "notification_enabled, alarm_enabled, alarm_before_minutes, is_featured, status, created_at, updated_at"
)
RETIRED = (
    "tutor_id",
    "student_id",
    "subject",
    "topic",
    "objectives",
    "materials_used",
    "homework_assigned",
    "student_feedback",
    "student_rating",
    "payment_status",
    "amount",
    "meeting_link",
)


def upgrade() -> None:
    _create_sessions()
    op.execute(
        f"""
        INSERT INTO sessions (
            {KEPT}, course_enrollment_id, topics, session_mode, tutor_attendance_status, student_attendance_status
        )
        SELECT
            {KEPT}, enrollment_id,
            to_json(array_remove(ARRAY[nullif(btrim(subject), ''), nullif(btrim(topic), '')], NULL)),
            mode,
            CASE tutor_attended WHEN true THEN 'present' WHEN false THEN 'absent' END,
            CASE student_attended WHEN true THEN 'present' WHEN false THEN 'absent' END
        FROM tutor_sessions
        """  # noqa: S608  # column names from this file
    )
    op.create_table(
        "retired_session_fields",
        sa.Column("session_id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("fields", JSONB(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["sessions.id"],
            name="retired_session_fields_session_id_fkey",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("session_id", name="retired_session_fields_pkey"),
    )
    pairs = ", ".join(f"'{column}', {column}" for column in RETIRED)
    op.execute(
        f"INSERT INTO retired_session_fields SELECT id, jsonb_build_object({pairs}) FROM tutor_sessions"  # noqa: S608
    )
    op.execute("SELECT setval('sessions_id_seq', max(id)) FROM sessions HAVING max(id) IS NOT NULL")
    op.drop_table("tutor_sessions")


def _create_sessions() -> None:
    op.create_table(
        "sessions",
        _column("id", sa.Integer(), nullable=False),
        _column("course_enrollment_id", sa.Integer()),
        _column("topics", sa.JSON(), server_default=sa.text("'[]'::json")),
        _column("topics_covered", sa.JSON(), server_default=sa.text("'[]'::json")),
        _column("session_date", sa.Date(), nullable=False),
        _column("start_time", sa.Time(), nullable=False),
        _column("end_time", sa.Time(), nullable=False),
        _column("duration", sa.Integer()),
        _column("session_mode", sa.String(50), server_default="online"),
        _column("location", sa.String(255)),
        _column("whiteboard_id", sa.Integer()),
        _column("student_review_id", sa.Integer()),
        _column("tutor_review_id", sa.Integer()),
        _column("parent_review_id", sa.Integer()),
        _column("tutor_attendance_status", sa.String(20), server_default="present"),
        _column("student_attendance_status", sa.String(20), server_default="present"),
        _column("priority_level", sa.String(20), server_default="medium"),
        _column("is_recurring", sa.Boolean(), server_default=sa.text("false")),
        _column("session_frequency", sa.String(50), server_default="one-time"),
        _column("recurring_pattern", sa.JSON()),
        _column("notification_enabled", sa.Boolean(), server_default=sa.text("false")),
        _column("alarm_enabled", sa.Boolean(), server_default=sa.text("false")),
        _column("alarm_before_minutes", sa.Integer(), server_default=sa.text("15")),
        _column("is_featured", sa.Boolean(), server_default=sa.text("false")),
        _column("status", sa.String(20), server_default="scheduled"),
        _column("created_at", sa.TIMESTAMP(), server_default=sa.text("CURRENT_TIMESTAMP")),
        _column("updated_at", sa.TIMESTAMP(), server_default=sa.text("CURRENT_TIMESTAMP")),
        sa.ForeignKeyConstraint(
            ["course_enrollment_id"],
            ["enrolled_students.id"],
            name="sessions_course_enrollment_id_fkey",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="sessions_pkey"),
    )
    op.create_index("idx_sessions_enrollment", "sessions", ["course_enrollment_id"])
    op.create_index("idx_sessions_date", "sessions", ["session_date"])
    op.create_index("idx_sessions_status", "sessions", ["status"])
    op.create_index("idx_sessions_featured", "sessions", ["is_featured"])
    op.create_index("idx_sessions_recurring", "sessions", ["is_recurring"])


def _column(name: str, kind: sa.types.TypeEngine[Any], **options: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, comment=COMMENTS.get(name), **options)


def downgrade() -> None:
    """`tutor_sessions` again. A session made since then has the parties of its enrolment and its
    first two topics.
    """
    op.create_table(
        "tutor_sessions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enrollment_id", sa.Integer()),
        sa.Column("tutor_id", sa.Uuid(), nullable=False),
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.String(100)),
        sa.Column("topic", sa.String(255)),
        sa.Column("objectives", sa.Text()),
        sa.Column("materials_used", sa.Text()),
        sa.Column("homework_assigned", sa.Text()),
        sa.Column("session_date", sa.Date(), nullable=False),
        sa.Column("start_time", sa.Time(), nullable=False),
        sa.Column("end_time", sa.Time(), nullable=False),
        sa.Column("duration", sa.Integer()),
        sa.Column("mode", sa.String(50), server_default="online"),
        sa.Column("location", sa.String(255)),
        sa.Column("meeting_link", sa.String(500)),
        sa.Column("tutor_attended", sa.Boolean()),
        sa.Column("student_attended", sa.Boolean()),
        sa.Column("student_feedback", sa.Text()),
        sa.Column("student_rating", sa.Integer()),
        sa.Column("payment_status", sa.String(20)),
        sa.Column("amount", sa.Numeric(10, 2)),
        sa.Column("is_recurring", sa.Boolean(), server_default=sa.false()),
        sa.Column("session_frequency", sa.String(50), server_default="one-time"),
        sa.Column("recurring_pattern", sa.JSON()),
        sa.Column("notification_enabled", sa.Boolean(), server_default=sa.false()),
        sa.Column("alarm_enabled", sa.Boolean(), server_default=sa.false()),
        sa.Column("alarm_before_minutes", sa.Integer(), server_default="15"),
        sa.Column("is_featured", sa.Boolean(), server_default=sa.false()),
        sa.Column("status", sa.String(20), server_default="scheduled"),
        sa.Column("created_at", sa.TIMESTAMP(), server_default=sa.text("CURRENT_TIMESTAMP")),
        sa.Column("updated_at", sa.TIMESTAMP(), server_default=sa.text("CURRENT_TIMESTAMP")),
        sa.ForeignKeyConstraint(
            ["enrollment_id"],
            ["enrolled_students.id"],
            name="tutor_sessions_enrollment_id_fkey",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="tutor_sessions_pkey"),
    )
    kept = ", ".join(f"s.{column.strip()}" for column in KEPT.split(","))
    op.execute(
        f"""
        INSERT INTO tutor_sessions (
            {KEPT}, enrollment_id, mode, tutor_id, student_id, subject, topic, objectives, materials_used,
            homework_assigned, student_feedback, student_rating, payment_status, amount, meeting_link,
            tutor_attended, student_attended
        )
        SELECT
            {kept}, s.course_enrollment_id, s.session_mode,
            coalesce((r.fields ->> 'tutor_id')::uuid, e.tutor_id),
            coalesce((r.fields ->> 'student_id')::uuid, e.student_id),
            CASE WHEN r.fields ? 'subject' THEN r.fields ->> 'subject' ELSE left(s.topics ->> 0, 100) END,
            CASE WHEN r.fields ? 'topic' THEN r.fields ->> 'topic' ELSE left(s.topics ->> 1, 255) END,
            r.fields ->> 'objectives', r.fields ->> 'materials_used', r.fields ->> 'homework_assigned',
            r.fields ->> 'student_feedback', (r.fields ->> 'student_rating')::integer,
            r.fields ->> 'payment_status', (r.fields ->> 'amount')::numeric, r.fields ->> 'meeting_link',
            s.tutor_attendance_status <> 'absent', s.student_attendance_status <> 'absent'
        FROM sessions s
        LEFT JOIN retired_session_fields r ON r.session_id = s.id
        LEFT JOIN enrolled_students e ON e.id = s.course_enrollment_id
        WHERE r.fields ? 'tutor_id' OR e.id IS NOT NULL
        """  # noqa: S608  # column names from this file
    )
    op.execute(
        "SELECT setval('tutor_sessions_id_seq', max(id)) FROM tutor_sessions HAVING max(id) IS NOT NULL"
    )
    op.drop_table("retired_session_fields")
    op.drop_table("sessions")
