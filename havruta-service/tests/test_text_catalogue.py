"""The data of the catalogue against what is known of the texts."""

from collections import Counter
from typing import Any

import pytest

from havruta_service.catalogue import Collection, catalogue


def books(collection: Collection) -> Any:
    return [book for book in catalogue().books if book.collection is collection]


def book(name: str) -> Any:
    found = catalogue().find(name)
    assert found is not None, name
    return found


def test_the_tanakh_has_39_books_in_the_order_of_its_three_parts() -> None:
    names = [b.name for b in books(Collection.TANAKH)]
    assert len(names) == 39
    assert (names[0], names[4], names[5], names[26], names[-1]) == (
        "Genesis",
        "Deuteronomy",
        "Joshua",
        "Psalms",
        "2 Chronicles",
    )
    assert Counter(b.division for b in books(Collection.TANAKH)) == {
        "Torah": 5,
        "Prophets": 21,
        "Writings": 13,
    }


@pytest.mark.parametrize(
    ("name", "chapters", "verses"),
    [
        ("Genesis", 50, 1533),
        # 1,209 where the Ten Commandments are divided by the cantillation of public reading.
        ("Exodus", 40, 1213),
        ("Leviticus", 27, 859),
        ("Numbers", 36, 1289),
        ("Deuteronomy", 34, 959),
        ("Psalms", 150, 2527),
        ("Malachi", 3, 55),
        ("Joel", 4, 73),
        ("Obadiah", 1, 21),
    ],
)
def test_a_book_has_its_masoretic_chapters_and_verses(
    name: str, chapters: int, verses: int
) -> None:
    assert (len(book(name).segments), book(name).length) == (chapters, verses)


def test_the_mishnah_has_its_63_tractates_525_chapters_and_4192_mishnayot() -> None:
    tractates = books(Collection.MISHNAH)
    assert (len(tractates), sum(len(t.segments) for t in tractates)) == (63, 525)
    by_order = Counter()
    for tractate in tractates:
        by_order[tractate.division] += tractate.length
    assert by_order == {
        "Zeraim": 655,
        "Moed": 681,
        "Nashim": 578,
        "Nezikin": 685,
        "Kodashim": 590,
        "Tohorot": 1003,
    }
    assert by_order.total() == 4192


def test_the_talmud_has_37_tractates_from_folio_2_to_their_last_side() -> None:
    tractates = {t.name: t for t in books(Collection.TALMUD)}
    assert len(tractates) == 37
    assert all(t.first_section == 2 for name, t in tractates.items() if name != "Tamid")
    assert (tractates["Berakhot"].last_section, tractates["Berakhot"].length) == (64, 125)
    assert (tractates["Bava Batra"].last_section, tractates["Bava Batra"].length) == (176, 350)
    assert (tractates["Tamid"].first_section, tractates["Tamid"].segments[0]) == (25, range(2, 3))


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("gen", "Genesis"),
        ("Bereshit", "Genesis"),
        ("בְּרֵאשִׁית", "Genesis"),
        ("I Sam.", "1 Samuel"),
        ("1Sam", "1 Samuel"),
        ("שמואל א׳", "1 Samuel"),  # noqa: RUF001  # a geresh
        ("song of songs", "Song of Songs"),
        ("Ta'anit", "Taanit"),
        ("b. Bava Batra", "Bava Batra"),
        ("Mishna Berachot", "Mishnah Berakhot"),
        ("Pirkei Avot", "Mishnah Avot"),
        ("mishnah-avot", "Mishnah Avot"),
    ],
)
def test_a_book_is_found_by_any_of_its_names(written: str, name: str) -> None:
    assert book(written).name == name


def test_slugs_are_unique() -> None:
    slugs = [b.slug for b in catalogue().books]
    assert len(set(slugs)) == len(slugs) == 139


def test_the_sections_of_a_book_hold_each_passage_once_in_order() -> None:
    for b in catalogue().books:
        positions = [
            position
            for n in range(b.first_section, b.last_section + 1)
            for position in b.section(n)
        ]
        assert positions == list(range(b.length))
        assert all(position in b.section(b.section_at(position)) for position in positions)
