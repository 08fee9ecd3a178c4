"""References as people write them."""
# ruff: noqa: RUF001  # Hebrew letters and punctuation

from collections.abc import Callable
from contextlib import suppress
from cProfile import Profile
from operator import attrgetter
from pstats import Stats
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import Invalid
from chassis.normalization import ALIKE
from havruta_service.catalogue import AmbiguousReference, Book, Collection, catalogue
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
        ("Genesis 1:1–5", "Genesis 1:1-5"),
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
        ('תהלים קי"ט קע"ו', "Psalms 119:176"),
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
        ("Bava_Metzia.2a", "Bava Metzia 2a"),
        ("Genesis: 1:1", "Genesis 1:1"),
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
    ("written", "canonical"),
    [
        ("בראשית א׃א", "Genesis 1:1"),
        ("בראשית א׳ א׳", "Genesis 1:1"),
        ("בראשית ל״א", "Genesis 31"),
        ("בראשית ל″א", "Genesis 31"),
        ("בראשית פרק א", "Genesis 1"),
        ("בראשית פרק א פסוק א", "Genesis 1:1"),
        ("בראשית פרק א׳, פסוק ב׳", "Genesis 1:2"),
        ("בראשית פרק א פסוקים א-ג", "Genesis 1:1-3"),
        ("בראשית פרק א פסוק א עד פרק ב פסוק ג", "Genesis 1:1-2:3"),
        ("בראשית פרקים א-ב", "Genesis 1-2"),
        ("ספר בראשית פרק א", "Genesis 1"),
        ("בראשית א:א עד א:ג", "Genesis 1:1-3"),
        ("עובדיה פסוק ה", "Obadiah 1:5"),
        # The word for `until` is also the number 74.
        ("תהלים פרק ע״ד פסוק א", "Psalms 74:1"),
        ("תהלים פרק עד פסוק א", "Psalms 74:1"),
        ("תהלים עג עד עד", "Psalms 73-74"),
        ("תהלים א עד פרק ע״ד", "Psalms 1-74"),
        ("ברכות דף ב", "Berakhot 2"),
        ("ברכות דף ב עמוד א", "Berakhot 2a"),
        ("ברכות דף ב׳ עמוד ב׳", "Berakhot 2b"),
        ("ברכות דף ב׳ עמ׳ ב׳", "Berakhot 2b"),
        ("ברכות דף ב, ע״א", "Berakhot 2a"),
        ("ברכות ב ע׳ א", "Berakhot 2a"),
        ("ברכות ב׃", "Berakhot 2b"),
        ("ברכות ב ע״א - ע״ב", "Berakhot 2"),
        ("ברכות ב ע״ב - ג ע״א", "Berakhot 2b-3a"),
        ("ברכות דף ב עמוד ב עד דף ג עמוד א", "Berakhot 2b-3a"),
        ("מסכת ברכות ב ע״ב", "Berakhot 2b"),
        ("תלמוד בבלי, מסכת ברכות, דף ב, עמוד ב", "Berakhot 2b"),
        ("בבא בתרא קע״א", "Bava Batra 171"),
        ("בבא בתרא ק ע״א", "Bava Batra 100a"),
        ("משנה ברכות פ״א מ״ב", "Mishnah Berakhot 1:2"),
        ("משנה ברכות פרק א משנה ב", "Mishnah Berakhot 1:2"),
        ("אבות פ״א", "Mishnah Avot 1"),
        ("אבות פ״א מ״א - מ״ג", "Mishnah Avot 1:1-3"),
        ("תהלים פ״א", "Psalms 81"),
        ("תהלים מזמור כ״ג", "Psalms 23"),
    ],
)
def test_a_reference_is_read_as_hebrew_books_print_it(written: str, canonical: str) -> None:
    assert str(parse(written)) == canonical


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("Genesis chapter 1", "Genesis 1"),
        ("Genesis chapter 1 verse 1", "Genesis 1:1"),
        ("Gen. ch. 1 v. 1", "Genesis 1:1"),
        ("Gen. ch.1, vv. 1-5", "Genesis 1:1-5"),
        ("Genesis 1:1 to verse 5", "Genesis 1:1-5"),
        ("Genesis 1:1 to chapter 2", "Genesis 1-2"),
        ("1 Chronicles 1:1 to ch. 2", "1 Chronicles 1-2"),
        ("Genesis chapters 1-2", "Genesis 1-2"),
        ("Obadiah v. 5", "Obadiah 1:5"),
        ("Obadiah chapter 1", "Obadiah"),
        ("The Book of Genesis 1:1", "Genesis 1:1"),
        ("Tractate Berakhot 2a", "Berakhot 2a"),
        ("Masechet Avot 1:1", "Mishnah Avot 1:1"),
        ("Berakhot 2 a", "Berakhot 2a"),
        ("Berakhot daf 2 amud b", "Berakhot 2b"),
        ("Berakhot folio 2b", "Berakhot 2b"),
        ("Berakhot fol. 2, side b", "Berakhot 2b"),
        ("Berakhot 2a to amud b", "Berakhot 2"),
        ("Avot chapter 1, mishnah 2", "Mishnah Avot 1:2"),
    ],
)
def test_a_reference_is_read_with_its_divisions_in_words(written: str, canonical: str) -> None:
    assert str(parse(written)) == canonical


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("בראשית\u200f א:א", "Genesis 1:1"),
        ("Gen\u200e 1:1", "Genesis 1:1"),
        ("Gen\u200b 1:1", "Genesis 1:1"),
        ("עובדיה ה\u200f", "Obadiah 1:5"),
        ("\u202bברכות ב ע״\u200fא\u202c", "Berakhot 2a"),
        ("ב\u200f״מ ב א", "Bava Metzia 2a"),
    ],
)
def test_marks_that_are_not_seen_change_nothing(written: str, canonical: str) -> None:
    assert str(parse(written)) == canonical


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("שמואל א ג:א", "1 Samuel 3:1"),
        ("שמואל ב׳ ג׳", "2 Samuel 3"),
        ("שמואל א, ב", "1 Samuel 2"),
        ("Samuel I 3:1", "1 Samuel 3:1"),
        ("I Samuel 3:1", "1 Samuel 3:1"),
        ("1Samuel 3:1", "1 Samuel 3:1"),
        ("First Samuel 3:1", "1 Samuel 3:1"),
        ("1st Sam. 3:1", "1 Samuel 3:1"),
        ("Samuel I: 3:1", "1 Samuel 3:1"),
        ("Kings II", "2 Kings"),
        ("II Kings 1:1 - II Kings 2:1", "2 Kings 1:1-2:1"),
        ("Chronicles II 3", "2 Chronicles 3"),
        ("דבה״י א א:א", "1 Chronicles 1:1"),
        ("דה״י ב", "2 Chronicles"),
        ("דברי הימים א א-ב", "1 Chronicles 1-2"),
    ],
)
def test_the_number_of_a_book_stands_before_or_after_its_name(written: str, canonical: str) -> None:
    assert str(parse(written)) == canonical


