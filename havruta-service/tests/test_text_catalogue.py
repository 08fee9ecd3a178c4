"""The data of the catalogue against what is known of the texts."""
# ruff: noqa: RUF001  # Hebrew letters and punctuation

from collections import Counter
from typing import Any

import pytest

from havruta_service.catalogue import AmbiguousReference, Catalogue, Collection, catalogue


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
        ("שמואל א׳", "1 Samuel"),
        ("song of songs", "Song of Songs"),
        ("Ta'anit", "Taanit"),
        ("b. Bava Batra", "Bava Batra"),
        ("Mishna Berachot", "Mishnah Berakhot"),
        ("Pirkei Avot", "Mishnah Avot"),
        ("mishnah-avot", "Mishnah Avot"),
        ("Samuel I", "1 Samuel"),
        ("Divrei ha-Yamim II", "2 Chronicles"),
        ("The Book of Genesis", "Genesis"),
        ("Tractate Rosh ha-Shanah", "Rosh Hashanah"),
        ("B.M.", "Bava Metzia"),
        ("m. B. M.", "Mishnah Bava Metzia"),
        ("תלמוד בבלי מסכת ברכות", "Berakhot"),
        ("מסכת אבות", "Mishnah Avot"),
    ],
)
def test_a_book_is_found_by_any_of_its_names(written: str, name: str) -> None:
    assert book(written).name == name


@pytest.mark.parametrize(
    ("transliterations", "name"),
    [
        ("Bereshit, Bereishit, B'reishit, Breishit, Bereshis", "Genesis"),
        ("Shmot, Shemot, Shemos, Sh'mot", "Exodus"),
        ("Eicha, Eichah, Eikha, Eikhah, Ekha, Ekhah", "Lamentations"),
        ("Qohelet, Kohelet, Koheleth, Koheles", "Ecclesiastes"),
        ("Brachot, Berachot, Berakhot, Berachos, Brachos, Berakoth", "Berakhot"),
        ("Shabbos, Shabbat, Shabbath, Shabat", "Shabbat"),
        ("Sukka, Sukkah, Succah, Suka", "Sukkah"),
        ("Megila, Megilla, Megillah, Megilah", "Megillah"),
        ("Ketubot, Ketubos, Kesubos, Ketuvot, Kethuboth", "Ketubot"),
        ("Bava Kama, Bava Kamma, Baba Qamma, Bava Qamma, Baba Kama", "Bava Kamma"),
        ("Bava Metsia, Baba Metzia, Bava Metziah, Bava Metzi'a", "Bava Metzia"),
        ("Bava Basra, Baba Batra, Baba Bathra", "Bava Batra"),
    ],
)
def test_a_book_is_found_by_the_transliterations_of_its_name(
    transliterations: str, name: str
) -> None:
    for transliteration in transliterations.split(", "):
        assert book(transliteration).name == name


# In the order of the catalogue; the same in both where the second has none.
SBL = (
    "Gen Exod Lev Num Deut Josh Judg 1_Sam 2_Sam 1_Kgs 2_Kgs Isa Jer Ezek Hos Joel Amos Obad Jonah Mic Nah"
    " Hab Zeph Hag Zech Mal Ps Prov Job Song Ruth Lam Eccl Esth Dan Ezra Neh 1_Chr 2_Chr"
)
USFM = (
    "GEN EXO LEV NUM DEU JOS JDG 1SA 2SA 1KI 2KI ISA JER EZK HOS JOL AMO OBA JON MIC NAM"
    " HAB ZEP HAG ZEC MAL PSA PRO JOB SNG RUT LAM ECC EST DAN EZR NEH 1CH 2CH"
)
HEBREW = (
    "בראשית שמות ויקרא במדבר דברים יהושע שופטים שמ״א שמ״ב מל״א מל״ב ישעיהו ירמיהו יחזקאל הושע יואל עמוס"
    " עובדיה יונה מיכה נחום חבקוק צפניה חגי זכריה מלאכי תהלים משלי איוב שה״ש רות איכה קהלת אסתר דניאל"
    " עזרא נחמיה דה״א דה״ב"
)


