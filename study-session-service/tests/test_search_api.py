"""Search on the wire: filters, pages, GeoJSON, clusters."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from chassis.clock import now, rfc3339
from chassis.testing import User, a_user, count_queries

BASE = "/api/study-sessions"
NEAR = f"{BASE}?lat=31.778&lng=35.235"
Open = Callable[..., Any]


@pytest.fixture
def ruth() -> User:
    return a_user("ruth")


def titles(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.json
    return [item["title"] for item in answer.json["items"]]


def in_minutes(minutes: float) -> str:
    return rfc3339(now() + timedelta(minutes=minutes))


def test_sessions_nearby_are_found_earliest_first(
    client: FlaskClient, open_session: Open, ruth: User
) -> None:
    for title, longitude, minutes in (
        ("later", 35.235, 90),
        ("soon", 35.27, 30),
        ("far", 35.5, 10),
    ):
        open_session(ruth, title=title, longitude=longitude, start_time=in_minutes(minutes))
    assert titles(client.get(NEAR)) == ["soon", "later"]
    assert titles(client.get(f"{NEAR}&sort=distance&radius_km=100")) == ["later", "soon", "far"]
    assert titles(client.get(f"{NEAR}&radius_km=1")) == ["later"]
    assert titles(client.get(BASE)) == ["far", "soon", "later"]


def test_a_box_may_cross_the_antimeridian(
    client: FlaskClient, open_session: Open, ruth: User
) -> None:
    for title, longitude in (
        ("west", 179.5),
        ("line", 180),
        ("other line", -180),
        ("east", -179.5),
        ("out", 170),
    ):
        open_session(ruth, title=title, latitude=-17, longitude=longitude)
    assert titles(client.get(f"{BASE}?bbox=1e-7,-5.5E-7,1,1")) == []
    assert set(titles(client.get(f"{BASE}?bbox=179,-18,-179,-16"))) == {
        "west",
        "line",
        "other line",
        "east",
    }
    assert set(titles(client.get(f"{BASE}?lat=-17&lng=180&radius_km=1"))) == {"line", "other line"}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("subject=TALMUD", {"talmud"}),
        ("subject=Tal", set()),
        ("subject=mATH\u200e", {"silent", "online", "100%", "venue", "live", "דף יומי", "NFD"}),
        ("subject=Genese", {"pointed"}),
        ("session_type=silent", {"silent"}),
        ("mode=online", {"online"}),
        ("q=tAlM", {"talmud"}),
        ("q=100%25", {"100%"}),
        ("q=t%25lm", set()),
        ("q=t_l", set()),
        ("q=%25", {"100%"}),
        ("q=_", set()),
        ("q=library", {"venue"}),
        ("q=ibrar", {"venue"}),
        ("q=l", {"venue", "live", "דף יומי"}),
        ("q=li", {"venue", "live", "דף יומי"}),
        ("q=Lib Nat", {"venue"}),
        ("q=library zoo", set()),
        ("q=ne", {"דף יומי"}),
        ("q=ib", set()),
        ("q=דף", {"דף יומי"}),
        ("q=ומי", {"דף יומי"}),
        ("q=מי", set()),
        ("q=שלום", {"pointed"}),
        ("q=שָׁלוֹם עֲלֵיכֶם", {"pointed"}),
        ("q=שלום\u200f עליכם", {"pointed"}),
        ("q=Café", {"NFD"}),
        ("q=Cafe\u0301", {"NFD"}),
        ("q=cafe", {"NFD"}),
        ("q=בית המדרש", {"pointed"}),
        ("q=חזל", {"pointed"}),
        ('q=חז"ל', {"pointed"}),
        ("has_space=false", {"full"}),
        ("has_space=true&subject=Full", set()),
        ("status=cancelled", {"cancelled"}),
        ("status=live", {"live"}),
        ("status=live,cancelled", {"live", "cancelled"}),
    ],
)
def test_a_filter_keeps_only_the_matching_sessions(
    client: FlaskClient, open_session: Open, ruth: User, query: str, found: set[str]
) -> None:
    sessions: dict[str, dict[str, Any]] = {
        "talmud": {"subject": "Talmud"},
        "silent": {"session_type": "silent", "subject": "Math"},
        "online": {"mode": "online", "subject": "Math"},
        "100%": {"subject": "Math"},
        "venue": {"venue_name": "National Library", "subject": "Math"},
        "live": {"start_time": in_minutes(-1), "subject": "Math"},
        "cancelled": {"subject": "Math"},
        "דף יומי": {"subject": "Math", "description": "New\nlines"},
        "NFD": {"subject": "Math", "description": "Cafe\u0301 Tanakh"},
        "pointed": {
            "subject": "Gene\u0300se",
            "description": "שָׁלוֹם עֲלֵיכֶם\r\nב\u05d9ת־המדרש של חז״ל",
        },
    }
    opened = {
        title: open_session(ruth, title=title, **changes) for title, changes in sessions.items()
    }
    open_session(ruth, a_user(), title="full", subject="Full", max_participants=2)
    client.post(f"{BASE}/{opened['cancelled']['id']}/cancel", user=ruth)
    assert set(titles(client.get(f"{NEAR}&{query}"))) == found


def test_a_search_can_be_limited_to_times_and_a_host(
    client: FlaskClient, open_session: Open, ruth: User
) -> None:
    host, start = a_user(), now() + timedelta(hours=3)
    open_session(host, title="at three", start_time=rfc3339(start))
    open_session(ruth, title="at four", start_time=rfc3339(start + timedelta(hours=1)))
    after = {"from": rfc3339(start + timedelta(minutes=1))}
    before = {"to": rfc3339(start + timedelta(hours=1))}
    assert titles(client.get(BASE, query_string=after)) == ["at four"]
    assert titles(client.get(BASE, query_string=before)) == ["at three"]
    assert titles(client.get(BASE, query_string={"host_id": str(host.id)})) == ["at three"]


def test_the_clock_moves_sessions_between_states(
    client: FlaskClient, open_session: Open, ruth: User
) -> None:
    open_session(ruth, title="Berakhot")
    for hours, status in ((0, "starting-soon"), (2.5, "live"), (4, "finished")):
        with time_machine.travel(now() + timedelta(hours=hours), tick=False):
            for asked in ("starting-soon", "live", "finished"):
                assert titles(client.get(f"{NEAR}&status={asked}")) == (
                    ["Berakhot"] if asked == status else []
                )


@pytest.mark.parametrize("visibility", ["unlisted", "private"])
def test_a_session_that_is_not_public_is_not_found(
    client: FlaskClient, open_session: Open, ruth: User, visibility: str
) -> None:
    open_session(ruth, visibility=visibility)
    for viewer in (None, ruth):
        assert titles(client.get(NEAR, user=viewer)) == []


def test_strangers_cannot_narrow_down_an_approximate_location(
    client: FlaskClient, open_session: Open, ruth: User
) -> None:
    session = open_session(ruth, location_visibility="approximate")
    point = client.get(f"{BASE}/{session['id']}").json
    shown = f"{BASE}?lat={point['latitude']}&lng={point['longitude']}&radius_km=0.1"
    assert client.get(shown).json["items"][0]["distance_m"] == 0
    assert titles(client.get(f"{NEAR}&radius_km=0.1")) == []
    assert titles(client.get(shown, user=ruth)) == []
    assert client.get(f"{NEAR}&radius_km=0.1", user=ruth).json["items"][0]["distance_m"] == 0


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("lat=1", "?lng"),
        ("lng=1", "?lat"),
        ("lat=91&lng=0", "?lat"),
        ("lat=nan&lng=0", "?lat"),
        ("lat=1e2&lng=0", "?lat"),
        ("lat=0&lng=181", "?lng"),
        ("lat=0&lng=0&radius_km=0.09", "?radius_km"),
        ("lat=0&lng=0&radius_km=100.1", "?radius_km"),
        ("radius_km=5", "?lat"),
        ("lat=0&lng=0&radius_km=5&bbox=0,0,1,1", "?radius_km"),
        ("bbox=0,0,1", "?bbox"),
        ("bbox=0,2,1,1", "?bbox"),
        ("bbox=0,0,181,1", "?bbox"),
        ("bbox=0,0,x,1", "?bbox"),
        ("bbox=0,0,1e3,1", "?bbox"),
        ("bbox=0,0,inf,1", "?bbox"),
        ("sort=distance", "?lat"),
        ("sort=title", "?sort"),
        ("status=paused", "?status"),
        ("status=", "?status"),
        ("session_type=party", "?session_type"),
        ("from=2030-01-01T00:00:00", "?from"),
        ("to=tomorrow", "?to"),
        ("from=2030-01-01&tz=Nowhere", "?tz"),
        ("has_space=maybe", "?has_space"),
        ("host_id=ruth", "?host_id"),
        ("limit=101", "?limit"),
        ("limit=1&limit=2", "?limit"),
        ("cursor=abc", "?cursor"),
        ("q=", "?q"),
        ("page=2", "?page"),
    ],
)
def test_a_wrong_parameter_is_named(client: FlaskClient, query: str, pointer: str) -> None:
    answer = client.get(f"{BASE}?{query}")
    assert answer.status_code == 422
    assert answer.json["errors"][0]["pointer"] == pointer


@pytest.mark.parametrize("sort", ["start_time", "distance"])
def test_pages_follow_one_another_without_gap_or_repeat(
    client: FlaskClient, open_session: Open, ruth: User, sort: str
) -> None:
    start = in_minutes(60)
    for number in range(7):  # the same time and location: only the id tells them apart
        open_session(ruth, title=str(number), start_time=start)
    found, path = [], f"{NEAR}&limit=3&sort={sort}"
    while path:
        answer = client.get(path)
        found += titles(answer)
        path = answer.headers["Link"].split(">")[0][1:] if answer.json["next"] else ""
    assert sorted(found) == [str(number) for number in range(7)]


def test_a_search_takes_one_query_however_much_it_finds(
    app: Flask, client: FlaskClient, open_session: Open, ruth: User
) -> None:
    for _ in range(5):
        open_session(ruth)
    for viewer in (None, ruth):
        with count_queries(app) as statements:
            assert len(titles(client.get(NEAR, user=viewer))) == 5
        assert len(statements) == 1


def test_geojson_is_returned_to_clients_that_accept_it(
    client: FlaskClient, open_session: Open, ruth: User
) -> None:
    sessions = [open_session(ruth) for _ in range(2)]
    answer = client.get(f"{NEAR}&limit=1", headers={"Accept": "application/geo+json"})
    assert answer.content_type == "application/geo+json"
    collection = answer.json
    assert (collection["type"], len(collection["features"])) == ("FeatureCollection", 1)
    feature = collection["features"][0]
    assert feature["geometry"] == {"type": "Point", "coordinates": [35.235, 31.778]}
    assert feature["id"] == feature["properties"]["id"] == sessions[0]["id"]
    assert feature["properties"] == client.get(f"{NEAR}&limit=1").json["items"][0]
    assert [
        item["id"] for item in client.get(f"{NEAR}&cursor={collection['next']}").json["items"]
    ] == [sessions[1]["id"]]


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("APPLICATION/GEO+JSON", "application/geo+json"),
        ("application/geo+json;q=0.9, application/json;q=0.8", "application/geo+json"),
        ("application/geo+json, */*;q=0.1", "application/geo+json"),
        ("application/geo+json;q=0", "application/json"),
        ("application/geo+json;q=0, */*", "application/json"),
        ("application/geo+json;q=0.1, application/json;q=0.9", "application/json"),
        ("application/json, application/geo+json", "application/json"),
        ("*/*", "application/json"),
        ("text/html", "application/json"),
        ("", "application/json"),
    ],
)
def test_the_media_type_is_what_the_client_likes_best(
    client: FlaskClient, open_session: Open, ruth: User, accept: str, media_type: str
) -> None:
    for _ in range(2):
        open_session(ruth)
    answer = client.get(f"{NEAR}&limit=1", headers={"Accept": accept})
    assert answer.content_type == media_type
    assert answer.json["next"] in answer.headers["Link"]


def test_a_map_clusters_many_sessions_and_shows_few_singly(
    client: FlaskClient, open_session: Open, ruth: User
) -> None:
    for number in range(4):
        open_session(ruth, latitude=31.778 + number / 1e5)
    alone = open_session(ruth, latitude=32.8, longitude=35)
    answer = client.get(f"{BASE}/clusters?bbox=34,31,36,33&zoom=8")
    [cluster] = answer.json["clusters"]
    assert cluster["count"] == 4
    assert cluster["latitude"] == pytest.approx(31.778015)
    assert [session["id"] for session in answer.json["sessions"]] == [alone["id"]]


def test_a_map_shows_only_the_approximate_location(
    client: FlaskClient, open_session: Open, ruth: User
) -> None:
    session = open_session(ruth, location_visibility="approximate")
    shown = client.get(f"{BASE}/clusters?bbox=34,31,36,33&zoom=8").json["sessions"][0]
    assert shown["latitude"] == client.get(f"{BASE}/{session['id']}").json["latitude"] != 31.778


def test_a_map_leaves_out_cancelled_and_unlisted_sessions(
    client: FlaskClient, open_session: Open, ruth: User
) -> None:
    over = open_session(ruth)
    client.post(f"{BASE}/{over['id']}/cancel", user=ruth)
    open_session(ruth, visibility="unlisted")
    assert client.get(f"{BASE}/clusters?bbox=-180,-90,180,90&zoom=0").json == {
        "clusters": [],
        "sessions": [],
    }


@pytest.mark.parametrize(
    "query", ["zoom=3", "bbox=0,0,1,1", "bbox=0,0,1,1&zoom=23", "bbox=-180,-90,180,90&zoom=22"]
)
def test_missing_or_excessive_map_bounds_are_refused(client: FlaskClient, query: str) -> None:
    assert client.get(f"{BASE}/clusters?{query}").status_code == 422


def test_a_map_takes_two_queries_however_much_it_shows(
    app: Flask, client: FlaskClient, open_session: Open, ruth: User
) -> None:
    for number in range(5):
        open_session(ruth, latitude=10 * number, longitude=10 * number)
    with count_queries(app) as statements:
        client.get(f"{BASE}/clusters?bbox=-180,-90,180,90&zoom=3")
    assert len(statements) == 2
