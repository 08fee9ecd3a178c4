"""Sessions belong to `enrolled_courses`, and may use a whiteboard.

A session finds its new enrolment by tutor, student and course, never by the number of the old one.
If one finds none the migration lists it and stops; `flask db upgrade -x unmapped=quarantine` puts
such sessions aside and goes on.
"""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

LISTED = 100
UNMAPPED = """
    FROM sessions s
    JOIN enrolled_students old ON old.id = s.course_enrollment_id
    LEFT JOIN enrolled_courses new
        ON (new.tutor_id, new.student_id, new.course_id) = (old.tutor_id, old.student_id, old.course_id)
    WHERE new.id IS NULL
"""


def upgrade() -> None:
    op.create_table(
        "quarantined_sessions",
        sa.Column("session_id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("tutor_id", sa.Uuid()),
        sa.Column("student_id", sa.Uuid()),
        sa.Column("course_id", sa.Integer()),
        sa.Column("session", JSONB(), nullable=False),
        sa.Column(
            "quarantined_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("CURRENT_TIMESTAMP"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("session_id", name="quarantined_sessions_pkey"),
    )
    if not context.is_offline_mode():
        _settle_unmapped(
            quarantine=context.get_x_argument(as_dictionary=True).get("unmapped") == "quarantine"
        )
    op.execute(
        """
        UPDATE retired_session_fields r
        SET fields = fields || jsonb_build_object('course_enrollment_id', s.course_enrollment_id)
        FROM sessions s WHERE s.id = r.session_id
        """
    )
    op.drop_constraint("sessions_course_enrollment_id_fkey", "sessions")
    op.execute(
        """
        UPDATE sessions s SET course_enrollment_id = new.id
        FROM enrolled_students old, enrolled_courses new
        WHERE old.id = s.course_enrollment_id
        AND (new.tutor_id, new.student_id, new.course_id) = (old.tutor_id, old.student_id, old.course_id)
        """
    )
    op.alter_column("sessions", "course_enrollment_id", new_column_name="enrolled_courses_id")
    op.create_foreign_key(
        "sessions_enrolled_courses_id_fkey",
        "sessions",
        "enrolled_courses",
        ["enrolled_courses_id"],
        ["id"],
        ondelete="CASCADE",
    )
    op.create_foreign_key(
        "sessions_whiteboard_id_fkey",
        "sessions",
        "whiteboard_sessions",
        ["whiteboard_id"],
        ["id"],
        ondelete="SET NULL",
    )
    op.execute("ALTER INDEX idx_sessions_enrollment RENAME TO idx_sessions_enrolled_courses")
    op.drop_index("idx_sessions_status", "sessions")


def _settle_unmapped(*, quarantine: bool) -> None:
    connection = op.get_bind()
    unmapped = connection.execute(
        sa.text(
            f"SELECT s.id, old.tutor_id, old.student_id, old.course_id {UNMAPPED} ORDER BY s.id"
        )
    ).all()
    if unmapped and not quarantine:
        listed = "\n".join(
            f"  session {row.id}: tutor {row.tutor_id}, student {row.student_id}, course {row.course_id}"
            for row in unmapped[:LISTED]
        )
        more = f"\n  and {len(unmapped) - LISTED} more" if len(unmapped) > LISTED else ""
        raise RuntimeError(
            f"{len(unmapped)} sessions have no enrolled course:\n{listed}{more}\n"
            "Create the missing enrolled_courses, or put these sessions aside with "
            "`flask db upgrade -x unmapped=quarantine`."
        )
    connection.execute(
        sa.text(
            f"""
            WITH unmapped AS (SELECT s.id, old.tutor_id, old.student_id, old.course_id {UNMAPPED}),
            removed AS (DELETE FROM sessions s USING unmapped u WHERE s.id = u.id RETURNING s.*)
            INSERT INTO quarantined_sessions (session_id, tutor_id, student_id, course_id, session)
            SELECT u.id, u.tutor_id, u.student_id, u.course_id,
                to_jsonb(removed) || jsonb_build_object('retired', r.fields)
            FROM unmapped u
            JOIN removed ON removed.id = u.id
            LEFT JOIN retired_session_fields r ON r.session_id = u.id
            """  # noqa: S608  # SQL from this file
        )
    )


def downgrade() -> None:
    """The old references. A session made since then gets an enrolled student of the same tutor,
    student and course.
    """
    op.drop_constraint("sessions_enrolled_courses_id_fkey", "sessions")
    op.drop_constraint("sessions_whiteboard_id_fkey", "sessions")
    op.alter_column("sessions", "enrolled_courses_id", new_column_name="course_enrollment_id")
    op.execute("ALTER INDEX idx_sessions_enrolled_courses RENAME TO idx_sessions_enrollment")
    op.create_index("idx_sessions_status", "sessions", ["status"])
    op.execute(
        """
        INSERT INTO enrolled_students (tutor_id, student_id, course_id)
        SELECT DISTINCT new.tutor_id, new.student_id, new.course_id
        FROM sessions s JOIN enrolled_courses new ON new.id = s.course_enrollment_id
        WHERE NOT EXISTS (
            SELECT FROM enrolled_students old
            WHERE (old.tutor_id, old.student_id, old.course_id) = (new.tutor_id, new.student_id, new.course_id)
        )
        """
    )
    op.execute(
        """
        UPDATE sessions s
        SET course_enrollment_id = coalesce(
            (SELECT (r.fields ->> 'course_enrollment_id')::integer FROM retired_session_fields r
             JOIN enrolled_students old ON old.id = (r.fields ->> 'course_enrollment_id')::integer
             WHERE r.session_id = s.id),
            (SELECT min(old.id) FROM enrolled_students old
             WHERE (old.tutor_id, old.student_id, old.course_id) = (new.tutor_id, new.student_id, new.course_id))
        )
        FROM enrolled_courses new WHERE new.id = s.course_enrollment_id
        """
    )
    op.execute(
        """
        INSERT INTO sessions SELECT restored.* FROM quarantined_sessions q,
            jsonb_populate_record(NULL::sessions, q.session) restored
        """
    )
    op.execute(
        """
        INSERT INTO retired_session_fields
        SELECT session_id, session -> 'retired' FROM quarantined_sessions WHERE session -> 'retired' <> 'null'
        """
    )
    op.execute("UPDATE retired_session_fields SET fields = fields - 'course_enrollment_id'")
    op.drop_table("quarantined_sessions")
    op.create_foreign_key(
        "sessions_course_enrollment_id_fkey",
        "sessions",
        "enrolled_students",
        ["course_enrollment_id"],
        ["id"],
        ondelete="CASCADE",
    )
