"""Whether the other services were told a second time that somebody left."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "users", sa.Column("erasure_repeated_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.create_index(
        "idx_users_erasures",
        "users",
        ["deleted_at"],
        postgresql_where=sa.text("deleted_at IS NOT NULL AND erasure_repeated_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("idx_users_erasures", table_name="users")
    op.drop_column("users", "erasure_repeated_at")
