"""The words of books."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

# Points, accents, case, quotes and what is not seen make no difference.
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
# The words of a text, and less weighty the same without the letters that Hebrew puts before a word (and, the,
# in, as, to, from, that): one or two of them. The marks of paragraphs, which stand in braces, are no words.
PASSAGE_WORDS = r"""
CREATE OR REPLACE FUNCTION passage_words(written text) RETURNS tsvector
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    WITH words AS (
        SELECT lexeme, unnest(positions) AS position
        FROM unnest(to_tsvector('simple', search_key(regexp_replace(written, '\{[^}]*\}', ' ', 'g'))))
    ), forms AS (
        SELECT lexeme AS form, position || 'A' AS place FROM words
        UNION ALL
        SELECT substr(lexeme, 2), position || 'D' FROM words WHERE lexeme ~ '^[והבכלמש]..'
        UNION ALL
        SELECT substr(lexeme, 3), position || 'D' FROM words
        WHERE lexeme ~ '^(ו[הבכלמש]|ש[הבכלמ]|כש|מה)..'
    )
    SELECT coalesce(string_agg(quote_literal(form) || ':' || place, ' '), '')::tsvector FROM forms
$$
"""  # noqa: RUF001  # Hebrew letters


def upgrade() -> None:
    op.execute(SEARCH_KEY)
    op.execute(PASSAGE_WORDS)
    op.create_table(
        "text_versions",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("language", sa.String(length=35), nullable=False),
        sa.Column("direction", sa.String(length=3), nullable=False),
        sa.Column("licence", sa.String(length=100), nullable=False),
        sa.Column("attribution", sa.String(length=500), nullable=False),
        sa.Column("source", sa.String(length=500), nullable=False),
        sa.Column("books", postgresql.ARRAY(sa.String(length=60)), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column(
            "imported_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("id ~ '^[a-z0-9]+(-[a-z0-9]+)*$'", name=op.f("text_versions_id_check")),
        sa.CheckConstraint(
            "direction IN ('ltr', 'rtl')", name=op.f("text_versions_direction_check")
        ),
        sa.CheckConstraint("licence ~ '[^[:space:]]'", name=op.f("text_versions_licence_check")),
        sa.PrimaryKeyConstraint("id", name="text_versions_pkey"),
    )
    op.create_table(
        "text_passages",
        sa.Column("version_id", sa.String(length=40), nullable=False),
        sa.Column("book", sa.String(length=60), nullable=False),
        sa.Column("passage", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column(
            "words",
            postgresql.TSVECTOR(),
            sa.Computed("passage_words(text)", persisted=True),
            nullable=False,
        ),
        sa.CheckConstraint("passage >= 0", name=op.f("text_passages_passage_check")),
        sa.CheckConstraint(
            "length(text) BETWEEN 1 AND 50000", name=op.f("text_passages_text_check")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["text_versions.id"],
            name="text_passages_version_id_fkey",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("version_id", "book", "passage", name="text_passages_pkey"),
    )


def downgrade() -> None:
    op.drop_table("text_passages")
    op.drop_table("text_versions")
    op.execute("DROP FUNCTION passage_words")
    op.execute("DROP FUNCTION search_key")
