"""The schema of the older tutoring application: `tutor_sessions` of `enrolled_students`."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "courses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tutor_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("subject", sa.String(100)),
        sa.Column("created_at", sa.TIMESTAMP(), server_default=sa.text("CURRENT_TIMESTAMP")),
        sa.PrimaryKeyConstraint("id", name="courses_pkey"),
    )
    for table, course_required in (("enrolled_students", False), ("enrolled_courses", True)):
        op.create_table(
            table,
            sa.Column("id", sa.Integer(), nullable=False),
            sa.Column("tutor_id", sa.Uuid(), nullable=False),
            sa.Column("student_id", sa.Uuid(), nullable=False),
            sa.Column("course_id", sa.Integer(), nullable=not course_required),
            sa.Column("created_at", sa.TIMESTAMP(), server_default=sa.text("CURRENT_TIMESTAMP")),
            sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=f"{table}_course_id_fkey"),
            sa.PrimaryKeyConstraint("id", name=f"{table}_pkey"),
        )
    op.create_unique_constraint(
        "enrolled_courses_tutor_id_student_id_course_id_key",
        "enrolled_courses",
        ["tutor_id", "student_id", "course_id"],
    )
    op.create_table(
        "whiteboard_sessions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_name", sa.String(255)),
        sa.Column("tutor_id", sa.Uuid()),
        sa.Column("student_id", sa.Uuid()),
        sa.Column("created_at", sa.TIMESTAMP(), server_default=sa.text("CURRENT_TIMESTAMP")),
        sa.PrimaryKeyConstraint("id", name="whiteboard_sessions_pkey"),
    )
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


def downgrade() -> None:
    for table in (
        "tutor_sessions",
        "whiteboard_sessions",
        "enrolled_courses",
        "enrolled_students",
        "courses",
    ):
        op.drop_table(table)
