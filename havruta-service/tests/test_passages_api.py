"""The words of texts on the wire."""
# ruff: noqa: RUF001  # Hebrew letters and punctuation

import unicodedata
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from havruta_service.catalogue import Collection, catalogue

TANAKH = [book for book in catalogue().books if book.collection is Collection.TANAKH]


def read(client: FlaskClient, ref: str, **query: str) -> Any:
    return client.get(f"/api/texts/refs/{quote(ref)}/text", query_string=query)


def words(client: FlaskClient, ref: str, **query: str) -> list[str]:
    return [composed(passage["text"]) for passage in read(client, ref, **query).json["passages"]]


def composed(text: str) -> str:
    """The text with the marks on each letter in one order; that of the source is another."""
    return unicodedata.normalize("NFC", text)


@pytest.mark.parametrize("book", TANAKH, ids=lambda book: book.slug)
def test_every_chapter_has_as_many_verses_as_the_catalogue_says(
    client: FlaskClient, book: Any
) -> None:
    for section in book.contents:
        found = client.get(f"/api/texts/{book.slug}/sections/{section.number}?version=wlc").json
        numbers = [passage["segment"] for passage in found["passages"]]
        assert numbers == list(range(section.first_segment, section.last_segment + 1))
        assert all(passage["text"] for passage in found["passages"])


@pytest.mark.parametrize(
    ("ref", "text"),
    [
        ("Genesis 1:1", "בְּרֵאשִׁ֖ית בָּרָ֣א אֱלֹהִ֑ים אֵ֥ת הַשָּׁמַ֖יִם וְאֵ֥ת הָאָֽרֶץ׃"),
        # A verse that ends before a paragraph, without a sof pasuq.
        ("Numbers 25:19", "וַיְהִ֖י אַחֲרֵ֣י הַמַּגֵּפָ֑ה {פ}"),
        # A word written and read differently, several words for one, one for several.
        ("Psalms 10:10", "(ודכה) [יִדְכֶּ֥ה] יָשֹׁ֑חַ וְנָפַ֥ל בַּ֝עֲצוּמָ֗יו (חלכאים) [חֵ֣יל כָּאִֽים]׃"),
        # A word that is read and not written, and one that is written and not read.
        ("Ruth 3:5", "וַתֹּ֖אמֶר אֵלֶ֑יהָ כֹּ֛ל אֲשֶׁר־תֹּאמְרִ֥י [אֵלַ֖י] אֶֽעֱשֶֽׂה׃"),
    ],
)
def test_known_verses_read_as_they_are_printed(client: FlaskClient, ref: str, text: str) -> None:
    assert words(client, ref, version="wlc") == [composed(text)]


@pytest.mark.parametrize(
    ("ref", "part"),
    [
        # The last verse of the Tanakh.
        ("2 Chronicles 36:23", "כֹּה־אָמַ֞ר כּ֣וֹרֶשׁ ׀ מֶ֣לֶךְ פָּרַ֗ס"),
        ("2 Chronicles 36:23", "יְהוָ֧ה אֱלֹהָ֛יו עִמּ֖וֹ וְיָֽעַל׃"),
        ("Joel 4:1", "(אשוב) [אָשִׁ֛יב]"),
        ("Malachi 3:20", "שֶׁ֣מֶשׁ צְדָקָ֔ה"),
        ("Jeremiah 51:3", "יִדְרֹ֤ךְ (ידרך) הַדֹּרֵךְ֙"),
        ("2 Samuel 8:3", "בִּֽנְהַר־[פְּרָֽת]׃"),
        ("1 Kings 17:15", "(הוא־והיא) [הִֽיא־וָה֛וּא]"),
        ("Job 38:1", "(מנ הסערה) [מִ֥ן ׀ הַסְּעָרָ֗ה]"),
        ("Jeremiah 48:44", "(הניס) [הַנָּ֞ס]"),
        ("Genesis 35:22", "יִשְׂרָאֵ֑ל {פ} וַיִּֽהְי֥וּ"),
        ("Numbers 10:36", "׆"),
    ],
)
def test_hard_places_are_whole(client: FlaskClient, ref: str, part: str) -> None:
    [text] = words(client, ref)
    assert composed(part) in text


