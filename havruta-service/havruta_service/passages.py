"""RULES: the words of passages, in the versions that there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Integer, Row, String, any_, bindparam, func, literal, select

from chassis.data import reads
from chassis.data.keyset import ordered
from chassis.errors import Invalid, NotFound
from chassis.pages import Page, cut
from havruta_service.catalogue import Book
from havruta_service.hebrew_marks import with_marks
from havruta_service.models import TextPassage, TextVersion, db
from havruta_service.reference_reader import find_book
from havruta_service.references import Reference, passage_at, section_of
from havruta_service.texts import TextNotFound

# The longest section is Psalms 119, with 176.
MOST_PASSAGES = 200
ORIGINAL = "he"
VERSION_COLUMNS = TextVersion.__table__.columns
HOLDS_BOOK = bindparam("book", type_=String) == any_(TextVersion.books)
# Of a book that is not asked for in a version, the one in the language of the originals that is here longest.
VERSION_OF_BOOK = (
    select(*VERSION_COLUMNS)
    .where(HOLDS_BOOK)
    .order_by(TextVersion.language != ORIGINAL, TextVersion.imported_at, TextVersion.id)
    .limit(1)
)
NAMED_VERSION = VERSION_OF_BOOK.where(TextVersion.id == bindparam("version_id", type_=String))
WORDS = (
    select(TextPassage.text)
    .where(
        TextPassage.version_id == bindparam("version_id", type_=String),
        TextPassage.book == bindparam("book", type_=String),
        TextPassage.passage.between(
            bindparam("first", type_=Integer), bindparam("last", type_=Integer)
        ),
    )
    .order_by(TextPassage.passage)
)


class VersionNotFound(NotFound):
    """There is no such version of this book."""

    code = "version_not_found"


class ReferenceTooLong(Invalid):
    """The reference spans more passages than are read at once; `most` is how many."""

    code = "reference_too_long"

    def __init__(self) -> None:
        super().__init__(f"At most {MOST_PASSAGES} passages are read at once.", most=MOST_PASSAGES)


@dataclass(frozen=True)
class Passage:
    """A passage and its words."""

    reference: Reference
    text: str

    @property
    def section(self) -> int:
        return self.reference.book.section_at(self.reference.first)

    @property
    def segment(self) -> int:
        return self.reference.book.segment_at(self.reference.first)


@dataclass(frozen=True)
class Reading:
    """What a reference says in one version."""

    reference: Reference
    version: Row[Any]
    passages: Sequence[Passage]


def versions(
    book: str | None, language: str | None, limit: int, cursor: str | None
) -> Page[TextVersion]:
    """The versions, by their ids: all, or those of a book or in a language."""
    query = select(TextVersion)
    if book is not None:
        slug = literal(find_book(book, "book").slug, String)
        query = query.where(slug == any_(TextVersion.books))
    if language is not None:
        query = query.where(func.lower(TextVersion.language) == language.lower())
    found = db.session.scalars(ordered(query, [TextVersion.id], limit, cursor)).all()
    return cut(found, limit, lambda version: (version.id,))


def section(book: Book, number: int, version_id: str | None, marks: str) -> Reading:
    """The words of a chapter or folio."""
    if not book.section(number):
        raise TextNotFound
    return read(section_of(book, number), version_id, marks)


def read(reference: Reference, version_id: str | None, marks: str) -> Reading:
    """The words of a reference, in the version of this id, or in the one that a book is read in first."""
    if reference.segments > MOST_PASSAGES:
        raise ReferenceTooLong
    version = _version(reference.book, version_id)
    span = {"first": reference.first, "last": reference.last}
    values = {"version_id": version.id, "book": reference.book.slug, **span}
    rows = reads.rows(db.session, WORDS, values)
    numbered = enumerate(rows, reference.first)
    words = [
        Passage(passage_at(reference.book, number), with_marks(row.text, marks))
        for number, row in numbered
    ]
    return Reading(reference, version, words)


def _version(book: Book, version_id: str | None) -> Row[Any]:
    query = VERSION_OF_BOOK if version_id is None else NAMED_VERSION
    rows = reads.rows(db.session, query, {"book": book.slug, "version_id": version_id})
    if not rows:
        raise VersionNotFound
    return rows[0]
