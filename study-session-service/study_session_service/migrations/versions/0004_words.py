"""Index the texts of sessions by trigrams, so that a search for words reads by index."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

NAME = "idx_sessions_words"
# The blank before each line lets a pattern say that a word begins; no word runs over a line break.
FUNCTION = """
CREATE OR REPLACE FUNCTION session_words(
    title varchar, subject varchar, description varchar, venue_name varchar
) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT ' ' || replace(
        title || E'\\n' || subject || E'\\n' || COALESCE(description, '')
            || E'\\n' || COALESCE(venue_name, ''), E'\\n', E'\\n '
    )
$$
"""
INDEX = f"""
CREATE INDEX CONCURRENTLY {NAME} ON study_sessions
USING gin (session_words(title, subject, description, venue_name) gin_trgm_ops)
WITH (fastupdate = off)
"""


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    op.execute(FUNCTION)
    with op.get_context().autocommit_block():
        op.execute("SET lock_timeout = 0")
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {NAME}")
        op.execute(INDEX)
        op.execute("SET lock_timeout = '200ms'")


def downgrade() -> None:
    op.execute(f"DROP INDEX {NAME}")
    op.execute("DROP FUNCTION session_words")
    op.execute("DROP EXTENSION pg_trgm")
