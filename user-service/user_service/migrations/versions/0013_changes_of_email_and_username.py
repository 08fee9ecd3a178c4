"""Changes of e-mail addresses and usernames."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

BEFORE = "purpose IN ('verify', 'reset')"
AFTER = "purpose IN ('verify', 'reset', 'change', 'revert')"


def upgrade() -> None:
    op.add_column("users", sa.Column("pending_email", sa.String(length=255)))
    op.add_column("users", sa.Column("username_changed_at", sa.DateTime(timezone=True)))
    op.add_column("email_tokens", sa.Column("address", sa.String(length=255)))
    _renew_purposes(AFTER)
    op.create_table(
        "email_changes",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("old_email", sa.String(length=255), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reverted_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="email_changes_user_id_fkey", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="email_changes_pkey"),
    )
    op.create_index("idx_email_changes_user", "email_changes", ["user_id"])
    op.create_index(
        "idx_email_changes_old_email", "email_changes", [sa.literal_column("lower(old_email)")]
    )
    op.create_index("idx_email_changes_changed_at", "email_changes", ["changed_at"])
    op.create_table(
        "former_usernames",
        sa.Column("username", sa.String(length=50), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("kept_until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="former_usernames_user_id_fkey", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("username", name="former_usernames_pkey"),
    )
    op.create_index("idx_former_usernames_user", "former_usernames", ["user_id"])
    op.create_index("idx_former_usernames_kept_until", "former_usernames", ["kept_until"])


def downgrade() -> None:
    op.drop_table("former_usernames")
    op.drop_table("email_changes")
    op.execute("DELETE FROM email_tokens WHERE purpose IN ('change', 'revert')")
    _renew_purposes(BEFORE)
    op.drop_column("email_tokens", "address")
    op.drop_column("users", "username_changed_at")
    op.drop_column("users", "pending_email")


def _renew_purposes(condition: str) -> None:
    op.drop_constraint(op.f("email_tokens_purpose_check"), "email_tokens", type_="check")
    op.create_check_constraint(op.f("email_tokens_purpose_check"), "email_tokens", condition)
