"""Opening, reading and changing sessions on the wire."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from chassis.clock import now, rfc3339
from chassis.testing import User, a_user, count_queries, race

BASE = "/api/study-sessions"
Open = Callable[..., Any]
Wanted = Callable[..., dict[str, Any]]


@pytest.fixture
def ruth() -> User:
    return a_user("ruth")


@pytest.fixture
def boaz() -> User:
    return a_user("boaz")


def in_minutes(minutes: float) -> str:
    return rfc3339(now() + timedelta(minutes=minutes))


def pointers(answer: Any) -> list[str]:
    return sorted(error["pointer"] for error in answer.json["errors"])


def test_the_host_is_the_first_participant(open_session: Open, ruth: User) -> None:
    session = open_session(ruth)
    assert (session["host_id"], session["current_participants"], session["seats_left"]) == (
        str(ruth.id),
        1,
        9,
    )
    assert session["my_participation"]["role"] == "host"
    assert [row["user_id"] for row in session["participants"]] == [str(ruth.id)]
    assert (session["status"], session["mode"], session["visibility"]) == (
        "starting-soon",
        "in-person",
        "public",
    )


def test_every_requested_field_is_read_back(
    client: FlaskClient, wanted: Wanted, ruth: User
) -> None:
    body = wanted(
        max_participants=4,
        description="Line one.\nLine <b>two</b>.",
        mode="hybrid",
        venue_name="National Library",
        meeting_url="https://meet.example.org/b",
        visibility="unlisted",
        location_visibility="approximate",
    )
    answer = client.post(BASE, json=body, user=ruth)
    assert answer.headers["ETag"] == '"1"'
    read = client.get(answer.headers["Location"], user=ruth).json
    assert {name: read[name] for name in body} == body


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""),
        ("title", "x" * 201),
        ("title", None),
        ("subject", "  "),
        ("session_type", "party"),
        ("latitude", 90.1),
        ("latitude", "31.7"),
        ("longitude", -180.1),
        ("start_time", "2030-03-01T17:00:00"),
        ("start_time", "tomorrow"),
        ("duration_minutes", 4),
        ("duration_minutes", 1441),
        ("duration_minutes", 60.5),
        ("max_participants", 1),
        ("max_participants", 501),
        ("description", "x" * 2001),
        ("mode", "astral"),
        ("meeting_url", "http://meet.example.org"),
        ("meeting_url", "javascript:alert(1)"),
        ("visibility", "secret"),
        ("location_visibility", "hidden"),
        ("host_id", "00000000-0000-0000-0000-000000000000"),
        ("current_participants", 3),
        ("status", "live"),
    ],
)
def test_a_wrong_field_is_named(
    client: FlaskClient, wanted: Wanted, ruth: User, field: str, value: Any
) -> None:
    answer = client.post(BASE, json=wanted(**{field: value}), user=ruth)
    assert answer.status_code == 422
    assert pointers(answer) == [f"/{field}"]


def test_a_field_without_a_default_is_required(client: FlaskClient, ruth: User) -> None:
    answer = client.post(BASE, json={}, user=ruth)
    required = [
        "duration_minutes",
        "latitude",
        "longitude",
        "session_type",
        "start_time",
        "subject",
        "title",
    ]
    assert pointers(answer) == [f"/{name}" for name in required]


@pytest.mark.parametrize(
    ("minutes", "status"), [(-4.9, 201), (-5.1, 422), (365 * 1440 - 1, 201), (365 * 1440 + 1, 422)]
)
def test_a_session_starts_between_now_and_a_year_ahead(
    client: FlaskClient, wanted: Wanted, ruth: User, minutes: float, status: int
) -> None:
    answer = client.post(BASE, json=wanted(start_time=in_minutes(minutes)), user=ruth)
    assert answer.status_code == status
    assert status == 201 or pointers(answer) == ["/start_time"]


def test_the_same_idempotency_key_opens_one_session(
    client: FlaskClient, wanted: Wanted, ruth: User
) -> None:
    body, headers = wanted(), {"Idempotency-Key": "once"}
    first, second = (client.post(BASE, json=body, headers=headers, user=ruth) for _ in range(2))
    assert first.json["id"] == second.json["id"]
    assert len(client.get(f"{BASE}/mine", user=ruth).json["items"]) == 1


def test_strangers_see_neither_meeting_url_nor_participants(
    client: FlaskClient, open_session: Open, ruth: User, boaz: User
) -> None:
    session = open_session(ruth, mode="online", meeting_url="https://meet.example.org/b")
    for viewer in (None, boaz):
        seen = client.get(f"{BASE}/{session['id']}", user=viewer).json
        assert (seen["meeting_url"], seen["participants"], seen["my_participation"]) == (
            None,
            None,
            None,
        )
        assert seen["current_participants"] == 1
    client.post(f"{BASE}/{session['id']}/join", user=boaz)
    seen = client.get(f"{BASE}/{session['id']}", user=boaz).json
    assert seen["meeting_url"] == "https://meet.example.org/b"
    assert len(seen["participants"]) == 2


def test_a_private_session_does_not_exist_for_strangers(
    client: FlaskClient, open_session: Open, ruth: User, boaz: User
) -> None:
    session = open_session(ruth, boaz, visibility="private")
    path = f"{BASE}/{session['id']}"
    assert [
        client.get(path, user=viewer).status_code for viewer in (None, a_user(), boaz, ruth)
    ] == [
        404,
        404,
        200,
        200,
    ]
    client.post(f"{path}/leave", user=boaz)
    left = client.get(path, user=boaz)
    assert (left.status_code, left.json["join_code"]) == (200, None)


def test_the_distance_is_measured_from_the_given_point(
    client: FlaskClient, open_session: Open, ruth: User
) -> None:
    session = open_session(ruth, latitude=0, longitude=179.5)
    seen = client.get(f"{BASE}/{session['id']}?lat=0&lng=-179.5").json
    assert seen["distance_m"] == pytest.approx(111_195, abs=1)
    assert pointers(client.get(f"{BASE}/{session['id']}?lat=0")) == ["?lng"]


def test_strangers_see_an_approximate_location(
    client: FlaskClient, open_session: Open, ruth: User
) -> None:
    session = open_session(ruth, location_visibility="approximate")
    path = f"{BASE}/{session['id']}?lat=31.778&lng=35.235"
    assert client.get(path, user=ruth).json["distance_m"] == 0
    seen = client.get(path).json
    assert (seen["latitude"], seen["longitude"]) != (31.778, 35.235)
    assert 0 < seen["distance_m"] < 1000


def change(
    client: FlaskClient, session: Any, user: User | None, version: int = 1, **changes: Any
) -> Any:
    headers = {"If-Match": f'"{version}"'}
    return client.patch(f"{BASE}/{session['id']}", json=changes, headers=headers, user=user)


def test_the_host_may_change_the_details(
    client: FlaskClient, open_session: Open, ruth: User
) -> None:
    session = open_session(ruth)
    changed = change(
        client, session, ruth, title="Shabbat", duration_minutes=90, venue_name="Beit Midrash"
    )
    assert (changed.status_code, changed.headers["ETag"]) == (200, '"2"')
    assert (changed.json["title"], changed.json["duration_minutes"]) == ("Shabbat", 90)
    assert changed.json["max_participants"] == session["max_participants"]
    assert changed.json["updated_at"] > session["updated_at"]


def test_a_change_needs_the_current_version(
    client: FlaskClient, open_session: Open, ruth: User
) -> None:
    session = open_session(ruth)
    unconditional = client.patch(f"{BASE}/{session['id']}", json={"title": "x"}, user=ruth)
    assert unconditional.status_code == 428
    assert change(client, session, ruth, version=2, title="x").status_code == 412


@pytest.mark.usefixtures("race_round")
def test_one_of_twenty_concurrent_changes_wins(app: Flask, open_session: Open, ruth: User) -> None:
    session = open_session(ruth)
    answers = race(
        [lambda i=i: change(app.test_client(), session, ruth, title=f"No. {i}") for i in range(20)]
    )
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [200] + [412] * 19


def test_joining_and_chatting_do_not_outdate_the_hosts_version(
    client: FlaskClient, open_session: Open, ruth: User, boaz: User
) -> None:
    session = open_session(ruth, boaz)
    client.post(f"{BASE}/{session['id']}/messages", json={"content": "Shalom"}, user=boaz)
    assert change(client, session, ruth, title="Still the same version").status_code == 200


def test_the_clock_does_not_outdate_the_hosts_version(
    client: FlaskClient, open_session: Open, ruth: User
) -> None:
    session = open_session(ruth)
    with time_machine.travel(now() + timedelta(hours=2, minutes=1), tick=False):
        assert change(client, session, ruth, title="We have begun").json["status"] == "live"


def test_a_live_session_keeps_its_time_and_location(
    client: FlaskClient, open_session: Open, ruth: User
) -> None:
    session = open_session(ruth, start_time=in_minutes(5))
    client.post(f"{BASE}/{session['id']}/start", user=ruth)
    refused = change(client, session, ruth, version=2, title="New", latitude=1, duration_minutes=30)
    assert (refused.status_code, refused.json["code"]) == (409, "not_changeable")
    assert refused.json["session_status"] == "live"
    assert pointers(refused) == ["/duration_minutes", "/latitude"]
    assert (
        change(
            client, session, ruth, version=2, title="New", subject="S", description="D"
        ).status_code
        == 200
    )


@pytest.mark.parametrize(
    ("ending", "code"), [("cancel", "session_cancelled"), ("finish", "session_ended")]
)
def test_a_finished_or_cancelled_session_is_read_only(
    client: FlaskClient, open_session: Open, ruth: User, ending: str, code: str
) -> None:
    session = open_session(
        ruth, start_time=in_minutes(-1) if ending == "finish" else in_minutes(60)
    )
    version = client.post(f"{BASE}/{session['id']}/{ending}", user=ruth).json["version"]
    refused = change(client, session, ruth, version=version, title="Too late")
    assert (refused.status_code, refused.json["code"]) == (409, code)


def test_capacity_cannot_fall_below_the_participants(
    client: FlaskClient, open_session: Open, ruth: User, boaz: User
) -> None:
    session = open_session(ruth, boaz, a_user())
    refused = change(client, session, ruth, max_participants=2)
    assert (refused.status_code, refused.json["code"]) == (409, "capacity_below_participants")
    assert change(client, session, ruth, max_participants=3).json["seats_left"] == 0


def test_a_moved_session_obeys_the_limits_of_a_new_one(
    client: FlaskClient, open_session: Open, ruth: User
) -> None:
    refused = change(client, open_session(ruth), ruth, start_time=in_minutes(-6))
    assert (refused.status_code, pointers(refused)) == (422, ["/start_time"])


def test_a_session_has_a_join_code_only_while_it_is_private(
    client: FlaskClient, open_session: Open, ruth: User
) -> None:
    session = open_session(ruth)
    assert len(change(client, session, ruth, visibility="private").json["join_code"]) == 8
    assert change(client, session, ruth, version=2, visibility="public").json["join_code"] is None


def test_an_approximate_location_moves_with_the_session(
    client: FlaskClient, open_session: Open, ruth: User
) -> None:
    session = open_session(ruth)
    change(client, session, ruth, location_visibility="approximate")
    first = client.get(f"{BASE}/{session['id']}").json["latitude"]
    change(client, session, ruth, version=2, latitude=52.5)
    second = client.get(f"{BASE}/{session['id']}").json["latitude"]
    assert (first, second) == (pytest.approx(31.778, abs=0.009), pytest.approx(52.5, abs=0.009))


def test_a_participant_becomes_the_host(
    client: FlaskClient, open_session: Open, ruth: User, boaz: User
) -> None:
    session = open_session(ruth, boaz)
    path = f"{BASE}/{session['id']}/host"
    answer = client.post(path, json={"user_id": str(boaz.id)}, user=ruth)
    assert (answer.json["host_id"], answer.json["my_participation"]["role"]) == (
        str(boaz.id),
        "participant",
    )
    refused = client.post(path, json={"user_id": str(ruth.id)}, user=ruth)
    assert (refused.json["code"], refused.json["required"]) == ("forbidden", "host")
    assert client.post(f"{BASE}/{session['id']}/leave", user=ruth).status_code == 204


def test_only_an_active_participant_can_become_the_host(
    client: FlaskClient, open_session: Open, ruth: User, boaz: User
) -> None:
    session = open_session(ruth, boaz)
    client.post(f"{BASE}/{session['id']}/leave", user=boaz)
    for person in (boaz, a_user()):
        refused = client.post(
            f"{BASE}/{session['id']}/host", json={"user_id": str(person.id)}, user=ruth
        )
        assert (refused.status_code, refused.json["code"]) == (409, "not_a_participant")


def test_own_sessions_are_earliest_first_and_past_ones_newest_first(
    client: FlaskClient, open_session: Open, ruth: User, boaz: User
) -> None:
    for title, minutes in (("soon", 30), ("later", 90), ("begun", -1)):
        open_session(ruth, boaz, title=title, start_time=in_minutes(minutes))
    cancelled = open_session(boaz, title="cancelled", start_time=in_minutes(45))
    client.post(f"{BASE}/{cancelled['id']}/cancel", user=boaz)
    assert titles(client.get(f"{BASE}/mine", user=boaz)) == ["begun", "soon", "later"]
    assert titles(client.get(f"{BASE}/mine?role=host", user=boaz)) == []
    assert titles(client.get(f"{BASE}/mine?when=past", user=boaz)) == ["cancelled"]
    with time_machine.travel(now() + timedelta(minutes=100), tick=False):
        assert titles(client.get(f"{BASE}/mine?when=past", user=boaz)) == [
            "cancelled",
            "soon",
            "begun",
        ]


def test_own_sessions_of_a_period_begin_in_it(
    client: FlaskClient, open_session: Open, ruth: User
) -> None:
    for title, minutes in (("soon", 30), ("later", 90)):
        open_session(ruth, title=title, start_time=in_minutes(minutes))
    hour = in_minutes(60)
    assert titles(client.get(f"{BASE}/mine", query_string={"to": hour}, user=ruth)) == ["soon"]
    assert titles(client.get(f"{BASE}/mine", query_string={"from": hour}, user=ruth)) == ["later"]
    everything = {"from": "2026-01-01", "to": "2199-01-01", "tz": "Asia/Jerusalem"}
    found = titles(client.get(f"{BASE}/mine", query_string=everything, user=ruth))
    assert found == ["soon", "later"]


def titles(answer: Any) -> list[str]:
    return [item["title"] for item in answer.json["items"]]


def test_own_sessions_come_in_pages(client: FlaskClient, open_session: Open, ruth: User) -> None:
    start = in_minutes(30)
    for number in range(5):
        open_session(ruth, title=str(number), start_time=start)
    found, path = [], f"{BASE}/mine?limit=2"
    while path:
        answer = client.get(path, user=ruth)
        found += titles(answer)
        path = answer.headers["Link"].split(">")[0][1:] if answer.json["next"] else ""
    assert sorted(found) == ["0", "1", "2", "3", "4"]


def test_own_sessions_take_one_query_however_many(
    app: Flask, client: FlaskClient, open_session: Open, ruth: User
) -> None:
    for _ in range(6):
        open_session(ruth)
    with count_queries(app) as statements:
        client.get(f"{BASE}/mine", user=ruth)
    assert len(statements) == 1
