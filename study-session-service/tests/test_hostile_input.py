"""Input that no honest client sends is refused with a problem document, and breaks nothing."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from chassis.testing import User, a_user, check_refused, hostile_bodies

BASE = "/api/study-sessions"
Open = Callable[..., Any]
BODIES = [
    *hostile_bodies("title"),
    *hostile_bodies("content"),
    b'{"join_code": true}',
    b'{"user_id": 7}',
]


@pytest.fixture
def ruth() -> User:
    return a_user("ruth")


@pytest.mark.parametrize("leaf", ["", "/{id}/messages", "/{id}/host", "/{id}/join"])
def test_a_hostile_body_is_a_client_error(
    client: FlaskClient, open_session: Open, ruth: User, leaf: str
) -> None:
    path = f"{BASE}{leaf.format(id=open_session(ruth)['id'])}"
    check_refused(
        BODIES,
        lambda body: client.post(path, data=body, content_type="application/json", user=ruth),
    )


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("latitude", 1e308),
        ("latitude", 90.000001),
        ("longitude", "35.2"),
        ("duration_minutes", True),
        ("duration_minutes", 10**30),
        ("max_participants", -1),
        ("max_participants", 2.5),
        ("start_time", "9999-12-31T23:59:59Z"),
        ("start_time", "2030-02-30T00:00:00Z"),
        ("title", " \u00a0 "),
        ("title", "x" * 5000),
        ("title", "Berakhot\u202e"),
        ("subject", "Tal\U000e0061mud"),
        ("venue_name", "\u115f"),
        ("description", "Read \u2067this"),
        ("meeting_url", "javascript:alert(1)"),
        ("meeting_url", "https://zoom.example@evil.example/"),
        ("meeting_url", "https://meet.example.org\\evil.example/"),
        ("meeting_url", "https://192.0.2.1/"),
        ("meeting_url", "https://meet/"),
        ("meeting_url", "https://xn--80ak6aa92e.com/"),
    ],
)
def test_an_odd_value_is_refused_by_its_field(
    client: FlaskClient, wanted: Callable[..., Any], ruth: User, field: str, value: object
) -> None:
    refused = client.post(BASE, json=wanted(**{field: value}), user=ruth)
    assert refused.status_code == 422
    assert f"/{field}" in {error["pointer"] for error in refused.json["errors"]}


@pytest.mark.parametrize(
    "text", ["' OR 1=1 --", "%", "_", "{{7*7}}", "😀" * 20, "<script>", "שיעור"]
)
def test_a_text_is_taken_literally(
    client: FlaskClient, open_session: Open, ruth: User, text: str
) -> None:
    session = open_session(ruth, title=text)
    open_session(ruth, title="Berakhot")
    sent = client.post(f"{BASE}/{session['id']}/messages", json={"content": text}, user=ruth)
    assert (session["title"], sent.json["content"]) == (text, text)
    found = client.get(BASE, query_string={"q": text}).json["items"]
    assert [item["title"] for item in found] == [text]


@pytest.mark.parametrize(
    "query",
    [
        "lat=nan&lng=0&radius_km=1",
        "lat=1e400&lng=0&radius_km=1",
        "lat=0&lng=0&radius_km=-1",
        "bbox=0,0,0",
        "bbox=1,2,3,inf",
        "q=%ff",
        "limit=1&limit=2",
        "cursor=W10",
        "zoom=99",
    ],
)
def test_an_odd_query_is_refused(client: FlaskClient, query: str) -> None:
    assert client.get(f"{BASE}?{query}").status_code in {400, 422}


@pytest.mark.parametrize("session_id", ["1", "%00", "..", "0" * 32, "x" * 5000])
def test_a_malformed_id_is_not_found(client: FlaskClient, ruth: User, session_id: str) -> None:
    assert client.get(f"{BASE}/{session_id}", user=ruth).status_code in {400, 404}
