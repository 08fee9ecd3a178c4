"""Sessions belong to `enrolled_courses`, and may use a whiteboard.

A session finds its new enrolment by tutor, student and course, never by the number of the old one.
Where no course is known, it finds the only enrolment of the two. If one finds none the migration lists
it and stops; `flask db upgrade -x unmapped=quarantine` puts such sessions aside and goes on. A session
at times that none can have is put aside, too, and listed.
"""

import logging
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

LISTED = 100
# In no year of the platform, of no length, at 24:00, which no clock shows, or over midnight for half a day.
IMPOSSIBLE = """(
    s.session_date NOT BETWEEN '2000-01-01' AND '2199-12-31'
    OR s.start_time = s.end_time
    OR '24:00' IN (s.start_time, s.end_time)
    OR s.start_time > s.end_time AND s.start_time - s.end_time < interval '12 hours'
)"""
# Each session with its people, its course if that is known, and its new enrolment if there is only one.
FOUND = f"""
    SELECT s.id, people.*, concat(s.session_date, ' ', s.start_time, '-', s.end_time) AS time,
        {IMPOSSIBLE} AS impossible, (
            SELECT min(new.id) FROM enrolled_courses new
            WHERE (new.tutor_id, new.student_id) = (people.tutor_id, people.student_id)
            AND new.course_id = coalesce(people.course_id, new.course_id)
            HAVING count(*) = 1
        ) AS enrolled_courses_id
    FROM sessions s
    LEFT JOIN enrolled_students old ON old.id = s.course_enrollment_id
    LEFT JOIN retired_session_fields r ON r.session_id = s.id
    CROSS JOIN LATERAL (
        SELECT coalesce(old.tutor_id, (r.fields ->> 'tutor_id')::uuid) AS tutor_id,
            coalesce(old.student_id, (r.fields ->> 'student_id')::uuid) AS student_id,
            old.course_id
    ) people
"""  # noqa: S608  # SQL from this file
log = logging.getLogger("alembic.runtime.migration")


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
        _put_aside(
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
        f"""
        UPDATE sessions s SET course_enrollment_id = found.enrolled_courses_id
        FROM ({FOUND}) found WHERE found.id = s.id
        """  # noqa: S608  # SQL from this file
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


def _put_aside(*, quarantine: bool) -> None:
    connection = op.get_bind()
    left_over = f"SELECT * FROM ({FOUND}) found WHERE impossible OR enrolled_courses_id IS NULL"  # noqa: S608
    rows = connection.execute(sa.text(f"{left_over} ORDER BY id")).all()
    unmapped = [row for row in rows if not row.impossible]
    if unmapped and not quarantine:
        raise RuntimeError(
            f"{len(unmapped)} sessions have no enrolled course:\n{_listed(unmapped)}\n"
            "Create the missing enrolled_courses, name the enrolments of sessions that have none, or put "
            "these sessions aside with `flask db upgrade -x unmapped=quarantine`."
        )
    connection.execute(
        sa.text(
            f"""
            WITH left_over AS ({left_over}),
            removed AS (DELETE FROM sessions s USING left_over u WHERE s.id = u.id RETURNING s.*)
            INSERT INTO quarantined_sessions (session_id, tutor_id, student_id, course_id, session)
            SELECT u.id, u.tutor_id, u.student_id, u.course_id,
                to_jsonb(removed) || jsonb_build_object('retired', r.fields)
            FROM left_over u
            JOIN removed ON removed.id = u.id
            LEFT JOIN retired_session_fields r ON r.session_id = u.id
            """  # noqa: S608  # SQL from this file
        )
    )
    if rows:
        log.warning("%s sessions are put aside:\n%s", len(rows), _listed(rows))


def _listed(rows: Sequence[sa.Row[Any]]) -> str:
    listed = [
        f"  session {row.id}: tutor {row.tutor_id}, student {row.student_id}, "
        f"course {row.course_id}, {row.time}"
        for row in rows[:LISTED]
    ]
    if len(rows) > LISTED:
        listed.append(f"  and {len(rows) - LISTED} more")
    return "\n".join(listed)


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
            SELECT FROM retired_session_fields r
            WHERE r.session_id = s.id AND r.fields ? 'course_enrollment_id'
        )
        AND NOT EXISTS (
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
        UPDATE sessions s SET course_enrollment_id = NULL FROM retired_session_fields r
        WHERE r.session_id = s.id AND r.fields -> 'course_enrollment_id' = 'null'
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
