"""Index open courses by their subject, and the reviews that anyone may read."""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

INDEXES = {
    "idx_courses_subject": "courses (search_key(subject), id DESC) WHERE status = 'open'",
    "idx_reviews_public": ("reviews (tutor_id, id DESC) WHERE public AND author_role <> 'tutor'"),
}


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("SET lock_timeout = 0")
        for name, rows in INDEXES.items():
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
            op.execute(f"CREATE INDEX CONCURRENTLY {name} ON {rows}")
        op.execute("SET lock_timeout = '200ms'")


def downgrade() -> None:
    for name in INDEXES:
        op.execute(f"DROP INDEX {name}")
