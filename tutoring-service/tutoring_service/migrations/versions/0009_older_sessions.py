"""Mend sessions of the older application that migrations before this one carried over wrongly.

A session without an enrolment gets the only one of its tutor and student, and a booking. One that finds
none, and one at times that no session can have, is put aside and listed; the latter stays if somebody has
changed it since, but holds no time. A session with an unknown status holds no time either. The length is
what the times say.
"""

import logging

import sqlalchemy as sa
from alembic import context, op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

LISTED = 100
# As in 0003.
IMPOSSIBLE = """(
    s.session_date NOT BETWEEN '2000-01-01' AND '2199-12-31'
    OR s.start_time = s.end_time
    OR '24:00' IN (s.start_time, s.end_time)
    OR s.start_time > s.end_time AND s.start_time - s.end_time < interval '12 hours'
)"""
LENGTH = """(
    s.end_time - s.start_time + CASE WHEN s.end_time < s.start_time THEN interval '1 day' ELSE '0' END
)"""
MINUTES = f"extract(epoch FROM {LENGTH})::integer / 60"
# The older sessions that nobody has changed since, each with its people and the enrolment that it should have.
FOUND = f"""
    SELECT s.id, s.enrolled_courses_id IS NULL AS unmapped, {IMPOSSIBLE} AS impossible,
        coalesce(e.tutor_id, (r.fields ->> 'tutor_id')::uuid) AS tutor_id,
        coalesce(e.student_id, (r.fields ->> 'student_id')::uuid) AS student_id,
        e.course_id,
        concat(s.session_date, ' ', s.start_time, '-', s.end_time) AS time,
        coalesce(e.id, (
            SELECT min(id) FROM enrolled_courses
            WHERE tutor_id::text = r.fields ->> 'tutor_id' AND student_id::text = r.fields ->> 'student_id'
            HAVING count(*) = 1
        )) AS enrollment_id
    FROM sessions s
    LEFT JOIN enrolled_courses e ON e.id = s.enrolled_courses_id
    LEFT JOIN retired_session_fields r ON r.session_id = s.id
    LEFT JOIN session_bookings b ON b.session_id = s.id
    WHERE s.enrolled_courses_id IS NULL OR r.fields ? 'tutor_id' AND b.version = 1
"""  # noqa: S608  # SQL from this file
LEFT_OVER = f"SELECT * FROM ({FOUND}) found WHERE impossible OR enrollment_id IS NULL"  # noqa: S608
# In 0004 an unknown status became `scheduled`, and was kept with the retired fields.
HOLDS_NOTHING = f"""EXISTS (
    SELECT FROM retired_session_fields r
    WHERE r.session_id = s.id AND r.fields ? 'tutor_id'
    AND ({IMPOSSIBLE} OR r.fields ? 'status' AND b.version = 1)
)"""
log = logging.getLogger("alembic.runtime.migration")


def upgrade() -> None:
    _put_aside()
    _map()
    _correct_lengths()
    _correct_holds()


def _put_aside() -> None:
    if not context.is_offline_mode():
        _list_left_over()
    op.execute(
        f"""
        WITH left_over AS ({LEFT_OVER}),
        removed AS (DELETE FROM sessions s USING left_over u WHERE s.id = u.id RETURNING s.*)
        INSERT INTO quarantined_sessions (session_id, tutor_id, student_id, course_id, session)
        SELECT u.id, u.tutor_id, u.student_id, u.course_id,
            to_jsonb(removed) || coalesce(r.fields, '{{}}')
                || jsonb_build_object('student_review_id', NULL, 'retired', r.fields)
        FROM left_over u
        JOIN removed ON removed.id = u.id
        LEFT JOIN retired_session_fields r ON r.session_id = u.id
        """  # noqa: S608  # SQL from this file
    )


def _list_left_over() -> None:
    rows = op.get_bind().execute(sa.text(f"{LEFT_OVER} ORDER BY id")).all()
    if not rows:
        return
    listed = [
        f"  session {row.id}: tutor {row.tutor_id}, student {row.student_id}, "
        f"course {row.course_id}, {row.time}"
        for row in rows[:LISTED]
    ]
    if len(rows) > LISTED:
        listed.append(f"  and {len(rows) - LISTED} more")
    log.warning("%s sessions are put aside:\n%s", len(rows), "\n".join(listed))


