"""Index requests for sessions by enrolment, status and id: a list reads those of a status, and no others."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

BEFORE = "idx_session_requests_enrolled_courses"
NAME = "idx_session_requests_enrolled_courses_status"


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("SET lock_timeout = 0")
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {NAME}")
        op.execute(
            f"CREATE INDEX CONCURRENTLY {NAME} ON session_requests (enrolled_courses_id, status, id)"
        )
        # It has the same beginning, and so serves what the one before served.
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {BEFORE}")
        op.execute("SET lock_timeout = '200ms'")


def downgrade() -> None:
    op.create_index(BEFORE, "session_requests", ["enrolled_courses_id", "id"])
    op.drop_index(NAME, "session_requests")
