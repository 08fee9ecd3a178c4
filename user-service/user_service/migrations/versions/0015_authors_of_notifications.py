"""Index notifications by the person whose words they have."""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

NAME = "idx_notifications_author"


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("SET lock_timeout = 0")
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {NAME}")
        op.execute(
            f"CREATE INDEX CONCURRENTLY {NAME} ON notifications (author_id)"
            " WHERE author_id IS NOT NULL"
        )
        op.execute("SET lock_timeout = '200ms'")


def downgrade() -> None:
    op.execute(f"DROP INDEX {NAME}")
