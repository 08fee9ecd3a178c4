"""The files of the client: what is vendored is what it says, and modules are short and preloaded."""

import hashlib
import json
import re
from pathlib import Path

import pytest

from lyceum_web import STATIC

VENDOR = STATIC / "vendor"
OWN_MODULES = [path for path in STATIC.rglob("*.js") if VENDOR not in path.parents]
LONGEST = 200  # lines of a module


def test_vendored_files_are_those_that_were_noted() -> None:
    noted = {
        each["file"]: each["sha256"] for each in json.loads((VENDOR / "VENDOR.json").read_text())
    }
    there = {
        path.relative_to(VENDOR).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in VENDOR.rglob("*")
        if path.is_file() and path.name != "VENDOR.json" and path.parent.name != "licences"
    }
    assert there == noted


def test_every_vendored_package_has_its_licence_next_to_it() -> None:
    made = json.loads((VENDOR / "VENDOR.json").read_text())
    packages = {package["name"] for each in made for package in each["packages"]}
    assert all(package["license"] for each in made for package in each["packages"])
    licences = {path.stem for path in (VENDOR / "licences").iterdir()}
    missing = {
        name for name in packages if name.rpartition("/")[2].removesuffix("-core") not in licences
    }
    assert missing == set()


@pytest.mark.parametrize("path", OWN_MODULES, ids=lambda path: path.relative_to(STATIC).as_posix())
def test_a_module_says_one_thing_and_is_checked(path: Path) -> None:
    lines = path.read_text().splitlines()
    assert len(lines) <= LONGEST
    assert lines[0] == "// @ts-check"


IMPORT = re.compile(r"^import (?:[^\"]*? from )?\"(\.[^\"]+)\";", re.MULTILINE)
PRELOAD = re.compile(r"<link rel=\"modulepreload\" href=\"/static/\{version\}/([^\"]+)\">")


def imported_by(*modules: str) -> set[str]:
    """What is loaded with these modules, themselves included."""
    found: set[str] = set()
    left = set(modules)
    while left:
        module = left.pop()
        found.add(module)
        base = (STATIC / module).parent
        paths = [(base / path).resolve() for path in IMPORT.findall((STATIC / module).read_text())]
        left |= {path.relative_to(STATIC.resolve()).as_posix() for path in paths} - found
    return found


def test_the_page_asks_at_once_for_all_that_the_first_page_needs() -> None:
    preloaded = PRELOAD.findall((STATIC / "index.html").read_text())
    assert sorted(preloaded) == sorted(
        imported_by("app.js", "pages/near.js") - {"app.js", "early.js"}
    )
