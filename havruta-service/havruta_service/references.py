"""RULES: references to places in books. Read as people write them, validated, and compared by
place, never as text.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice

from chassis.errors import FieldError, Invalid
from havruta_service.catalogue import WORDS, Book, Collection, catalogue, plain, words
from havruta_service.hebrew_numbers import from_hebrew, to_hebrew

LONGEST = 100  # characters
BETWEEN = re.compile(r"\s*-\s*|\s+(?:to|until|עד)\s+")
NUMBER = r"[0-9]{1,4}|[א-ת]{1,5}"
VERSE = re.compile(rf"({NUMBER})(?:(?:\s*[:.,]\s*|\s+)({NUMBER}))?")
SIDE = re.compile(r"ע?([abאב])")
FOLIO = re.compile(rf"(?:daf\s+|דף\s+)?({NUMBER})(?:[\s,]*([abאב.:])|[\s,]*ע([אב]))?")
SIDES = {
    "a": 1,
    "א": 1,
    ".": 1,
    "b": 2,
    "ב": 2,
    ":": 2,
}  # a printed folio's sides are also marked by . and :
HEBREW_SIDES = {1: "ע״א", 2: "ע״ב"}


class UnknownBook(Invalid):
    """There is no such book in the catalogue."""

    code = "unknown_book"


class ReferenceOutOfRange(Invalid):
    """The book has no such place."""

    code = "reference_out_of_range"


class MalformedReference(Invalid):
    """This is not a reference to a place in a book."""

    code = "malformed_reference"


class NotOnePassage(Invalid):
    """The reference spans several places where one is needed."""

    code = "not_one_passage"


@dataclass(frozen=True)
class Reference:
    """From one place of a book to another, both included; often the same."""

    book: Book
    first: int
    last: int

    @property
    def is_passage(self) -> bool:
        return self.first == self.last

    @property
    def segments(self) -> int:
        return self.last - self.first + 1

    @property
    def start(self) -> "Reference":
        return _passage(self.book, self.first)

    @property
    def end(self) -> "Reference":
        return _passage(self.book, self.last)

    @property
    def previous(self) -> "Reference | None":
        """The place before."""
        return _passage(self.book, self.first - 1) if self.first else None

    @property
    def next(self) -> "Reference | None":
        """The place after."""
        return _passage(self.book, self.last + 1) if self.last + 1 < self.book.length else None

    @property
    def section(self) -> "Reference":
        """The section in which the reference begins."""
        return _of_section(self.book, self.book.section_at(self.first))

    @property
    def previous_section(self) -> "Reference | None":
        number = self.book.section_at(self.first) - 1
        return _of_section(self.book, number) if number >= self.book.first_section else None

    @property
    def next_section(self) -> "Reference | None":
        number = self.book.section_at(self.last) + 1
        return _of_section(self.book, number) if number <= self.book.last_section else None

    @property
    def coverage(self) -> str:
        """`Genesis 1:1 to Genesis 2:1`, or one place."""
        return str(self) if self.is_passage else f"{self.start} to {self.end}"

    @property
    def canonical(self) -> str:
        return str(self)

    @property
    def hebrew(self) -> str:
        """The canonical form in Hebrew."""
        return self._written(self.book.hebrew_name, to_hebrew, HEBREW_SIDES, " ")

    def __str__(self) -> str:
        """The canonical form."""
        return self._written(self.book.name, str, {1: "a", 2: "b"}, "")

    def _written(
        self, name: str, number: Callable[[int], str], sides: Mapping[int, str], gap: str
    ) -> str:
        book = self.book
        (first, at), (last, to) = (
            (number(book.section_at(place)), book.segment_at(place))
            for place in (self.first, self.last)
        )
        if book.collection is Collection.TALMUD:
            begin, end = f"{first}{gap}{sides[at]}", f"{last}{gap}{sides[to]}"
        else:
            begin, end = (
                f"{first}:{number(at)}",
                f"{last}:{number(to)}" if last != first else number(to),
            )
        if self.is_passage:
            return f"{name} {begin}"
        if self.segments == book.length:
            return name
        if self.first == self.section.first and self.last == self.end.section.last:
            return f"{name} {first}" if first == last else f"{name} {first}-{last}"
        return f"{name} {begin}-{end}"


def parse(text: str, field: str | None = None) -> Reference:
    """What the text refers to. `field` is the field of the request body that a problem is about."""
    # A path may hold a long text, and decomposing makes it longer: no more is read than shows that
    # it is too long.
    written = plain(text[: LONGEST + 1]).casefold().strip()
    if len(text) > LONGEST or not written:
        raise _malformed(field)
    found = _leading_book(written)
    if found is None:
        raise _unknown(written, field)
    book, rest = found
    rest = rest.lstrip(" ,.")
    if not rest:
        return Reference(book, 0, book.length - 1)
    parts = BETWEEN.split(rest)
    if len(parts) > 2:
        raise _malformed(field)
    begin = _locate(book, parts[0], None, field)
    if len(parts) == 1:
        return begin
    end = _locate(book, _without_book(book, parts[1]), begin, field)
    if end.last < begin.first:
        raise _malformed(field, "It ends before it begins.")
    return Reference(book, begin.first, end.last)


def parse_passage(text: str, field: str) -> Reference:
    """The one place that the text refers to; a section or a book stands for its beginning."""
    reference = parse(text, field)
    whole = reference.segments == reference.book.length or reference == reference.section
    if not (reference.is_passage or whole):
        raise NotOnePassage(errors=_errors(field, "Name one place."), nearest=str(reference.start))
    return reference.start


def passage_in(book: Book, written: str | None) -> Reference:
    """The place that is noted; the beginning of the book if none is, or one that is not to be found in it."""
    # Places from before there was a catalogue were free text; none of them keeps anybody from
    # studying on.
    try:
        noted = parse(written or book.name)
    except Invalid:
        return _passage(book, 0)
    return noted.start if noted.book is book else _passage(book, 0)


def find_book(name: str, field: str) -> Book:
    """The book of this name; a problem about `field` if there is none."""
    book = catalogue().find(name)
    if book is None:
        raise _unknown(plain(name).casefold(), field)
    return book


def spanning(references: Iterable[Reference]) -> Reference:
    """From the first place to the last, in the order of the text, of references to one book."""
    studied = list(references)
    return Reference(studied[0].book, min(r.first for r in studied), max(r.last for r in studied))


def _passage(book: Book, place: int) -> Reference:
    return Reference(book, place, place)


def _of_section(book: Book, number: int) -> Reference:
    places = book.section(number)
    return Reference(book, places[0], places[-1])


def _leading_book(text: str) -> tuple[Book, str] | None:
    """The book with whose longest name the text begins, and what follows it."""
    books = catalogue()
    ends = [match.end() for match in islice(WORDS.finditer(text), books.longest_name)]
    for end in reversed(ends):
        if book := books.by_name.get(" ".join(words(text[:end]))):
            return book, text[end:]
    return None


def _without_book(book: Book, text: str) -> str:
    """The end of a range without the book's name, should it be repeated. Short Hebrew names are
    numbers as well.
    """
    found = _leading_book(text)
    rest = found[1].lstrip(" ,.") if found and found[0] is book else ""
    return rest or text


def _locate(book: Book, locator: str, begin: Reference | None, field: str | None) -> Reference:
    """The section or place in the book; after `begin`, a lone number or side may be one of the same
    section.
    """
    read = _folio if book.collection is Collection.TALMUD else _verse
    numbers = read(book, locator, begin)
    if numbers is None:
        raise _malformed(field)
    section, segment = numbers
    places = book.section(section)
    if not places:
        raise _out_of_range(
            _passage(book, 0 if section < book.first_section else book.length - 1), field
        )
    if segment is None:
        return Reference(book, places[0], places[-1])
    index = segment - book.segment_at(places[0])
    if not 0 <= index < len(places):
        raise _out_of_range(_passage(book, places[0] if index < 0 else places[-1]), field)
    return _passage(book, places[index])


def _verse(book: Book, locator: str, begin: Reference | None) -> tuple[int, int | None] | None:
    """Chapter and verse, or a chapter alone."""
    match = VERSE.fullmatch(locator)
    first = _number(match[1]) if match else None
    if match is None or first is None:
        return None
    if match[2] is not None:
        second = _number(match[2])
        return None if second is None else (first, second)
    if begin and begin.is_passage:
        return book.section_at(begin.first), first
    return (1, first) if len(book.segments) == 1 else (first, None)


def _folio(book: Book, locator: str, begin: Reference | None) -> tuple[int, int | None] | None:
    """Folio and side, or a folio alone."""
    if begin and begin.is_passage and (side := SIDE.fullmatch(locator)):
        return book.section_at(begin.first), SIDES[side[1]]
    match = FOLIO.fullmatch(locator)
    number = _number(match[1]) if match else None
    if match is None or number is None:
        return None
    mark = match[2] or match[3]
    return number, SIDES[mark] if mark else None


def _number(written: str) -> int | None:
    return int(written) if written.isdigit() else from_hebrew(written)


def _errors(field: str | None, detail: str) -> list[FieldError]:
    return [{"pointer": f"/{field}", "detail": detail}] if field else []


def _unknown(text: str, field: str | None) -> UnknownBook:
    name = " ".join(word for word in words(text)[: catalogue().longest_name] if not word.isdigit())
    names = {
        " ".join(words(n)): book.name
        for book in catalogue().books
        for n in (book.name, book.hebrew_name)
    }
    nearest = next((names[close] for close in get_close_matches(name, names, n=1)), None)
    detail = f"Did you mean {nearest}?" if nearest else "No book has this name."
    return UnknownBook(detail, errors=_errors(field, detail), nearest=nearest)


def _out_of_range(nearest: Reference, field: str | None) -> ReferenceOutOfRange:
    detail = f"The nearest place is {nearest}."
    return ReferenceOutOfRange(detail, errors=_errors(field, detail), nearest=str(nearest))


def _malformed(
    field: str | None, detail: str = "Write it like `Genesis 1:1` or `Berakhot 2a`."
) -> MalformedReference:
    return MalformedReference(detail, errors=_errors(field, detail))
