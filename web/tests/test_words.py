"""The sentences: both languages have each, and each refusal of the API is said in them."""

import ast
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from email_validator import EmailNotValidError, validate_email
from marshmallow import ValidationError, fields, missing

from chassis.web.fields import Float, Integer, List, LocalDate, Text
from lyceum_web import STATIC

VENDOR = STATIC / "vendor"
OWN_MODULES = [path for path in STATIC.rglob("*.js") if VENDOR not in path.parents]
# The categories of Unicode's plural rules that whole numbers below a million have (CLDR 48).
PLURALS = {"en": {"one", "other"}, "he": {"one", "two", "other"}}
CATEGORIES = {"zero", "one", "two", "few", "many", "other"}
USED = re.compile(r"""\b(?:t|say)\(\s*["']([a-z_.-]+)["']|words: "([a-z_.]+)\"""")

ROOT = Path(__file__).parents[2]
# Written out of the classes; a test of the contract compares.
CODE = re.compile(r"^\| (\d{3}) \| `(\w+)` \|", re.MULTILINE)
OWN_CODES = {"offline", "passkey_here", "unknown", "wrong_join_code"}  # of the pages themselves
BY_STATUS = 500  # from here on `problem.unavailable` says it
RENEWAL = "`sign-in.js` renews the sign-in, and shows nothing of it"
REFERENCE = "`havruta/reference-field.js` says it at the field"
STREAM = "`live.js` tries again later, and shows nothing of it"
UNSENT = "the calls of `api.js` are not of this kind"
BASE = "only a base of others"
WITHOUT_WORDS = {
    "already_rotated": RENEWAL,
    "ambiguous_reference": REFERENCE,
    "client_gone": "nobody reads it",
    "gone": BASE,
    "invalid_refresh_token": RENEWAL,
    "length_required": UNSENT,
    "limit_reached": BASE,
    "malformed_reference": REFERENCE,
    "method_not_allowed": UNSENT,
    "mfa_required": "`pages/sign-in.js` asks for the code",
    "not_one_passage": REFERENCE,
    "other_book": REFERENCE,
    "precondition_required": UNSENT,
    "reference_out_of_range": REFERENCE,
    "reference_too_long": "pages read one chapter",
    "request_header_fields_too_large": "the page itself would not be served either",
    "token_reused": RENEWAL,
    "too_many_rooms": STREAM,
    "too_many_streams": STREAM,
    "unknown_book": REFERENCE,
    "unsupported_media_type": UNSENT,
    "version_not_found": "pages read the versions that are listed",
}

PROGRAMS = ("chassis/chassis", "recurrence/recurrence", "gateway/gateway", "*-service/*_service")
ENTRY = re.compile(r"^  \[/(.+)/, \"([a-z_.]+)\"\],$", re.MULTILINE)
ENTRIES = [
    pytest.param(form.replace("(?<", "(?P<"), key, id=f"{path.stem}-{form}")
    for path in OWN_MODULES
    for form, key in ENTRY.findall(path.read_text())
]


@cache
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


def places(language: str, key: str) -> set[str]:
    """The names of the values that the sentence takes."""
    found = sentences(language)
    text = found.get(key) or found[f"{key}.other"]
    return set(re.findall(r"\{(\w+)\}", text))


def test_both_languages_have_every_sentence() -> None:
    english, hebrew = forms_by_key("en"), forms_by_key("he")
    assert set(english) == set(hebrew)
    for language, forms in (("en", english), ("he", hebrew)):
        wrong = {key: has for key, has in forms.items() if has and has != PLURALS[language]}
        assert wrong == {}, language


def test_a_sentence_has_the_same_places_for_values_in_both_languages() -> None:
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


def test_every_problem_has_words_or_a_reason_why_no_page_shows_it() -> None:
    rows = CODE.findall((ROOT / "docs" / "errors.md").read_text())
    codes = {code for _, code in rows}
    worded = {key.removeprefix("problem.") for key in sentences("en") if key.startswith("problem.")}
    by_status = {code for status, code in rows if int(status) >= BY_STATUS}
    assert codes - worded - by_status == set(WITHOUT_WORDS)
    assert worded - codes == OWN_CODES


def test_whatever_is_reported_has_a_name() -> None:
    """In the title of the dialog, and in the list that admins read."""
    program = (ROOT / "gateway/gateway/views/reports.py").read_text()
    things = re.findall(r"= \"(\w+)\"", program.partition("class About")[2].partition("class ")[0])
    assert "note" in things
    for thing in things:
        assert {f"report.{thing}", f"report.about_{thing}"} <= sentences("en").keys()


@pytest.mark.parametrize(("form", "key"), ENTRIES)
def test_what_is_said_of_a_field_is_a_sentence_for_what_the_api_says(form: str, key: str) -> None:
    assert any(re.search(form, detail) for detail in details()), "the API says nothing like this"
    assert places("en", key) == set(re.compile(form).groupindex)


@cache
def details() -> frozenset[str]:
    """Texts of the programs, with a number for each value in them, and what libraries say of values."""
    return frozenset((*_texts(), *_refused_by_libraries()))


def _texts() -> Iterator[str]:
    for program in PROGRAMS:
        for path in ROOT.glob(f"{program}/**/*.py"):
            tree = ast.parse(path.read_text())
            docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
            for node in ast.walk(tree):
                if isinstance(node, ast.JoinedStr):
                    yield "".join(
                        str(part.value) if isinstance(part, ast.Constant) else "1"
                        for part in node.values
                    )
                elif isinstance(node, ast.Constant) and id(node) not in docstrings:
                    yield str(node.value)


def _refused_by_libraries() -> Iterator[str]:
    wrong: tuple[tuple[fields.Field, object], ...] = (
        (Text(1), None),
        (Text(1, required=True), missing),
        (Text(1), "ab"),
        (Text(1, least=1), "ab"),
        (Text(9, least=8), "a"),
        (List(Text(1), 1), ["a", "a"]),
        (List(Text(1), 3, least=2), []),
        (Integer(), "one"),
        (Integer(1, 2), 3),
        (Float(-90, 90), "one"),
        (Float(-90, 90), 91),
        (LocalDate(), ""),
    )
    for field, value in wrong:
        with pytest.raises(ValidationError) as refused:
            field.deserialize(value)
        yield from refused.value.messages
    with pytest.raises(EmailNotValidError) as no_address:
        validate_email("dina")
    yield str(no_address.value)
