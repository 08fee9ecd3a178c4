"""Enhanced session management, and invitations."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

HAVRUTA_COLUMNS = ("owner_id", "last_place", "member_count", "seq", "version", "archived_at")
SESSION_COLUMNS = (
    "type",
    "status",
    "planned_start",
    "planned_minutes",
    "series_id",
    "starting_section",
    "ending_section",
    "coverage_range",
    "created_by",
    "navigator_id",
    "mode",
    "position",
    "position_seq",
    "seq",
    "version",
    "end_reason",
    "segments",
    "minutes",
    "minutes_together",
)

# The owner has to be a member, so a creator who is none becomes one.
OWNERS = """
INSERT INTO havruta_members (havruta_id, user_id, joined_at) SELECT id, creator_id, created_at FROM havrutas
ON CONFLICT DO NOTHING
"""
PLACES = """
UPDATE havrutas
SET owner_id = creator_id, last_place = current_section,
    member_count = (SELECT count(*) FROM havruta_members WHERE havruta_id = havrutas.id)
"""
# A finished session is completed, one in the future scheduled; of those that were begun and never
# finished the latest may still be going on, the others are over.
STATES = """
UPDATE havruta_sessions
SET type = 'scheduled', planned_start = self.start_time, created_by = havrutas.owner_id,
    starting_section = coalesce(self.sections_studied[1], CASE WHEN unfinished.rank = 1 THEN place END),
    position = CASE WHEN unfinished.rank = 1 THEN coalesce(latest, place) END,
    navigator_id = CASE WHEN unfinished.rank = 1 THEN havrutas.owner_id END,
    seq = CASE WHEN unfinished.rank = 1 THEN 1 ELSE 0 END,
    position_seq = CASE WHEN unfinished.rank = 1 THEN 1 ELSE 0 END,
    end_time = CASE
        WHEN unfinished.rank > 1 THEN self.start_time
        WHEN self.end_time IS NOT NULL THEN greatest(self.end_time, self.start_time) END,
    end_reason = CASE WHEN unfinished.rank > 1 THEN 'superseded' END,
    ending_section = CASE
        WHEN self.end_time IS NOT NULL OR unfinished.rank > 1 THEN latest END,
    coverage_range = CASE
        WHEN self.end_time IS NULL AND coalesce(unfinished.rank, 1) = 1 THEN NULL
        WHEN cardinality(self.sections_studied) > 1
            THEN self.sections_studied[1] || ' to ' || latest
        ELSE self.sections_studied[1] END,
    status = CASE
        WHEN self.end_time IS NOT NULL OR unfinished.rank > 1 THEN 'completed'
        WHEN unfinished.rank = 1 THEN 'active'
        ELSE 'scheduled' END
