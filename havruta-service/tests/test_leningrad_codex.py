"""The script that takes the words of the Tanakh out of the package that they come in."""
# ruff: noqa: RUF001  # Hebrew letters and punctuation

import hashlib
import io
import runpy
import tarfile
from pathlib import Path
from typing import Any

import pytest

from havruta_service import catalogue

DATA = Path(catalogue.__file__).with_name("data")
SCRIPT = runpy.run_path(str(Path(__file__).parents[1] / "write_leningrad_codex.py"))
VERSE = '<verse osisID="Gen.1.{0}">{1}</verse>'
BOOK = '<osis xmlns="http://www.bibletechnologies.net/2003/OSIS/namespace"><osisText>{}</osisText></osis>'


def passages(tmp_path: Path, *verses: str) -> list[str]:
    """The words that the script takes out of a package with these verses of Genesis."""
    numbered = "".join(VERSE.format(number, verse) for number, verse in enumerate(verses, 1))
    content = BOOK.format(numbered).encode()
    package = tmp_path / "package.tgz"
    with tarfile.open(package, "w:gz") as files:
        for name in ("package/wlc/Gen.xml", "package/wlc/VerseMap.xml", "package/index.js"):
            file = tarfile.TarInfo(name)
            file.size = len(content)
            files.addfile(file, io.BytesIO(content))
    found: list[Any] = list(SCRIPT["passages"](package))
    assert [reference for reference, _ in found] == [
        f"genesis 1:{number}" for number in range(1, len(verses) + 1)
    ]
    return [text for _, text in found]


@pytest.mark.parametrize(
    ("verse", "text"),
    [
        ("<w>a/b</w> <w>c</w><seg type='x-maqqef'>־</seg><w>d</w>", "ab c־d"),
        ("<w>a</w> <seg type='x-paseq'>׀</seg> <w>b</w><seg type='x-sof-pasuq'>׃</seg>", "a ׀ b׃"),
        ("<w>a</w> <seg type='x-pe'>פ</seg>", "a {פ}"),
        ("<w>r<seg type='x-suspended'>s</seg>t</w><note>Suspended.</note>", "rst"),
        (
            "<w>a</w> <w>w</w><note type='variant'><catchWord>w</catchWord>"
            "<rdg type='x-qere'><w>q</w> <w>r</w></rdg></note>",
            "a (w) [q r]",
        ),
        (
            "<w>v</w><seg type='x-maqqef'>־</seg><w>w</w><note type='variant'>"
            "<catchWord>v־w</catchWord><rdg type='x-qere'/></note> <w>a</w>",
            "(v־w) a",
        ),
        ("<w>a</w> <note type='variant'><rdg type='x-qere'><w>q</w></rdg></note>", "a [q]"),
        ("<w>a</w><note type='alternative'><catchWord>a</catchWord><rdg>b</rdg></note>", "a"),
    ],
)
def test_a_verse_is_written_as_it_is_printed(tmp_path: Path, verse: str, text: str) -> None:
    assert passages(tmp_path, verse) == [text]


def test_another_package_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other.tgz").write_bytes(b"other")
    with pytest.raises(SystemExit, match="another package"):
        SCRIPT["write"](tmp_path / "other.tgz")


def test_the_file_is_the_one_that_is_described() -> None:
    digest = hashlib.sha256((DATA / "leningrad_codex.tsv.xz").read_bytes()).hexdigest()
    described = (DATA / "README.md").read_text()
    assert digest in described
    assert SCRIPT["SHA256"] in described
