"""Index notifications by the person who did what they tell, and accounts by the SHA-256 of their address."""

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

INDEXES = {
    "idx_notifications_actor": "notifications (actor_id) WHERE actor_id IS NOT NULL",
    # The address as bytes: `convert_to` would do the same, but cannot be indexed.
    "idx_users_email_sha256": (
        r"users (encode(sha256(decode(replace(lower(email), '\', '\\'), 'escape')), 'hex'))"
    ),
}


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("SET lock_timeout = 0")
        for name, of in INDEXES.items():
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
            op.execute(f"CREATE INDEX CONCURRENTLY {name} ON {of}")
        op.execute("SET lock_timeout = '200ms'")


def downgrade() -> None:
    for name in INDEXES:
        op.execute(f"DROP INDEX {name}")
