"""Reading the words of texts out of files: each passage with its reference, as the file writes both."""

import gzip
import json
import lzma
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from havruta_service.catalogue import Collection, catalogue

LINE_END, EMPTY = {"br", "p", "div"}, {"br", "hr", "img", "wbr"}
BLANKS = re.compile(r"[^\S\n]+")
LINE_ENDS = re.compile(r"\s*\n\s*")
OSIS = "{http://www.bibletechnologies.net/2003/OSIS/namespace}"
# What is no part of the words: notes, headings, other readings.
ASIDE = {f"{OSIS}{name}" for name in ("note", "title", "rdg", "catchWord")}


class UnreadableFile(ValueError):
    """The file is none of the formats, or breaks the rules of its own."""


@dataclass(frozen=True)
class Written:
    """A passage as a file has it: where in the file, its reference, and its words."""

    place: str
    reference: str
    text: str


@dataclass(frozen=True)
class TextFile:
    """The passages of a file, and what it says of itself."""

    passages: Sequence[Written]
    title: str | None = None
    language: str | None = None
    licence: str | None = None
    source: str | None = None


def read_file(path: Path) -> TextFile:
    """The file, in the format that its name says; `UnreadableFile` if it cannot be read."""
    kind, content = path, _content(path)
    if path.suffix in {".gz", ".xz"}:
        kind = path.with_suffix("")
    match kind.suffix:
        case ".json":
            return _sefaria(path.name, content)
        case ".xml":
            return TextFile(list(_osis(path.name, content)))
        case ".tsv":
            return TextFile(list(_lines(path.name, content)))
    raise UnreadableFile(f"{path.name}: no .json, .xml or .tsv")


def _content(path: Path) -> str:
    packed = path.read_bytes()
    try:
        if path.suffix == ".gz":
            packed = gzip.decompress(packed)
        if path.suffix == ".xz":
            packed = lzma.decompress(packed)
        return packed.decode("utf-8-sig")
    except (OSError, EOFError, lzma.LZMAError, UnicodeDecodeError) as error:
        raise UnreadableFile(f"{path.name}: {error}") from None


def _sefaria(name: str, content: str) -> TextFile:
    """A book of Sefaria's export: `text` has a list for each chapter, or each side of a folio from 1a on."""
    try:
        document = json.loads(content)
        passages = list(_nested(name, document["title"], document["text"]))
    except (ValueError, KeyError, TypeError) as error:
        raise UnreadableFile(f"{name}: not a book of Sefaria's export ({error!r})") from None
    return TextFile(
        passages,
        document.get("versionTitle"),
        document.get("language"),
        document.get("license"),
        document.get("versionSource"),
    )


def _nested(name: str, title: str, sections: list[list[str]]) -> Iterator[Written]:
    book = catalogue().find(title)
    by_folio = book is not None and book.collection is Collection.TALMUD
    for number, section in enumerate(sections):
        if not isinstance(section, list):
            raise TypeError(section)
        if by_folio and section:
            reference = f"{title} {number // 2 + 1}{'ab'[number % 2]}"
            yield Written(f"{name}: {reference}", reference, words("\n".join(section)))
        elif not by_folio:
            for segment, text in enumerate(section, 1):
                reference = f"{title} {number + 1}:{segment}"
                yield Written(f"{name}: {reference}", reference, words(text or ""))


def _osis(name: str, content: str) -> Iterator[Written]:
    """Verses of an OSIS document, which hold their words or stand before and after them."""
    try:
        root = ElementTree.fromstring(content)  # noqa: S314  # the operator's own file; expat bounds entities
    except ElementTree.ParseError as error:
        raise UnreadableFile(f"{name}: {error}") from None
    verse, pieces = "", list[str]()
    for begun, text in _events(root):
        if begun is None:
            pieces.append(text)
            continue
        if verse:
            yield Written(f"{name}: {verse}", _from_osis(verse), words("".join(pieces)))
        verse, pieces = begun, []


def _events(element: Element) -> Iterator[tuple[str | None, str]]:
    """Where a verse begins, by its id, or ends, by an empty one; and the words between, with None."""
    if element.tag in ASIDE:
        return
    is_verse = element.tag == f"{OSIS}verse"
    if is_verse:
        yield element.get("osisID", ""), ""
    yield None, element.text or ""
    for child in element:
        yield from _events(child)
        yield None, child.tail or ""
    if is_verse and "sID" not in element.attrib:
        yield "", ""


def _from_osis(verse: str) -> str:
    """`Gen.1.1` as a reference."""
    book, _, place = verse.partition(".")
    return f"{book} {place.replace('.', ':')}"


def _lines(name: str, content: str) -> Iterator[Written]:
    for number, line in enumerate(content.splitlines(), 1):
        reference, _, text = line.partition("\t")
        yield Written(f"{name}, line {number}", reference, words(text))


def words(written: str) -> str:
    """The words without markup, footnotes and needless blanks."""
    if "<" in written or "&" in written:
        markup = _Markup()
        markup.feed(written)
        markup.close()
        written = "".join(markup.pieces)
    return LINE_ENDS.sub("\n", BLANKS.sub(" ", written)).strip()


class _Markup(HTMLParser):
    """The words in HTML; those of notes and of the signs that lead to them are left out."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._aside = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in LINE_END and not self._aside:
            self.pieces.append("\n")
        is_note = tag == "sup" or "footnote" in (dict(attrs).get("class") or "")
        if tag not in EMPTY and (self._aside or is_note):
            self._aside += 1

    def handle_endtag(self, tag: str) -> None:
        if tag not in EMPTY and self._aside:
            self._aside -= 1

    def handle_data(self, data: str) -> None:
        if not self._aside:
            self.pieces.append(data)
