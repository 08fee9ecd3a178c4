"""Index the invitations that ended with nobody in the havruta, by when: they are deleted in time."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

NAME = "idx_invitations_ended_in_vain"


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("SET lock_timeout = 0")
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {NAME}")
        op.execute(
            f"CREATE INDEX CONCURRENTLY {NAME} ON invitations (COALESCE(responded_at, expires_at))"
            " WHERE status IN ('declined', 'expired', 'revoked')"
        )
        op.execute("SET lock_timeout = '200ms'")


def downgrade() -> None:
    op.execute(f"DROP INDEX {NAME}")
