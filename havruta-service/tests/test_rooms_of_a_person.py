"""The rooms of a person, and questions about several rooms, as the gateway asks them."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from chassis import testing
from chassis.clock import now
from chassis.testing import User
from chassis.web.rooms import MOST_ROOMS
from havruta_service.models import Havruta, Member, db


def mine(client: FlaskClient, user: User) -> list[str]:
    answer = client.get("/internal/rooms/mine", user=user, peer="gateway")
    return [room["room"] for room in answer.json["rooms"]]


def ask(client: FlaskClient, user: User, *rooms: str) -> Any:
    return client.get(f"/internal/rooms?rooms={','.join(rooms)}", user=user, peer="gateway")


def test_the_rooms_of_a_person_are_their_havrutas_and_sessions_now_or_soon(
    client: FlaskClient, make: Any, ruth: User, boaz: User, naomi: User
) -> None:
    studied, archived = make.havruta(ruth, boaz), make.havruta(ruth, boaz)
    make.session(make.havruta(naomi))
    client.post(f"/api/havrutas/{archived.id}/archive", user=ruth)
    soon = make.plan(studied, start_time=now() + timedelta(hours=23))
    cancelled = make.plan(studied, start_time=now() + timedelta(hours=5))
    client.post(f"/api/havruta-sessions/{cancelled.id}/cancel", user=ruth)
    make.plan(studied, start_time=now() + timedelta(hours=25))
    live = make.session(studied)
    expected = [
        f"havruta:{studied.id}",
        f"havruta-session:{live.id}",
        f"havruta-session:{soon.id}",
    ]
    assert mine(client, boaz) == mine(client, ruth) == expected
    client.post(f"/api/havruta-sessions/{live.id}/end", user=ruth)
    assert mine(client, boaz) == [expected[0], expected[2]]
    client.delete(f"/api/havrutas/{studied.id}/members/{boaz.id}", user=ruth)
    assert mine(client, boaz) == []


def test_a_session_that_was_missed_is_none_that_comes(
    client: FlaskClient, make: Any, ruth: User
) -> None:
    havruta = make.havruta(ruth)
    planned = make.plan(havruta, start_time=now() + timedelta(hours=1))
    with time_machine.travel(now() + timedelta(hours=1, minutes=5)):
        assert f"havruta-session:{planned.id}" in mine(client, ruth)
    with time_machine.travel(now() + timedelta(days=2)):
        assert mine(client, ruth) == [f"havruta:{havruta.id}"]


def test_many_rooms_cost_as_many_statements_as_one(
    app: Flask, client: FlaskClient, make: Any, ruth: User
) -> None:
    def add(count: int) -> None:
        havrutas = [Havruta(name="Genesis", book="Genesis", owner_id=ruth.id) for _ in range(count)]
        db.session.add_all(havrutas)
        db.session.flush()
        db.session.add_all([Member(havruta_id=each.id, user_id=ruth.id) for each in havrutas])

    make(add, 1)
    with testing.count_queries(app) as first:
        [room] = mine(client, ruth)
    with testing.count_queries(app) as alone:
        assert ask(client, ruth, room).status_code == 200
    make(add, 999)
    with testing.count_queries(app) as sent:
        rooms = mine(client, ruth)
    assert len(rooms) == MOST_ROOMS + 1
    assert len(sent) == len(first)
    with testing.count_queries(app) as sent:
        assert len(ask(client, ruth, *rooms[:MOST_ROOMS]).json["rooms"]) == MOST_ROOMS
    assert len(sent) == len(alone)


@pytest.mark.parametrize("kind", ["havruta", "havruta-session"])
def test_the_first_room_that_is_refused_is_named(
    client: FlaskClient, make: Any, ruth: User, boaz: User, naomi: User, kind: str
) -> None:
    havruta = make.havruta(ruth, boaz)
    session = make.session(havruta)
    rooms = [f"havruta:{havruta.id}", f"havruta-session:{session.id}"]
    assert [room["room"] for room in ask(client, boaz, *rooms).json["rooms"]] == rooms
    refused = ask(client, naomi, *rooms)
    assert (refused.status_code, refused.json["room"]) == (404, rooms[0])
    for missing in (f"{kind}:{UUID(int=7)}", f"{kind}:x"):
        refused = ask(client, boaz, *rooms, missing)
        assert (refused.status_code, refused.json["room"]) == (404, missing)
