"""A person, a havruta and a session have so much, and no more."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from chassis.data.limits import LimitReached
from chassis.testing import User, race
from havruta_service.havrutas import HavrutaLimitReached
from havruta_service.invitations import InvitationLimitReached
from havruta_service.presence import SessionEventLimitReached
from havruta_service.sessions import HavrutaSessionLimitReached

Set = Callable[[type[LimitReached], int], None]


@pytest.fixture
def at_most(monkeypatch: pytest.MonkeyPatch) -> Set:
    return lambda limit, most: monkeypatch.setattr(limit, "most", most)


def refused_with(answer: Any) -> tuple[int, str | None]:
    return answer.status_code, answer.json.get("code")


@pytest.mark.usefixtures("race_round")
def test_a_person_is_in_so_many_havrutas(client: FlaskClient, ruth: User, at_most: Set) -> None:
    at_most(HavrutaLimitReached, 2)
    body = {"name": "Genesis on Tuesdays", "book": "Genesis"}
    app = client.application
    answers = race([lambda: app.test_client().post("/api/havrutas", json=body, user=ruth)] * 4)
    assert (
        sorted(map(refused_with, answers), key=str)
        == [(201, None)] * 2 + [(409, "havruta_limit_reached")] * 2
    )


def test_a_havruta_has_so_many_sessions(
    client: FlaskClient, make: Any, ruth: User, at_most: Set
) -> None:
    at_most(HavrutaSessionLimitReached, 3)
    havruta = make.havruta(ruth)
    make.plan(havruta)
    path = f"/api/havrutas/{havruta.id}/sessions"
    plan = {"type": "scheduled", "start_time": "2030-01-08T10:00:00Z", "timezone": "UTC"}
    plan |= {"planned_minutes": 60, "rrule": "FREQ=DAILY;COUNT=3"}
    plan |= {"start_time": str(make.plan(havruta).start_time.isoformat())}
    refused = client.post(path, json=plan, user=ruth)
    assert refused_with(refused) == (409, "havruta_session_limit_reached")
    begun = client.post(path, json={"type": "instant"}, user=ruth)
    assert begun.status_code == 201
    client.post(f"/api/havruta-sessions/{begun.json['id']}/end", user=ruth)
    again = client.post(path, json={"type": "instant"}, user=ruth)
    assert refused_with(again) == (409, "havruta_session_limit_reached")


def test_a_session_has_so_many_moves_and_can_still_be_ended(
    client: FlaskClient, make: Any, ruth: User, boaz: User, at_most: Set
) -> None:
    session = make.session(make.havruta(ruth, boaz))
    path = f"/api/havruta-sessions/{session.id}"
    turned = client.put(f"{path}/position", json={"ref": "Genesis 2:1"}, user=ruth)
    at_most(SessionEventLimitReached, turned.json["seq"])
    refused = [
        client.put(f"{path}/position", json={"ref": "Genesis 2:2"}, user=ruth),
        client.post(f"{path}/join", user=boaz),
        client.post(f"{path}/heartbeat", user=boaz),
    ]
    assert list(map(refused_with, refused)) == [(409, "session_event_limit_reached")] * 3
    assert client.post(f"{path}/heartbeat", user=ruth).status_code == 200
    assert client.post(f"{path}/end", user=ruth).status_code == 200


def test_a_havruta_has_so_many_open_invitations(
    client: FlaskClient, make: Any, ruth: User, at_most: Set
) -> None:
    at_most(InvitationLimitReached, 2)
    path = f"/api/havrutas/{make.havruta(ruth).id}/invitations"
    emails = ["a@example.org", "b@example.org", "c@example.org"]
    refused = client.post(path, json={"emails": emails}, user=ruth)
    assert refused_with(refused) == (409, "invitation_limit_reached")
    assert client.post(path, json={"emails": emails[:2]}, user=ruth).status_code == 200
    assert client.post(path, json={"emails": emails[2:]}, user=ruth).status_code == 409
