"""RULES: reading references as people write them, in English or Hebrew, in full or abbreviated."""

import re
from collections.abc import Sequence
from itertools import islice

from chassis.errors import FieldError, Invalid
from havruta_service.catalogue import Book, catalogue, sole
from havruta_service.locators import read_locator
from havruta_service.references import Reference, passage_at
from havruta_service.spellings import WORDS, key, spelled

LONGEST = 100  # characters
MOST_TITLES = 3  # words before a name, as in `The Book of Genesis`
BETWEEN = re.compile(r"\s*-\s*|\s+(?:to|until|till|through|עד)\s+")
# In `שמואל א:ב` and `שמואל א-ב` the letter is the number of a chapter, and not that of the book.
BOOK_NUMBERS = frozenset("אב")
OF_CHAPTER = re.compile(r"\s*[-:]")


class UnknownBook(Invalid):
    """There is no such book in the catalogue."""

    code = "unknown_book"


class ReferenceOutOfRange(Invalid):
    """The book has no such passage."""

    code = "reference_out_of_range"


class MalformedReference(Invalid):
    """This is not a reference to a passage in a book."""

    code = "malformed_reference"


class NotOnePassage(Invalid):
    """The reference spans several passages where one is needed."""

    code = "not_one_passage"


def parse(text: str, field: str | None = None) -> Reference:
    """What the text refers to. `field` is the field of the request body that a problem is about."""
    book, rest = _begin_with_book(text, field)
    if not rest:
        return Reference(book, 0, book.length - 1)
    begin, *end = _split(book, rest)
    if len(end) > 1:
        raise _malformed(field)
    first = _locate(book, begin, None, field)
    if not end:
        return first
    last = _locate(book, _without_book(book, end[0]), first, field)
    if last.last < first.first:
        raise _malformed(field, "It ends before it begins.")
    return Reference(book, first.first, last.last)


def parse_passage(text: str, field: str) -> Reference:
    """The one passage that the text refers to; a section or a book stands for its beginning."""
    reference = parse(text, field)
    whole = reference.segments == reference.book.length or reference == reference.section
    if not (reference.is_passage or whole):
        errors = _errors(field, "Name one passage.")
        raise NotOnePassage(errors=errors, nearest=str(reference.start))
    return reference.start


def passage_in(book: Book, written: str | None) -> Reference:
    """The passage that is noted; the beginning of the book if none is, or one that the book does not have."""
    # Passages from before there was a catalogue were free text; none of them keeps a havruta from
    # studying on.
    try:
        noted = parse(written or book.name)
    except Invalid:
        return passage_at(book, 0)
    if noted.book is not book:
        return passage_at(book, 0)
    return noted.start


def find_book(name: str, field: str) -> Book:
    """The book of this name; a problem about `field` if there is none."""
    book = catalogue().find(name, field)
    if book is None:
        raise _unknown(spelled(name), field)
    return book


def _begin_with_book(text: str, field: str | None) -> tuple[Book, str]:
    """The book that the text begins with, and what follows it."""
    # A path may hold a long text, and decomposing makes it longer: no more is read than shows that it is
    # too long.
    written = spelled(text[: LONGEST + 1]).strip()
    if len(text) > LONGEST or not written:
        raise _malformed(field)
    found = _leading_name(written)
    if found is None:
        raise _unknown(written, field)
    books, rest = found[0], found[1].removeprefix(":").lstrip(" ,.")
    if len(books) > 1 and _goes_on(books, rest):
        raise _unknown(written, field)
    return sole(books, field), rest


def _goes_on(books: Sequence[Book], rest: str) -> bool:
    """Whether a shared name is followed by a word that is no locator: it is part of another name."""
    begin = BETWEEN.split(rest)[0]
    return begin[:1].isalpha() and not any(read_locator(book, begin) for book in books)


def _leading_name(text: str) -> tuple[Sequence[Book], str] | None:
    """The books that the longest name with which the text begins may mean, and what follows it."""
    books = catalogue()
    begin = list(islice(WORDS.finditer(text), books.longest_name + MOST_TITLES))
    for word in reversed(begin):
        if word[0] in BOOK_NUMBERS and OF_CHAPTER.match(text, word.end()):
            continue
        if named := books.by_name.get(key(text[: word.end()])):
            return named, text[word.end() :]
    return None


def _split(book: Book, text: str) -> list[str]:
    """The locators of a range, or the only one."""
    # The Hebrew word for `until` is also the number 74.
    if read_locator(book, text):
        return [text]
    return BETWEEN.split(text)


def _without_book(book: Book, text: str) -> str:
    """The end of a range without the book's name, should it be repeated."""
    found = _leading_name(text)
    if found is None or found[0] != (book,):
        return text
    # Short Hebrew names are numbers as well: one that stands alone, or before a verse, is a number.
    rest = found[1]
    if rest.startswith(":"):
        return text
    return rest.lstrip(" ,.") or text


def _locate(book: Book, locator: str, begin: Reference | None, field: str | None) -> Reference:
    """The section or passage in the book. After `begin`, a lone number or side may be one of the same
    section.
    """
    numbers = read_locator(book, locator, begin)
    if numbers is None:
        raise _malformed(field)
    section, segment = numbers
    passages = book.section(section)
    if not passages:
        raise _no_section(book, section, field)
    if segment is None:
        return Reference(book, passages[0], passages[-1])
    # A tractate begins with the second side of a folio, or with the first.
    index = segment - book.segment_at(passages[0])
    if index < 0:
        raise _out_of_range(passage_at(book, passages[0]), field)
    if index >= len(passages):
        raise _out_of_range(passage_at(book, passages[-1]), field)
    return passage_at(book, passages[index])


def _errors(field: str | None, detail: str) -> list[FieldError]:
    if field is None:
        return []
    return [{"pointer": f"/{field}", "detail": detail}]


def _unknown(text: str, field: str | None) -> UnknownBook:
    nearest = catalogue().nearest(text)
    detail = f"Did you mean {nearest.name}?" if nearest else "No book has this name."
    name = nearest and nearest.name
    return UnknownBook(detail, errors=_errors(field, detail), nearest=name)


def _no_section(book: Book, section: int, field: str | None) -> ReferenceOutOfRange:
    if section < book.first_section:
        return _out_of_range(passage_at(book, 0), field)
    return _out_of_range(passage_at(book, book.length - 1), field)


def _out_of_range(nearest: Reference, field: str | None) -> ReferenceOutOfRange:
    detail = f"The nearest passage is {nearest}."
    return ReferenceOutOfRange(detail, errors=_errors(field, detail), nearest=str(nearest))


def _malformed(
    field: str | None, detail: str = "Write it like `Genesis 1:1` or `Berakhot 2a`."
) -> MalformedReference:
    return MalformedReference(detail, errors=_errors(field, detail))