@pytest.mark.parametrize(
    ("marks", "text"),
    [
        ("all", "קוּמָ֣ה ׀ יְהוָ֗ה"),
        ("vowels", "קוּמָה יְהוָה"),
        ("none", "קומה יהוה"),
    ],
)
def test_vowels_and_cantillation_can_be_left_out(
    client: FlaskClient, marks: str, text: str
) -> None:
    assert composed(text) in words(client, "Numbers 10:35", marks=marks)[0]


def test_without_marks_only_letters_and_punctuation_are_left(client: FlaskClient) -> None:
    for chapter in ("Psalms 119", "Genesis 1", "Esther 9", "Daniel 5"):
        text = "".join(words(client, chapter, marks="none"))
        assert not set(text) - set("אבגדהוזחטיכךלמםנןסעפףצץקרשת ־׃()[]{}׆")


def test_a_reference_is_read_across_chapters(client: FlaskClient) -> None:
    found = read(client, "בראשית א:ל - ב:א").json
    assert [passage["ref"] for passage in found["passages"]] == [
        "Genesis 1:30",
        "Genesis 1:31",
        "Genesis 2:1",
    ]
    assert (found["prev_section"], found["next_section"]) == (None, "Genesis 3")
    assert (found["version"]["id"], found["version"]["direction"]) == ("wlc", "rtl")
    assert found["version"]["licence"] == "Public domain"


def test_a_section_is_read_by_its_number(client: FlaskClient) -> None:
    found = client.get("/api/texts/תהלים/sections/119").json
    assert (found["ref"], len(found["passages"])) == ("Psalms 119", 176)


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("refs/Genesis/text", 422, "reference_too_long"),
        ("refs/Genesis 51/text", 422, "reference_out_of_range"),
        ("refs/Nowhere 1/text", 422, "unknown_book"),
        ("refs/Genesis 1:1/text?version=kjv", 404, "version_not_found"),
        ("refs/Berakhot 2a/text", 404, "version_not_found"),
        ("genesis/sections/0", 404, "text_not_found"),
        ("genesis/sections/51", 404, "text_not_found"),
        ("genesis/sections/10000", 404, "not_found"),
        ("nowhere/sections/1", 404, "text_not_found"),
        ("refs/Genesis 1:1/text?marks=some", 422, "invalid"),
        ("refs/Genesis 1:1/text?version=", 422, "invalid"),
        ("versions?book=nowhere", 422, "unknown_book"),
    ],
)
def test_what_cannot_be_read_is_said(
    client: FlaskClient, path: str, status: int, code: str
) -> None:
    refused = client.get(f"/api/texts/{path}")
    assert (refused.status_code, refused.json["code"]) == (status, code)


def test_a_named_version_is_cached_for_a_year_and_asked_for_by_its_tag(
    client: FlaskClient,
) -> None:
    path = "/api/texts/genesis/sections/1"
    named, unnamed = client.get(f"{path}?version=wlc"), client.get(path)
    assert named.headers["Cache-Control"] == "public, max-age=31536000"
    assert unnamed.headers["Cache-Control"] == "public, max-age=86400"
    known = {"If-None-Match": named.headers["ETag"]}
    again = client.get(f"{path}?version=wlc", headers=known)
    assert (again.status_code, again.data) == (304, b"")
    assert client.get(f"{path}?version=wlc&marks=none", headers=known).status_code == 200


def test_the_versions_of_a_book_are_listed(client: FlaskClient) -> None:
    found = client.get("/api/texts/versions", query_string={"book": "בראשית", "language": "HE"})
    [version] = found.json["items"]
    assert (version["id"], version["title"]) == ("wlc", "Westminster Leningrad Codex")
    assert client.get("/api/texts/versions?book=Berakhot").json["items"] == []
    assert client.get("/api/texts/versions?language=en").json["items"] == []
