"""Reminders of planned sessions."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "session_reminders",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid()),
        sa.Column("minutes_before", sa.Integer()),
        sa.Column("due_at", sa.DateTime(timezone=True)),
        sa.Column("sent_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint(
            "minutes_before BETWEEN 0 AND 10080",
            name=op.f("session_reminders_minutes_before_check"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(user_id, minutes_before) > 0",
            name=op.f("session_reminders_of_whom_check"),
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["havruta_sessions.id"],
            name="session_reminders_session_id_fkey",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="session_reminders_pkey"),
        sa.UniqueConstraint(
            "session_id",
            "user_id",
            "minutes_before",
            name="session_reminders_session_id_user_id_minutes_before_key",
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index(
        "idx_session_reminders_due",
        "session_reminders",
        ["due_at"],
        postgresql_where=sa.text("sent_at IS NULL AND due_at IS NOT NULL"),
    )
    op.create_index(
        "idx_session_reminders_user",
        "session_reminders",
        ["user_id"],
        postgresql_where=sa.text("user_id IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_table("session_reminders")
