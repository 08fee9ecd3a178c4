"""Writes `havruta_service/data/leningrad_codex.tsv.xz`, the Tanakh in Hebrew, out of the npm package morphhb.

npm pack morphhb@2.0.2
python havruta-service/write_leningrad_codex.py morphhb-2.0.2.tgz
"""

import hashlib
import lzma
import re
import sys
import tarfile
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePath
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from havruta_service.catalogue import catalogue

DATA = Path(__file__).with_name("havruta_service") / "data"
SHA256 = "018da8eb2db48fc89b17af2d944baae5749f373d38c6260aba2d089fb5c95244"
OSIS = "{http://www.bibletechnologies.net/2003/OSIS/namespace}"
# The open and the closed paragraph, by the letters that editions print for them.
PARAGRAPHS = {"x-pe": "{\u05e4}", "x-samekh": "{\u05e1}"}
UNSPACED = re.compile(" ?(\u05be) ?| (?=\u05c3)")  # maqaf, sof pasuq


def passages(package: Path) -> Iterator[tuple[str, str]]:
    """Each verse: its reference, and its text; the books are in the order of the catalogue."""
    books = dict(_books(package))
    for book in catalogue().books:
        for verse in books.get(book.slug, []):
            _, chapter, number = verse.attrib["osisID"].split(".")
            yield f"{book.slug} {chapter}:{number}", written(verse)


def _books(package: Path) -> Iterator[tuple[str, list[Element]]]:
    """The slug of each book in the package, and its verses."""
    with tarfile.open(package) as files:
        for file in files:
            path = PurePath(file.name)
            content = files.extractfile(file)
            book = catalogue().find(path.stem) if path.match("wlc/*.xml") else None
            if book and content:
                tree = ElementTree.parse(content)  # noqa: S314  # the package of that SHA-256
                yield book.slug, list(tree.iter(f"{OSIS}verse"))


def written(verse: Element) -> str:
    """The text of a verse. What is written in one way and read in another stands as `(written) [read]`."""
    pieces: list[str] = []
    for element in verse:
        kind = element.tag.removeprefix(OSIS)
        if kind == "w":
            pieces.append(_letters(element))
        elif kind == "seg":
            mark = _letters(element)
            pieces.append(PARAGRAPHS.get(element.attrib["type"], mark))
        elif element.get("type") == "variant":
            _read_otherwise(pieces, element)
    return _joined(pieces)


def _read_otherwise(pieces: list[str], variant: Element) -> None:
    """Mark the last words as written so, if the variant names them, and add how they are read, if at all."""
    ketiv = variant.find(f"{OSIS}catchWord")
    if ketiv is not None:
        sought, words = _solid(_letters(ketiv)), []
        while _solid("".join(words)) != sought:
            words.insert(0, pieces.pop())
        pieces.append(f"({_joined(words)})")
    qere = [_letters(piece) for piece in variant.iterfind(f"{OSIS}rdg/*")]
    if qere:
        pieces.append(f"[{_joined(qere)}]")


def _letters(element: Element) -> str:
    """The text of an element, without the strokes that part its morphemes."""
    return "".join(element.itertext()).replace("/", "").strip()


def _joined(pieces: Sequence[str]) -> str:
    """The pieces as they are printed: no blank around a maqaf, and none before the end of the verse."""
    return UNSPACED.sub(lambda match: match[1] or "", " ".join(pieces))


def _solid(words: str) -> str:
    return words.replace(" ", "")


def write(package: Path) -> None:
    """Write the file. Its bytes are the same each time."""
    found = hashlib.sha256(package.read_bytes()).hexdigest()
    if found != SHA256:
        raise SystemExit(f"{package} is another package: its SHA-256 is {found}.")
    lines = "".join(f"{reference}\t{text}\n" for reference, text in passages(package))
    packed = lzma.compress(lines.encode(), preset=9 | lzma.PRESET_EXTREME)
    (DATA / "leningrad_codex.tsv.xz").write_bytes(packed)


if __name__ == "__main__":
    write(Path(sys.argv[1]))
