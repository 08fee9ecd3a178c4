"""Index open sessions by subject, in the order of lists."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

NAME = "idx_sessions_subject"
INDEX = f"""
CREATE INDEX CONCURRENTLY {NAME} ON study_sessions (lower(subject), start_time, id)
WHERE is_open
"""


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("SET lock_timeout = 0")
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {NAME}")
        op.execute(INDEX)
        op.execute("SET lock_timeout = '200ms'")


def downgrade() -> None:
    op.execute(f"DROP INDEX {NAME}")
