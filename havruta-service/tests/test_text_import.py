"""Taking in texts from the command line."""

import gzip
import json
import lzma
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient

from havruta_service import text_formats
from havruta_service.catalogue import catalogue

JONAH = catalogue().by_slug["jonah"]
TAMID = catalogue().by_slug["tamid"]
Import = Callable[..., Result]


@pytest.fixture
def run(app: Flask) -> Iterator[Import]:
    """Runs `flask texts …`; what it has brought in is removed afterwards."""

    def call(*arguments: Any) -> Result:
        return app.test_cli_runner().invoke(args=["texts", *map(str, arguments)])

    yield call
    for line in call("list").output.splitlines():
        version = line.partition(":")[0]
        if version != "wlc":
            call("remove", version)


def jonah(verse: str = "Verse {chapter}:{number}") -> list[list[str]]:
    return [
        [verse.format(chapter=section.number, number=number) for number in segments]
        for section, segments in zip(JONAH.contents, JONAH.segments, strict=True)
    ]


def sefaria(folder: Path, text: Any = None, name: str = "jonah.json", **more: Any) -> Path:
    document = {"title": "Jonah", "language": "en", "versionTitle": "A Trial", "license": "CC0"}
    file = folder / name
    file.write_text(json.dumps({**document, "text": text or jonah(), **more}))
    return file


def section(client: FlaskClient, path: str) -> list[str]:
    return [passage["text"] for passage in client.get(f"/api/texts/{path}").json["passages"]]


def test_a_book_is_read_and_found_once_it_is_here(
    run: Import, client: FlaskClient, tmp_path: Path
) -> None:
    note = "<sup>*</sup><i class='footnote'>Or <i>whale</i><br>of old</i>"
    markup = "The <b>fish</b> of {chapter}:{number}" + note + " &amp; sea"
    done = run("import", sefaria(tmp_path, jonah(markup)), "--id", "trial")
    assert (done.exit_code, done.output.splitlines()[-1]) == (0, "trial: 1 books, 48 passages")
    assert section(client, "jonah/sections/2?version=trial")[0] == "The fish of 2:1 & sea"
    [version] = client.get("/api/texts/versions?language=en").json["items"]
    assert version == {
        "id": "trial",
        "title": "A Trial",
        "language": "en",
        "direction": "ltr",
        "licence": "CC0",
        "attribution": "A Trial",
        "source": "",
    }
    hits = client.get("/api/texts/search?q=sea+FISH&version=trial&limit=100").json["items"]
    assert [hit["ref"] for hit in hits[:2]] == ["Jonah 1:1", "Jonah 1:2"]
    # The book is read in Hebrew first, all the same.
    assert client.get("/api/texts/jonah/sections/1").json["version"]["id"] == "wlc"


def test_a_folio_begins_with_the_side_1a_of_the_export(
    run: Import, client: FlaskClient, tmp_path: Path
) -> None:
    sides = TAMID.last_section * 2
    first = (TAMID.first_section - 1) * 2 + TAMID.segments[0][0] - 1
    last = first + TAMID.length
    text = [[f"line {side}", "end"] if first <= side < last else [] for side in range(sides)]
    file = sefaria(tmp_path, text, title="Tamid", language="he")
    done = run("import", file, "--id", "tamid")
    assert done.exit_code == 0, done.output
    found = client.get("/api/texts/refs/Tamid 25b/text").json
    assert [passage["text"] for passage in found["passages"]] == [f"line {first}\nend"]
    assert found["version"]["direction"] == "rtl"


@pytest.mark.parametrize("packed", ["", ".gz", ".xz"])
def test_lines_are_read_packed_or_not(
    run: Import, client: FlaskClient, tmp_path: Path, packed: str
) -> None:
    verses = [f"Jonah {c}:{v}\tverse" for c, some in enumerate(JONAH.segments, 1) for v in some]
    written = "\n".join(verses).encode()
    packers = {"": bytes, ".gz": gzip.compress, ".xz": lzma.compress}
    (tmp_path / f"jonah.tsv{packed}").write_bytes(packers[packed](written))
    options = ("--id", "lines", "--title", "Lines", "--language", "en", "--licence", "CC0")
    done = run("import", tmp_path / f"jonah.tsv{packed}", *options)
    assert done.exit_code == 0, done.output
    assert section(client, "refs/Jonah 4:11/text?version=lines") == ["verse"]


