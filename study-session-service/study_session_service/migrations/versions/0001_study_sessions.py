"""Study sessions, their participants, waitlist and chat; the tables every service has."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "failed_events",
        sa.Column("stream", sa.String(length=200), nullable=False),
        sa.Column("entry_id", sa.String(length=50), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("parked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("stream", "entry_id", name="failed_events_pkey"),
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("headers", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
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
        sa.Column("parked_at", sa.DateTime(timezone=True), nullable=True),
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
        sa.Column("seq", sa.BigInteger(), nullable=True),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
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
        "study_sessions",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("host_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.String(length=100), nullable=False),
        sa.Column("session_type", sa.String(length=20), nullable=False),
        sa.Column("status", sa.String(length=20), server_default="starting-soon", nullable=False),
        sa.Column("latitude", sa.Numeric(precision=10, scale=8, asdecimal=False), nullable=False),
        sa.Column("longitude", sa.Numeric(precision=11, scale=8, asdecimal=False), nullable=False),
        sa.Column("start_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("duration_minutes", sa.Integer(), nullable=False),
        sa.Column("max_participants", sa.Integer(), server_default=sa.text("10"), nullable=False),
        sa.Column(
            "current_participants", sa.Integer(), server_default=sa.text("0"), nullable=False
        ),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=True
        ),
        sa.Column(
            "updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=True
        ),
        sa.Column("description", sa.String(length=2000), nullable=True),
        sa.Column("mode", sa.String(length=20), server_default="in_person", nullable=False),
        sa.Column("venue_name", sa.String(length=200), nullable=True),
        sa.Column("meeting_url", sa.String(length=500), nullable=True),
        sa.Column("visibility", sa.String(length=20), server_default="public", nullable=False),
        sa.Column("join_code", sa.String(length=20), nullable=True),
        sa.Column(
            "location_visibility", sa.String(length=20), server_default="exact", nullable=False
        ),
        sa.Column(
            "approximate_latitude",
            sa.Numeric(precision=10, scale=8, asdecimal=False),
            nullable=True,
        ),
        sa.Column(
            "approximate_longitude",
            sa.Numeric(precision=11, scale=8, asdecimal=False),
            nullable=True,
        ),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancellation_reason", sa.String(length=500), nullable=True),
        sa.Column("last_seq", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column(
            "is_open",
            sa.Boolean(),
            sa.Computed("cancelled_at IS NULL AND ended_at IS NULL", persisted=True),
            nullable=False,
        ),
        sa.Column(
            "ends_at",
            sa.DateTime(timezone=True),
            sa.Computed(
                "(COALESCE(started_at, start_time) AT TIME ZONE 'UTC'::text + make_interval(mins => duration_minutes))"
                " AT TIME ZONE 'UTC'::text",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(visibility = 'private') = (join_code IS NOT NULL)",
            name=op.f("study_sessions_join_code_check"),
        ),
        sa.CheckConstraint(
            "CASE status"
            " WHEN 'starting-soon' THEN num_nonnulls(started_at, ended_at, cancelled_at) = 0"
            " WHEN 'live' THEN started_at IS NOT NULL AND num_nonnulls(ended_at, cancelled_at) = 0"
            " WHEN 'finished' THEN num_nonnulls(started_at, ended_at) = 2 AND cancelled_at IS NULL"
            " ELSE cancelled_at IS NOT NULL AND ended_at IS NULL END",
            name=op.f("study_sessions_status_times_check"),
        ),
        sa.CheckConstraint(
            "location_visibility IN ('exact', 'approximate')",
            name=op.f("study_sessions_location_visibility_check"),
        ),
        sa.CheckConstraint(
            "mode IN ('in_person', 'online', 'hybrid')", name=op.f("study_sessions_mode_check")
        ),
        sa.CheckConstraint(
            "num_nonnulls(approximate_latitude, approximate_longitude)"
            " = CASE location_visibility WHEN 'approximate' THEN 2 ELSE 0 END",
            name=op.f("study_sessions_approximate_location_check"),
        ),
        sa.CheckConstraint(
            "session_type IN ('silent', 'discussion', 'exam-prep')",
            name=op.f("study_sessions_session_type_check"),
        ),
        sa.CheckConstraint(
            "start_time >= '2000-01-01' AND start_time < '2200-01-01'",
            name=op.f("study_sessions_start_time_check"),
        ),
        sa.CheckConstraint(
            "status IN ('starting-soon', 'live', 'finished', 'cancelled')",
            name=op.f("study_sessions_status_check"),
        ),
        sa.CheckConstraint(
            "visibility IN ('public', 'unlisted', 'private')",
            name=op.f("study_sessions_visibility_check"),
        ),
        sa.CheckConstraint(
            "approximate_latitude BETWEEN -90 AND 90",
            name=op.f("study_sessions_approximate_latitude_check"),
        ),
        sa.CheckConstraint(
            "approximate_longitude BETWEEN -180 AND 180",
            name=op.f("study_sessions_approximate_longitude_check"),
        ),
        sa.CheckConstraint(
            "current_participants <= max_participants", name=op.f("study_sessions_capacity_check")
        ),
        sa.CheckConstraint(
            "current_participants >= 0", name=op.f("study_sessions_current_participants_check")
        ),
        sa.CheckConstraint(
            "duration_minutes > 0", name=op.f("study_sessions_duration_minutes_check")
        ),
        sa.CheckConstraint(
            "latitude BETWEEN -90 AND 90", name=op.f("study_sessions_latitude_check")
        ),
        sa.CheckConstraint(
            "longitude BETWEEN -180 AND 180", name=op.f("study_sessions_longitude_check")
        ),
        sa.CheckConstraint(
            "max_participants > 0", name=op.f("study_sessions_max_participants_check")
        ),
        sa.PrimaryKeyConstraint("id", name="study_sessions_pkey"),
        postgresql_with={"fillfactor": 90, "autovacuum_vacuum_scale_factor": 0.01},
    )
    op.create_index(
        "idx_sessions_ends", "study_sessions", ["ends_at"], postgresql_where=sa.text("is_open")
    )
    op.create_index("idx_sessions_host", "study_sessions", ["host_id"])
    op.create_index(
        "idx_sessions_location",
        "study_sessions",
        ["latitude", "longitude"],
        postgresql_include=["start_time", "id"],
        postgresql_where=sa.text("is_open"),
    )
    op.create_index(
        "idx_sessions_open",
        "study_sessions",
        ["start_time", "id"],
        postgresql_where=sa.text("is_open"),
    )
    op.create_index(
        "idx_sessions_status",
        "study_sessions",
        ["status"],
        postgresql_where=sa.text("status IN ('starting-soon', 'live')"),
    )
    op.create_index("idx_sessions_time", "study_sessions", ["start_time"])
    op.create_table(
        "chat_messages",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=True
        ),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("client_message_id", sa.String(length=100), nullable=True),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "char_length(content) BETWEEN CASE WHEN deleted_at IS NULL THEN 1 ELSE 0 END AND 2000",
            name=op.f("chat_messages_content_check"),
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["study_sessions.id"],
            name="chat_messages_session_id_fkey",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="chat_messages_pkey"),
        sa.UniqueConstraint("session_id", "seq", name="chat_messages_session_id_seq_key"),
        sa.UniqueConstraint(
            "session_id",
            "user_id",
            "client_message_id",
            name="chat_messages_session_id_user_id_client_message_id_key",
        ),
    )
    op.create_index(
        "idx_chat_session_time",
        "chat_messages",
        ["session_id", sa.literal_column("created_at DESC")],
    )
    op.create_index(
        "idx_chat_user", "chat_messages", ["user_id", sa.literal_column("created_at DESC")]
    )
    op.create_table(
        "session_participants",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=20), server_default="participant", nullable=False),
        sa.Column(
            "joined_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=True
        ),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "role IN ('host', 'participant')", name=op.f("session_participants_role_check")
        ),
        sa.CheckConstraint(
            "is_active IS NOT DISTINCT FROM (left_at IS NULL)",
            name=op.f("session_participants_is_active_check"),
        ),
        sa.CheckConstraint(
            "removed_at IS NULL OR left_at IS NOT NULL",
            name=op.f("session_participants_removed_at_check"),
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["study_sessions.id"],
            name="session_participants_session_id_fkey",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="session_participants_pkey"),
        sa.UniqueConstraint(
            "session_id", "user_id", name="session_participants_session_id_user_id_key"
        ),
    )
    op.create_index(
        "idx_participants_active",
        "session_participants",
        ["session_id", "is_active"],
        postgresql_where=sa.text("is_active = TRUE"),
    )
    op.create_index(
        "idx_participants_host",
        "session_participants",
        ["session_id"],
        unique=True,
        postgresql_where=sa.text("role = 'host'"),
    )
    op.create_index("idx_participants_session", "session_participants", ["session_id"])
    op.create_index("idx_participants_user", "session_participants", ["user_id"])
    op.create_table(
        "session_waitlist",
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["study_sessions.id"],
            name="session_waitlist_session_id_fkey",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("number", name="session_waitlist_pkey"),
        sa.UniqueConstraint(
            "session_id", "user_id", name="session_waitlist_session_id_user_id_key"
        ),
    )
    op.create_index("idx_waitlist_session", "session_waitlist", ["session_id", "number"])
    op.create_index("idx_waitlist_user", "session_waitlist", ["user_id"])
    op.execute(
        "CREATE VIEW active_sessions_view AS"
        " SELECT s.* FROM study_sessions s WHERE s.status IN ('starting-soon', 'live') ORDER BY s.start_time"
    )
    op.execute(
        "CREATE VIEW session_participants_view AS SELECT sp.* FROM session_participants sp WHERE sp.is_active = TRUE"
    )


def downgrade() -> None:
    op.execute("DROP VIEW session_participants_view")
    op.execute("DROP VIEW active_sessions_view")
    for table in (
        "session_waitlist",
        "session_participants",
        "chat_messages",
        "study_sessions",
        "outbox",
        "mails",
        "latest_versions",
        "inbox",
        "idempotency_keys",
        "failed_events",
    ):
        op.drop_table(table)