@pytest.mark.parametrize(
    ("written", "meanings"),
    [
        ("Samuel 3:1", ["1 Samuel", "2 Samuel"]),
        ("שמואל", ["1 Samuel", "2 Samuel"]),
        # A chapter with a verse, and two chapters: of which book is not said.
        ("שמואל א:ב", ["1 Samuel", "2 Samuel"]),
        ("שמואל א - ב", ["1 Samuel", "2 Samuel"]),
        ("Kings", ["1 Kings", "2 Kings"]),
        ("מלכים ג:א", ["1 Kings", "2 Kings"]),
        ("Chron. 1:1", ["1 Chronicles", "2 Chronicles"]),
        ("דה״י", ["1 Chronicles", "2 Chronicles"]),
        ("Ez 1:1", ["Ezra", "Ezekiel"]),
        ("Jo 1:1", ["Joshua", "Joel", "Jonah", "Job"]),
        ("Samuel 2 3:1", ["1 Samuel", "2 Samuel"]),
        ("בבא ב ע״א", ["Bava Kamma", "Bava Metzia", "Bava Batra"]),
        ("Shev. 2:1", ["Mishnah Sheviit", "Shevuot"]),
    ],
)
def test_a_name_of_several_books_is_refused_with_all_of_them(
    written: str, meanings: list[str]
) -> None:
    with pytest.raises(AmbiguousReference) as refused:
        parse(written, "ref")
    assert refused.value.extra == {"meanings": meanings}
    assert refused.value.errors[0]["pointer"] == "/ref"
    assert all(meaning in str(refused.value) for meaning in meanings)


