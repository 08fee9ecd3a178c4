"""Blocks: people who keep others away."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "blocks",
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("blocker_id", sa.Uuid(), nullable=False),
        sa.Column("blocked_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("blocker_id <> blocked_id", name=op.f("blocks_two_people_check")),
        sa.ForeignKeyConstraint(
            ["blocker_id"], ["users.id"], name="blocks_blocker_id_fkey", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["blocked_id"], ["users.id"], name="blocks_blocked_id_fkey", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("number", name="blocks_pkey"),
        sa.UniqueConstraint("blocker_id", "blocked_id", name="blocks_blocker_id_blocked_id_key"),
    )
    op.create_index("idx_blocks_blocked", "blocks", ["blocked_id"])


def downgrade() -> None:
    op.drop_table("blocks")
