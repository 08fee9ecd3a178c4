"""Devices on which people have signed in before, and when a calendar was last read."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "known_devices",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="known_devices_user_id_fkey", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="known_devices_pkey"),
        sa.UniqueConstraint("token_hash", name="known_devices_token_hash_key"),
    )
    op.create_index("idx_known_devices_user", "known_devices", ["user_id", "last_used_at"])
    op.create_index("idx_known_devices_last_used", "known_devices", ["last_used_at"])
    op.add_column("calendar_feeds", sa.Column("last_read_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    op.drop_column("calendar_feeds", "last_read_at")
    op.drop_table("known_devices")
