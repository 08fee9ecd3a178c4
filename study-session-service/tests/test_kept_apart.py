"""People of whom one blocks the other, and people whose account is suspended."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from chassis.clock import now
from chassis.messaging.worker import run_sweep
from chassis.testing import HeardOf, User, a_user
from study_session_service.models import apart, messages

from .support.series import Series, weekly

BASE = "/api/study-sessions"
AROUND = "bbox=35,31,36,32"
Open = Callable[..., Any]


@pytest.fixture
def ruth() -> User:
    return a_user("ruth")


@pytest.fixture
def boaz() -> User:
    return a_user("boaz")


def found(client: FlaskClient, user: User | None, query: str = AROUND) -> list[str]:
    page = client.get(f"{BASE}?{query}", user=user)
    assert page.status_code == 200, page.json
    return [session["id"] for session in page.json["items"]]


def drawn(client: FlaskClient, user: User | None) -> list[str]:
    drawing = client.get(f"{BASE}/clusters?{AROUND}&zoom=8", user=user)
    return [session["id"] for session in drawing.json["sessions"]]


def sees(client: FlaskClient, user: User | None, session: Any) -> set[str]:
    """The ways in which the person comes upon the session."""
    ways = {
        "list": session["id"] in found(client, user),
        "host": session["id"] in found(client, user, f"host_id={session['host_id']}"),
        "words": session["id"] in found(client, user, "q=Berakhot"),
        "default": session["id"] in found(client, user, ""),
        "distance": session["id"] in found(client, user, "lat=31.8&lng=35.2&sort=distance"),
        "map": session["id"] in drawn(client, user),
        "id": client.get(f"{BASE}/{session['id']}", user=user).status_code == 200,
    }
    return {way for way, seen in ways.items() if seen}


EVERY_WAY = {"list", "host", "words", "default", "distance", "map", "id"}


@pytest.mark.parametrize("blocker", ["host", "viewer"])
def test_neither_sees_the_others_sessions(
    client: FlaskClient, open_session: Open, heard: HeardOf, ruth: User, boaz: User, blocker: str
) -> None:
    session = open_session(ruth)
    pair = (ruth, boaz) if blocker == "host" else (boaz, ruth)
    assert sees(client, boaz, session) == EVERY_WAY
    heard.block(*pair)
    assert sees(client, boaz, session) == set()
    assert sees(client, ruth, session) == sees(client, a_user(), session) == EVERY_WAY
    heard.unblock(*pair)
    assert sees(client, boaz, session) == EVERY_WAY


@pytest.mark.parametrize("visibility", ["public", "unlisted", "private"])
@pytest.mark.parametrize("waitlist", [True, False])
def test_neither_joins_the_others_sessions(
    client: FlaskClient,
    open_session: Open,
    heard: HeardOf,
    ruth: User,
    boaz: User,
    visibility: str,
    waitlist: bool,
) -> None:
    session = open_session(ruth, visibility=visibility)
    heard.block(ruth, boaz)
    body = {"join_code": session["join_code"], "waitlist": waitlist}
    answer = client.post(f"{BASE}/{session['id']}/join", json=body, user=boaz)
    assert (answer.status_code, answer.json["code"]) == (404, "not_found")


def test_in_a_common_room_the_words_of_the_blocked_are_folded_for_the_blocker(
    client: FlaskClient, open_session: Open, heard: HeardOf, ruth: User, boaz: User
) -> None:
    session = open_session(a_user(), ruth, boaz)
    path = f"{BASE}/{session['id']}/messages"
    client.post(path, json={"content": "mine"}, user=ruth)
    client.post(path, json={"content": "theirs"}, user=boaz)
    heard.block(ruth, boaz)

    def folded(reader: User, query: str = "") -> dict[str, bool]:
        page = client.get(f"{path}{query}", user=reader)
        return {message["content"]: message["folded"] for message in page.json["items"]}

    # The second time out of what is kept, which all readers share.
    for query in ("", "", "?after=0"):
        assert folded(ruth, query) == {"mine": False, "theirs": True}
        assert folded(boaz, query) == {"mine": False, "theirs": False}
    watched = f"/internal/rooms/study-session/{session['id']}"
    blocked = [client.get(watched, user=u, peer="gateway").json["blocked"] for u in (ruth, boaz)]
    assert blocked == [[str(boaz.id)], []]
    heard.unblock(ruth, boaz)
    assert folded(ruth) == {"mine": False, "theirs": False}


def test_a_block_ends_the_wait_for_a_seat(
    client: FlaskClient, open_session: Open, heard: HeardOf, ruth: User, boaz: User
) -> None:
    guest, next_in_line = a_user("guest"), a_user("next")
    session = open_session(ruth, guest, max_participants=2)
    join = f"{BASE}/{session['id']}/join"
    for person in (boaz, next_in_line):
        assert client.post(join, json={"waitlist": True}, user=person).status_code == 202
    heard.block(boaz, ruth)
    waiting = client.get(f"{BASE}/{session['id']}", user=next_in_line).json["my_participation"]
    assert waiting["waitlist_position"] == 1
    client.post(f"{BASE}/{session['id']}/leave", user=guest)
    seen = client.get(f"{BASE}/{session['id']}", user=ruth).json
    assert {row["user_id"] for row in seen["participants"]} == {str(ruth.id), str(next_in_line.id)}


def test_who_waits_where_they_are_kept_away_gets_no_seat(
    client: FlaskClient, open_session: Open, heard: HeardOf, ruth: User, boaz: User
) -> None:
    guest = a_user("guest")
    session = open_session(ruth, guest, max_participants=2)
    client.post(f"{BASE}/{session['id']}/join", json={"waitlist": True}, user=boaz)
    heard.suspend(boaz)
    client.post(f"{BASE}/{session['id']}/leave", user=guest)
    assert client.get(f"{BASE}/{session['id']}", user=ruth).json["current_participants"] == 1


def test_no_one_finds_the_sessions_of_a_suspended_host(
    client: FlaskClient, open_session: Open, heard: HeardOf, ruth: User, boaz: User
) -> None:
    guest = a_user("guest")
    session = open_session(ruth, guest)
    # The list that strangers are shown is kept from here on.
    assert sees(client, None, session) == EVERY_WAY
    heard.suspend(ruth)
    assert sees(client, None, session) == sees(client, boaz, session) == set()
    assert client.post(f"{BASE}/{session['id']}/join", user=boaz).status_code == 404
    assert client.get(f"{BASE}/{session['id']}", user=guest).status_code == 200
    heard.lift(ruth)
    assert sees(client, None, session) == sees(client, boaz, session) == EVERY_WAY


def test_what_comes_late_does_not_undo_what_is_newer(
    client: FlaskClient, open_session: Open, heard: HeardOf, ruth: User, boaz: User
) -> None:
    session = open_session(ruth)
    block = heard.told_of_block(ruth, boaz)
    heard.unblock(ruth, boaz)
    heard.take(block)
    assert sees(client, boaz, session) == EVERY_WAY


def test_what_has_ended_is_forgotten_after_a_month(
    app: Flask, client: FlaskClient, open_session: Open, heard: HeardOf, ruth: User, boaz: User
) -> None:
    heard.block(boaz, ruth)
    with time_machine.travel(now() - timedelta(days=70)):
        heard.block(ruth, boaz)
        heard.suspend(ruth)
        heard.unblock(ruth, boaz)
        heard.lift(ruth)
    with app.app_context():
        assert run_sweep(messages, apart.sweep) == 2
    session = open_session(ruth)
    assert sees(client, boaz, session) == set()


@pytest.mark.parametrize("blocker", ["host", "viewer"])
def test_of_a_series_no_session_is_found_or_joined_whose_host_is_kept_apart(
    client: FlaskClient, open_session: Open, heard: HeardOf, ruth: User, boaz: User, blocker: str
) -> None:
    david = a_user("david")
    found = Series(client, ruth, open_session(ruth, max_participants=3, **weekly(3))["id"])
    found.join(david, scope="all")
    found.hand_over(0, david)
    found.join(boaz, 1, scope="this")
    pair = (ruth, boaz) if blocker == "host" else (boaz, ruth)
    heard.block(*pair)
    # The first is another host's, in the second they have a seat, and the third is kept from them.
    ids = found.ids()
    assert [each["id"] for each in found.listed(user=boaz)] == ids[:2]
    answer = found.try_to_join(boaz, scope="all").json["items"]
    assert [each["session_id"] for each in answer] == ids[:2]
    assert client.get(f"{BASE}/{ids[2]}/series", user=boaz).status_code == 404
    assert found.try_to_join(boaz, 2).status_code == 404
