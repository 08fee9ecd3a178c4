"""Find people by how their username begins, in an order that no locale changes."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "idx_users_username_prefix",
        "users",
        [sa.text('username COLLATE "C"')],
        unique=False,
        postgresql_where=sa.text("deleted_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("idx_users_username_prefix", table_name="users")
