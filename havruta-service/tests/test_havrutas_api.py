"""Havrutas and their members on the wire."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from chassis import testing
from chassis.config import InvalidSettings
from chassis.testing import User, a_user, count_compiled, count_queries, forget_compiled


def create(client: FlaskClient, user: User, **body: Any) -> Any:
    return client.post("/api/havrutas", json={"name": "Tuesdays", "book": "gen", **body}, user=user)


def test_the_creator_of_a_havruta_is_its_owner_and_a_member(
    client: FlaskClient, ruth: User
) -> None:
    created = create(client, ruth)
    havruta = created.json
    assert created.headers["Location"] == f"/api/havrutas/{havruta['id']}"
    assert (havruta["book"], havruta["owner_id"], havruta["member_count"]) == (
        "Genesis",
        str(ruth.id),
        1,
    )
    members = client.get(f"/api/havrutas/{havruta['id']}/members", user=ruth).json
    assert [member["user_id"] for member in members["items"]] == [str(ruth.id)]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"name": ""}, "/name"),
        ({"name": " "}, "/name"),
        ({"name": "x" * 101}, "/name"),
        ({"name": "a\x00b"}, "/name"),
        ({"book": "Genesiss"}, "/book"),
        ({"book": "Samuel"}, "/book"),
        ({"book": 1}, "/book"),
        ({"owner_id": "x"}, "/owner_id"),
    ],
)
def test_a_wrong_field_is_named(client: FlaskClient, ruth: User, body: Any, pointer: str) -> None:
    answer = create(client, ruth, **body)
    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, pointer)


@pytest.mark.parametrize(
    ("written", "book"), [("ב״מ", "Bava Metzia"), ("במ", "Numbers"), ("Gen\u200e", "Genesis")]
)
def test_the_book_is_named_as_people_write_it(
    client: FlaskClient, ruth: User, written: str, book: str
) -> None:
    assert create(client, ruth, book=written).json["book"] == book


def test_the_same_idempotency_key_creates_one_havruta(client: FlaskClient, ruth: User) -> None:
    key = {"Idempotency-Key": str(uuid4())}
    body = {"name": "Tuesdays", "book": "Genesis"}
    answers = [client.post("/api/havrutas", json=body, user=ruth, headers=key) for _ in range(2)]
    assert answers[0].json == answers[1].json
    assert len(client.get("/api/havrutas", user=ruth).json["items"]) == 1


@pytest.mark.parametrize(
    ("method", "leaf", "body"),
    [
        ("get", "", None),
        ("get", "/members", None),
        ("get", "/progress", None),
        ("get", "/history", None),
        ("get", "/sessions", None),
        ("get", "/invitations", None),
        ("post", "/archive", None),
        ("post", "/leave", None),
        ("post", "/transfer", {"user_id": str(UUID(int=7))}),
        ("post", "/sessions", {"type": "instant"}),
        ("post", "/sessions/preview", {}),
        ("post", "/invitations", {"emails": ["a@example.org"]}),
        ("delete", f"/members/{UUID(int=7)}", None),
    ],
)
def test_a_stranger_finds_no_havruta(
    client: FlaskClient, make: Any, ruth: User, naomi: User, method: str, leaf: str, body: Any
) -> None:
    havruta = make.havruta(ruth)
    options = {"json": body} if body is not None else {}
    answer = getattr(client, method)(f"/api/havrutas/{havruta.id}{leaf}", user=naomi, **options)
    assert answer.status_code == 404


def test_own_havrutas_are_listed_newest_first_in_pages(
    client: FlaskClient, make: Any, ruth: User, boaz: User
) -> None:
    ids = [str(make.havruta(ruth, boaz).id) for _ in range(3)]
    make.havruta(ruth)
    first = client.get("/api/havrutas?limit=2", user=boaz).json
    rest = client.get(f"/api/havrutas?limit=2&cursor={first['next']}", user=boaz).json
    assert [h["id"] for h in first["items"] + rest["items"]] == ids[::-1]


def test_a_longer_list_takes_the_same_number_of_queries(
    client: FlaskClient, app: Flask, make: Any, ruth: User
) -> None:
    make.session(make.havruta(ruth))
    with count_queries(app) as one:
        client.get("/api/havrutas", user=ruth)
    for _ in range(4):
        make.plan(make.havruta(ruth))
    with count_queries(app) as many:
        listed = client.get("/api/havrutas", user=ruth).json["items"]
    assert len(listed) == 5
    assert len(one) == len(many)


def test_a_havruta_shows_its_active_and_its_next_session(
    client: FlaskClient, make: Any, ruth: User
) -> None:
    havruta = make.havruta(ruth)
    planned, active = make.plan(havruta), make.session(havruta)
    shown = client.get(f"/api/havrutas/{havruta.id}", user=ruth).json
    assert shown["active_session_id"] == str(active.id)
    assert shown["next_session_at"].startswith(planned.start_time.isoformat()[:19])


def test_a_rename_needs_the_owner_and_the_current_version(
    client: FlaskClient, make: Any, ruth: User, boaz: User
) -> None:
    havruta = make.havruta(ruth, boaz)
    url = f"/api/havrutas/{havruta.id}"
    tag = {"If-Match": client.get(url, user=ruth).headers["ETag"]}
    assert client.patch(url, json={"name": "New"}, user=ruth).status_code == 428
    assert (
        client.patch(url, json={"name": "New"}, user=boaz, headers=tag).json["code"] == "forbidden"
    )
    assert client.patch(url, json={"name": "New"}, user=ruth, headers=tag).json["name"] == "New"
    assert client.patch(url, json={"name": "Newer"}, user=ruth, headers=tag).status_code == 412


def test_the_owner_says_where_the_members_meet_online(
    client: FlaskClient, make: Any, ruth: User, boaz: User
) -> None:
    url = f"/api/havrutas/{make.havruta(ruth, boaz).id}"
    room = "https://meet.example.org/genesis"

    def meet_at(address: str | None) -> Any:
        tag = {"If-Match": client.get(url, user=ruth).headers["ETag"]}
        return client.patch(url, json={"meeting_url": address}, user=ruth, headers=tag)

    assert meet_at(room).json["meeting_url"] == room
    assert client.get(url, user=boaz).json["meeting_url"] == room
    assert client.get("/api/havrutas", user=boaz).json["items"][0]["meeting_url"] == room
    assert client.get(url, user=boaz).json["name"] == "Genesis on Tuesdays"
    assert meet_at("http://meet.example.org/genesis").status_code == 422
    assert meet_at("https://10.0.0.1/genesis").status_code == 422
    assert meet_at(None).json["meeting_url"] is None


def test_without_an_address_a_havruta_meets_where_the_platform_has_rooms(ruth: User) -> None:
    template = "https://meet.example.org/lyceum-{id}"
    with testing.service("havruta_service", MEETING_URL_TEMPLATE=template) as app:
        client = app.test_client()
        made = create(client, ruth)
        path, tag = made.headers["Location"], made.headers["ETag"]
        assert made.json["meeting_url"] == f"https://meet.example.org/lyceum-{made.json['id']}"
        for address in ("https://own.example.org/room", None):
            changes = {"meeting_url": address}
            changed = client.patch(path, json=changes, user=ruth, headers={"If-Match": tag})
            assert changed.json["meeting_url"] == (address or made.json["meeting_url"])
            tag = changed.headers["ETag"]


@pytest.mark.parametrize(
    "template",
    ["http://meet.example/{id}", "https://meet.example/", "meet/{id}", "https://a/{id}/{id}"],
)
def test_a_template_without_a_place_for_the_havruta_stops_the_service(template: str) -> None:
    with (
        pytest.raises(InvalidSettings, match="MEETING_URL_TEMPLATE"),
        testing.service("havruta_service", MEETING_URL_TEMPLATE=template),
    ):
        pass


def test_an_archived_havruta_can_be_read_but_not_changed(
    client: FlaskClient, make: Any, ruth: User, boaz: User
) -> None:
    havruta = make.havruta(ruth, boaz)
    url = f"/api/havrutas/{havruta.id}"
    assert client.post(f"{url}/archive", user=boaz).status_code == 403
    archived = client.post(f"{url}/archive", user=ruth).json
    assert archived["archived_at"]
    assert client.post(f"{url}/archive", user=ruth).json == archived
    assert (
        client.post(f"{url}/sessions", json={"type": "instant"}, user=ruth).json["code"]
        == "havruta_archived"
    )
    assert (
        client.post(f"{url}/transfer", json={"user_id": str(boaz.id)}, user=ruth).json["code"]
        == "havruta_archived"
    )
    assert client.get("/api/havrutas", user=ruth).json["items"] == []
    assert [
        h["id"] for h in client.get("/api/havrutas?archived=true", user=boaz).json["items"]
    ] == [str(havruta.id)]


def test_archiving_waits_for_the_active_session_and_cancels_plans(
    client: FlaskClient, make: Any, ruth: User
) -> None:
    havruta = make.havruta(ruth)
    planned, active = make.plan(havruta), make.session(havruta)
    refused = client.post(f"/api/havrutas/{havruta.id}/archive", user=ruth).json
    assert (refused["code"], refused["session_id"]) == ("session_in_progress", str(active.id))
    client.post(f"/api/havruta-sessions/{active.id}/end", user=ruth)
    assert client.post(f"/api/havrutas/{havruta.id}/archive", user=ruth).status_code == 200
    assert (
        client.get(f"/api/havruta-sessions/{planned.id}", user=ruth).json["status"] == "cancelled"
    )


def test_the_owner_transfers_a_havruta_only_to_a_member(
    client: FlaskClient, make: Any, ruth: User, boaz: User, naomi: User
) -> None:
    url = f"/api/havrutas/{make.havruta(ruth, boaz).id}/transfer"
    assert (
        client.post(url, json={"user_id": str(naomi.id)}, user=ruth).json["code"] == "not_a_member"
    )
    assert client.post(url, json={"user_id": str(boaz.id)}, user=ruth).json["owner_id"] == str(
        boaz.id
    )
    assert client.post(url, json={"user_id": str(ruth.id)}, user=ruth).json["code"] == "forbidden"


def test_the_owner_cannot_leave_before_a_transfer_but_a_member_can(
    client: FlaskClient, make: Any, ruth: User, boaz: User
) -> None:
    havruta = make.havruta(ruth, boaz)
    url = f"/api/havrutas/{havruta.id}"
    assert client.post(f"{url}/leave", user=ruth).json["code"] == "transfer_required"
    assert client.post(f"{url}/leave", user=boaz).status_code == 204
    assert client.get(url, user=boaz).status_code == 404
    assert client.get(url, user=ruth).json["member_count"] == 1


def test_the_last_member_archives_a_havruta_by_leaving(
    client: FlaskClient, make: Any, ruth: User
) -> None:
    havruta = make.havruta(ruth)
    assert client.post(f"/api/havrutas/{havruta.id}/leave", user=ruth).status_code == 204
    assert client.get(f"/api/havrutas/{havruta.id}", user=ruth).json["archived_at"]


def test_only_the_owner_removes_members(
    client: FlaskClient, make: Any, ruth: User, boaz: User, naomi: User
) -> None:
    havruta = make.havruta(ruth, boaz, naomi)
    url = f"/api/havrutas/{havruta.id}/members"
    assert client.delete(f"{url}/{naomi.id}", user=boaz).json["code"] == "forbidden"
    assert client.delete(f"{url}/{ruth.id}", user=ruth).json["code"] == "transfer_required"
    assert client.delete(f"{url}/{naomi.id}", user=ruth).status_code == 204
    assert client.delete(f"{url}/{naomi.id}", user=ruth).status_code == 404


def test_a_havruta_has_room_for_ten_members(client: FlaskClient, make: Any, ruth: User) -> None:
    havruta = make.havruta(ruth, *(a_user(f"user{n}") for n in range(9)))
    assert client.get(f"/api/havrutas/{havruta.id}", user=ruth).json["member_count"] == 10


@pytest.mark.parametrize("path", ["/api/havrutas", "/api/invitations/mine"])
def test_a_second_list_of_the_same_shape_compiles_nothing(
    app: Flask, client: FlaskClient, ruth: User, path: str
) -> None:
    def compiled(query: str, user: User) -> int:
        with count_compiled(app) as statements:
            assert client.get(f"{path}{query}", user=user).status_code == 200
        return len(statements)

    forget_compiled(app)
    assert compiled("?limit=5", ruth) == 1
    assert compiled("?limit=7", a_user("boaz")) == 0


def test_a_listed_havruta_looks_as_it_does_alone(client: FlaskClient, ruth: User) -> None:
    havruta = create(client, ruth).json
    [listed] = client.get("/api/havrutas", user=ruth).json["items"]
    assert listed == client.get(f"/api/havrutas/{havruta['id']}", user=ruth).json
