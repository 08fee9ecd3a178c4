"""Which text names a person or a thing, and which would pass for another, or for nothing."""

import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError

from chassis.text import UNSEEN, flaw_in_directions, flaw_in_name, holds_address, mixes_alphabets
from chassis.web.fields import MailedName, Name, Text

HONEST = (
    "Dina Peretz",
    "J.R.R. Tolkien",
    "O'Neil-Cohen, Jr.",
    "Jean-François Müller",
    "Nguyễn Thị",
    "רות אדלר",
    'רש"\u05d9 ורמב"ם',
    "בְּרֵאשִׁ֖ית בָּרָ֣א אֱלֹהִ֑ים",
    "יְרוּשָׁלַ֔͏ִם",
    "שָּׁ֣֗ב",
    "Шолом-Алейхем",
    "Μαρία Παπαδοπούλου",
    "محمد بن عبد الله",
    "مي\u200cخو\u0627\u0647م",
    "क्\u200dष क्\u200cष",
    "ශ්\u200dරී ලංකා",
    "അവന്\u200d",
    "র\u200d্যাব",
    "ທ້າວ ຄຳ",
    "สมชาย ใจดี",
    "田中 太郎",
    "김철수",
    "🐟🍋",
    "Dina ❤\ufe0f 👩\u200d🏫 👩🏽\u200d🚀 👨\u200d👩\u200d👧 ✡\ufe0f 1\ufe0f\u20e3",
    "🏳\ufe0f\u200d🌈 🇮🇱",
    "' OR 1=1 --",
    "{{7*7}}",
    "C++ & C#: 100%",
    "الله\u06dd",
)
INVISIBLE = {
    "override": "\u202eeve",
    "embedding": "\u202bר\u05d5ת\u202c",
    "isolate": "\u2067ר\u05d5ת\u2069",
    "joiner between Latin letters": "Ru\u200dth",
    "non-joiner between Hebrew letters": "רו\u200cת",
    "joiner at the end": "Ruth\u200d",
    "joiner at the beginning": "\u200dRuth",
    "two joiners": "می\u200c\u200cخو\u0627\u0647م",
    "invisible plus": "Ruth\u2064",
    "grapheme joiner": "Ru\u034fth",
    "Hangul fillers": "\u115f\u1160",
    "Hangul filler": "Ruth\u3164",
    "halfwidth Hangul filler": "\uffa0",
    "tags": "Ruth\U000e0041",
    "variation selector": "Ruth\ufe0f",
    "variation selector of a digit": "Ruth 1\ufe0f",
    "supplementary variation selector": "Ruth\U000e0100",
    "Mongolian vowel separator": "Ruth\u180e",
    "line separator": "Ruth\u2028Adler",
    "next line": "Ruth\x85Adler",
    "annotation": "Ruth\ufff9",
    "private use": "Ruth\uf8ff",
    "noncharacter": "Ruth\uffff",
    "joiner between an emoji and a letter": "🐟\u200dRuth",
}


@pytest.mark.parametrize("name", HONEST)
def test_an_honest_name_is_taken_as_it_is(name: str) -> None:
    assert flaw_in_name(name) == ""
    assert Name(100, least=1).deserialize(name) == name


@pytest.mark.parametrize("name", INVISIBLE.values(), ids=INVISIBLE)
def test_what_cannot_be_seen_is_refused_in_names(name: str) -> None:
    with pytest.raises(ValidationError):
        Name(100).deserialize(name)


@pytest.mark.parametrize("name", ["\u2800", "\u0301\u0302", " \u2800 ", "\u05b0\u05b1"])
def test_a_name_has_something_to_see(name: str) -> None:
    with pytest.raises(ValidationError):
        Name(100).deserialize(name)


@pytest.mark.parametrize(
    "name",
    [
        "R" + "\u0330\u0331\u0332\u0333" + "uth",
        "R" + "\u0489" * 9,
        "ר" + "\u05b0" * 7,
        "ก" + "\u0e47" * 20,
        "\u0301Ruth",
    ],
)
def test_marks_are_not_heaped_up(name: str) -> None:
    with pytest.raises(ValidationError):
        Name(100).deserialize(name)


def test_an_optional_name_may_be_empty() -> None:
    assert Name(100).deserialize("  ") == ""


@given(st.text(min_size=1, max_size=60))
def test_what_is_left_of_a_name_can_be_seen(name: str) -> None:
    if not flaw_in_name(name):
        left = set(UNSEEN.findall(name))
        assert left <= set("\u200c\u200d\u034f\ufe0e\ufe0f")
        assert not {unicodedata.category(each) for each in name} & {"Cc", "Cs", "Co", "Zl", "Zp"}
        assert name.strip()


@given(st.text(st.characters(categories=["Lu", "Ll", "Lt", "Nd", "Pd", "Zs"]), min_size=1))
def test_letters_digits_hyphens_and_spaces_are_never_invisible(name: str) -> None:
    assert flaw_in_name(f"A{name}") == ""


@given(st.lists(st.text("\u05b0\u05b7\u05b8\u05bc\u05c1\u0591\u05bd", max_size=4), min_size=1))
def test_pointed_hebrew_is_no_flaw(points: list[str]) -> None:
    assert flaw_in_name("".join("ש" + each for each in points)) == ""


@given(st.text(st.characters(categories=["Cf"]), min_size=1, max_size=5))
def test_a_name_of_format_characters_alone_is_refused(name: str) -> None:
    assert flaw_in_name(name)


