"""How text is stored, and which texts are the same to a reader."""

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError

from chassis.normalization import MOST_DECOMPOSED, MOST_MARKS, is_heaped, plain, search_key
from chassis.web.fields import Name, Text

SURROGATES = range(0xD800, 0xE000)
POINTS = "\u0591\u05b0\u05b7\u05b8\u05bc\u05bd\u05bf\u05c1\u05c2\u05c7"
BIDI = "\u200e\u200f\u061c\u202a\u202b\u202c\u2066\u2067\u2068\u2069"
NO_WIDTH = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u034f"


@pytest.fixture(scope="module")
def characters() -> list[str]:
    """All that there may ever be."""
    return [chr(code) for code in range(sys.maxunicode + 1) if code not in SURROGATES]


@pytest.fixture(scope="module")
def keys(characters: list[str]) -> dict[str, str]:
    """The key of each character by itself."""
    return {each: search_key(each) for each in characters}


@pytest.mark.parametrize(
    ("written", "other"),
    [
        ("שָׁלוֹם עֲלֵיכֶם", "שלום עליכם"),
        ("בְּרֵאשִׁ֖ית", "בראשית"),
        ("\ufb2a\ufb35\ufb4b", "שוו"),  # letters with their points in one character
        ("Café", "Cafe\u0301"),
        ("Café", "CAFE"),
        ("Niveau débutant", "niveau de\u0301butant"),
        ("ὈΔΥΣΣΕΎΣ", "οδυσσευς"),
        ("Straße", "STRASSE"),
        ("Ёлка", "елка"),
        ("مُحَمَّد", "محمد"),
        ("محـمد", "محمد"),
        ("חז״ל", 'חז"ל'),
        ("חז״ל", "חז''ל"),
        ("חז״ל", "חז”ל"),
        ("חז״ל", "חז″ל"),
        ("חז״ל", "חזל"),
        ("צ\u05f3ק", "צ'ק"),
        ("צ\u05f3ק", "צ\u00b4ק"),
        ("צ\u05f3ק", "צ\u2019ק"),
        ("בית־המדרש", "בית המדרש"),
        ("בית־המדרש", "בית-המדרש"),
        ("1939\u20131945", "1939-1945"),
        ("שיעור\u200f", "שיעור"),
        ("Gen\u200b 1\u200e:1", "Gen 1:1"),
        ("a\u00a0b", "a b"),
        ("a \t b", "a b"),
        ("\uff57\uff49\uff44\uff45", "wide"),
        ("ﬁne", "fine"),
        ("❤\ufe0f", "❤"),
    ],
)
def test_a_reader_takes_them_for_the_same(written: str, other: str) -> None:
    assert search_key(written) == search_key(other)


@pytest.mark.parametrize(
    ("written", "other"),
    [("か", "が"), ("ש", "\u05e1"), ("C++", "C"), ("क", "कि"), ("a\nb", "a b"), ("100%", "100")],
)
def test_a_reader_takes_them_for_different(written: str, other: str) -> None:
    assert search_key(written) != search_key(other)


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_no_form_of_a_character_changes_its_key(form: str, keys: dict[str, str]) -> None:
    forms = {each: unicodedata.normalize(form, each) for each in keys}
    others = {each: other for each, other in forms.items() if each != other}
    assert len(others) > 1000
    assert [each for each, other in others.items() if search_key(other) != keys[each]] == []


def test_a_key_is_its_own_key(keys: dict[str, str]) -> None:
    others = {key for each, key in keys.items() if key != each}
    assert len(others) > 1000
    assert [key for key in others if search_key(key) != key] == []


def test_marks_of_words_that_are_the_same_without_them_are_left_out(characters: list[str]) -> None:
    scripts = ("HEBREW", "ARABIC", "COMBINING")
    marks = [each for each in characters if unicodedata.category(each) == "Mn"]
    of_scripts = [each for each in marks if unicodedata.name(each, "").startswith(scripts)]
    left = {each for each in of_scripts if search_key(f"a{each}") != "a"}
    # Letters above letters in old books, and the voiced sounds of Japanese, which make other letters.
    words = (" LETTER ", " DIGIT ", " SIGN ", "CYRILLIC", "GREEK MUSICAL", "KATAKANA", "BINDU")
    names = {unicodedata.name(each) for each in left}
    assert {name for name in names if not any(word in name for word in words)} == set()


