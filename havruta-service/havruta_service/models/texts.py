"""The words of books, in one or several versions."""

from datetime import datetime

from sqlalchemy import (
    DDL,
    CheckConstraint,
    Computed,
    ForeignKey,
    Index,
    String,
    Text,
    event,
    func,
)
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR
from sqlalchemy.orm import Mapped, deferred, mapped_column

from chassis.clock import now
from chassis.data.search import SEARCH_KEY
from havruta_service.models.base import Base

LONGEST_PASSAGE = 50_000  # characters; a side of a folio with its commentary has a tenth
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


class TextVersion(Base):
    """An edition or a translation of books. `digest` is the SHA-256 of its words."""

    __tablename__ = "text_versions"
    __table_args__ = (
        CheckConstraint("id ~ '^[a-z0-9]+(-[a-z0-9]+)*$'", name="id"),
        CheckConstraint("direction IN ('ltr', 'rtl')", name="direction"),
        CheckConstraint("licence ~ '[^[:space:]]'", name="licence"),
        # It comes with the migrations: tests leave it where it is.
        {"info": {"is_reference": True}},
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(35))
    direction: Mapped[str] = mapped_column(String(3))
    licence: Mapped[str] = mapped_column(String(100))
    attribution: Mapped[str] = mapped_column(String(500))
    source: Mapped[str] = mapped_column(String(500))
    books: Mapped[list[str]] = mapped_column(ARRAY(String(60)))
    digest: Mapped[str] = mapped_column(String(64))
    imported_at: Mapped[datetime] = mapped_column(default=now, server_default=func.now())


class TextPassage(Base):
    """A passage in a version. `passage` is its number in the book, as the catalogue counts from 0."""

    __tablename__ = "text_passages"
    __table_args__ = (
        CheckConstraint("passage >= 0", name="passage"),
        CheckConstraint(f"length(text) BETWEEN 1 AND {LONGEST_PASSAGE}", name="text"),
        # Nothing waits to be indexed: texts are read from the moment that they are here.
        Index(
            "idx_text_passages_words",
            "words",
            postgresql_using="gin",
            postgresql_with={"fastupdate": "off"},
        ),
        {"info": {"is_reference": True}},
    )

    version_id: Mapped[str] = mapped_column(
        ForeignKey("text_versions.id", ondelete="CASCADE"), primary_key=True
    )
    book: Mapped[str] = mapped_column(String(60), primary_key=True)
    passage: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    words: Mapped[str] = deferred(
        mapped_column(TSVECTOR, Computed("passage_words(text)", persisted=True), nullable=False)
    )


for function in (SEARCH_KEY, PASSAGE_WORDS):
    event.listen(TextPassage.__table__, "before_create", DDL(function))  # type: ignore[no-untyped-call]  # by SQLAlchemy
