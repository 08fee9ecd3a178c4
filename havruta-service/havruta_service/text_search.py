"""RULES: looking for words in texts, with or without their vowels.

The index has each word of a passage without its marks, and Hebrew words also without the letters that are put
before them: `ארץ` finds `הָאָרֶץ`, after the places where it stands by itself.
"""

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import Integer, Row, Select, String, any_, bindparam, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY

from chassis.data import reads
from chassis.data.keyset import after_bound, after_values
from chassis.errors import Invalid
from chassis.normalization import search_key
from chassis.pages import Page, cut
from havruta_service.catalogue import Collection, catalogue
from havruta_service.hebrew_marks import with_marks
from havruta_service.models import TextPassage, db
from havruta_service.reference_reader import find_book
from havruta_service.references import Reference, passage_at

MOST_WORDS = 10
LONGEST_SHOWN = 400  # characters of a passage; of a longer one what stands around the first match
AROUND = 150
WORD = re.compile(r"[^\W_]+")
# A word as it stands in a text: a letter, and letters, marks and quotes after it. No mark of a paragraph.
WRITTEN = re.compile(
    r"(?<!\{)[^\W_][\w\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7'\u2019\u05f3\u05f4]*"
)
# The letters that the index leaves off, as the SQL function `passage_words` does.
PUT_BEFORE = (
    re.compile("[והבכלמש](?=..)"),
    re.compile("(ו[הבכלמש]|ש[הבכלמ]|כש|מה)(?=..)"),  # noqa: RUF001  # Hebrew letters
)

SOUGHT = cast(bindparam("sought", type_=String), TSQUERY)
BOOKS = bindparam("books", type_=ARRAY(String))
FOUND = select(
    # The best first. As a whole number: it comes back in the cursor as it was.
    cast(func.ts_rank_cd(TextPassage.words, SOUGHT, 1) * -1_000_000, Integer).label("rank"),
    func.array_position(BOOKS, TextPassage.book).label("place"),
    TextPassage.passage,
    TextPassage.version_id,
    TextPassage.book,
    TextPassage.text,
).where(
    TextPassage.words.bool_op("@@")(SOUGHT),
    TextPassage.book == any_(BOOKS),
)
KINDS = [int, int, int, str]


@dataclass(frozen=True)
class Match:
    """Where in a text a word was found, in characters."""

    start: int
    length: int


@dataclass(frozen=True)
class Hit:
    """A passage with all the words, or what stands around the first of them, and where they are."""

    version_id: str
    reference: Reference
    text: str
    matches: Sequence[Match]

    @property
    def section(self) -> int:
        return self.reference.book.section_at(self.reference.first)


def search(
    q: str,
    version: str | None,
    book: str | None,
    collection: str | None,
    marks: str,
    limit: int,
    cursor: str | None,
) -> Page[Hit]:
    """The passages that have all the words: first those with many of them, near each other."""
    words = WORD.findall(search_key(q))
    if len(words) > MOST_WORDS:
        raise Invalid(errors=[{"pointer": "/q", "detail": f"Longer than {MOST_WORDS} words."}])
    if not words:
        return Page([], None)
    values = {
        "sought": " & ".join(f"'{word}'" for word in words),
        "books": _books(book, collection),
        "version_id": version,
        "limit": limit + 1,
        **after_values(cursor, KINDS),
    }
    statement = _statement(in_version=version is not None, follows=bool(cursor))
    rows = reads.rows(db.session, statement, values)
    page = cut(rows, limit, lambda row: (row.rank, row.place, row.passage, row.version_id))
    sought = frozenset(words)
    return Page([_hit(row, sought, marks) for row in page.items], page.next)


@cache
def _statement(*, in_version: bool, follows: bool) -> Select[*tuple[Any, ...]]:
    found = FOUND
    if in_version:
        found = found.where(TextPassage.version_id == bindparam("version_id", type_=String))
    hits = found.subquery()
    order = [hits.c.rank, hits.c.place, hits.c.passage, hits.c.version_id]
    query = select(hits)
    if follows:
        query = query.where(after_bound(order))
    return query.order_by(*order).limit(bindparam("limit", type_=Integer))


def _books(name: str | None, collection: str | None) -> list[str]:
    """The slugs of the books to look in, in the order of the catalogue."""
    if name is not None:
        return [find_book(name, "book").slug]
    wanted = Collection(collection) if collection else None
    return [book.slug for book in catalogue().books if wanted in (None, book.collection)]


def _hit(row: Row[Any], sought: Set[str], marks: str) -> Hit:
    book = catalogue().by_slug[row.book]
    text, matches = excerpt(with_marks(row.text, marks), sought)
    return Hit(row.version_id, passage_at(book, row.passage), text, matches)


def excerpt(text: str, sought: Set[str]) -> tuple[str, Sequence[Match]]:
    """The text, or what stands around the first of these words in a long one; and where they are in it."""
    found = [word for word in WRITTEN.finditer(text) if forms(word[0]) & sought]
    begin, end = 0, len(text)
    if end > LONGEST_SHOWN:
        middle = found[0].start() if found else 0
        begin, end = _begin_of_word(text, middle - AROUND), _end_of_word(text, middle + AROUND)
    before, after = "… " if begin else "", " …" if end < len(text) else ""
    shift = len(before) - begin
    matches = [
        Match(word.start() + shift, len(word[0]))
        for word in found
        if begin <= word.start() and word.end() <= end
    ]
    return f"{before}{text[begin:end].strip()}{after}", matches


@lru_cache(maxsize=10_000)
def forms(written: str) -> frozenset[str]:
    """The forms by which the index finds a word: as it is, and without the letters that are put before it."""
    word = search_key(written)
    shorter = [word[match.end() :] for pattern in PUT_BEFORE if (match := pattern.match(word))]
    return frozenset([word, *shorter])


def _begin_of_word(text: str, at: int) -> int:
    return text.rfind(" ", 0, at) + 1 if at > 0 else 0


def _end_of_word(text: str, at: int) -> int:
    found = text.find(" ", at)
    return len(text) if found < 0 else found
