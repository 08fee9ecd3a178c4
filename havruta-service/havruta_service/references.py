"""RULES: references to passages in books, compared by their position in the book, never as text."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from havruta_service.catalogue import Book, Collection
from havruta_service.hebrew_numbers import to_hebrew


@dataclass(frozen=True)
class Script:
    """How numbers and the sides of a folio are written, with what stands between the two."""

    number: Callable[[int], str]
    sides: Mapping[int, str]
    gap: str


LATIN = Script(str, {1: "a", 2: "b"}, "")
HEBREW = Script(to_hebrew, {1: "ע״א", 2: "ע״ב"}, " ")


@dataclass(frozen=True)
class Reference:
    """From one passage of a book to another, both included; often the same."""

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
        return passage_at(self.book, self.first)

    @property
    def end(self) -> "Reference":
        return passage_at(self.book, self.last)

    @property
    def previous(self) -> "Reference | None":
        """The passage before."""
        if self.first == 0:
            return None
        return passage_at(self.book, self.first - 1)

    @property
    def next(self) -> "Reference | None":
        """The passage after."""
        if self.last + 1 == self.book.length:
            return None
        return passage_at(self.book, self.last + 1)

    @property
    def section(self) -> "Reference":
        """The section in which the reference begins."""
        return section_of(self.book, self.book.section_at(self.first))

    @property
    def previous_section(self) -> "Reference | None":
        number = self.book.section_at(self.first) - 1
        if number < self.book.first_section:
            return None
        return section_of(self.book, number)

    @property
    def next_section(self) -> "Reference | None":
        number = self.book.section_at(self.last) + 1
        if number > self.book.last_section:
            return None
        return section_of(self.book, number)

    @property
    def coverage(self) -> str:
        """`Genesis 1:1 to Genesis 2:1`, or one passage."""
        if self.is_passage:
            return str(self)
        return f"{self.start} to {self.end}"

    @property
    def canonical(self) -> str:
        return str(self)

    @property
    def hebrew(self) -> str:
        """The canonical form in Hebrew."""
        return self._written(self.book.hebrew_name, HEBREW)

    def __str__(self) -> str:
        """The canonical form."""
        return self._written(self.book.name, LATIN)

    def _written(self, name: str, script: Script) -> str:
        begin = self._point(self.first, script)
        if self.is_passage:
            return f"{name} {begin}"
        if self.segments == self.book.length:
            return name
        if self.first == self.section.first and self.last == self.end.section.last:
            return f"{name} {self._sections(script)}"
        return f"{name} {begin}-{self._end_point(script)}"

    def _point(self, passage: int, script: Script) -> str:
        """`2:1`, or a folio with its side: `2a`."""
        section = script.number(self.book.section_at(passage))
        segment = self.book.segment_at(passage)
        if self.book.collection is Collection.TALMUD:
            return f"{section}{script.gap}{script.sides[segment]}"
        return f"{section}:{script.number(segment)}"

    def _end_point(self, script: Script) -> str:
        """The end of a range, without its chapter if that is the one in which the range begins."""
        book = self.book
        # Never so in the Talmud: a range within one folio is the whole of it.
        if book.section_at(self.first) == book.section_at(self.last):
            return script.number(book.segment_at(self.last))
        return self._point(self.last, script)

    def _sections(self, script: Script) -> str:
        first = script.number(self.book.section_at(self.first))
        last = script.number(self.book.section_at(self.last))
        if first == last:
            return first
        return f"{first}-{last}"


def spanning(references: Iterable[Reference]) -> Reference:
    """From the first passage to the last, in the order of the text, of references to one book."""
    studied = list(references)
    return Reference(studied[0].book, min(r.first for r in studied), max(r.last for r in studied))


def passage_at(book: Book, passage: int) -> Reference:
    return Reference(book, passage, passage)


def section_of(book: Book, number: int) -> Reference:
    passages = book.section(number)
    return Reference(book, passages[0], passages[-1])