FROM havruta_sessions AS self
JOIN havrutas ON havrutas.id = self.havruta_id
CROSS JOIN LATERAL (
    SELECT coalesce(havrutas.last_place, havrutas.book) AS place,
        self.sections_studied[cardinality(self.sections_studied)] AS latest
) AS reached
LEFT JOIN (
    SELECT id, row_number() OVER (PARTITION BY havruta_id ORDER BY start_time DESC, id) AS rank
    FROM havruta_sessions WHERE end_time IS NULL AND start_time <= now()
) AS unfinished ON unfinished.id = self.id
WHERE havruta_sessions.id = self.id
"""
MOVES = """
INSERT INTO session_moves (session_id, seq, user_id, ref, moved_at)
SELECT id, 1, navigator_id, position, start_time FROM havruta_sessions WHERE status = 'active'
"""
BACKFILL = (OWNERS, PLACES, STATES, MOVES)
REOPEN = "UPDATE havruta_sessions SET end_time = NULL WHERE end_reason = 'superseded'"


def upgrade() -> None:
    op.create_table(
        "session_series",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("havruta_id", sa.Uuid(), nullable=False),
        sa.Column("rrule", sa.String(length=200), nullable=False),
        sa.Column("timezone", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["havruta_id"],
            ["havrutas.id"],
            name="session_series_havruta_id_fkey",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="session_series_pkey"),
    )
    op.create_index("idx_session_series_havruta", "session_series", ["havruta_id"])
    op.add_column("havrutas", sa.Column("owner_id", sa.Uuid(), nullable=True))
    op.add_column("havrutas", sa.Column("last_place", sa.String(length=100), nullable=True))
    op.add_column(
        "havrutas",
        sa.Column("member_count", sa.Integer(), server_default=sa.text("1"), nullable=False),
    )
    op.add_column(
        "havrutas", sa.Column("seq", sa.Integer(), server_default=sa.text("0"), nullable=False)
    )
    op.add_column(
        "havrutas", sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False)
    )
    op.add_column("havrutas", sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "havruta_sessions",
        sa.Column("type", sa.String(length=20), server_default="scheduled", nullable=False),
    )
    op.add_column(
        "havruta_sessions",
        sa.Column("status", sa.String(length=20), server_default="scheduled", nullable=False),
    )
    op.add_column(
        "havruta_sessions", sa.Column("planned_start", sa.DateTime(timezone=True), nullable=True)
    )
    op.add_column("havruta_sessions", sa.Column("planned_minutes", sa.Integer(), nullable=True))
    op.add_column("havruta_sessions", sa.Column("series_id", sa.Uuid(), nullable=True))
    op.add_column(
        "havruta_sessions", sa.Column("starting_section", sa.String(length=100), nullable=True)
    )
    op.add_column(
        "havruta_sessions", sa.Column("ending_section", sa.String(length=100), nullable=True)
    )
    op.add_column(
        "havruta_sessions", sa.Column("coverage_range", sa.String(length=210), nullable=True)
    )
    op.add_column("havruta_sessions", sa.Column("created_by", sa.Uuid(), nullable=True))
    op.add_column("havruta_sessions", sa.Column("navigator_id", sa.Uuid(), nullable=True))
    op.add_column(
        "havruta_sessions",
        sa.Column("mode", sa.String(length=20), server_default="navigator", nullable=False),
    )
    op.add_column("havruta_sessions", sa.Column("position", sa.String(length=100), nullable=True))
    op.add_column(
        "havruta_sessions",
        sa.Column("position_seq", sa.Integer(), server_default=sa.text("0"), nullable=False),
    )
    op.add_column(
        "havruta_sessions",
        sa.Column("seq", sa.Integer(), server_default=sa.text("0"), nullable=False),
    )
    op.add_column(
        "havruta_sessions",
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
    )
    op.add_column("havruta_sessions", sa.Column("end_reason", sa.String(length=20), nullable=True))
    op.add_column("havruta_sessions", sa.Column("segments", sa.Integer(), nullable=True))
    op.add_column("havruta_sessions", sa.Column("minutes", sa.Integer(), nullable=True))
    op.add_column("havruta_sessions", sa.Column("minutes_together", sa.Integer(), nullable=True))
    op.create_table(
        "session_moves",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("ref", sa.String(length=100), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["havruta_sessions.id"],
            name="session_moves_session_id_fkey",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("session_id", "seq", name="session_moves_pkey"),
    )
    op.create_index("idx_session_moves_user", "session_moves", ["user_id"])
    op.create_table(
        "session_presence",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "joined_at <= last_seen_at AND last_seen_at <= coalesce(left_at, last_seen_at)",
            name=op.f("session_presence_times_check"),
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["havruta_sessions.id"],
            name="session_presence_session_id_fkey",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="session_presence_pkey"),
    )
    op.create_index(
        "idx_session_presence_last_seen",
        "session_presence",
        ["last_seen_at"],
        postgresql_where=sa.text("left_at IS NULL"),
    )
    op.create_index("idx_session_presence_session", "session_presence", ["session_id"])
    op.create_index("idx_session_presence_user", "session_presence", ["user_id"])
    op.create_index(
        "session_presence_one_open_key",
        "session_presence",
        ["session_id", "user_id"],
        unique=True,
        postgresql_where=sa.text("left_at IS NULL"),
    )
    op.create_table(
        "session_rsvps",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("answer", sa.String(length=10), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "answer IN ('yes', 'no', 'maybe')", name=op.f("session_rsvps_answer_check")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["havruta_sessions.id"],
            name="session_rsvps_session_id_fkey",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("session_id", "user_id", name="session_rsvps_pkey"),
    )
    op.create_index("idx_session_rsvps_user", "session_rsvps", ["user_id"])
    op.create_table(
        "invitations",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("havruta_id", sa.Uuid(), nullable=False),
        sa.Column("inviter_id", sa.Uuid(), nullable=False),
        sa.Column("inviter_name", sa.String(length=100), server_default="", nullable=False),
        sa.Column("invitee_email", sa.String(length=254), nullable=False),
        sa.Column("status", sa.String(length=20), server_default="pending", nullable=False),
        sa.Column("invitation_token", sa.String(length=64), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("responded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "status <> 'accepted' OR accepted_by IS NOT NULL",
            name=op.f("invitations_accepted_by_check"),
        ),
        sa.CheckConstraint(
            "status IN ('pending', 'accepted', 'declined', 'expired', 'revoked')",
            name=op.f("invitations_status_check"),
        ),
        sa.ForeignKeyConstraint(
            ["havruta_id"], ["havrutas.id"], name="invitations_havruta_id_fkey", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="invitations_pkey"),
        sa.UniqueConstraint("invitation_token", name="invitations_invitation_token_key"),
    )
    op.create_index("idx_invitations_accepted_by", "invitations", ["accepted_by"])
    op.create_index(
        "idx_invitations_expiry",
        "invitations",
        ["expires_at"],
        postgresql_where=sa.text("status = 'pending'"),
    )
    op.create_index("idx_invitations_havruta", "invitations", ["havruta_id", "created_at", "id"])
    op.create_index("idx_invitations_inviter", "invitations", ["inviter_id", "created_at"])
    op.create_index(
        "idx_invitations_pending_email",
        "invitations",
        [sa.literal_column("lower(invitee_email)")],
        postgresql_where=sa.text("status = 'pending'"),
    )
    op.create_index(
        "invitations_one_pending_key",
        "invitations",
        ["havruta_id", sa.literal_column("lower(invitee_email)")],
        unique=True,
        postgresql_where=sa.text("status = 'pending'"),
    )
    for statement in BACKFILL:
        op.execute(statement)
    op.create_check_constraint(
        op.f("havruta_sessions_end_reason_check"),
        "havruta_sessions",
        "end_reason IN ('owner', 'empty', 'too_long', 'archived', 'cancelled', 'missed', 'superseded')",
    )
    op.create_check_constraint(
        op.f("havruta_sessions_times_check"),
        "havruta_sessions",
        "end_time >= start_time OR status = 'cancelled'",
    )
    op.create_check_constraint(
        op.f("havruta_sessions_mode_check"), "havruta_sessions", "mode IN ('navigator', 'shared')"
    )
    op.create_check_constraint(
        op.f("havruta_sessions_active_check"),
        "havruta_sessions",
        "status <> 'active' OR (starting_section IS NOT NULL AND position IS NOT NULL)",
    )
    op.create_check_constraint(
        op.f("havruta_sessions_completed_check"),
        "havruta_sessions",
        "status <> 'completed' OR end_time IS NOT NULL",
    )
    op.create_check_constraint(
        op.f("havruta_sessions_status_check"),
        "havruta_sessions",
        "status IN ('scheduled', 'active', 'completed', 'cancelled')",
    )
    op.create_check_constraint(
        op.f("havruta_sessions_type_check"), "havruta_sessions", "type IN ('scheduled', 'instant')"
    )
    op.create_check_constraint(
        op.f("havruta_sessions_planned_minutes_check"),
        "havruta_sessions",
        "planned_minutes BETWEEN 5 AND 720",
    )
    op.create_check_constraint(
        op.f("havruta_sessions_position_seq_check"), "havruta_sessions", "position_seq <= seq"
    )
    op.create_foreign_key(
        "havruta_sessions_series_id_fkey",
        "havruta_sessions",
        "session_series",
        ["series_id"],
        ["id"],
        ondelete="SET NULL",
    )
    op.create_index(
        "havruta_sessions_one_active_key",
        "havruta_sessions",
        ["havruta_id"],
        unique=True,
        postgresql_where=sa.text("status = 'active'"),
    )
    op.create_index(
        "idx_havruta_sessions_havruta_status", "havruta_sessions", ["havruta_id", "status"]
    )
    op.create_index(
        "idx_havruta_sessions_history", "havruta_sessions", ["havruta_id", "start_time", "id"]
    )
    op.create_index(
        "idx_havruta_sessions_planned",
        "havruta_sessions",
        ["start_time"],
        postgresql_where=sa.text("status = 'scheduled'"),
    )
    op.create_index(
        "idx_havruta_sessions_series", "havruta_sessions", ["series_id", "planned_start"]
    )
    op.create_index("idx_havruta_sessions_status", "havruta_sessions", ["status"])
    op.create_index("idx_havruta_sessions_type_status", "havruta_sessions", ["type", "status"])


def downgrade() -> None:
    op.drop_constraint(op.f("havruta_sessions_completed_check"), "havruta_sessions")
    op.execute(REOPEN)
    for table in ("invitations", "session_rsvps", "session_presence", "session_moves"):
        op.drop_table(table)
    op.drop_index("idx_havruta_sessions_history", "havruta_sessions")
    for column in reversed(SESSION_COLUMNS):
        op.drop_column("havruta_sessions", column)
    for column in reversed(HAVRUTA_COLUMNS):
        op.drop_column("havrutas", column)
    op.drop_table("session_series")
