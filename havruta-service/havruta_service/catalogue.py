"""The books that can be studied, and how each is divided. Read once per process from `data/` and
from versiref.

A book is a row of sections (chapters, or the folios of the Talmud), a section a row of segments
(verses, mishnayot, or the two sides of a folio). A passage is the number of its segment, counted
from the beginning of the book.
"""

import csv
import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, cached_property
from importlib import resources
from itertools import accumulate, product

from versiref import Versification

from chassis.errors import FieldError, Invalid
from havruta_service.spellings import is_near, key, sound, spelled, words

FOLIO = re.compile(r"([0-9]+)([ab])")
SIDE_NUMBERS = {"a": 1, "b": 2}
LEAST_SOUND = 5  # letters; shorter names are a letter away from too many others
# Words before the name of a tractate.
MISHNAH = ("Mishnah", "Mishna", "Mishnayot", "M", "משנה", "משניות")
TALMUD = ("Bavli", "Talmud", "Talmud Bavli", "Babylonian Talmud", "Gemara", "BT", "TB", "B")
TALMUD_IN_HEBREW = ("בבלי", "תלמוד", "תלמוד בבלי", "גמרא", "מסכת")
# How the number of a book is written with a name that it shares.
NUMBERED = {
    "1": ("1 {}", "1st {}", "I {}", "First {}", "{} I", "{} א"),
    "2": ("2 {}", "2nd {}", "II {}", "Second {}", "{} II", "{} ב"),
}


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


class AmbiguousReference(Invalid):
    """The name means several books; `meanings` lists them."""

    code = "ambiguous_reference"

    def __init__(self, books: Iterable[Book], field: str | None) -> None:
        meanings = [book.name for book in books]
        detail = f"It may mean {', '.join(meanings[:-1])} or {meanings[-1]}."
        errors: list[FieldError] = [{"pointer": f"/{field}", "detail": detail}] if field else []
        super().__init__(detail, errors=errors, meanings=meanings)


class Catalogue:
    """All books in their traditional order, found by any of their names.

    Each book comes with its other names, and with those that have a word like `Mishnah` before them. A
    shared name comes with the names of the books that it may mean.
    """

    def __init__(
        self,
        books: Iterable[tuple[Book, Iterable[str], Iterable[str]]],
        shared_names: Iterable[tuple[str, Iterable[str]]],
    ) -> None:
        self.books: list[Book] = []
        self.by_slug: dict[str, Book] = {}
        self.by_name: dict[str, tuple[Book, ...]] = {}
        self._by_unquoted_name: dict[str, set[str]] = defaultdict(set)
        self._by_sound: dict[str, Book] = {}
        for book, names, prefixed_names in books:
            self.books.append(book)
            self.by_slug[book.slug] = book
            own_names = (book.slug, book.name, book.hebrew_name, *names)
            for name in (*own_names, *prefixed_names):
                self._name(name, book)
            for name in own_names:
                self._by_sound.setdefault(sound(key(spelled(name))), book)
        for name, meant in shared_names:
            self._share(name, [self.by_name[key(spelled(title))][0] for title in meant])
        # In words: a reader of references tries no more of a text as a name.
        self.longest_name = max(name.count(" ") + 1 for name in self.by_name)

    def _name(self, name: str, *books: Book) -> None:
        written = spelled(name)
        # A name of two books would make what a reference means a matter of the order of the files.
        named = self.by_name.setdefault(key(written), books)
        if named != books:
            raise ValueError(f"{name!r} is a name of {named[0].name} already")
        unquoted = " ".join(words(written)).replace("״", "")
        self._by_unquoted_name[unquoted].update(book.slug for book in books)

    def _share(self, name: str, books: Sequence[Book]) -> None:
        self._name(name, *books)
        self._by_sound.setdefault(sound(key(spelled(name))), books[0])
        for book in books:
            for numbered in NUMBERED.get(book.name[0], ()):
                self._name(numbered.format(name), book)

    def find(self, name: str, field: str | None = None) -> Book | None:
        """The book of this name, in English or Hebrew, in full or abbreviated."""
        books = self.by_name.get(key(spelled(name)))
        if books is None:
            return None
        return sole(books, field)

    def holding(self, part: str) -> set[str]:
        """The slugs of the books that have a name with this in it, quotes or not."""
        sought = " ".join(words(spelled(part))).replace("״", "")
        holding = [
            slugs for name, slugs in self._by_unquoted_name.items() if sought and sought in name
        ]
        return set().union(*holding)

    def nearest(self, written: str) -> Book | None:
        """The book that has a name like the first words of the text, as many as possible."""
        begin = key(written).split()[: self.longest_name]
        for count in range(len(begin), 0, -1):
            near = self._near(sound(" ".join(begin[:count])))
            if len(near) == 1:
                return near.pop()
        return None

    def _near(self, heard: str) -> set[Book]:
        """The books with a name that sounds like this, but for a letter, or that begins so."""
        if heard in self._by_sound:
            return {self._by_sound[heard]}
        if len(heard) < LEAST_SOUND or "״" in heard:
            return set()
        return {
            book
            for name, book in self._by_sound.items()
            if len(name) >= LEAST_SOUND and (name.startswith(heard) or is_near(heard, name))
        }


