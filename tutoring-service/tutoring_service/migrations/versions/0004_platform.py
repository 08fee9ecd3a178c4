"""What the platform adds beside `sessions`: bookings without overlap, series, reminders, reviews,
and the rest.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


CHOICES = {
    "status": "'scheduled', 'in-progress', 'completed', 'cancelled'",
    "session_mode": "'online', 'in-person', 'hybrid'",
    "priority_level": "'low', 'medium', 'high', 'urgent'",
    "session_frequency": "'one-time', 'daily', 'weekly', 'bi-weekly', 'monthly', 'custom'",
    "tutor_attendance_status": "'present', 'absent', 'late'",
    "student_attendance_status": "'present', 'absent', 'late'",
}


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    op.create_table(
        "calendar_feeds",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("user_id", name="calendar_feeds_pkey"),
        sa.UniqueConstraint("token_hash", name="calendar_feeds_token_hash_key"),
    )
    op.create_table(
        "failed_events",
        sa.Column("stream", sa.String(length=200), nullable=False),
        sa.Column("entry_id", sa.String(length=50), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("parked_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("stream", "entry_id", name="failed_events_pkey"),
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("status", sa.Integer()),
        sa.Column("headers", postgresql.JSONB(astext_type=sa.Text())),
        sa.Column("body", sa.LargeBinary()),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "key", name="idempotency_keys_pkey"),
    )
    op.create_index("idx_idempotency_keys_created_at", "idempotency_keys", ["created_at"])
    op.create_table(
        "inbox",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("event_id", name="inbox_pkey"),
    )
    op.create_index("idx_inbox_received_at", "inbox", ["received_at"])
    op.create_table(
        "latest_versions",
        sa.Column("source", sa.String(length=100), nullable=False),
        sa.Column("aggregate_id", sa.String(length=100), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("source", "aggregate_id", name="latest_versions_pkey"),
    )
    op.create_table(
        "mails",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=50), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("parked_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="mails_pkey"),
    )
    op.create_index(
        "idx_mails_due", "mails", ["due_at"], postgresql_where=sa.text("parked_at IS NULL")
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("stream", sa.String(length=200), nullable=False),
        sa.Column("seq", sa.BigInteger()),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="outbox_pkey"),
    )
    op.create_index("idx_outbox_created_at", "outbox", ["created_at"])
    op.create_index(
        "idx_outbox_unpublished",
        "outbox",
        ["position"],
        postgresql_where=sa.text("published_at IS NULL"),
    )
    op.create_table(
        "tutor_availability",
        sa.Column("tutor_id", sa.Uuid(), nullable=False),
        sa.Column("timezone", sa.String(length=64), nullable=False),
        sa.Column("weekly", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("exceptions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tutor_id", name="tutor_availability_pkey"),
    )
    op.create_table(
        "enrollment_parents",
        sa.Column("enrollment_id", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["enrollment_id"],
            ["enrolled_courses.id"],
            name="enrollment_parents_enrollment_id_fkey",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("enrollment_id", "parent_id", name="enrollment_parents_pkey"),
    )
    op.create_index(
        "idx_enrollment_parents_parent", "enrollment_parents", ["parent_id", "enrollment_id"]
    )
    op.create_table(
        "parent_codes",
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("enrollment_id", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["enrollment_id"],
            ["enrolled_courses.id"],
            name="parent_codes_enrollment_id_fkey",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("code_hash", name="parent_codes_pkey"),
        sa.UniqueConstraint("enrollment_id", name="parent_codes_enrollment_id_key"),
    )
    op.create_table(
        "session_series",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enrolled_courses_id", sa.Integer(), nullable=False),
        sa.Column("split_from", sa.Integer()),
        sa.Column("timezone", sa.String(length=64), nullable=False),
        sa.Column("rule", sa.String(length=500)),
        sa.Column(
            "dates",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'::jsonb"),
            nullable=False,
        ),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("start_time", sa.Time(), nullable=False),
        sa.Column("duration", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["enrolled_courses_id"],
            ["enrolled_courses.id"],
            name="session_series_enrolled_courses_id_fkey",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["split_from"],
            ["session_series.id"],
            name="session_series_split_from_fkey",
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name="session_series_pkey"),
    )
    op.create_index(
        "idx_session_series_enrolled_courses", "session_series", ["enrolled_courses_id"]
    )
    op.create_table(
        "whiteboard_strokes",
        sa.Column("whiteboard_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.String(length=64), nullable=False),
        sa.Column("operation", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["whiteboard_id"],
            ["whiteboard_sessions.id"],
            name="whiteboard_strokes_whiteboard_id_fkey",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("whiteboard_id", "seq", name="whiteboard_strokes_pkey"),
    )
    op.create_index("idx_whiteboard_strokes_author", "whiteboard_strokes", ["author_id"])
    op.create_index(
        "whiteboard_strokes_client_key",
        "whiteboard_strokes",
        ["whiteboard_id", "author_id", "client_id"],
        unique=True,
    )
    op.create_table(
        "reviews",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("tutor_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("author_role", sa.String(length=10), nullable=False),
        sa.Column("rating", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=2000)),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "author_role IN ('tutor', 'student', 'parent')", name=op.f("reviews_author_role_check")
        ),
        sa.CheckConstraint("rating BETWEEN 1 AND 5", name=op.f("reviews_rating_check")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name="reviews_session_id_fkey", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="reviews_pkey"),
    )
    op.create_index("idx_reviews_author", "reviews", ["author_id"])
    op.create_index("idx_reviews_tutor", "reviews", ["tutor_id", sa.literal_column("id DESC")])
    op.create_index("reviews_author_key", "reviews", ["session_id", "author_id"], unique=True)
    op.create_table(
        "session_bookings",
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("enrolled_courses_id", sa.Integer(), nullable=False),
        sa.Column("tutor_id", sa.Uuid(), nullable=False),
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("timezone", sa.String(length=64), nullable=False),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("series_id", sa.Integer()),
        sa.Column("original_start", sa.DateTime(timezone=True)),
        sa.Column("detached", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("sequence", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True)),
        sa.Column("completed_at", sa.DateTime(timezone=True)),
        sa.Column("cancelled_at", sa.DateTime(timezone=True)),
        sa.Column("cancelled_by", sa.Uuid()),
        sa.Column("cancel_reason", sa.String(length=500)),
        sa.Column("late_cancel", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("student_id"), "="),
            (sa.text("tstzrange(starts_at, ends_at)"), "&&"),
            where=sa.text("held"),
            using="gist",
            name="session_bookings_student_excl",
        ),
        postgresql.ExcludeConstraint(
            (sa.column("tutor_id"), "="),
            (sa.text("tstzrange(starts_at, ends_at)"), "&&"),
            where=sa.text("held"),
            using="gist",
            name="session_bookings_tutor_excl",
        ),
        sa.CheckConstraint(
            "ends_at > starts_at", name=op.f("session_bookings_ends_after_start_check")
        ),
        sa.ForeignKeyConstraint(
            ["enrolled_courses_id"],
            ["enrolled_courses.id"],
            name="session_bookings_enrolled_courses_id_fkey",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["series_id"],
            ["session_series.id"],
            name="session_bookings_series_id_fkey",
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["sessions.id"],
            name="session_bookings_session_id_fkey",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("session_id", name="session_bookings_pkey"),
    )
    op.create_index(
        "idx_session_bookings_enrolled_courses",
        "session_bookings",
        ["enrolled_courses_id", "starts_at", "session_id"],
    )
    op.create_index("idx_session_bookings_start", "session_bookings", ["starts_at", "session_id"])
    op.create_index(
        "idx_session_bookings_student",
        "session_bookings",
        ["student_id", "starts_at", "session_id"],
    )
    op.create_index(
        "idx_session_bookings_tutor", "session_bookings", ["tutor_id", "starts_at", "session_id"]
    )
    op.create_index(
        "session_bookings_occurrence_key",
        "session_bookings",
        ["series_id", "original_start"],
        unique=True,
        postgresql_where=sa.text("series_id IS NOT NULL"),
    )
    op.create_table(
        "session_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("after", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["sessions.id"],
            name="session_changes_session_id_fkey",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="session_changes_pkey"),
    )
    op.create_index("idx_session_changes_session", "session_changes", ["session_id", "id"])
    op.create_table(
        "session_reminders",
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("notification_enabled", sa.Boolean()),
        sa.Column("alarm_enabled", sa.Boolean()),
        sa.Column("alarm_before_minutes", sa.Integer()),
        sa.Column("due_at", sa.DateTime(timezone=True)),
        sa.Column("sent_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint(
            "alarm_before_minutes BETWEEN 0 AND 10080",
            name=op.f("session_reminders_alarm_before_minutes_check"),
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["sessions.id"],
            name="session_reminders_session_id_fkey",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("session_id", "user_id", name="session_reminders_pkey"),
    )
    op.create_index(
        "idx_session_reminders_due",
        "session_reminders",
        ["due_at"],
        postgresql_where=sa.text("sent_at IS NULL AND due_at IS NOT NULL"),
    )
    op.create_index("idx_session_reminders_user", "session_reminders", ["user_id"])
    op.create_table(
        "session_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enrolled_courses_id", sa.Integer(), nullable=False),
        sa.Column("session_date", sa.Date(), nullable=False),
        sa.Column("start_time", sa.Time(), nullable=False),
        sa.Column("end_time", sa.Time(), nullable=False),
        sa.Column("topics", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("message", sa.String(length=1000)),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("session_id", sa.Integer()),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint(
            "status IN ('pending', 'accepted', 'declined', 'withdrawn')",
            name=op.f("session_requests_status_check"),
        ),
        sa.ForeignKeyConstraint(
            ["enrolled_courses_id"],
            ["enrolled_courses.id"],
            name="session_requests_enrolled_courses_id_fkey",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["sessions.id"],
            name="session_requests_session_id_fkey",
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name="session_requests_pkey"),
    )
    op.create_index(
        "idx_session_requests_enrolled_courses", "session_requests", ["enrolled_courses_id", "id"]
    )
    op.add_column("courses", sa.Column("description", sa.Text()))
    op.add_column(
        "courses", sa.Column("timezone", sa.String(length=64), server_default="UTC", nullable=False)
    )
    op.add_column(
        "courses",
        sa.Column(
            "cancel_notice_hours", sa.Integer(), server_default=sa.text("24"), nullable=False
        ),
    )
    op.add_column(
        "courses", sa.Column("status", sa.String(length=20), server_default="open", nullable=False)
    )
    op.add_column(
        "courses", sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False)
    )
    op.create_index(
        "idx_courses_open", "courses", ["id"], postgresql_where=sa.text("status = 'open'")
    )
    op.create_index("idx_courses_tutor", "courses", ["tutor_id", "id"])
    op.add_column(
        "enrolled_courses",
        sa.Column("status", sa.String(length=20), server_default="active", nullable=False),
    )
    op.add_column(
        "enrolled_courses",
        sa.Column("timezone", sa.String(length=64), server_default="UTC", nullable=False),
    )
    op.add_column("enrolled_courses", sa.Column("closed_at", sa.DateTime(timezone=True)))
    op.add_column(
        "enrolled_courses",
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
    )
    op.drop_constraint(
        "enrolled_courses_tutor_id_student_id_course_id_key", "enrolled_courses", type_="unique"
    )
    op.create_index(
        "enrolled_courses_open_key",
        "enrolled_courses",
        ["tutor_id", "student_id", "course_id"],
        unique=True,
        postgresql_where=sa.text("status IN ('active', 'paused')"),
    )
    op.create_index("idx_enrolled_courses_course", "enrolled_courses", ["course_id"])
    op.create_index("idx_enrolled_courses_student", "enrolled_courses", ["student_id", "id"])
    op.create_index("idx_enrolled_courses_tutor", "enrolled_courses", ["tutor_id", "id"])
    op.create_index(
        "idx_sessions_enrolled_courses_status_date",
        "sessions",
        ["enrolled_courses_id", "status", "session_date", "id"],
    )
    op.create_index(
        "idx_sessions_whiteboard",
        "sessions",
        ["whiteboard_id"],
        postgresql_where=sa.text("whiteboard_id IS NOT NULL"),
    )
    op.add_column("whiteboard_sessions", sa.Column("enrolled_courses_id", sa.Integer()))
    op.add_column(
        "whiteboard_sessions",
        sa.Column("seq", sa.Integer(), server_default=sa.text("0"), nullable=False),
    )
    op.add_column("whiteboard_sessions", sa.Column("closed_at", sa.DateTime(timezone=True)))
    op.create_index(
        "idx_whiteboard_sessions_enrolled_courses",
        "whiteboard_sessions",
        ["enrolled_courses_id", "id"],
    )
    op.create_foreign_key(
        "whiteboard_sessions_enrolled_courses_id_fkey",
        "whiteboard_sessions",
        "enrolled_courses",
        ["enrolled_courses_id"],
        ["id"],
        ondelete="CASCADE",
    )
    _add_checks()
    _carry_sessions_over()


def _add_checks() -> None:
    """Hold every row to the words. What was none of them falls to the default and is kept with the
    retired fields.
    """
    for column, words in CHOICES.items():
        op.execute(
            f"""
            INSERT INTO retired_session_fields AS r (session_id, fields)
            SELECT id, jsonb_build_object('{column}', {column}) FROM sessions WHERE {column} NOT IN ({words})
            ON CONFLICT (session_id) DO UPDATE SET fields = r.fields || excluded.fields
            """  # noqa: S608  # words from this file
        )
        op.execute(f"UPDATE sessions SET {column} = DEFAULT WHERE {column} NOT IN ({words})")  # noqa: S608
        op.create_check_constraint(
            op.f(f"sessions_{column}_check"), "sessions", f"{column} IN ({words})"
        )
    op.execute(
        """
        INSERT INTO retired_session_fields AS r (session_id, fields)
        SELECT id, jsonb_build_object('alarm_before_minutes', alarm_before_minutes) FROM sessions
        WHERE alarm_before_minutes NOT BETWEEN 0 AND 10080
        ON CONFLICT (session_id) DO UPDATE SET fields = r.fields || excluded.fields
        """
    )
    op.execute(
        "UPDATE sessions SET alarm_before_minutes = greatest(0, least(10080, alarm_before_minutes))"
    )
    op.create_check_constraint(
        op.f("sessions_alarm_before_minutes_check"),
        "sessions",
        "alarm_before_minutes BETWEEN 0 AND 10080",
    )
    op.execute("UPDATE enrolled_courses SET status = 'cancelled' WHERE tutor_id = student_id")
    op.create_check_constraint(
        op.f("enrolled_courses_two_people_check"),
        "enrolled_courses",
        "tutor_id <> student_id OR status IN ('completed', 'cancelled')",
    )
    op.create_check_constraint(
        op.f("enrolled_courses_status_check"),
        "enrolled_courses",
        "status IN ('active', 'paused', 'completed', 'cancelled')",
    )
    op.create_check_constraint(
        op.f("courses_status_check"), "courses", "status IN ('open', 'archived')"
    )
    op.create_check_constraint(
        op.f("courses_cancel_notice_hours_check"),
        "courses",
        "cancel_notice_hours BETWEEN 0 AND 720",
    )


def _carry_sessions_over() -> None:
    """Book the sessions there are, in UTC, which their enrolments now have for a zone.

    Of two that overlap only the older holds its time. Ratings of old become reviews; the enabled reminders of
    coming sessions are set.
    """
    op.execute("UPDATE sessions SET status = 'scheduled' WHERE status IS NULL")
    op.execute(
        """
        INSERT INTO session_bookings
            (session_id, enrolled_courses_id, tutor_id, student_id, starts_at, ends_at, timezone, held)
        SELECT s.id, e.id, e.tutor_id, e.student_id,
            (s.session_date + s.start_time) AT TIME ZONE 'UTC',
            (s.session_date + s.end_time + CASE WHEN s.end_time <= s.start_time THEN interval '1 day' ELSE '0' END)
                AT TIME ZONE 'UTC',
            e.timezone, false
        FROM sessions s JOIN enrolled_courses e ON e.id = s.enrolled_courses_id
        """
    )
    op.execute(
        """
        WITH coming AS (
            SELECT b.* FROM session_bookings b JOIN sessions s ON s.id = b.session_id
            WHERE s.status IN ('scheduled', 'in-progress')
        )
        UPDATE session_bookings b SET held = true FROM coming c
        WHERE b.session_id = c.session_id AND NOT EXISTS (
            SELECT FROM coming older
            WHERE older.session_id < c.session_id
            AND (older.tutor_id = c.tutor_id OR older.student_id = c.student_id)
            AND older.starts_at < c.ends_at AND older.ends_at > c.starts_at
        )
        """
    )
    op.execute(
        """
        INSERT INTO reviews
            (session_id, tutor_id, author_id, author_role, rating, text, created_at, updated_at)
        SELECT b.session_id, b.tutor_id, b.student_id, 'student', (r.fields ->> 'student_rating')::integer,
            left(r.fields ->> 'student_feedback', 2000), s.updated_at AT TIME ZONE 'UTC', now()
        FROM retired_session_fields r
        JOIN session_bookings b ON b.session_id = r.session_id
        JOIN sessions s ON s.id = b.session_id
        WHERE (r.fields ->> 'student_rating')::integer BETWEEN 1 AND 5 AND s.updated_at IS NOT NULL
        """
    )
    op.execute(
        "UPDATE sessions s SET student_review_id = r.id FROM reviews r WHERE r.session_id = s.id"
    )
    op.execute(
        """
        INSERT INTO session_reminders (session_id, user_id, due_at)
        SELECT s.id, party, b.starts_at - s.alarm_before_minutes * interval '1 minute'
        FROM sessions s
        JOIN session_bookings b ON b.session_id = s.id
        CROSS JOIN LATERAL (VALUES (b.tutor_id), (b.student_id)) AS parties (party)
        WHERE s.status = 'scheduled' AND b.starts_at > now() AND (s.notification_enabled OR s.alarm_enabled)
        """
    )


def downgrade() -> None:
    _carry_reviews_back()
    for column in (*CHOICES, "alarm_before_minutes"):
        op.drop_constraint(op.f(f"sessions_{column}_check"), "sessions")
    _restore_unchanged()
    op.drop_constraint(op.f("enrolled_courses_two_people_check"), "enrolled_courses")
    op.drop_constraint(
        "whiteboard_sessions_enrolled_courses_id_fkey", "whiteboard_sessions", type_="foreignkey"
    )
    op.drop_index("idx_whiteboard_sessions_enrolled_courses", table_name="whiteboard_sessions")
    op.drop_column("whiteboard_sessions", "closed_at")
    op.drop_column("whiteboard_sessions", "seq")
    op.drop_column("whiteboard_sessions", "enrolled_courses_id")
    op.drop_index(
        "idx_sessions_whiteboard",
        table_name="sessions",
        postgresql_where=sa.text("whiteboard_id IS NOT NULL"),
    )
    op.drop_index("idx_sessions_enrolled_courses_status_date", table_name="sessions")
    op.drop_index("idx_enrolled_courses_tutor", table_name="enrolled_courses")
    op.drop_index("idx_enrolled_courses_student", table_name="enrolled_courses")
    op.drop_index("idx_enrolled_courses_course", table_name="enrolled_courses")
    op.drop_index(
        "enrolled_courses_open_key",
        table_name="enrolled_courses",
        postgresql_where=sa.text("status IN ('active', 'paused')"),
    )
    _merge_repeated_enrollments()
    op.create_unique_constraint(
        "enrolled_courses_tutor_id_student_id_course_id_key",
        "enrolled_courses",
        ["tutor_id", "student_id", "course_id"],
    )
    op.drop_column("enrolled_courses", "version")
    op.drop_column("enrolled_courses", "closed_at")
    op.drop_column("enrolled_courses", "timezone")
    op.drop_column("enrolled_courses", "status")
    op.drop_index("idx_courses_tutor", table_name="courses")
    op.drop_index(
        "idx_courses_open", table_name="courses", postgresql_where=sa.text("status = 'open'")
    )
    op.drop_column("courses", "version")
    op.drop_column("courses", "status")
    op.drop_column("courses", "cancel_notice_hours")
    op.drop_column("courses", "timezone")
    op.drop_column("courses", "description")
    op.drop_table("session_requests")
    op.drop_table("session_reminders")
    op.drop_table("session_changes")
    op.drop_table("session_bookings")
    op.drop_table("reviews")
    op.drop_table("whiteboard_strokes")
    op.drop_table("session_series")
    op.drop_table("parent_codes")
    op.drop_table("enrollment_parents")
    op.drop_table("tutor_availability")
    op.drop_table("outbox")
    op.drop_table("mails")
    op.drop_table("latest_versions")
    op.drop_table("inbox")
    op.drop_table("idempotency_keys")
    op.drop_table("failed_events")
    op.drop_table("calendar_feeds")
    op.execute("DROP EXTENSION btree_gist")


def _carry_reviews_back() -> None:
    op.execute(
        """
        INSERT INTO retired_session_fields AS r (session_id, fields)
        SELECT session_id, jsonb_build_object('student_rating', rating, 'student_feedback', text)
        FROM reviews WHERE author_role = 'student'
        ON CONFLICT (session_id) DO UPDATE SET fields = r.fields || excluded.fields
        """
    )
    op.execute(
        "UPDATE sessions SET student_review_id = NULL, tutor_review_id = NULL, parent_review_id = NULL"
    )


def _restore_unchanged() -> None:
    """What `_add_checks` kept, for the sessions that nobody has changed since."""
    for column in (*CHOICES, "alarm_before_minutes"):
        kind = "integer" if column == "alarm_before_minutes" else "text"
        op.execute(
            f"""
            UPDATE sessions s SET {column} = (r.fields ->> '{column}')::{kind}
            FROM retired_session_fields r JOIN session_bookings b ON b.session_id = r.session_id
            WHERE r.session_id = s.id AND r.fields ? '{column}' AND b.version = 1
            """  # noqa: S608  # words from this file
        )
        op.execute(f"UPDATE retired_session_fields SET fields = fields - '{column}'")  # noqa: S608


def _merge_repeated_enrollments() -> None:
    """The older schema has one enrolment for a tutor, a student and a course: the first."""
    op.execute(
        """
        UPDATE sessions s SET enrolled_courses_id = first.id
        FROM enrolled_courses e, (
            SELECT min(id) AS id, tutor_id, student_id, course_id FROM enrolled_courses GROUP BY 2, 3, 4
        ) first
        WHERE s.enrolled_courses_id = e.id
        AND (first.tutor_id, first.student_id, first.course_id) = (e.tutor_id, e.student_id, e.course_id)
        """
    )
    op.execute(
        """
        DELETE FROM enrolled_courses e USING enrolled_courses first
        WHERE (first.tutor_id, first.student_id, first.course_id) = (e.tutor_id, e.student_id, e.course_id)
        AND first.id < e.id
        """
    )
