"""The books that can be studied, and how each is divided. Read once per process from `data/` and
from versiref.

A book is a row of sections (chapters, or the folios of the Talmud), a section a row of segments
(verses, mishnayot, or the two sides of a folio). A passage is the number of its segment, counted
from the beginning of the book.
"""

import csv
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, cached_property
from importlib import resources
from itertools import accumulate, filterfalse, product

from versiref import Versification

FOLIO = re.compile(r"([0-9]+)([ab])")
SIDE_NUMBERS = {"a": 1, "b": 2}
QUOTES = re.compile("[\"'`\u00b4\u2018\u2019\u201c\u201d\u05f3\u05f4]")  # also geresh and gershayim
WORDS = re.compile(r"[^\W\d_]+|[0-9]+")
DASHES = re.compile("[\u2010-\u2015\u2212\u05be]")


class Collection(StrEnum):
    """The work that a book belongs to, and so how its passages are counted."""

    TANAKH = "tanakh"
    MISHNAH = "mishnah"
    TALMUD = "talmud"


EDITIONS = {
    Collection.TANAKH: "Masoretic text, verse numbers of the Biblia Hebraica Stuttgartensia"
    " (data: versiref, `org`)",
    Collection.MISHNAH: "The printed Mishnah, 4,192 mishnayot",
    Collection.TALMUD: "Babylonian Talmud, folios of the Vilna edition",
}


@dataclass(frozen=True)
class Section:
    """A chapter or a folio, and the numbers of its segments."""

    number: int
    first_segment: int
    last_segment: int


@dataclass(frozen=True)
class Book:
    """A book and its divisions: for each section its number and the numbers of its segments."""

    slug: str
    name: str
    hebrew_name: str
    collection: Collection
    division: str
    first_section: int
    segments: tuple[range, ...]

    @cached_property
    def starts(self) -> tuple[int, ...]:
        """The passage with which each section begins."""
        return tuple(accumulate((len(numbers) for numbers in self.segments[:-1]), initial=0))

    @cached_property
    def length(self) -> int:
        """How many segments the book has."""
        return sum(len(numbers) for numbers in self.segments)

    @property
    def last_section(self) -> int:
        return self.first_section + len(self.segments) - 1

    @property
    def section_count(self) -> int:
        return len(self.segments)

    @property
    def contents(self) -> list[Section]:
        """The sections in order."""
        numbered = enumerate(self.segments, self.first_section)
        return [Section(number, segments[0], segments[-1]) for number, segments in numbered]

    @property
    def edition(self) -> str:
        return EDITIONS[self.collection]

    def section(self, number: int) -> range:
        """The passages of a section; none if the book has no such section."""
        if not self.first_section <= number <= self.last_section:
            return range(0)
        index = number - self.first_section
        return range(self.starts[index], self.starts[index] + len(self.segments[index]))

    def section_at(self, passage: int) -> int:
        """The number of the section in which a passage lies."""
        return self.first_section + bisect_right(self.starts, passage) - 1

    def segment_at(self, passage: int) -> int:
        """The number of a passage within its section."""
        index = self.section_at(passage) - self.first_section
        return self.segments[index][passage - self.starts[index]]


class Catalogue:
    """All books in their traditional order, found by any of their names."""

    def __init__(self, books: Iterable[tuple[Book, Iterable[str]]]) -> None:
        self.books: list[Book] = []
        self.by_name: dict[str, Book] = {}
        for book, names in books:
            self.books.append(book)
            for name in (book.slug, book.name, book.hebrew_name, *names):
                self._name(" ".join(words(name)), book)
        # In words: a reader of references tries no more of a text as a name.
        self.longest_name = max(key.count(" ") + 1 for key in self.by_name)

    def _name(self, key: str, book: Book) -> None:
        # A name of two books would make what a reference means a matter of the order of the files.
        named = self.by_name.setdefault(key, book)
        if named is not book:
            raise ValueError(f"{key!r} names both {named.name} and {book.name}")

    def find(self, name: str) -> Book | None:
        """The book of this name, in English or Hebrew, in full or abbreviated."""
        return self.by_name.get(" ".join(words(plain(name))))

    def holding(self, part: str) -> set[str]:
        """The slugs of the books that have a name with this in it."""
        sought = " ".join(words(plain(part)))
        return {book.slug for name, book in self.by_name.items() if sought and sought in name}


