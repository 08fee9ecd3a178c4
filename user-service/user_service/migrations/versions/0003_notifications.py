"""Notifications, and which of them are mailed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

KINDS = (
    "kind IN ('invitation', 'reminder', 'session_moved', 'session_cancelled', 'waitlist_promotion', "
    "'havruta_session_started')"
)


def upgrade() -> None:
    op.create_table(
        "notifications",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=50), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind ~ '^[a-z_]+$'", name=op.f("notifications_kind_check")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="notifications_user_id_fkey", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="notifications_pkey"),
    )
    op.create_index(
        "idx_notifications_unread",
        "notifications",
        ["user_id", "created_at", "id"],
        unique=False,
        postgresql_where=sa.text("read_at IS NULL"),
    )
    op.create_index(
        "idx_notifications_user_created", "notifications", ["user_id", "created_at", "id"]
    )
    op.create_index(
        "notifications_event_user_key", "notifications", ["event_id", "user_id"], unique=True
    )
    op.create_table(
        "mail_preferences",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=50), nullable=False),
        sa.Column("wanted", sa.Boolean(), nullable=False),
        sa.CheckConstraint(KINDS, name=op.f("mail_preferences_kind_check")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="mail_preferences_user_id_fkey", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "kind", name="mail_preferences_pkey"),
    )


def downgrade() -> None:
    op.drop_table("mail_preferences")
    op.drop_table("notifications")
