"""RULES: reading references as people write them, in English or Hebrew, in full or abbreviated."""

import re
from difflib import get_close_matches
from itertools import islice

from chassis.errors import FieldError, Invalid
from havruta_service.catalogue import WORDS, Book, Collection, catalogue, plain, words
from havruta_service.hebrew_numbers import from_hebrew
from havruta_service.references import Reference, passage_at

LONGEST = 100  # characters
BETWEEN = re.compile(r"\s*-\s*|\s+(?:to|until|עד)\s+")
NUMBER = r"[0-9]{1,4}|[א-ת]{1,5}"
VERSE = re.compile(rf"({NUMBER})(?:(?:\s*[:.,]\s*|\s+)({NUMBER}))?")
SIDE = re.compile(r"ע?([abאב])")
FOLIO = re.compile(rf"(?:daf\s+|דף\s+)?({NUMBER})(?:[\s,]*([abאב.:])|[\s,]*ע([אב]))?")
# The sides of a folio are also marked by `.` and `:` in print.
SIDES = {"a": 1, "א": 1, ".": 1, "b": 2, "ב": 2, ":": 2}


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
    begin, *end = BETWEEN.split(rest)
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
    book = catalogue().find(name)
    if book is None:
        raise _unknown(plain(name).casefold(), field)
    return book


def _begin_with_book(text: str, field: str | None) -> tuple[Book, str]:
    """The book that the text begins with, and what follows it."""
    # A path may hold a long text, and decomposing makes it longer: no more is read than shows that it is
    # too long.
    written = plain(text[: LONGEST + 1]).casefold().strip()
    if len(text) > LONGEST or not written:
        raise _malformed(field)
    found = _leading_book(written)
    if found is None:
        raise _unknown(written, field)
    book, rest = found
    return book, rest.lstrip(" ,.")


def _leading_book(text: str) -> tuple[Book, str] | None:
    """The book with whose longest name the text begins, and what follows it."""
    books = catalogue()
    ends = [match.end() for match in islice(WORDS.finditer(text), books.longest_name)]
    for end in reversed(ends):
        if book := books.by_name.get(" ".join(words(text[:end]))):
            return book, text[end:]
    return None


def _without_book(book: Book, text: str) -> str:
    """The end of a range without the book's name, should it be repeated."""
    found = _leading_book(text)
    if found is None or found[0] is not book:
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
    numbers = _numbers(book, locator, begin)
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


def _numbers(book: Book, locator: str, begin: Reference | None) -> tuple[int, int | None] | None:
    """The numbers of a section and of a segment in it, or of a section alone; None if it holds neither."""
    if book.collection is Collection.TALMUD:
        return _folio(book, locator, begin)
    return _verse(book, locator, begin)


def _verse(book: Book, locator: str, begin: Reference | None) -> tuple[int, int | None] | None:
    """Chapter and verse, or a chapter alone."""
    match = VERSE.fullmatch(locator)
    if match is None:
        return None
    first = _number(match[1])
    if first is None:
        return None
    if match[2] is not None:
        second = _number(match[2])
        return None if second is None else (first, second)
    # The 5 of `1:1-5` is a verse, that of `1-5` a chapter.
    if begin and begin.is_passage:
        return book.section_at(begin.first), first
    # A book of one chapter is quoted without it: `Obadiah 5`.
    if book.section_count == 1:
        return 1, first
    return first, None


def _folio(book: Book, locator: str, begin: Reference | None) -> tuple[int, int | None] | None:
    """Folio and side, or a folio alone."""
    if begin and begin.is_passage and (side := SIDE.fullmatch(locator)):
        return book.section_at(begin.first), SIDES[side[1]]
    match = FOLIO.fullmatch(locator)
    if match is None:
        return None
    number = _number(match[1])
    if number is None:
        return None
    mark = match[2] or match[3]
    return number, SIDES[mark] if mark else None


def _number(written: str) -> int | None:
    if written.isdigit():
        return int(written)
    return from_hebrew(written)


def _errors(field: str | None, detail: str) -> list[FieldError]:
    if field is None:
        return []
    return [{"pointer": f"/{field}", "detail": detail}]


def _unknown(text: str, field: str | None) -> UnknownBook:
    # What follows the words of a name is its passage; and comparing costs the same for any text.
    sought = words(text)[: catalogue().longest_name]
    name = " ".join(word for word in sought if not word.isdigit())
    names: dict[str, str] = {}
    for book in catalogue().books:
        names[" ".join(words(book.name))] = book.name
        names[" ".join(words(book.hebrew_name))] = book.name
    close = get_close_matches(name, names, n=1)
    if not close:
        detail = "No book has this name."
        return UnknownBook(detail, errors=_errors(field, detail), nearest=None)
    nearest = names[close[0]]
    detail = f"Did you mean {nearest}?"
    return UnknownBook(detail, errors=_errors(field, detail), nearest=nearest)


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