@pytest.mark.parametrize("names", [SBL, SBL.replace("_", ""), USFM, HEBREW])
def test_a_book_is_found_by_its_usual_abbreviation(names: str) -> None:
    found = [book(name.replace("_", " ")) for name in names.split()]
    assert found == books(Collection.TANAKH)


# Of the SBL Handbook of Style, but for `Hag.`, which is Haggai, and `Shev.`, which is ambiguous.
TRACTATES = (
    "Ber., Pe'ah, Demai, Kil., Shevi'it, Ter., Ma'as., Ma'as. Sh., Hal., Or., Bik., Shabb., Eruv., Pesah.,"
    " Sheqal., Yoma, Sukkah, Betzah, Rosh Hash., Ta'an., Meg., Mo'ed Qat., Hagigah, Yevam., Ketub., Ned.,"
    " Naz., Sotah, Git., Qidd., B. Qam., B. Metz., B. Bat., Sanh., Mak., Shevu., Ed., Avod. Zar., Avot,"
    " Hor., Zevah., Menah., Hul., Bek., Arak., Tem., Ker., Me'il., Tamid, Mid., Qinnim, Kelim, Ohal., Neg.,"
    " Parah, Tehar., Miqw., Nid., Makhsh., Zavim, T. Yom, Yad., Uq."
)


def test_a_tractate_is_found_by_its_usual_abbreviation() -> None:
    assert [book(f"m. {name}") for name in TRACTATES.split(", ")] == books(Collection.MISHNAH)


@pytest.mark.parametrize(
    ("abbreviation", "name"),
    [
        ("ב״מ", "Bava Metzia"),
        ("ב״ק", "Bava Kamma"),
        ("ב״ב", "Bava Batra"),
        ("ע״ז", "Avodah Zarah"),
        ("ר״ה", "Rosh Hashanah"),
        ("מ״ק", "Moed Katan"),
        ("מו״ק", "Moed Katan"),
        ("מע״ש", "Mishnah Maaser Sheni"),
        ("שה״ש", "Song of Songs"),
        ("ש״א", "1 Samuel"),
        ("שמו״ב", "2 Samuel"),
        ("מ״א", "1 Kings"),
        ("מ״ב", "2 Kings"),
        ("דבה״א", "1 Chronicles"),
        ("דהי״ב", "2 Chronicles"),
    ],
)
@pytest.mark.parametrize("quote", ['"', "״", "″", "''", "׳׳", "”", "„", "`´", "'", "׳"])
def test_an_abbreviation_is_known_by_its_gershayim(
    abbreviation: str, name: str, quote: str
) -> None:
    assert book(abbreviation.replace("״", quote)).name == name


@pytest.mark.parametrize(
    ("written", "name"), [("במ", "Numbers"), ("עז", "Ezra"), ("רה", "Rosh Hashanah"), ("בב", None)]
)
def test_letters_without_gershayim_are_a_name_of_their_own(written: str, name: str | None) -> None:
    found = catalogue().find(written)
    assert (found and found.name) == name


@pytest.mark.parametrize("written", ["ב״ר", "שמ״ר", "ויק״ר", "במד״ר", "א״ב", "י״ד", "נ״ח", "ח״ג"])
def test_an_abbreviation_is_not_read_as_the_letters_of_a_book(written: str) -> None:
    assert catalogue().find(written) is None


def test_a_spelling_means_several_books_only_if_that_is_declared() -> None:
    genesis, exodus = book("Genesis"), book("Exodus")
    with pytest.raises(ValueError, match="'X' is a name of Genesis already"):
        Catalogue([(genesis, ["X"], []), (exodus, ["X"], [])], [])
    with pytest.raises(ValueError, match="'X' is a name of Genesis already"):
        Catalogue([(genesis, ["X"], []), (exodus, [], [])], [("X", ["Genesis", "Exodus"])])
    declared = Catalogue([(genesis, [], []), (exodus, [], [])], [("X", ["Genesis", "Exodus"])])
    with pytest.raises(AmbiguousReference):
        declared.find("X")


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
