"""Presence in a session and turning the pages, on the wire."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from chassis.clock import now
from chassis.testing import User, count_queries
from havruta_service import presence


class Table:
    """A session in progress, and what people do in it."""

    def __init__(self, client: FlaskClient, session_id: UUID) -> None:
        self.client, self.url = client, f"/api/havruta-sessions/{session_id}"

    def post(self, leaf: str, user: User) -> Any:
        return self.client.post(f"{self.url}/{leaf}", user=user)

    def turn(self, user: User, ref: str, **body: Any) -> Any:
        return self.client.put(f"{self.url}/position", json={"ref": ref, **body}, user=user)

    def hand_to(self, user: User, other: User) -> Any:
        return self.client.put(f"{self.url}/navigator", json={"user_id": str(other.id)}, user=user)

    def mode(self, user: User, mode: str) -> Any:
        return self.client.put(f"{self.url}/mode", json={"mode": mode}, user=user)

    def state(self, user: User, query: str = "") -> Any:
        return self.client.get(f"{self.url}/state{query}", user=user)

    def present(self, user: User) -> Any:
        return [each["user_id"] for each in self.state(user).json["present"]]


@pytest.fixture
def table(client: FlaskClient, make: Any, ruth: User, boaz: User, naomi: User) -> Table:
    """Ruth's session with Boaz in it; Naomi is a member, but not present."""
    return Table(client, make.session(make.havruta(ruth, boaz, naomi), boaz).id)


def test_only_the_navigator_turns_the_pages(table: Table, ruth: User, boaz: User) -> None:
    turned = table.turn(ruth, "gen 2.1")
    assert (turned.json["ref"], turned.json["prev"], turned.json["next"]) == (
        "Genesis 2:1",
        "Genesis 1:31",
        "Genesis 2:2",
    )
    refused = table.turn(boaz, "Genesis 3:1")
    assert (refused.status_code, refused.json["code"]) == (403, "forbidden")
    assert table.state(boaz).json == table.state(ruth).json == turned.json


def test_each_move_has_a_greater_number_than_the_last(table: Table, ruth: User) -> None:
    numbers = [table.turn(ruth, f"Genesis 2:{verse}").json["seq"] for verse in (3, 2, 2, 5)]
    assert numbers == sorted(set(numbers))


def test_a_stale_move_is_refused_with_the_present_state(table: Table, ruth: User) -> None:
    known = table.state(ruth).json["seq"]
    turned = table.turn(ruth, "Genesis 2:1", expected_seq=known).json
    refused = table.turn(ruth, "Genesis 3:1", expected_seq=known)
    assert (refused.status_code, refused.json["code"]) == (409, "stale_position")
    assert refused.json["state"] == turned
    assert table.turn(ruth, "Genesis 3:1", expected_seq=turned["seq"] + 1).status_code == 409


def test_a_member_who_joins_does_not_make_a_move_stale(
    table: Table, ruth: User, naomi: User
) -> None:
    known = table.turn(ruth, "Genesis 2:1").json["seq"]
    table.post("join", naomi)
    assert table.turn(ruth, "Genesis 2:2", expected_seq=known).status_code == 200


@pytest.mark.parametrize(
    ("ref", "code"),
    [
        ("Genesiss 1:1", "unknown_book"),
        ("Samuel 1:1", "ambiguous_reference"),
        ("Genesis 51:1", "reference_out_of_range"),
        ("Genesis 1:1-5", "not_one_passage"),
        ("Genesis x", "malformed_reference"),
        ("Exodus 1:1", "other_book"),
        ("", "invalid"),
    ],
)
def test_a_move_to_an_invalid_reference_is_refused(
    table: Table, ruth: User, ref: str, code: str
) -> None:
    refused = table.turn(ruth, ref)
    assert (refused.status_code, refused.json["code"]) == (422, code)
    assert refused.json["errors"][0]["pointer"] == "/ref"


def test_polling_shows_whether_anything_has_happened(table: Table, ruth: User, boaz: User) -> None:
    seq = table.state(boaz).json["seq"]
    unchanged = table.state(boaz, f"?since_seq={seq}")
    assert (unchanged.status_code, unchanged.data) == (304, b"")
    table.turn(ruth, "Genesis 2:1")
    assert table.state(boaz, f"?since_seq={seq}").json["ref"] == "Genesis 2:1"


def test_the_owner_passes_navigation_to_a_present_member_and_takes_it_back(
    table: Table, ruth: User, boaz: User, naomi: User
) -> None:
    assert table.hand_to(ruth, naomi).json["code"] == "not_present"
    assert table.hand_to(ruth, boaz).json["navigator_id"] == str(boaz.id)
    assert table.turn(ruth, "Genesis 2:1").json["code"] == "forbidden"
    assert table.turn(boaz, "Genesis 2:1").status_code == 200
    assert table.hand_to(naomi, ruth).json["code"] == "forbidden"
    assert table.hand_to(ruth, ruth).json["navigator_id"] == str(ruth.id)
    assert table.turn(boaz, "Genesis 2:2").json["code"] == "forbidden"


