"""Notes on passages on the wire."""

from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from chassis.testing import User
from havruta_service import erasure, notes
from havruta_service.notes import NoteLimitReached

from .support.maker import Maker


def note(client: FlaskClient, user: User, ref: str = "Genesis 1:1", **body: Any) -> Any:
    return client.post("/api/notes", json={"ref": ref, "text": "Why?", **body}, user=user)


def texts(client: FlaskClient, user: User, **query: Any) -> list[str]:
    return [
        n["text"] for n in client.get("/api/notes", query_string=query, user=user).json["items"]
    ]


@pytest.fixture
def havruta_id(make: Maker, ruth: User, boaz: User) -> str:
    return str(make.havruta(ruth, boaz).id)


def test_a_note_is_on_a_passage_in_its_canonical_form(client: FlaskClient, ruth: User) -> None:
    made = note(client, ruth, "בראשית א:א-ג", text="Three days\nwithout a sun.")
    assert made.status_code == 201
    assert (made.json["ref"], made.json["text"]) == ("Genesis 1:1-3", "Three days\nwithout a sun.")
    assert client.get(made.headers["Location"], user=ruth).json == made.json


def test_notes_are_found_by_what_they_are_on(client: FlaskClient, ruth: User) -> None:
    for ref in ("Genesis 1:1", "Genesis 1:30-2:3", "Genesis 2:4", "Exodus 1:1"):
        note(client, ruth, ref, text=ref)
    assert texts(client, ruth, ref="Genesis 1") == ["Genesis 1:30-2:3", "Genesis 1:1"]
    assert texts(client, ruth, ref="Genesis 2:1") == ["Genesis 1:30-2:3"]
    assert texts(client, ruth, ref="Exodus") == ["Exodus 1:1"]
    assert len(texts(client, ruth)) == 4
    page = client.get("/api/notes?limit=3", user=ruth).json
    assert texts(client, ruth, limit=3, cursor=page["next"]) == ["Genesis 1:1"]


def test_a_note_says_where_it_can_be_read(client: FlaskClient, ruth: User) -> None:
    for ref, book, section in (
        ("Genesis 1:30-2:3", "genesis", 1),
        ("Obadiah 1:3", "obadiah", 1),
        ("Exodus", "exodus", 1),
        ("Shabbat 3b", "shabbat", 3),
    ):
        made = note(client, ruth, ref).json
        assert (made["book"], made["section"]) == (book, section), ref


def test_ones_own_notes_are_listed_alone(
    client: FlaskClient, ruth: User, boaz: User, havruta_id: str
) -> None:
    note(client, ruth, "Genesis 1:1", text="Kept")
    note(client, ruth, "Exodus 1:1", text="Shared", havruta_id=havruta_id)
    note(client, boaz, "Exodus 1:1", text="Theirs", havruta_id=havruta_id)
    assert texts(client, ruth) == ["Theirs", "Shared", "Kept"]
    assert texts(client, ruth, mine="true") == ["Shared", "Kept"]
    assert texts(client, ruth, mine="true", ref="Exodus") == ["Shared"]
    assert texts(client, boaz, mine="true", havruta_id=havruta_id) == ["Theirs"]
    page = client.get("/api/notes?mine=true&limit=1", user=ruth).json
    assert texts(client, ruth, mine="true", limit=1, cursor=page["next"]) == ["Kept"]


def test_a_note_of_ones_own_is_seen_by_no_one_else(
    client: FlaskClient, ruth: User, boaz: User, havruta_id: str
) -> None:
    made = note(client, ruth)
    assert texts(client, boaz) == []
    path = made.headers["Location"]
    etag = {"If-Match": made.headers["ETag"]}
    for answer in (
        client.get(path, user=boaz),
        client.patch(path, json={"text": "x"}, headers=etag, user=boaz),
        client.delete(path, user=boaz),
    ):
        assert answer.status_code == 404