@pytest.mark.parametrize(
    ("written", "nearest"),
    [
        ("Genesiss 1:1", "Genesis"),
        ("Genes 1:1", "Genesis"),
        ("Berakot 2a", "Berakhot"),
        ("Deutronomy 1", "Deuteronomy"),
        ("Joshau 1", "Joshua"),
        ("1 Samule 1", "1 Samuel"),
        ("Eika 1", "Lamentations"),
        ("Baba Mezziah 2a", "Bava Metzia"),
        ("Yevomos 2a", "Yevamot"),
        ("Mishnah Brachott 1:1", "Mishnah Berakhot"),
        ("בראשת א", "Genesis"),
        ("???", None),
        ("Matthew 1", None),
        ("John 3:16", None),
        ("Jude 1", None),
        ("Phil 1", None),
        ("Jdt 1", None),
        ("Tosefta Berakhot 1:1", None),
        # Of an abbreviation nothing is left out.
        ("ב״ר א", None),
        ("ע״א", None),
    ],
)
def test_an_unknown_book_is_refused_with_a_name_that_is_near(
    written: str, nearest: str | None
) -> None:
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
        "Genesis -1",
        "Genesis - ",
        "Genesis verse 1",
        "Genesis chapter",
        "Genesis 1:1 to",
        "Berakhot daf",
        "Berakhot amud a",
        "בראשית שלום",
        "תהלים י״ה",
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


@pytest.mark.parametrize("book", catalogue().books, ids=attrgetter("slug"))
def test_both_forms_of_every_passage_are_read_as_the_same_passage(book: Book) -> None:
    for passage in (Reference(book, number, number) for number in range(book.length)):
        assert parse(str(passage)) == passage
        assert parse(passage.hebrew) == passage


QUOTES = [*ALIKE['"'], *(2 * quote for quote in ALIKE["'"])]
# None, marks that are not seen, and points and accents.
MARKS = [
    *[""] * 9,
    *["\u200b", "\u200d", "\u200e", "\u200f", "\u2067", "\u2069", "\ufeff"],
    *["\u05b0", "\u05b8", "\u05bc", "\u0591", "\u0301"],
]


@st.composite
def rewritten(draw: st.DrawFn, text: str) -> str:
    """The text with other quotes, dashes and colons, in other letters of either case, with marks."""
    for one, others in (("״", QUOTES), ("-", ALIKE["-"]), (":", ALIKE[":"])):
        text = text.replace(one, draw(st.sampled_from(others)))
    text = draw(st.sampled_from([str, str.upper, str.lower, str.swapcase]))(text)
    marks = st.lists(st.sampled_from(MARKS), min_size=len(text), max_size=len(text))
    return "".join(letter + mark for letter, mark in zip(text, draw(marks), strict=True))


@given(st.data(), references(), st.sampled_from([str, attrgetter("hebrew")]))
def test_another_way_to_write_the_same_is_read_as_the_same_reference(
    data: st.DataObject, reference: Reference, form: Callable[[Reference], str]
) -> None:
    assert parse(data.draw(rewritten(form(reference)))) == reference


@given(references())
def test_a_range_may_be_written_with_a_word(reference: Reference) -> None:
    assert parse(str(reference).replace("-", " to ")) == reference
    assert parse(reference.hebrew.replace("-", " עד ")) == reference


@given(passages)
def test_the_words_for_its_divisions_change_nothing(passage: Reference) -> None:
    book = passage.book
    section = book.section_at(passage.first)
    segment = book.segment_at(passage.first)
    if book.collection is Collection.TALMUD:
        english = f"daf {section} amud {' ab'[segment]}"
        hebrew = f"דף {to_hebrew(section)} עמוד {to_hebrew(segment)}"
    else:
        english = f"chapter {section} verse {segment}"
        hebrew = f"פרק {to_hebrew(section)} פסוק {to_hebrew(segment)}"
    assert parse(f"{book.name} {english}") == passage
    assert parse(f"{book.hebrew_name} {hebrew}") == passage


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


@pytest.mark.parametrize(
    ("letters", "number"), [("טו", 15), ("טז", 16), ("קיט", 119), ("ך", 20), ("קם", 140)]
)
def test_hebrew_letters_stand_for_a_number(letters: str, number: int) -> None:
    assert from_hebrew(letters) == number


@pytest.mark.parametrize("letters", ["יה", "יו", "אק", "אא", "ננ", "קקק", "שלום", "פרק", "פסוק"])
def test_letters_that_no_one_writes_for_a_number_are_none(letters: str) -> None:
    assert from_hebrew(letters) is None


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
        ("avodah zzrah rosh x y z", 50_000),
    ],
)
def test_reading_a_reference_takes_a_bounded_number_of_calls(text: str, most: int) -> None:
    catalogue()
    with Profile() as profile, suppress(Invalid):
        parse(text)
    assert Stats(profile).total_calls < most
