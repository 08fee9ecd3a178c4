"""RULES: reading where in a book a reference is: a chapter and a verse, or a folio and a side."""

import re
from collections.abc import Sequence

from havruta_service.catalogue import Book, Collection
from havruta_service.hebrew_numbers import from_hebrew
from havruta_service.references import Reference

NUMBER = "[0-9]{1,4}|[א-ת]{1,5}"
SEPARATOR = r"\s*[:.,]\s*|\s+"
CHAPTER = r"(?:chapters?|chap|chs?|perek|pereq)[\s.]*|(?:פרקים|פרק|פר|מזמור)[\s.]+"
VERSE = r"(?:verses?|vss?|vv?|pasuk|pasuq)[\s.]*|(?:פסוקים|פסוק|פס)[\s.]+"
# The Mishnah has few chapters, and few mishnayot in each: in פ״א מ״ב the first letters are no numbers.
MISHNAH_CHAPTER = rf"{CHAPTER}|פ\s*"
MISHNAH = rf"{VERSE}|(?:mishnayot|mishnah|mishna|m)[\s.]*|(?:משניות|משנה|מש)[\s.]+|מ\s*"
FOLIO = r"(?:daf|folios?|fols?|ff?)[\s.]*|(?:דפים|דף)[\s.]+"
# The sides of a folio are also marked by `.` and `:` in print.
SIDES = {"a": 1, "א": 1, ".": 1, "b": 2, "ב": 2, ":": 2}
SIDE = r"(?:amud|side)[\s.]*[abאב]|ע(?:מוד|מ)?[\s.]*[אב]|[abאב]"
FOLIO_AND_SIDE = re.compile(rf"(?:{FOLIO})?({NUMBER})(?:[\s,]*({SIDE}|[.:]))?")
LONE_SIDE = re.compile(SIDE)

Located = tuple[int, int | None]  # the numbers of a section, and of a segment in it


class NoLocator(ValueError):
    """The text is not a locator of this book."""


class Division:
    """How chapter and verse are written in a collection, by the words that may stand before each."""

    def __init__(self, chapter: str, verse: str) -> None:
        between = rf"(?:{SEPARATOR})?(?:{verse})|{SEPARATOR}"
        self.locator = re.compile(rf"({chapter})?({NUMBER})(?:(?:{between})({NUMBER}))?")
        self.lone_verse = re.compile(rf"(?:{verse})({NUMBER})")


DIVISIONS = {
    Collection.TANAKH: Division(CHAPTER, VERSE),
    Collection.MISHNAH: Division(MISHNAH_CHAPTER, MISHNAH),
}


def read_locator(book: Book, written: str, begin: Reference | None = None) -> Located | None:
    """The numbers of a section and of a segment in it, or of a section alone; None if it has neither.

    Where a range has a `begin`, a lone number or side may be one of the section in which it begins.
    """
    numbers = _folio if book.collection is Collection.TALMUD else _verse
    try:
        return numbers(book, written.replace("״", "").strip(), begin)
    except NoLocator:
        return None


def _verse(book: Book, written: str, begin: Reference | None) -> Located:
    """Chapter and verse, or a chapter alone."""
    division = DIVISIONS[book.collection]
    if match := division.lone_verse.fullmatch(written):
        return _chapter_of_verse(book, begin), _number(match[1])
    chapter_mark, first, second = _groups(division.locator, written)
    if second:
        return _number(first), _number(second)
    # The 5 of `1:1-5` is a verse, that of `1-5` a chapter. A book of one chapter is quoted without it:
    # `Obadiah 5`.
    if not chapter_mark and ((begin and begin.is_passage) or book.section_count == 1):
        return _chapter_of_verse(book, begin), _number(first)
    return _number(first), None


def _chapter_of_verse(book: Book, begin: Reference | None) -> int:
    """The chapter of a verse that stands without one."""
    if begin:
        return book.section_at(begin.first)
    if book.section_count > 1:
        raise NoLocator
    return book.first_section


def _folio(book: Book, written: str, begin: Reference | None) -> Located:
    """Folio and side, or a folio alone."""
    if begin and begin.is_passage and LONE_SIDE.fullmatch(written):
        return book.section_at(begin.first), SIDES[written[-1]]
    folio, side = _groups(FOLIO_AND_SIDE, written)
    return _number(folio), SIDES[side[-1]] if side else None


def _groups(pattern: re.Pattern[str], written: str) -> Sequence[str]:
    match = pattern.fullmatch(written)
    if match is None:
        raise NoLocator
    return match.groups()


def _number(written: str) -> int:
    number = int(written) if written.isdigit() else from_hebrew(written)
    if number is None:
        raise NoLocator
    return number