def test_what_is_not_seen_is_left_out(characters: list[str]) -> None:
    unseen = [each for each in characters if unicodedata.category(each) == "Cf"]
    left = {each for each in unseen if search_key(f"a{each}b") != "ab"}
    # Signs of numbers and ends of verses are seen, and the others part notes, hieroglyphs and music.
    kinds = {unicodedata.name(each).split()[0] for each in left}
    shown = {"ARABIC", "SYRIAC", "KAITHI", "INTERLINEAR", "EGYPTIAN", "SHORTHAND", "MUSICAL"}
    assert kinds <= shown
    assert not {unicodedata.name(each) for each in left} & {"ARABIC LETTER MARK"}


@given(st.text("אבגשׁ ", min_size=1), st.text(POINTS + BIDI + NO_WIDTH, max_size=10), st.randoms())
def test_points_and_marks_may_be_anywhere(word: str, marks: str, random: "st.Random") -> None:
    written = list(word)
    for mark in marks:
        written.insert(random.randint(0, len(written)), mark)
    assert search_key("".join(written)) == search_key(word)


@pytest.mark.parametrize("kind", [Text, Name])
@given(st.text(min_size=1, max_size=50))
def test_what_is_stored_is_composed(kind: type[Text], written: str) -> None:
    try:
        stored = kind(200).deserialize(written)
    except ValidationError:
        return
    assert unicodedata.is_normalized("NFC", stored)
    assert kind(200).deserialize(stored) == stored


@pytest.mark.parametrize(
    "written", ["a\nb", "a\r\nb", "a\rb", "a\x85b", "a\u2028b", "a\u2029b"], ids=ascii
)
def test_every_end_of_a_line_is_stored_as_one(written: str) -> None:
    assert Text(10, paragraphs=True).deserialize(written) == "a\nb"
    with pytest.raises(ValidationError, match="control"):
        Text(10).deserialize(written)


@pytest.mark.parametrize(
    "written",
    ["\u200b", "\ufeff", "\u2060", "\u2800", "\u3164", "\n \t\n", "\u0301", "\u00ad\u200f"],
)
@pytest.mark.parametrize("paragraphs", [False, True])
def test_what_cannot_be_seen_is_blank(written: str, paragraphs: bool) -> None:
    with pytest.raises(ValidationError):
        Text(10, least=1, paragraphs=paragraphs).deserialize(written)
    with pytest.raises(ValidationError):
        Name(10, least=1).deserialize(written)


@pytest.mark.parametrize("category", ["Cc", "Cf", "Zs", "Zl", "Zp", "Mn", "Me", "Cs"])
def test_no_character_of_these_kinds_is_something_to_see(category: str) -> None:
    visible = []
    for code in range(sys.maxunicode + 1):
        if unicodedata.category(chr(code)) == category:
            try:
                Text(10, least=1, paragraphs=True).deserialize(chr(code))
            except ValidationError:
                continue
            visible.append(code)
    assert visible == []


@pytest.mark.parametrize(
    "pasted", ["\u200f", "\u200e", "\u061c", "\u200b", "\u2060", "\ufeff", "\u00ad"]
)
def test_marks_of_copied_text_do_not_get_into_names(pasted: str) -> None:
    assert Name(10, least=1).deserialize(f"{pasted}ר{pasted}ות{pasted}") == "רות"
    assert Name(4, least=1).deserialize(f"{pasted} Ruth {pasted}") == "Ruth"


def test_the_length_is_that_of_the_composed_text() -> None:
    name = "é" * 10
    assert Text(10).deserialize(unicodedata.normalize("NFD", name)) == name
    with pytest.raises(ValidationError, match="Length"):
        Text(9).deserialize(unicodedata.normalize("NFD", name))


def test_composing_makes_no_more_of_a_text_than_a_quarter(characters: list[str]) -> None:
    decomposed = [unicodedata.normalize("NFD", each) for each in characters]
    assert max(map(len, decomposed)) == MOST_DECOMPOSED


def test_heaps_of_marks_are_refused_before_they_are_put_in_order() -> None:
    assert not is_heaped("a" + "\u0301" * MOST_MARKS)
    assert is_heaped("a" + "\u0301" * (MOST_MARKS + 1))
    with pytest.raises(ValidationError, match="marks"):
        Text(100_000, paragraphs=True).deserialize("a" + "\u0301\u05b4" * 40_000)


def test_what_is_plain_says_the_same_in_common_characters() -> None:
    assert plain("בְּרֵאשִׁית א\u05c3א\u2013ב") == "בראשית א:א-ב"
    assert plain("ב״מ ″ \u00b4") == 'ב"מ " \''
    assert plain("\uff27\uff45\uff4e\u00a01") == "Gen 1"
