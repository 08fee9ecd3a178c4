"""Columns are compared as texts are: by the SQL function, and by patterns."""

import sys
import unicodedata

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import String, bindparam, func, select, text

from chassis.data.search import SEARCH_KEY, count_of, pattern, says, values_of
from chassis.normalization import search_key

from .support.notes import db

# The database knows letters that Python does not know yet.
UNKNOWN = {"Cn", "Cs"}
BATCH = 20_000


@pytest.fixture
def with_search_key(in_app: Flask) -> None:
    db.session.execute(text(SEARCH_KEY))


@pytest.mark.usefixtures("with_search_key")
def test_the_database_finds_the_same_key_for_every_character() -> None:
    characters = map(chr, range(1, sys.maxunicode + 1))
    assigned = [each for each in characters if unicodedata.category(each) not in UNKNOWN]
    keys = text("SELECT search_key(written) FROM unnest(CAST(:written AS text[])) AS written")
    for start in range(0, len(assigned), BATCH):
        # Between letters, as characters with neighbours may be treated otherwise than alone.
        written = [f"A{each}b" for each in assigned[start : start + BATCH]]
        found = db.session.scalars(keys, {"written": written}).all()
        differing = {w: (f, search_key(w)) for w, f in zip(written, found, strict=True)}
        assert {w: pair for w, pair in differing.items() if pair[0] != pair[1]} == {}


@pytest.mark.usefixtures("with_search_key")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_characters="\0", exclude_categories=["Cn"])))
def test_the_database_finds_the_same_key_for_texts(written: str) -> None:
    found = db.session.scalar(text("SELECT search_key(:written)"), {"written": written})
    assert found == search_key(written)


@pytest.mark.usefixtures("with_search_key")
@pytest.mark.parametrize(
    ("words", "written", "found"),
    [
        ("שלום", "שָׁלוֹם עֲלֵיכֶם", True),
        ("Café", "Cafe\u0301 Tanakh", True),
        ("Cafe\u0301", "Café Tanakh", True),
        ("cafe", "Café Tanakh", True),
        ("100%", "100 people", False),
        ("100\uff05", "100 people", False),
        ("100\uff05", "Give 100%", True),
        ("a_b", "axb", False),
        ("a\\b", "ab", False),
        ("a\\b", "a\\b", True),
        ("ab", "cab", False),
        ("ab", "a\nabbey", True),
        ("בית המדרש", "בית־המדרש", True),
        ("חזל", "חז״ל", True),
        ("' or 1 --", "Say ' OR 1 --", True),
    ],
)
def test_a_pattern_finds_what_says_the_words(words: str, written: str, found: bool) -> None:
    said = " " + written.replace("\n", "\n ")
    values = {"said": said, "pattern": pattern(words)}
    is_found = text("SELECT search_key(:said) LIKE :pattern")
    assert db.session.scalar(is_found, values) is found


@pytest.mark.usefixtures("with_search_key")
@pytest.mark.parametrize(
    ("words", "written", "found"),
    [
        ("daily talmud", "Talmud, a daily page", True),
        ("daily  Talmud\t", "Talmud, a daily page", True),
        ("talmud page", "Talmud, a daily page", True),
        ("talmud weekly", "Talmud, a daily page", False),
        ("המדרש בית", "בית־המדרש", True),
        ("a t", "Talmud, a daily page", True),
        ("a z", "Talmud, a daily page", False),
        ("page talm", "Talmud\na daily page", True),
        ("%", "100%", True),
        ("page page page page", "Talmud, a daily page", True),
        ("a daily talmud page", "Talmud, a daily page", True),
        ("a daily talmud page today", "Talmud, a daily page", False),
    ],
)
def test_all_words_are_found_in_any_order(words: str, written: str, found: bool) -> None:
    said = " " + written.replace("\n", "\n ")
    key = func.search_key(bindparam("said"), type_=String)
    values = {"said": said, **values_of(words)}
    assert db.session.scalar(select(says(key, count_of(words))), values) is found