@pytest.mark.parametrize(
    "text",
    [
        "plain",
        "שלום (C++)\u200f וגם \u200eC#\u200e.",
        "He said \u2067של\u05d5ם\u2069 to \u2068Ruth\u2069.",
        "\u202bשל\u05d5ם \u202aabc\u202c עולם\u202c",
        "\u2067a\u2069\n\u2067b\u2069",
    ],
)
def test_directions_that_end_are_allowed_in_paragraphs(text: str) -> None:
    assert Text(100, paragraphs=True).deserialize(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "\u202eevil",
        "a \u202dtxt.exe\u202c",
        "\u2067never ended",
        "\u202bnever ended",
        "ended\u2069 only",
        "ended\u202c only",
        "\u2067ended on the next\n line\u2069",
        "\u2067crossed\u202b over\u2069 it\u202c",
        "\u2067\u2067once\u2069",
    ],
)
@pytest.mark.parametrize("paragraphs", [True, False])
def test_text_does_not_turn_round_what_follows(text: str, paragraphs: bool) -> None:
    with pytest.raises(ValidationError):
        Text(100, paragraphs=paragraphs).deserialize(text)


def test_an_overridden_direction_is_called_so() -> None:
    assert "override" in flaw_in_directions("\u202eevil\u202c")


@given(st.text("ab\n\u202a\u202b\u202c\u2066\u2067\u2068\u2069", max_size=20))
def test_accepted_lines_can_be_joined_in_any_order(text: str) -> None:
    if not flaw_in_directions(text):
        assert flaw_in_directions(" ".join(reversed(text.splitlines()))) == ""


@pytest.mark.parametrize("line", ["a\x85b", "a\u2028b", "a\u2029b", "a\x9bb", "a\nb"])
def test_one_line_stays_one(line: str) -> None:
    with pytest.raises(ValidationError):
        Text(100).deserialize(line)


@pytest.mark.parametrize(
    "name",
    [
        "R\u0443th",
        "\u0410dmin",
        "\u0420uth Adler",
        "Ruth \u0391dler",
        "\u0420\u03bfman",
        "Ru\u057dth",
        "Ad4\u0430m",
        "Ma\u0301r\u0456a",
        "\uff32\u0443th",
    ],
)
def test_alphabets_that_look_alike_are_not_mixed_in_a_word(name: str) -> None:
    assert mixes_alphabets(name)
    with pytest.raises(ValidationError):
        MailedName(100).deserialize(name)


@pytest.mark.parametrize(
    "name",
    [
        *HONEST,
        "Анна Smith",
        "Anna-Мария",
        "\u03b1-group of Dina",
        "Дом №5",
        "Петр Ⅱ",
        "Mª José",
        "ד\u05d9נהDina",
        "\uff24\uff49\uff4e\uff41",
    ],
)
def test_one_alphabet_in_each_word_is_enough(name: str) -> None:
    assert not mixes_alphabets(name)


ADDRESSES = (
    "Dina https://evil.example",
    "http://evil",
    "www.evil.example",
    "WWW.Evil.Example",
    "Win at evil.com",
    "evil.com, Dina",
    "evil.co.il",
    "ab.xx.com",
    "evil.example/x",
    "evil.anything/x",
    "t.me/dina",
    "x.com",
    "bit.ly",
    "evil\u3002com",
    "evil\uff0ecom",
    "a@b.example",
    "Dina <dina@evil.example>",
    "dina\uff20evil",
    "192.0.2.1",
    "xn--80ak6aa92e.xn--p1ai",
    "evil.קום",
    "dr.com",
    "evil.com.",
    "ftp://evil",
    "(evil.org)",
)
NO_ADDRESSES = (
    *HONEST,
    "St. John",
    "St.John",
    "Dr.Levi",
    "Dr.Li",
    "Prof.Dr.Kim",
    "Mr.Green",
    "Will.i.am",
    "M.C. Escher",
    "A.de Vries",
    "J.Levi/K.Cohen",
    "Dr.Levi/Dr.Cohen",
    "Martin Luther King, Jr.",
    "Ruth @ Haifa",
    "Dina...Levi",
    "Dina…Levi",
    "e.g. Ruth",
    "ד.ר. כהן",
    'ד"ר.כהן',
    "\u05d9.ל.פרץ",
    "Ruth 2.0",
    "1.1.2000",
    "Ex.20-23",
    "1Sam.II",
    "Ruth: a name",
    "and/or",
)


@pytest.mark.parametrize("name", ADDRESSES)
def test_an_address_is_no_name(name: str) -> None:
    assert holds_address(name)
    with pytest.raises(ValidationError):
        MailedName(100).deserialize(name)


@pytest.mark.parametrize("name", NO_ADDRESSES)
def test_names_with_dots_are_no_addresses(name: str) -> None:
    assert not holds_address(name)


@given(
    st.text(max_size=40), st.sampled_from(["evil.com", "https://evil", "a@evil.org", "www.evil"])
)
def test_an_address_is_found_wherever_it_stands(text: str, address: str) -> None:
    assert holds_address(f"{text} {address} {text}")


@given(st.text(st.characters(categories=["L", "M", "Zs", "Pd"]), max_size=60))
def test_letters_without_dots_are_never_an_address(text: str) -> None:
    if not set(unicodedata.normalize("NFKC", text)) & set("./:@。"):
        assert not holds_address(text)


@given(
    st.one_of(st.text(max_size=200), st.lists(st.sampled_from(["a", ".", "com", "/"])).map("".join))
)
def test_every_text_has_an_answer(text: str) -> None:
    answers: list[Any] = [flaw_in_name(text), flaw_in_directions(text)]
    assert all(isinstance(answer, str) for answer in answers)
    assert mixes_alphabets(text) in {True, False}
    assert holds_address(text) in {True, False}