def sole(books: Sequence[Book], field: str | None) -> Book:
    """The one book that a name means; a problem about `field` if it may mean several."""
    if len(books) > 1:
        raise AmbiguousReference(books, field)
    return books[0]


@cache
def catalogue() -> Catalogue:
    """The catalogue of this process."""
    return Catalogue([*_tanakh(), *_mishnah(), *_talmud()], _shared_names())


def _tanakh() -> Iterator[tuple[Book, list[str], list[str]]]:
    verses = Versification.named("org").max_verses
    for row in _rows("tanakh.tsv"):
        chapters = tuple(range(1, last + 1) for last in verses[row["code"]])
        book = _book(row, Collection.TANAKH, row["division"], 1, chapters)
        yield book, [row["code"], *_aliases(row)], []


def _mishnah() -> Iterator[tuple[Book, list[str], list[str]]]:
    for row in _rows("tractates.tsv"):
        names = [row["name"], row["hebrew_name"], *_aliases(row)]
        # The bare name of a tractate that has a Talmud is the Talmud's.
        bare = [] if row["folios"] else names
        chapters = tuple(range(1, int(last) + 1) for last in row["mishnayot"].split())
        title, hebrew_title = f"Mishnah {row['name']}", f"משנה {row['hebrew_name']}"
        titled = {**row, "name": title, "hebrew_name": hebrew_title}
        book = _book(titled, Collection.MISHNAH, row["order"], 1, chapters)
        yield book, bare, _prefixed(MISHNAH, names)


def _talmud() -> Iterator[tuple[Book, list[str], list[str]]]:
    for row in _rows("tractates.tsv"):
        if not row["folios"]:
            continue
        (first, begins), (last, ends) = FOLIO.findall(row["folios"])
        # Every folio has two sides, but the text may begin or end in the middle of one.
        sides = [range(1, 3) for _ in range(int(first), int(last) + 1)]
        sides[0] = range(SIDE_NUMBERS[begins], 3)
        sides[-1] = range(1, SIDE_NUMBERS[ends] + 1)
        names = [row["name"], row["hebrew_name"], *_aliases(row)]
        book = _book(row, Collection.TALMUD, row["order"], int(first), tuple(sides))
        yield book, names, _prefixed(TALMUD + TALMUD_IN_HEBREW, names)


def _shared_names() -> Iterator[tuple[str, list[str]]]:
    for row in _rows("shared_names.tsv"):
        for name in row["names"].split(", "):
            yield name, row["books"].split(", ")


def _prefixed(prefixes: Iterable[str], names: Iterable[str]) -> list[str]:
    return [f"{prefix} {name}" for prefix, name in product(prefixes, names)]


def _book(
    row: Mapping[str, str],
    collection: Collection,
    division: str,
    first: int,
    segments: tuple[range, ...],
) -> Book:
    slug = "-".join(words(spelled(row["name"])))
    return Book(slug, row["name"], row["hebrew_name"], collection, division, first, segments)


def _aliases(row: Mapping[str, str]) -> list[str]:
    return row["aliases"].split(", ")


def _rows(file: str) -> Iterator[dict[str, str]]:
    with resources.files(__package__).joinpath("data", file).open(encoding="utf-8") as lines:
        yield from csv.DictReader(lines, delimiter="\t")