@cache
def catalogue() -> Catalogue:
    """The catalogue of this process."""
    return Catalogue([*_tanakh(), *_mishnah(), *_talmud()])


def plain(text: str) -> str:
    """The text without points, accents and quotation marks, with one kind of dash."""
    # Decomposed, points and accents are characters of their own; wide digits become common ones.
    decomposed = unicodedata.normalize("NFKD", DASHES.sub("-", text))
    letters = filterfalse(unicodedata.combining, decomposed)
    return QUOTES.sub("", "".join(letters))


def words(text: str) -> list[str]:
    """Runs of letters and runs of digits, in small letters."""
    return WORDS.findall(QUOTES.sub("", text).casefold())


def _tanakh() -> Iterator[tuple[Book, list[str]]]:
    verses = Versification.named("org").max_verses
    for row in _rows("tanakh.tsv"):
        chapters = tuple(range(1, last + 1) for last in verses[row["code"]])
        yield _book(row, Collection.TANAKH, row["division"], 1, chapters), _aliases(row)


def _mishnah() -> Iterator[tuple[Book, list[str]]]:
    for row in _rows("tractates.tsv"):
        names = [row["name"], *_aliases(row)]
        prefixed = _prefixed(("Mishnah", "Mishna", "M", "משנה"), names)
        # The bare name of a tractate that has a Talmud is the Talmud's.
        bare = [] if row["folios"] else [*names, row["hebrew_name"]]
        chapters = tuple(range(1, int(last) + 1) for last in row["mishnayot"].split())
        title, hebrew_title = f"Mishnah {row['name']}", f"משנה {row['hebrew_name']}"
        titled = {**row, "name": title, "hebrew_name": hebrew_title}
        book = _book(titled, Collection.MISHNAH, row["order"], 1, chapters)
        yield book, [*prefixed, *bare]


def _talmud() -> Iterator[tuple[Book, list[str]]]:
    for row in _rows("tractates.tsv"):
        if not row["folios"]:
            continue
        (first, begins), (last, ends) = FOLIO.findall(row["folios"])
        # Every folio has two sides, but the text may begin or end in the middle of one.
        sides = [range(1, 3) for _ in range(int(first), int(last) + 1)]
        sides[0] = range(SIDE_NUMBERS[begins], 3)
        sides[-1] = range(1, SIDE_NUMBERS[ends] + 1)
        names = [row["name"], row["hebrew_name"], *_aliases(row)]
        prefixed = _prefixed(("Bavli", "Talmud", "BT", "B", "בבלי", "מסכת"), names)
        book = _book(row, Collection.TALMUD, row["order"], int(first), tuple(sides))
        yield book, [*names, *prefixed]


def _prefixed(prefixes: Iterable[str], names: Iterable[str]) -> list[str]:
    return [f"{prefix} {name}" for prefix, name in product(prefixes, names)]


def _book(
    row: Mapping[str, str],
    collection: Collection,
    division: str,
    first: int,
    segments: tuple[range, ...],
) -> Book:
    slug = "-".join(words(row["name"]))
    return Book(slug, row["name"], row["hebrew_name"], collection, division, first, segments)


def _aliases(row: Mapping[str, str]) -> list[str]:
    return row["aliases"].split(", ")


def _rows(file: str) -> Iterator[dict[str, str]]:
    with resources.files(__package__).joinpath("data", file).open(encoding="utf-8") as lines:
        yield from csv.DictReader(lines, delimiter="\t")
