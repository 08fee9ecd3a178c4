"""The page on ASVS has every requirement of levels 1 and 2 once, and names tests and files that exist."""

import re
from collections import Counter
from pathlib import Path

import pytest

from dev.services import SERVICES

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "asvs.md"
PAGES = (PAGE, ROOT / "docs" / "security.md", ROOT / "SECURITY.md")

# The requirements of OWASP ASVS 5.0.0; `1.2.1-5` stands for five of them.
LEVEL_1 = """
    1.2.1-5 1.3.1-2 1.5.1 2.1.1 2.2.1-2 2.3.1 3.2.1-2 3.3.1 3.4.1-2 3.5.1-3 4.1.1 4.4.1 5.2.1-2 5.3.1-2
    6.1.1 6.2.1-8 6.3.1-2 6.4.1-2 7.2.1-4 7.4.1-2 8.1.1 8.2.1-2 8.3.1 9.1.1-3 9.2.1 10.4.1-5 11.3.1-2
    11.4.1 12.1.1 12.2.1-2 13.4.1 14.2.1 14.3.1 15.1.1 15.2.1 15.3.1
"""
LEVEL_2 = """
    1.1.1-2 1.2.6-9 1.3.3-11 1.4.1-3 1.5.2 2.1.2-3 2.2.3 2.3.2-4 2.4.1 3.3.2-4 3.4.3-6 3.5.4-5 3.7.1-2
    4.1.2-3 4.2.1 4.3.1-2 4.4.2-4 5.1.1 5.2.3 5.4.1-3 6.1.2-3 6.2.9-12 6.3.3-4 6.4.3-4 6.5.1-5 6.6.1-3
    6.8.1-4 7.1.1-3 7.3.1-2 7.4.3-5 7.5.1-2 7.6.1-2 8.1.2 8.2.3 8.4.1 9.2.2-4 10.1.1-2 10.2.1-2 10.3.1-4
    10.4.6-11 10.5.1-5 10.6.1-2 10.7.1-3 11.1.1-2 11.2.1-3 11.3.3 11.4.2-4 11.5.1 11.6.1 12.1.2-3
    12.3.1-4 13.1.1 13.2.1-5 13.3.1-2 13.4.2-5 14.1.1-2 14.2.2-4 14.3.2-3 15.1.2-3 15.2.2-3 15.3.2-7
    16.1.1 16.2.1-5 16.3.1-4 16.4.1-3 16.5.1-3 17.1.1 17.2.1-4 17.3.1-2
"""
STATUSES = ("met", "does not apply", "not met")

ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| (\d) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
SUM = re.compile(r"^\| (met|does not apply|not met) \| (\d+) \| (\d+) \|$", re.MULTILINE)
# `user/test_passwords::test_…` stands in `user-service/tests/test_passwords.py`.
TEST = re.compile(r"`([a-z/-]+)/(test_\w+)::(test_\w+)`")
FILE = re.compile(r"`([\w./-]*\w\.(?:py|yml|toml|lock|txt|js|md)|\.dockerignore)`")
LINK = re.compile(r"\]\((?:(?:docs/)?security\.md)?#([a-z-]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
FOLDERS = {service.name.removesuffix("-service"): f"{service.name}/tests" for service in SERVICES}


def numbers(text: str) -> list[str]:
    found = []
    for item in text.split():
        section, _, span = item.rpartition(".")
        first, _, last = span.partition("-")
        found += [f"{section}.{number}" for number in range(int(first), int(last or first) + 1)]
    return found


def test_every_requirement_is_answered_once_with_its_level() -> None:
    asked = dict.fromkeys(numbers(LEVEL_1), "1") | dict.fromkeys(numbers(LEVEL_2), "2")
    assert Counter(asked.values()) == {"1": 70, "2": 183}
    rows = ROW.findall(PAGE.read_text())
    assert Counter(number for number, *_ in rows).most_common(1)[0][1] == 1
    assert {number: level for number, level, *_ in rows} == asked


def test_the_sums_are_those_of_the_rows() -> None:
    page = PAGE.read_text()
    counted = Counter((status, level) for _, level, _, status, _ in ROW.findall(page))
    assert {status for status, _ in counted} <= set(STATUSES)
    stated = {status: (int(one), int(two)) for status, one, two in SUM.findall(page)}
    assert stated == {status: (counted[status, "1"], counted[status, "2"]) for status in STATUSES}


def test_what_is_met_names_a_test_or_where_it_is_set() -> None:
    bare = [
        number
        for number, _, _, status, how in ROW.findall(PAGE.read_text())
        if status == "met" and how != "the same" and not (TEST.search(how) or FILE.search(how))
        if "security.md#" not in how
    ]
    assert bare == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_test_and_file_that_is_named_exists(page: Path) -> None:
    text = page.read_text()
    wrong = [
        f"{folder}/{module}::{name}"
        for folder, module, name in TEST.findall(text)
        if not re.search(rf"^def {name}\(", source_of(folder, module), re.MULTILINE)
    ]
    assert wrong == []
    assert [name for name in FILE.findall(text) if not (ROOT / name).exists()] == []


def test_every_place_that_is_linked_exists() -> None:
    places = {
        re.sub(r"[^a-z -]", "", heading.lower()).replace(" ", "-")
        for heading in HEADING.findall(PAGES[1].read_text())
    }
    linked = {place for page in PAGES for place in LINK.findall(page.read_text())}
    assert linked - places == set()


def source_of(folder: str, module: str) -> str:
    path = folder if folder.startswith("tests") else FOLDERS.get(folder, f"{folder}/tests")
    file = ROOT / path / f"{module}.py"
    return file.read_text() if file.is_file() else ""
