"""One unread notification of each kind about one thing."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

INDEX = "notifications_unread_about_key"


def upgrade() -> None:
    # The table may be large, so no writer waits; see docs/migrations.md.
    with op.get_context().autocommit_block():
        op.execute("SET lock_timeout = 0")
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {INDEX}")
        op.create_index(
            INDEX,
            "notifications",
            ["user_id", "kind", "about"],
            unique=True,
            postgresql_where=sa.text("read_at IS NULL"),
            postgresql_concurrently=True,
        )
        op.execute("SET lock_timeout = '200ms'")


def downgrade() -> None:
    op.drop_index(INDEX, table_name="notifications")
