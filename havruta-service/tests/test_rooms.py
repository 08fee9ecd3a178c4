"""The live events of rooms, and the right to watch them."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import redis
from flask import Flask
from flask.testing import FlaskClient

from chassis.clock import now
from chassis.testing import User, redis_url, token_for
from havruta_service.models import messages

Act = Callable[..., Any]


@pytest.fixture
def live_events(app: Flask, make: Any) -> Act:
    """The events of a room in the order of its stream, after all are published."""

    def read(room: str) -> Any:
        with app.app_context():
            app.extensions["worker"].publisher.publish_pending()
        with redis.Redis.from_url(redis_url(), decode_responses=True) as connection:
            entries = connection.xrange(f"room:{room}")
        return [
            (int(entry.split("-")[0]), app.json.loads(fields["event"])) for entry, fields in entries
        ]

    return read


@pytest.fixture
def ask(client: FlaskClient) -> Act:
    """Ask, as the gateway does, whether a person may watch."""
    return lambda room, user: client.get(
        f"/internal/rooms/{room.replace(':', '/')}",
        peer="gateway",
        headers={"Subject-Token": token_for(user)},
    )


def test_the_room_of_a_session_numbers_its_events_without_a_gap(
    client: FlaskClient, make: Any, live_events: Act, ruth: User, boaz: User
) -> None:
    session = make.session(make.havruta(ruth, boaz))
    url = f"/api/havruta-sessions/{session.id}"
    client.post(f"{url}/join", user=boaz)
    client.put(f"{url}/position", json={"ref": "Genesis 2:1"}, user=ruth)
    client.put(f"{url}/navigator", json={"user_id": str(boaz.id)}, user=ruth)
    client.post(f"{url}/leave", user=boaz)
    last = client.get(f"{url}/state", user=ruth).json["seq"]
    client.post(f"{url}/end", user=ruth)
    events = live_events(f"havruta-session:{session.id}")
    kinds = ["moved", "joined", "joined", "moved", "navigator_changed", "left", "ended"]
    assert [event["type"] for _, event in events] == kinds
    assert (
        [seq for seq, _ in events]
        == [event["seq"] for _, event in events]
        == list(range(1, last + 2))
    )
    turned, handed_over, left, ended = (event["data"] for _, event in events[3:])
    assert turned == {
        "ref": "Genesis 2:1",
        "hebrew_ref": "בראשית ב:א",
        "user_id": str(ruth.id),
    }
    assert handed_over["navigator_id"] == str(boaz.id)
    assert left == {"user_id": str(boaz.id)}
    shown = client.get(url, user=ruth).json
    assert shown == {**shown, **ended}
    assert ended["coverage_range"] == "Genesis 1:1 to Genesis 2:1"


def test_the_room_of_a_havruta_has_events_of_sessions_and_members(
    client: FlaskClient, make: Any, live_events: Act, ruth: User, boaz: User
) -> None:
    havruta = make.havruta(ruth, boaz)
    make.plan(havruta)
    client.post(f"/api/havruta-sessions/{make.session(havruta).id}/end", user=ruth)
    client.post(f"/api/havrutas/{havruta.id}/transfer", json={"user_id": str(boaz.id)}, user=ruth)
    client.post(f"/api/havrutas/{havruta.id}/leave", user=ruth)
    events = live_events(f"havruta:{havruta.id}")
    kinds = [
        "member_joined",
        "session_planned",
        "session_started",
        "session_ended",
        "owner_changed",
        "member_left",
    ]
    assert [event["type"] for _, event in events] == kinds
    assert [seq for seq, _ in events] == list(range(1, len(kinds) + 1))
    assert events[-1][1]["members_changed"] == [str(ruth.id)]
    joined, planned, _, ended, transferred, left = (event["data"] for _, event in events)
    assert joined.keys() == {"user_id", "joined_at"}
    assert (planned["status"], ended["end_reason"]) == ("scheduled", "owner")
    assert transferred["owner_id"] == str(boaz.id)
    assert left == {"user_id": str(ruth.id)}


def test_the_events_of_changes_carry_the_changes(
    client: FlaskClient, make: Any, live_events: Act, ruth: User, boaz: User, naomi: User
) -> None:
    havruta = make.havruta(ruth, boaz)
    url = f"/api/havrutas/{havruta.id}"
    client.patch(url, json={"name": "Mornings"}, user=ruth, headers={"If-Match": "*"})
    client.post(f"{url}/invitations", json={"emails": [naomi.email]}, user=ruth)
    planned = make.plan(havruta)
    session = f"/api/havruta-sessions/{planned.id}"
    body = {"planned_minutes": 30}
    client.patch(session, json=body, user=ruth, headers={"If-Match": "*"})
    client.post(f"{session}/cancel", json={"reason": "Rain"}, user=ruth)
    client.post(f"{url}/archive", user=ruth)
    events = {event["type"]: event["data"] for _, event in live_events(f"havruta:{havruta.id}")}
    assert events["renamed"]["name"] == "Mornings"
    assert events["member_invited"].keys() == {"invitation_id"}
    assert events["session_changed"]["ends_at"] != events["session_planned"]["ends_at"]
    assert events["session_cancelled"]["cancellation_reason"] == "Rain"
    assert events["archived"]["archived_at"]


@pytest.mark.parametrize("was_present", [True, False])
def test_the_right_of_a_removed_member_to_watch_is_checked_again(
    client: FlaskClient, make: Any, live_events: Act, ruth: User, boaz: User, was_present: bool
) -> None:
    havruta = make.havruta(ruth, boaz)
    session = make.session(havruta, *([boaz] if was_present else []))
    client.delete(f"/api/havrutas/{havruta.id}/members/{boaz.id}", user=ruth)
    _, last = live_events(f"havruta-session:{session.id}")[-1]
    assert (last["type"], last["members_changed"]) == ("left", [str(boaz.id)])


def test_the_right_to_watch_is_checked_again_when_a_plan_starts(
    client: FlaskClient, make: Any, live_events: Act, ruth: User, boaz: User
) -> None:
    planned = make.plan(make.havruta(ruth, boaz), start_time=now() + timedelta(minutes=5))
    client.post(f"/api/havruta-sessions/{planned.id}/start", user=ruth)
    _, first = live_events(f"havruta-session:{planned.id}")[0]
    assert (first["type"], first["members_changed"]) == ("moved", None)


def test_a_move_is_published_without_waiting_for_the_worker(
    client: FlaskClient, make: Any, live_events: Act, ruth: User
) -> None:
    session = make.session(make.havruta(ruth))
    live_events(f"havruta-session:{session.id}")
    with redis.Redis.from_url(redis_url(), decode_responses=True) as connection:
        pubsub = connection.pubsub()
        pubsub.subscribe(f"room:havruta-session:{session.id}")
        assert pubsub.get_message(timeout=10)["type"] == "subscribe"
        move = {"ref": "Genesis 2:1"}
        client.put(f"/api/havruta-sessions/{session.id}/position", json=move, user=ruth)
        published = pubsub.get_message(timeout=10)
        pubsub.close()
    assert json.loads(published["data"])["data"]["ref"] == "Genesis 2:1"


@pytest.mark.parametrize("kind", ["havruta", "havruta-session"])
def test_only_members_may_watch_a_room(
    make: Any, ask: Act, ruth: User, boaz: User, naomi: User, kind: str
) -> None:
    havruta = make.havruta(ruth, boaz)
    session = make.session(havruta)
    room = f"{kind}:{havruta.id if kind == 'havruta' else session.id}"
    assert ask(room, boaz).json == {"room": room, "seq": 2, "blocked": []}
    assert ask(room, naomi).status_code == 404


@pytest.mark.parametrize("room_id", [str(UUID(int=7)), "1", "x" * 500, "' OR 1=1"])
def test_a_room_that_does_not_exist_is_not_found(ask: Act, ruth: User, room_id: str) -> None:
    assert ask(f"havruta:{room_id}", ruth).status_code == 404
    assert ask(f"havruta-session:{room_id}", ruth).status_code == 404


@pytest.mark.usefixtures("unpublished")
def test_the_outbox_holds_no_names_and_no_addresses(
    client: FlaskClient, make: Any, ruth: User, boaz: User
) -> None:
    havruta = make.havruta(ruth, boaz)
    make.session(havruta)
    client.post(
        f"/api/havrutas/{havruta.id}/invitations", json={"emails": ["naomi@example.org"]}, user=ruth
    )
    query = messages.outbox.select().with_only_columns(messages.outbox.c.body)
    bodies = make(lambda: [str(body) for body in messages.db.session.scalars(query)])
    assert any("member_invited" in body for body in bodies)
    assert not any("@" in body or "ruth" in body for body in bodies)
