"""An index by which sessions without an owner are found when they are old."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

INDEX = "idx_student_responses_ownerless"


def upgrade() -> None:
    # The table may be large, so no writer waits; see docs/migrations.md.
    with op.get_context().autocommit_block():
        op.execute("SET lock_timeout = 0")
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {INDEX}")
        op.create_index(
            INDEX,
            "student_responses",
            ["created_at"],
            postgresql_where=sa.text("user_id IS NULL AND status <> 'completed'"),
            postgresql_concurrently=True,
        )
        op.execute("SET lock_timeout = '200ms'")


def downgrade() -> None:
    op.drop_index(INDEX, table_name="student_responses")
