"""Index what sessions say, and their subjects, as readers compare words."""

from alembic import op

revision = "0009"
down_revision = "0008"
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
INDEXES = {
    "idx_sessions_search_key": """
        CREATE INDEX CONCURRENTLY idx_sessions_search_key ON study_sessions
        USING gin (search_key(session_words(title, subject, description, venue_name)) gin_trgm_ops)
        WITH (fastupdate = off)
    """,
    "idx_sessions_subject_key": """
        CREATE INDEX CONCURRENTLY idx_sessions_subject_key
        ON study_sessions (search_key(subject), start_time, id) WHERE is_open
    """,
}
# The code before reads by them. Without them it is slower, and right.
FORMER = {
    "idx_sessions_words": """
        CREATE INDEX CONCURRENTLY idx_sessions_words ON study_sessions
        USING gin (session_words(title, subject, description, venue_name) gin_trgm_ops)
        WITH (fastupdate = off)
    """,
    "idx_sessions_subject": """
        CREATE INDEX CONCURRENTLY idx_sessions_subject
        ON study_sessions (lower(subject), start_time, id) WHERE is_open
    """,
}


def upgrade() -> None:
    op.execute(SEARCH_KEY)
    _replace(FORMER, INDEXES)


def downgrade() -> None:
    _replace(INDEXES, FORMER)
    op.execute("DROP FUNCTION search_key")


def _replace(old: dict[str, str], new: dict[str, str]) -> None:
    with op.get_context().autocommit_block():
        op.execute("SET lock_timeout = 0")
        for name, definition in new.items():
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
            op.execute(definition)
        for name in old:
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
        op.execute("SET lock_timeout = '200ms'")
