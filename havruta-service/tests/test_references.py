"""References as people write them."""

from contextlib import suppress
from cProfile import Profile
from operator import attrgetter
from pstats import Stats
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import Invalid
from havruta_service.catalogue import Book, catalogue
from havruta_service.hebrew_numbers import from_hebrew, to_hebrew
from havruta_service.reference_reader import (
    MalformedReference,
    NotOnePassage,
    ReferenceOutOfRange,
    UnknownBook,
    parse,
    parse_passage,
)
from havruta_service.references import Reference, spanning


@st.composite
def references(draw: st.DrawFn) -> Any:
    book = draw(st.sampled_from(catalogue().books))
    first = draw(st.integers(0, book.length - 1))
    return Reference(book, first, draw(st.integers(first, book.length - 1)))


passages = references().map(lambda reference: reference.start)


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("genesis 2.1", "Genesis 2:1"),
        ("Gen 2:1", "Genesis 2:1"),
        ("Gen. 2, 1", "Genesis 2:1"),
        ("gen2:1", "Genesis 2:1"),
        ("  GENESIS   2 1 ", "Genesis 2:1"),
        ("Genesis 1:1-2:1", "Genesis 1:1-2:1"),
        ("Genesis 1:1 to Genesis 2:1", "Genesis 1:1-2:1"),
        ("Genesis 1:1–5", "Genesis 1:1-5"),  # noqa: RUF001  # an en dash, as it is printed
        ("Genesis 1:1-31", "Genesis 1"),
        ("Genesis 1-2", "Genesis 1-2"),
        ("Genesis", "Genesis"),
        ("Obadiah 3", "Obadiah 1:3"),
        ("1 Samuel 3:1 to 1 Samuel 4:2", "1 Samuel 3:1-4:2"),
        ("Malachi 3:20", "Malachi 3:20"),
        ("Joel 4:1", "Joel 4:1"),
        ("בראשית א:לא", "Genesis 1:31"),
        ("בראשית א, א - ב, ג", "Genesis 1:1-2:3"),
        ("תהלים ק-קה", "Psalms 100-105"),
        ('תהלים קי"ט קע"ו', "Psalms 119:176"),  # noqa: RUF001  # Hebrew numerals
        ("Berakhot 2a", "Berakhot 2a"),
        ("Brachos 2A", "Berakhot 2a"),
        ("Berakhot 2a-b", "Berakhot 2"),
        ("Berakhot 2b-3a", "Berakhot 2b-3a"),
        ("Berakhot daf 2", "Berakhot 2"),
        ("ברכות ב.", "Berakhot 2a"),
        ("ברכות ב:", "Berakhot 2b"),
        ('ברכות דף ב ע"ב', "Berakhot 2b"),
        ("M. Berakhot 1:3", "Mishnah Berakhot 1:3"),
        ("Avot 1:1", "Mishnah Avot 1:1"),
    ],
)
def test_a_reference_is_brought_to_its_canonical_form(written: str, canonical: str) -> None:
    assert str(parse(written)) == canonical


@pytest.mark.parametrize(
    ("written", "nearest"),
    [
        ("Genesis 2:26", "Genesis 2:25"),
        ("Genesis 2:0", "Genesis 2:1"),
        ("Genesis 51:1", "Genesis 50:26"),
        ("Genesis 0", "Genesis 1:1"),
        ("Malachi 4:1", "Malachi 3:24"),
        ("Genesis 1:1-1:99", "Genesis 1:31"),
        ("Berakhot 1b", "Berakhot 2a"),
        ("Berakhot 64b", "Berakhot 64a"),
        ("Tamid 25a", "Tamid 25b"),
        ("Mishnah Berakhot 1:6", "Mishnah Berakhot 1:5"),
    ],
)
def test_a_missing_passage_is_refused_with_the_nearest_one(written: str, nearest: str) -> None:
    with pytest.raises(ReferenceOutOfRange) as refused:
        parse(written, "ref")
    assert refused.value.extra == {"nearest": nearest}
    assert refused.value.errors[0]["pointer"] == "/ref"


@pytest.mark.parametrize(
    ("written", "nearest"), [("Genesiss 1:1", "Genesis"), ("Berakot 2a", "Berakhot"), ("???", None)]
)
def test_an_unknown_book_is_refused_with_the_nearest_name(written: str, nearest: str) -> None:
    with pytest.raises(UnknownBook) as refused:
        parse(written)
    assert refused.value.extra == {"nearest": nearest}


@pytest.mark.parametrize(
    "written",
    [
        "",
        " ",
        "Genesis 1:1:1",
        "Genesis 1:1-2:1-3",
        "Genesis 2:1-1:1",
        "Genesis 1:1-Exodus 1:1",
        "Genesis 2a",
        "Genesis x",
        "Genesis אק",
        "Genesis 12345",
        "Genesis 1:1" + " " * 100,
        "Berakhot 2:1",
    ],
)
def test_a_malformed_reference_is_refused(written: str) -> None:
    with pytest.raises(MalformedReference):
        parse(written)


