"""The catalogue on the wire."""

from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient


def read(client: FlaskClient, ref: str) -> Any:
    return client.get(f"/api/texts/refs/{quote(ref)}")


def test_the_books_are_listed_page_by_page_in_their_order(client: FlaskClient) -> None:
    first = client.get("/api/texts?collection=tanakh&limit=30").json
    second = client.get(f"/api/texts?collection=tanakh&limit=30&cursor={first['next']}").json
    names = [book["name"] for book in first["items"] + second["items"]]
    assert (names[0], names[-1], len(names), second["next"]) == (
        "Genesis",
        "2 Chronicles",
        39,
        None,
    )


@pytest.mark.parametrize(
    ("words", "books"),
    [
        ("genes", ["Genesis"]),
        ("BERESH", ["Genesis"]),
        ("בראש", ["Genesis"]),
        ("2 chron", ["2 Chronicles"]),
        ("%", []),
        ("zzz", []),
        ("שה״ש", ["Song of Songs"]),
        ("שהש", ["Song of Songs"]),
        ("song of", ["Song of Songs"]),
        ("ש''א", ["1 Samuel"]),
    ],
)
def test_books_are_found_by_a_part_of_any_name(
    client: FlaskClient, words: str, books: list[str]
) -> None:
    found = client.get(f"/api/texts?collection=tanakh&q={quote(words)}").json
    assert ([book["name"] for book in found["items"]], found["next"]) == (books, None)


def test_a_book_is_read_by_any_name_with_its_chapters_and_its_edition(client: FlaskClient) -> None:
    book = client.get("/api/texts/Bereshit").json
    assert (book["slug"], book["sections"], book["segments"]) == ("genesis", 50, 1533)
    assert book["contents"][0] == {"number": 1, "first_segment": 1, "last_segment": 31}
    assert "Stuttgartensia" in book["edition"]


def test_a_reference_is_read_with_its_neighbours(client: FlaskClient) -> None:
    reference = read(client, "gen 1.31").json
    assert {
        k: reference[k] for k in ("ref", "prev", "next", "section", "prev_section", "next_section")
    } == {
        "ref": "Genesis 1:31",
        "prev": "Genesis 1:30",
        "next": "Genesis 2:1",
        "section": "Genesis 1",
        "prev_section": None,
        "next_section": "Genesis 2",
    }


def test_the_last_passage_of_a_book_has_no_next(client: FlaskClient) -> None:
    assert read(client, "Genesis 50:26").json["next"] is None


@pytest.mark.parametrize(
    ("ref", "code", "nearest"),
    [
        ("Genesiss 1:1", "unknown_book", "Genesis"),
        ("Genesis 2:26", "reference_out_of_range", "Genesis 2:25"),
        ("Berakhot 64b", "reference_out_of_range", "Berakhot 64a"),
    ],
)
def test_a_wrong_reference_is_refused_with_the_nearest_right_one(
    client: FlaskClient, ref: str, code: str, nearest: str
) -> None:
    answer = read(client, ref)
    assert (answer.status_code, answer.json["code"], answer.json["nearest"]) == (422, code, nearest)


@pytest.mark.parametrize("address", ["/api/texts/refs/Samuel 3:1", "/api/texts/Samuel"])
def test_a_name_of_two_books_is_refused_with_both(client: FlaskClient, address: str) -> None:
    answer = client.get(quote(address))
    assert (answer.status_code, answer.json["code"]) == (422, "ambiguous_reference")
    assert answer.json["meanings"] == ["1 Samuel", "2 Samuel"]
    assert answer.json["detail"] == "It may mean 1 Samuel or 2 Samuel."


def test_an_unknown_book_is_not_found(client: FlaskClient) -> None:
    assert client.get("/api/texts/nothing").json["code"] == "text_not_found"


@pytest.mark.parametrize("query", ["?cursor=x", "?collection=x", "?limit=0", "?x=1"])
def test_a_wrong_query_names_its_parameter(client: FlaskClient, query: str) -> None:
    answer = client.get(f"/api/texts{query}")
    assert answer.status_code == 422
    assert answer.json["errors"][0]["pointer"] == query.partition("=")[0]
