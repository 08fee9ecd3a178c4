"""Input that no honest client sends is refused as the client's mistake, and breaks nothing."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from chassis.clock import now, rfc3339
from chassis.testing import User, check_refused, hostile_bodies

Act = Callable[..., Any]

BODIES = [
    *hostile_bodies("ref"),
    b'{"ref": "Genesis 1:1", "expected_seq": 1.5}',
    b'{"ref": "Genesis 1:1", "expected_seq": true}',
    b'{"name": "\\u0000", "book": "Genesis"}',
    b'{"emails": {"$ne": null}}',
    b'{"type": "instant", "__proto__": {}}',
]
OPERATIONS = [
    ("POST", "/api/havrutas"),
    ("POST", "/api/havrutas/{havruta}/sessions"),
    ("POST", "/api/havrutas/{havruta}/invitations"),
    ("PUT", "/api/havruta-sessions/{session}/position"),
    ("POST", "/api/invitations/preview"),
]


@pytest.fixture
def at(make: Any, ruth: User) -> Act:
    """Fill a path with a havruta and a session that exist."""
    havruta = make.havruta(ruth)
    session = make.session(havruta)
    return lambda path: path.format(havruta=havruta.id, session=session.id)


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_a_hostile_body_is_the_client_s_mistake(
    client: FlaskClient, at: Act, ruth: User, method: str, path: str
) -> None:
    check_refused(
        BODIES,
        lambda body: client.open(
            at(path), method=method, data=body, user=ruth, content_type="application/json"
        ),
    )


@pytest.mark.parametrize(
    "ref",
    [
        "Genesis " + "1" * 90,
        "Genesis \u0661:\u0661",
        "%",
        "' OR 1=1",
        "Genesis 1:1\u202e",
        "ת" * 100,
        "{{7*7}}",
        "1" * 100,
    ],
)
def test_a_strange_reference_is_refused(client: FlaskClient, at: Act, ruth: User, ref: str) -> None:
    answer = client.put(
        at("/api/havruta-sessions/{session}/position"), json={"ref": ref}, user=ruth
    )
    assert answer.status_code == 422


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=101",
        "limit=1e2",
        "limit=1&limit=2",
        "cursor=W10",
        "status=x",
        "a=b",
    ],
)
@pytest.mark.parametrize(
    "path", ["/api/havrutas", "/api/havruta-sessions", "/api/invitations/mine"]
)
def test_a_strange_query_names_its_parameter(
    client: FlaskClient, ruth: User, path: str, query: str
) -> None:
    answer = client.get(f"{path}?{query}", user=ruth)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json["errors"]] == [f"?{query.split('=')[0]}"]


def test_a_null_character_in_a_query_is_refused(client: FlaskClient, ruth: User) -> None:
    assert client.get("/api/havrutas?cursor=%00", user=ruth).status_code == 400


@pytest.mark.parametrize("name", ["' OR 1=1 --", "%", "{{7*7}}", "😀" * 100, "<script>", "חברותא"])
def test_a_name_is_taken_literally(client: FlaskClient, ruth: User, name: str) -> None:
    created = client.post("/api/havrutas", json={"name": name, "book": "Genesis"}, user=ruth)
    assert (created.status_code, created.json["name"]) == (201, name)


@pytest.mark.parametrize(
    "name",
    [
        "\u202eevil",
        "Gene\u2064sis",
        "\u3164",
        "G\u0435nesis",
        "Read https://evil.example",
        "evil.com",
    ],
)
def test_a_name_in_invitations_passes_for_nothing_else(
    client: FlaskClient, at: Act, ruth: User, name: str
) -> None:
    url = at("/api/havrutas/{havruta}")
    tag = {"If-Match": client.get(url, user=ruth).headers["ETag"]}
    opened = client.post("/api/havrutas", json={"name": name, "book": "Genesis"}, user=ruth)
    changed = client.patch(url, json={"name": name}, user=ruth, headers=tag)
    for refused in (opened, changed):
        assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, "/name")


@pytest.mark.parametrize(
    "start", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59Z", "2026-02-30T00:00:00Z", 5]
)
def test_an_invalid_time_is_refused(
    client: FlaskClient, at: Act, ruth: User, start: object
) -> None:
    body = {"type": "scheduled", "start_time": start}
    answer = client.post(at("/api/havrutas/{havruta}/sessions"), json=body, user=ruth)
    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/start_time")


def test_a_problem_keeps_its_status_whatever_fields_it_adds(
    client: FlaskClient, make: Any, ruth: User
) -> None:
    planned = make.plan(make.havruta(ruth))
    url = f"/api/havruta-sessions/{planned.id}"
    client.post(f"{url}/cancel", user=ruth)
    refused = client.put(f"{url}/rsvp", json={"answer": "yes"}, user=ruth)
    assert (refused.status_code, refused.json["status"], refused.json["from"]) == (
        409,
        409,
        "cancelled",
    )


def test_an_id_in_upper_case_names_the_same_person(
    client: FlaskClient, make: Any, ruth: User, boaz: User
) -> None:
    havruta = make.havruta(ruth, boaz)
    written = str(UUID(str(boaz.id))).upper()
    answer = client.post(
        f"/api/havrutas/{havruta.id}/transfer", json={"user_id": written}, user=ruth
    )
    assert answer.json["owner_id"] == str(boaz.id)


def test_a_series_of_a_year_is_planned_in_one_request(
    client: FlaskClient, make: Any, ruth: User
) -> None:
    havruta = make.havruta(ruth)
    body = {
        "type": "scheduled",
        "start_time": rfc3339(now() + timedelta(hours=1)),
        "rrule": "FREQ=DAILY;COUNT=366",
        "timezone": "America/New_York",
    }
    assert (
        client.post(f"/api/havrutas/{havruta.id}/sessions", json=body, user=ruth).status_code == 201
    )
    page = client.get(f"/api/havrutas/{havruta.id}/sessions?limit=100", user=ruth).json
    assert len(page["items"]) == 100
    assert page["next"]