@pytest.mark.parametrize(
    ("written", "passage"),
    [
        ("Genesis 2", "Genesis 2:1"),
        ("Genesis", "Genesis 1:1"),
        ("Genesis 2:3", "Genesis 2:3"),
        ("Tamid 25", "Tamid 25b"),
    ],
)
def test_a_section_or_a_book_stands_for_its_first_passage(written: str, passage: Any) -> None:
    assert str(parse_passage(written, "ref")) == passage


def test_a_range_is_not_one_passage() -> None:
    with pytest.raises(NotOnePassage):
        parse_passage("Genesis 1:1-5", "ref")


def test_passages_are_compared_by_position_and_not_as_text() -> None:
    later, earlier = parse("Genesis 10:1"), parse("Genesis 2:1")
    assert str(later) < str(earlier)
    assert later.first > earlier.first
    assert str(spanning([later, earlier])) == "Genesis 2:1-10:1"


def test_next_and_previous_cross_sections_but_not_the_book() -> None:
    assert str(parse("Genesis 1:31").next) == "Genesis 2:1"
    assert str(parse("Genesis 1:31").next_section) == "Genesis 2"
    assert str(parse("Berakhot 2b").next) == "Berakhot 3a"
    assert (parse("Genesis 50:26").next, parse("Genesis 50").next_section) == (None, None)
    assert (parse("Genesis 1:1").previous, parse("Genesis 1").previous_section) == (None, None)


def test_coverage_is_written_from_passage_to_passage() -> None:
    assert parse("Genesis 1:1-2:1").coverage == "Genesis 1:1 to Genesis 2:1"
    assert parse("Genesis 1:1").coverage == "Genesis 1:1"


@given(references())
def test_the_canonical_form_is_read_as_the_same_reference(reference: Reference) -> None:
    assert parse(str(reference)) == reference
    assert parse(reference.coverage) == reference


@given(references())
def test_the_hebrew_form_is_read_as_the_same_reference(reference: Reference) -> None:
    assert parse(reference.hebrew) == reference


@pytest.mark.parametrize(
    "written", ["Ezekiel 17:1-18:1", "Ezekiel 17-18", "Ezekiel 17:1-Ezekiel 18:1"]
)
def test_a_range_may_end_with_a_number_that_is_also_a_book_name(written: str) -> None:
    reference = parse(written)
    assert parse(reference.hebrew) == reference


@pytest.mark.parametrize("book", catalogue().books, ids=attrgetter("slug"))
def test_every_section_may_end_a_range_in_hebrew(book: Book) -> None:
    for number in range(book.first_section + 1, book.last_section + 1):
        reference = Reference(book, 0, book.section(number)[0])
        assert parse(reference.hebrew) == reference


@given(passages)
def test_next_and_previous_undo_each_other(passage: Any) -> None:
    assert passage.next is None or passage.next.previous == passage
    assert passage.previous is None or passage.previous.next == passage


@given(passages)
def test_a_passage_lies_in_its_section_and_sections_follow_one_another(passage: Any) -> None:
    section = passage.section
    assert section.first <= passage.first <= section.last
    assert section.next_section is None or section.next_section.first == section.last + 1


@given(
    passages.flatmap(
        lambda p: st.lists(
            st.integers(0, p.book.length - 1).map(lambda n: Reference(p.book, n, n)), min_size=1
        )
    )
)
def test_a_span_holds_all_its_passages_and_begins_and_ends_with_one(found: list[Reference]) -> None:
    span = spanning(found)
    assert {span.first, span.last} <= {passage.first for passage in found}
    assert all(span.first <= passage.first <= span.last for passage in found)


@given(st.integers(1, 999))
def test_numbers_survive_being_written_in_hebrew(number: int) -> None:
    assert from_hebrew(to_hebrew(number)) == number


@given(
    st.text(max_size=120)
    | st.from_regex(r"(Gen|Berakhot|1 Sam|בראשית)[ :.\-0-9abאב]{0,20}", fullmatch=True)
)
def test_any_text_is_a_reference_or_a_problem(text: str) -> None:
    with suppress(Invalid):
        parse(text)


@pytest.mark.parametrize(
    ("text", "most"),
    [
        ("Genesis 1:1 to Genesis 2:1", 300),
        ("Niddah 73a-73b", 300),
        # The nearest name is looked for among those of all books.
        ("x" * 100, 50_000),
    ],
)
def test_reading_a_reference_takes_a_bounded_number_of_calls(text: str, most: int) -> None:
    catalogue()
    with Profile() as profile, suppress(Invalid):
        parse(text)
    assert Stats(profile).total_calls < most
