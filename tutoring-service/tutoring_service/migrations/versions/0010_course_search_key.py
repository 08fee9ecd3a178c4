"""Index courses by what they say, as readers compare words."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

# Accents, points, case, quotes and what is not seen make no difference.
SEARCH_KEY = r"""
CREATE OR REPLACE FUNCTION search_key(written text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT casefold(
        regexp_replace(regexp_replace(regexp_replace(regexp_replace(
            normalize(regexp_replace(written, '[\u00b4\u1ffd]', '', 'g'), NFKD),
            '[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\ufb1e\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u0898-\u089f\u08ca-\u08e1\u08e3-\u08ff\u0711\u0730-\u074a\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U000e0000-\U000e0fff\u05c0\u0640\u0027\u0022\u05f3\u0060\u00b4\u1ffd\u02b9\u02bb\u02bc\u02bd\u02be\u02bf\u02c8\u02ca\u02cb\u2018\u2019\u201a\u201b\u2032\u2035\u05f4\u02ba\u02ee\u201c\u201d\u201e\u201f\u2033\u2036]+', '', 'g'),
            '[\u05c3\u2236\ua789]', chr(58), 'g'),
            '[\u002d\u05be\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\u2e3a\u2e3b\u0009\u1680]', ' ', 'g'),
            '  +', ' ', 'g')
        COLLATE pg_unicode_fast
    )
$$
"""
COURSE_WORDS = r"""
CREATE OR REPLACE FUNCTION course_words(title varchar, subject varchar) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT ' ' || title || E'\n ' || COALESCE(subject, '')
$$
"""
NAME = "idx_courses_search_key"
INDEX = f"""
CREATE INDEX CONCURRENTLY {NAME} ON courses
USING gin (search_key(course_words(title, subject)) gin_trgm_ops) WITH (fastupdate = off)
"""


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    op.execute(SEARCH_KEY)
    op.execute(COURSE_WORDS)
    with op.get_context().autocommit_block():
        op.execute("SET lock_timeout = 0")
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {NAME}")
        op.execute(INDEX)
        op.execute("SET lock_timeout = '200ms'")


def downgrade() -> None:
    op.execute(f"DROP INDEX {NAME}")
    op.execute("DROP FUNCTION course_words")
    op.execute("DROP FUNCTION search_key")
    op.execute("DROP EXTENSION pg_trgm")
