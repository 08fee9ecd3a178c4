"""The languages of e-mails, and what people wrote within them."""

from datetime import UTC, datetime
from importlib.resources import files

import pytest

from chassis.letters.languages import OF_ALL, TRANSLATED, Languages
from chassis.letters.quoting import quoted
from chassis.testing.letters import wrong_with_catalogues


@pytest.mark.parametrize(
    ("text", "right_to_left", "expected"),
    [
        ("Ruth", False, "Ruth"),
        ("Ruth", True, "\u2068Ruth\u2069"),
        ("בעז", False, "\u2068בעז\u2069"),
        ("בעז", True, "בעז"),
        ("Ru\u202eth\nto: x", False, "Ruth to: x"),
        ("a@b.example", False, "a@\u2060b.\u2060example"),
        ("St. John", False, "St. John"),
        ("abcdefghij klm", False, "abcdefghij…"),
    ],
)
def test_what_people_wrote_stays_in_its_place(
    text: str, right_to_left: bool, expected: str
) -> None:
    assert quoted(text, 12, right_to_left=right_to_left) == expected


@pytest.mark.parametrize(
    ("tag", "name", "written"),
    [
        ("en", "en", "9:00"),
        ("en-GB", "en", "21:00"),
        ("he-Hebr-IL", "he", "21:00"),
        ("he-XX", "he", "21:00"),
        ("fr-FR", "en", "9:00"),
        ("xx-ZZ", "en", "9:00"),
    ],
)
def test_dates_are_written_as_in_the_region_of_the_language(
    tag: str, name: str, written: str
) -> None:
    language = Languages(OF_ALL).of(tag)
    assert language.name == name
    at = language.moment(datetime(2027, 5, 2, 18, tzinfo=UTC), "Asia/Jerusalem")
    assert f" {written}" in at


def test_every_catalogue_is_in_use() -> None:
    assert {path.name for path in (files(OF_ALL) / "locale").iterdir()} == TRANSLATED


def test_the_catalogues_have_each_message_of_the_code_and_its_translation() -> None:
    assert wrong_with_catalogues(OF_ALL) == ""