def test_the_owner_replaces_an_absent_navigator(
    table: Table, ruth: User, boaz: User, naomi: User
) -> None:
    table.hand_to(ruth, boaz)
    with time_machine.travel(now() + timedelta(seconds=91), tick=False):
        table.post("join", ruth)
        table.post("join", naomi)
        assert str(boaz.id) not in table.present(ruth)
        assert table.hand_to(ruth, naomi).json["navigator_id"] == str(naomi.id)


def test_every_member_turns_the_pages_in_shared_mode(
    table: Table, ruth: User, boaz: User, naomi: User
) -> None:
    assert table.mode(boaz, "shared").json["code"] == "forbidden"
    assert table.mode(ruth, "shared").json["mode"] == "shared"
    assert [table.turn(user, "Genesis 2:1").status_code for user in (ruth, boaz, naomi)] == [
        200,
        200,
        200,
    ]
    table.mode(ruth, "navigator")
    assert table.turn(boaz, "Genesis 2:2").status_code == 403


def test_the_new_owner_turns_the_pages_after_a_transfer(
    client: FlaskClient, table: Table, make: Any, ruth: User, boaz: User
) -> None:
    havruta_id = client.get(table.url, user=ruth).json["havruta_id"]
    client.post(f"/api/havrutas/{havruta_id}/transfer", json={"user_id": str(boaz.id)}, user=ruth)
    assert table.turn(ruth, "Genesis 2:1").json["code"] == "forbidden"
    assert table.turn(boaz, "Genesis 2:1").status_code == 200


def test_the_owner_navigates_after_the_navigator_left_the_havruta(
    client: FlaskClient, table: Table, ruth: User, boaz: User
) -> None:
    havruta_id = client.get(table.url, user=ruth).json["havruta_id"]
    table.hand_to(ruth, boaz)
    client.post(f"/api/havrutas/{havruta_id}/leave", user=boaz)
    state = table.state(ruth).json
    assert state["navigator_id"] == str(ruth.id)
    assert str(boaz.id) not in [each["user_id"] for each in state["present"]]
    assert table.turn(boaz, "Genesis 2:1").status_code == 404


def test_leaving_the_session_changes_neither_owner_nor_navigator(
    client: FlaskClient, table: Table, ruth: User
) -> None:
    assert table.post("leave", ruth).status_code == 204
    assert table.post("leave", ruth).status_code == 204
    session = client.get(table.url, user=ruth).json
    havruta = client.get(f"/api/havrutas/{session['havruta_id']}", user=ruth).json
    assert session["navigator_id"] == havruta["owner_id"] == str(ruth.id)


def test_members_are_not_present_until_they_join(
    table: Table, ruth: User, boaz: User, naomi: User
) -> None:
    assert table.present(ruth) == [str(ruth.id), str(boaz.id)]
    table.post("join", naomi)
    table.post("join", naomi)
    assert table.present(ruth) == [str(ruth.id), str(boaz.id), str(naomi.id)]


def test_a_heartbeat_keeps_a_member_present_and_silence_does_not(
    table: Table, ruth: User, boaz: User
) -> None:
    for seconds in (60, 120):
        with time_machine.travel(now() + timedelta(seconds=seconds), tick=False):
            assert table.post("heartbeat", boaz).json["seq"] == table.state(boaz).json["seq"]
    with time_machine.travel(now() + timedelta(seconds=121), tick=False):
        assert table.present(boaz) == [str(boaz.id)]


def test_a_heartbeat_after_absence_begins_a_second_interval(
    table: Table, make: Any, ruth: User, boaz: User
) -> None:
    start = now()
    with time_machine.travel(start + timedelta(seconds=200), tick=False):
        table.post("heartbeat", boaz)
        assert table.present(ruth) == [str(boaz.id)]
    intervals = make(presence.intervals, table.url.rpartition("/")[2])
    intervals = [i for i in intervals if i.user_id == boaz.id]
    assert len(intervals) == 2
    assert intervals[0].end < start + timedelta(seconds=90) < intervals[1].begin


def test_absence_is_noticed_once(table: Table, make: Any, ruth: User) -> None:
    with time_machine.travel(now() + timedelta(seconds=91), tick=False):
        before = table.state(ruth).json["seq"]
        assert make(presence.notice_absence) == 2
        assert make(presence.notice_absence) == 0
        assert table.state(ruth).json["seq"] == before + 2


@pytest.mark.parametrize("leaf", ["join", "heartbeat"])
def test_an_ended_session_takes_no_member_and_no_move(table: Table, ruth: User, leaf: str) -> None:
    table.post("end", ruth)
    assert table.post(leaf, ruth).json["code"] == "invalid_transition"
    assert table.turn(ruth, "Genesis 2:1").json["code"] == "invalid_transition"


def test_a_heartbeat_costs_two_statements(app: Flask, table: Table, ruth: User) -> None:
    table.post("heartbeat", ruth)
    with count_queries(app) as statements:
        table.post("heartbeat", ruth)
    assert len([s for s in statements if s.startswith(("UPDATE", "SELECT", "INSERT"))]) == 2


def test_a_move_costs_at_most_ten_statements(app: Flask, table: Table, ruth: User) -> None:
    table.turn(ruth, "Genesis 2:1")
    with count_queries(app) as statements:
        table.turn(ruth, "Genesis 2:2")
    assert len([s for s in statements if "havruta" in s or "session_" in s or "outbox" in s]) <= 10
