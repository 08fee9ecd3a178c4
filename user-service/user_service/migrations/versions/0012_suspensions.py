"""Suspensions of accounts."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "suspensions",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("suspended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("suspended_by", sa.Uuid(), nullable=False),
        sa.Column("lift_reason", sa.String(length=500)),
        sa.Column("lifted_at", sa.DateTime(timezone=True)),
        sa.Column("lifted_by", sa.Uuid()),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="suspensions_user_id_fkey", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="suspensions_pkey"),
    )
    op.create_index(
        "suspensions_open_key",
        "suspensions",
        ["user_id"],
        unique=True,
        postgresql_where=sa.text("lifted_at IS NULL"),
    )
    op.create_index("idx_suspensions_user", "suspensions", ["user_id", "suspended_at"])


def downgrade() -> None:
    op.drop_table("suspensions")