@pytest.mark.parametrize(
    "form",
    ['<verse osisID="{0}">{1}</verse>', '<verse sID="{0}" osisID="{0}"/>{1}<verse eID="{0}"/>'],
)
def test_verses_of_osis_hold_their_words_or_stand_around_them(tmp_path: Path, form: str) -> None:
    verses = form.format("Gen.1.1", "In <w>the</w> beginning<note>Or: when</note>") + form.format(
        "Gen.1.2", "and"
    )
    file = tmp_path / "genesis.xml"
    space = "http://www.bibletechnologies.net/2003/OSIS/namespace"
    file.write_text(f'<osis xmlns="{space}"><div><title>Genesis</title>{verses}</div></osis>')
    found = [(each.reference, each.text) for each in text_formats.read_file(file).passages]
    assert found == [("Gen 1:1", "In the beginning"), ("Gen 1:2", "and")]


def test_the_shipped_text_is_one_that_could_be_imported(app: Flask) -> None:
    file = Path(app.root_path) / "data" / "leningrad_codex.tsv.xz"
    passages = text_formats.read_file(file).passages
    assert (len(passages), passages[0].reference) == (23_213, "genesis 1:1")


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        (lambda text: text[3].pop(), "Jonah has 47 passages of 48: Jonah 4:11 is missing"),
        (lambda text: text[0].insert(0, "more"), "'Jonah 1:17' reference out of range"),
        (
            lambda text: text[1].__setitem__(2, " <br/> "),
            "jonah.json: Jonah 2:3: Jonah 2:3 has no words",
        ),
        (
            lambda text: text[1].__setitem__(0, "a" * 50_001),
            "Jonah 2:1 has more than 50,000 characters",
        ),
        (lambda text: text.append(["a"]), "'Jonah 5:1' reference out of range"),
    ],
)
def test_a_book_that_is_not_whole_is_refused_with_the_place(
    run: Import, client: FlaskClient, tmp_path: Path, spoil: Any, fault: str
) -> None:
    text = jonah()
    spoil(text)
    refused = run("import", sefaria(tmp_path, text), "--id", "trial")
    assert refused.exit_code == 1
    assert fault in refused.output
    assert client.get("/api/texts/versions?language=en").json["items"] == []


def test_only_so_many_faults_are_told(run: Import, tmp_path: Path) -> None:
    file = tmp_path / "much.tsv"
    file.write_text("\n".join(f"Nowhere {number}\twords" for number in range(1000)))
    options = ("--id", "much", "--title", "Much", "--language", "en", "--licence", "CC0")
    lines = run("import", file, *options).output.splitlines()
    assert (lines[-1], lines[-21][:18]) == ("and 980 more", "much.tsv, line 1: ")


def test_a_version_is_replaced_only_on_purpose(
    run: Import, client: FlaskClient, tmp_path: Path
) -> None:
    run("import", sefaria(tmp_path), "--id", "trial")
    before = client.get("/api/texts/jonah/sections/1?version=trial").headers["ETag"]
    changed = sefaria(tmp_path, jonah("Other words"))
    refused = run("import", changed, "--id", "trial")
    assert (refused.exit_code, section(client, "refs/Jonah 1:1/text?version=trial")) == (
        1,
        ["Verse 1:1"],
    )
    assert run("import", changed, "--id", "trial", "--replace").exit_code == 0
    assert section(client, "refs/Jonah 1:1/text?version=trial") == ["Other words"]
    assert client.get("/api/texts/jonah/sections/1?version=trial").headers["ETag"] != before


@pytest.mark.parametrize(
    ("more", "options", "fault"),
    [
        ({"license": None}, (), "--licence does"),
        ({"license": " "}, (), "--licence does"),
        ({"language": "English"}, (), "no BCP 47 tag"),
        ({}, ("--id", "My version"), "--id takes"),
        ({}, ("--licence", "x" * 101), "The licence is longer"),
        ({"title": "Nowhere"}, (), "unknown book"),
        ({"text": "words"}, (), "not a book of Sefaria's export"),
        ({"text": 5}, (), "not a book of Sefaria's export"),
    ],
)
def test_what_is_not_said_or_wrong_is_refused(
    run: Import, tmp_path: Path, more: dict[str, Any], options: tuple[str, ...], fault: str
) -> None:
    refused = run("import", sefaria(tmp_path, **more), "--id", "trial", *options)
    assert refused.exit_code != 0
    assert fault in refused.output


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("text.doc", b"words"),
        ("text.tsv.xz", b"not packed"),
        ("text.tsv.gz", b"not packed"),
        ("text.tsv", b"\xff\xfe"),
        ("text.xml", b"<osis>"),
        ("text.json", b"[]"),
    ],
)
def test_a_file_of_no_format_is_named(
    run: Import, tmp_path: Path, name: str, content: bytes
) -> None:
    (tmp_path / name).write_bytes(content)
    refused = run("import", tmp_path / name, "--id", "trial", "--licence", "CC0")
    assert (refused.exit_code, refused.output[: len(name)]) == (1, name)


def test_a_version_that_is_not_here_cannot_be_removed(run: Import) -> None:
    assert run("remove", "nothing").exit_code == 1