def test_a_shared_note_is_read_by_the_members_and_changed_by_its_author(
    client: FlaskClient, ruth: User, boaz: User, naomi: User, havruta_id: str
) -> None:
    made = note(client, ruth, havruta_id=havruta_id)
    path, etag = made.headers["Location"], {"If-Match": made.headers["ETag"]}
    assert texts(client, boaz, havruta_id=havruta_id) == ["Why?"]
    assert client.get(path, user=naomi).status_code == 404
    assert client.patch(path, json={"text": "x"}, headers=etag, user=boaz).status_code == 403
    assert client.delete(path, user=boaz).status_code == 403
    changed = client.patch(path, json={"text": "Because"}, headers=etag, user=ruth)
    assert (changed.json["text"], changed.json["havruta_id"]) == ("Because", havruta_id)
    assert client.patch(path, json={"text": "y"}, headers=etag, user=ruth).status_code == 412
    assert client.patch(path, json={"text": "y"}, user=ruth).status_code == 428
    assert client.delete(path, user=ruth).status_code == 204
    assert texts(client, boaz) == []


def test_a_note_is_shared_and_taken_back(
    client: FlaskClient, ruth: User, boaz: User, havruta_id: str
) -> None:
    made = note(client, ruth)
    path, etag = made.headers["Location"], {"If-Match": made.headers["ETag"]}
    shared = client.patch(path, json={"havruta_id": havruta_id}, headers=etag, user=ruth)
    assert texts(client, boaz) == ["Why?"]
    etag = {"If-Match": shared.headers["ETag"]}
    assert client.patch(path, json={"havruta_id": None}, headers=etag, user=ruth).status_code == 200
    assert texts(client, boaz) == []
    assert texts(client, ruth) == ["Why?"]


def test_a_note_is_shared_with_a_havruta_of_ones_own_that_goes_on(
    client: FlaskClient, ruth: User, naomi: User, havruta_id: str
) -> None:
    assert note(client, naomi, havruta_id=havruta_id).status_code == 404
    assert note(client, naomi, havruta_id=str(uuid4())).status_code == 404
    client.post(f"/api/havrutas/{havruta_id}/archive", user=ruth)
    refused = note(client, ruth, havruta_id=havruta_id)
    assert (refused.status_code, refused.json["code"]) == (409, "havruta_archived")


def test_who_leaves_keeps_their_notes_and_reads_no_others(
    client: FlaskClient, ruth: User, boaz: User, havruta_id: str
) -> None:
    path = note(client, boaz, text="Mine", havruta_id=havruta_id).headers["Location"]
    note(client, ruth, text="Yours", havruta_id=havruta_id)
    client.post(f"/api/havrutas/{havruta_id}/leave", user=boaz)
    assert texts(client, boaz) == ["Mine"]
    assert texts(client, ruth) == ["Yours", "Mine"]
    assert client.delete(path, user=boaz).status_code == 204
    assert texts(client, ruth) == ["Yours"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"ref": "Nowhere 1"}, "unknown_book"),
        ({"ref": "Genesis 51"}, "reference_out_of_range"),
        ({"ref": "Genesis x"}, "malformed_reference"),
        ({"ref": ""}, "invalid"),
        ({"text": " \n "}, "invalid"),
        ({"text": "x" * 5001}, "invalid"),
        ({"havruta_id": "x"}, "invalid"),
        ({"shared": True}, "invalid"),
    ],
)
def test_a_note_that_cannot_be_is_refused(
    client: FlaskClient, ruth: User, body: dict[str, Any], code: str
) -> None:
    refused = note(client, ruth, **body)
    assert (refused.status_code, refused.json["code"]) == (422, code)


def test_one_person_has_only_so_many(
    client: FlaskClient, ruth: User, boaz: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(NoteLimitReached, "most", 2)
    assert [note(client, ruth).status_code for _ in range(3)] == [201, 201, 409]
    assert note(client, boaz).status_code == 201


def test_with_a_person_their_notes_are_gone(
    client: FlaskClient, make: Maker, ruth: User, boaz: User, havruta_id: str
) -> None:
    note(client, boaz)
    note(client, boaz, havruta_id=havruta_id)
    exported = client.get("/internal/export", user=boaz, peer="gateway").json
    assert len(exported["passage_notes"]) == 2
    make(erasure.erase, boaz.id, None)
    assert texts(client, ruth) == []
    assert make(notes.listed, boaz.id, None, None, False, 10, None).items == []
