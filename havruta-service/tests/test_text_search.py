"""Looking for words in texts."""
# ruff: noqa: RUF001  # Hebrew letters and punctuation

import re
import unicodedata
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from havruta_service.models import db
from havruta_service.text_search import LONGEST_SHOWN, excerpt


def search(client: FlaskClient, q: str, **query: Any) -> Any:
    return client.get("/api/texts/search", query_string={"q": q, **query})


def refs(client: FlaskClient, q: str, **query: Any) -> list[str]:
    return [hit["ref"] for hit in search(client, q, **query).json["items"]]


def everything(client: FlaskClient, q: str, **query: Any) -> list[Any]:
    """All hits, page by page."""
    page = search(client, q, limit=100, **query).json
    hits = page["items"]
    while page["next"]:
        page = search(client, q, limit=100, cursor=page["next"], **query).json
        hits += page["items"]
    return hits


def letters(written: str) -> str:
    """The text without marks, with blanks for maqafs; not made as the service makes it."""
    decomposed = unicodedata.normalize("NFD", written)
    bare = "".join(c for c in decomposed if unicodedata.category(c) != "Mn")
    return re.sub(r"\{.\}", "", bare).replace("־", " ")


def verses(app: Flask) -> list[Any]:
    with app.app_context():
        return list(db.session.execute(text("SELECT book, passage, text FROM text_passages")))


@pytest.mark.parametrize("word", ["בראשית", "שלום", "תהו", "ירושלם", "חסד"])
def test_a_word_without_vowels_finds_every_form_that_is_written(
    app: Flask, client: FlaskClient, word: str
) -> None:
    wanted = [text for _, _, text in verses(app) if word in re.findall("[א-ת]+", letters(text))]
    found = everything(client, word)
    by_itself = [hit["text"] for hit in found if word in re.findall("[א-ת]+", letters(hit["text"]))]
    assert sorted(by_itself) == sorted(wanted)


def test_vowels_and_cantillation_make_no_difference(client: FlaskClient) -> None:
    plain = refs(client, "בראשית ברא")
    assert plain[0] == "Genesis 1:1"
    assert refs(client, "בְּרֵאשִׁ֖ית בָּרָ֣א") == plain
    assert refs(client, "ברא־בראשית׃") == plain


def test_all_words_are_found_in_any_order_and_near_each_other_first(client: FlaskClient) -> None:
    found = refs(client, "ישראל שמע")
    assert "Deuteronomy 6:4" in found
    assert refs(client, "שמע ישראל", book="דברים")[:1] == refs(client, "ישראל שמע", book="Deut")[:1]


def test_a_word_is_found_after_the_letters_put_before_it(client: FlaskClient) -> None:
    found = everything(client, "ארץ", book="Genesis")
    assert "Genesis 1:1" in [hit["ref"] for hit in found]
    # Where it stands by itself comes first.
    assert re.search(r"\bארץ\b", letters(found[0]["text"]))


def test_what_is_written_and_what_is_read_are_both_found(client: FlaskClient) -> None:
    assert "Psalms 10:10" in refs(client, "חלכאים")
    assert "Psalms 10:10" in refs(client, "חיל כאים")
    assert "Ruth 3:5" in refs(client, "אלי", book="Ruth")


def test_the_marks_of_paragraphs_are_no_words(client: FlaskClient) -> None:
    assert refs(client, "פ") == []


def test_the_words_are_marked_in_the_passage(client: FlaskClient) -> None:
    [hit] = [hit for hit in everything(client, "שמים ארץ") if hit["ref"] == "Genesis 1:1"]
    marked = [hit["text"][m["start"] : m["start"] + m["length"]] for m in hit["matches"]]
    assert [letters(word) for word in marked] == ["השמים", "הארץ"]
    [bare] = [
        hit for hit in everything(client, "שמים ארץ", marks="none") if hit["ref"] == "Genesis 1:1"
    ]
    assert [bare["text"][m["start"] : m["start"] + m["length"]] for m in bare["matches"]] == [
        "השמים",
        "הארץ",
    ]


def test_pages_follow_each_other_without_loss_or_repetition(client: FlaskClient) -> None:
    whole = [(hit["ref"], hit["text"]) for hit in everything(client, "משה")]
    pages, cursor = [], None
    for _ in range(1 + len(whole) // 7):
        page = search(client, "משה", limit=7, **({"cursor": cursor} if cursor else {})).json
        pages += [(hit["ref"], hit["text"]) for hit in page["items"]]
        cursor = page["next"]
    assert (cursor, pages, len(set(whole))) == (None, whole, len(whole))


def test_a_search_stays_within_a_book_a_collection_a_version(client: FlaskClient) -> None:
    assert {ref.split()[0] for ref in refs(client, "משה", book="שמות")} == {"Exodus"}
    assert refs(client, "משה", collection="mishnah") == []
    assert refs(client, "משה", version="kjv") == []
    assert refs(client, "משה", version="wlc") == refs(client, "משה")


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"q": "׃"}, 200),
        ({"q": "'\"־"}, 422),
        ({"q": "a" * 101}, 422),
        ({"q": " ".join("abcdefghijk")}, 422),
        ({"q": "a & b | !c <-> (d)"}, 200),
        ({"q": "it's \\ a:* 'quote"}, 200),
        ({"q": "x", "book": "nowhere"}, 422),
        ({"q": "x", "cursor": "nonsense"}, 422),
        ({}, 422),
    ],
)
def test_signs_of_a_query_language_are_no_commands(
    client: FlaskClient, query: dict[str, str], status: int
) -> None:
    assert client.get("/api/texts/search", query_string=query).status_code == status


@pytest.mark.parametrize("word", ["את", "שלום"])
def test_a_search_goes_by_the_index(app: Flask, word: str) -> None:
    with app.app_context():
        db.session.execute(text("ANALYZE text_passages"))
        sought = {"word": f"'{word}'"}
        query = "EXPLAIN SELECT passage FROM text_passages WHERE words @@ CAST(:word AS tsquery)"
        plan = db.session.execute(text(query), sought).scalars().all()
    assert any("idx_text_passages_words" in line for line in plan)


def test_of_a_long_passage_the_part_around_the_first_word_is_shown() -> None:
    long = " ".join(["אבג"] * 300 + ["מלה"] + ["דהו"] * 300)
    shown, [match] = excerpt(long, {"מלה"})
    assert len(shown) <= LONGEST_SHOWN
    assert shown[match.start : match.start + match.length] == "מלה"
    assert (shown[:5], shown[-5:]) == ("… אבג", "דהו …")
    begun, matches = excerpt(long, {"אין"})
    assert (begun[:3], matches) == ("אבג", [])