def _map() -> None:
    """Give sessions without an enrolment theirs, with a booking, reminders and a review as 0004 made
    them for others.
    """
    op.execute(
        f"""
        WITH booked AS (
            INSERT INTO session_bookings
                (session_id, enrolled_courses_id, tutor_id, student_id, starts_at, ends_at, timezone, held)
            SELECT s.id, e.id, e.tutor_id, e.student_id,
                (s.session_date + s.start_time) AT TIME ZONE e.timezone,
                (s.session_date + s.start_time) AT TIME ZONE e.timezone + {LENGTH},
                e.timezone, false
            FROM ({FOUND}) found
            JOIN sessions s ON s.id = found.id
            JOIN enrolled_courses e ON e.id = found.enrollment_id
            WHERE found.unmapped
            RETURNING *
        ),
        reminded AS (
            INSERT INTO session_reminders (session_id, user_id, due_at)
            SELECT s.id, party, b.starts_at - s.alarm_before_minutes * interval '1 minute'
            FROM booked b
            JOIN sessions s ON s.id = b.session_id
            CROSS JOIN LATERAL (VALUES (b.tutor_id), (b.student_id)) AS parties (party)
            WHERE s.status = 'scheduled' AND b.starts_at > now() AND (s.notification_enabled OR s.alarm_enabled)
        ),
        reviewed AS (
            INSERT INTO reviews
                (session_id, tutor_id, author_id, author_role, rating, text, created_at, updated_at)
            SELECT b.session_id, b.tutor_id, b.student_id, 'student', (r.fields ->> 'student_rating')::integer,
                left(r.fields ->> 'student_feedback', 2000), s.updated_at AT TIME ZONE 'UTC', now()
            FROM booked b
            JOIN retired_session_fields r ON r.session_id = b.session_id
            JOIN sessions s ON s.id = b.session_id
            WHERE (r.fields ->> 'student_rating')::integer BETWEEN 1 AND 5 AND s.updated_at IS NOT NULL
            RETURNING id, session_id
        )
        UPDATE sessions s SET enrolled_courses_id = b.enrolled_courses_id, student_review_id = v.id
        FROM booked b LEFT JOIN reviewed v ON v.session_id = b.session_id
        WHERE s.id = b.session_id
        """  # noqa: S608  # SQL from this file
    )


def _correct_lengths() -> None:
    """The length is that of the times; another one is kept with the retired fields."""
    op.execute(
        f"""
        WITH other AS (
            SELECT s.id, s.duration, {MINUTES} AS minutes
            FROM ({FOUND}) found JOIN sessions s ON s.id = found.id
            WHERE s.duration IS DISTINCT FROM {MINUTES}
        ),
        kept AS (
            UPDATE retired_session_fields r
            SET fields = fields || jsonb_build_object('duration', other.duration)
            FROM other WHERE other.id = r.session_id
        )
        UPDATE sessions s SET duration = other.minutes FROM other WHERE other.id = s.id
        """  # noqa: S608  # SQL from this file
    )


def _correct_holds() -> None:
    """What should hold no time lets go of it, and no one is reminded of it. What can hold its time now does."""
    for change in ("session_bookings c SET held = false", "session_reminders c SET due_at = NULL"):
        op.execute(
            f"""
            UPDATE {change} FROM sessions s JOIN session_bookings b ON b.session_id = s.id
            WHERE c.session_id = s.id AND {HOLDS_NOTHING}
            """
        )
    op.execute(
        f"""
        WITH coming AS (
            SELECT b.* FROM session_bookings b JOIN sessions s ON s.id = b.session_id
            WHERE s.status IN ('scheduled', 'in-progress') AND NOT {HOLDS_NOTHING}
        )
        UPDATE session_bookings b SET held = true FROM coming c
        WHERE b.session_id = c.session_id AND NOT b.held AND NOT EXISTS (
            SELECT FROM coming other
            WHERE (other.held OR other.session_id < c.session_id)
            AND other.session_id <> c.session_id
            AND (other.tutor_id = c.tutor_id OR other.student_id = c.student_id)
            AND other.starts_at < c.ends_at AND other.ends_at > c.starts_at
        )
        """  # noqa: S608  # SQL from this file
    )


def downgrade() -> None:
    """The lengths of old. The rest stays where the schema before this has a place for it, too: 0003 has the
    sessions put aside, and the enrolments of old, for the way further back.
    """
    op.execute(
        """
        UPDATE sessions s SET duration = (r.fields ->> 'duration')::integer
        FROM retired_session_fields r JOIN session_bookings b ON b.session_id = r.session_id
        WHERE r.session_id = s.id AND r.fields ? 'duration' AND b.version = 1
        """
    )
    op.execute(
        "UPDATE retired_session_fields SET fields = fields - 'duration' WHERE fields ? 'duration'"
    )
