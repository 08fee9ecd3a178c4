"""Index requests by the session that came of them: a session that is deleted looks for its request."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

NAME = "idx_session_requests_session"


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("SET lock_timeout = 0")
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {NAME}")
        op.execute(
            f"CREATE INDEX CONCURRENTLY {NAME} ON session_requests (session_id) "
            "WHERE session_id IS NOT NULL"
        )
        op.execute("SET lock_timeout = '200ms'")


def downgrade() -> None:
    op.drop_index(NAME, "session_requests")
