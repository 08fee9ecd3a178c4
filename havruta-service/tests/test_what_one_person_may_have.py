"""A person, a havruta and a session have so much, and no more."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient

from chassis.clock import now
from chassis.data.limits import LimitReached
from chassis.testing import User, race
from havruta_service.havrutas import HavrutaLimitReached
from havruta_service.invitation_emails import InvitationEmailLimitReached
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


def test_a_person_sends_so_many_invitations_in_a_day_resent_ones_included(
    client: FlaskClient, make: Any, ruth: User, at_most: Set
) -> None:
    at_most(InvitationEmailLimitReached, 3)
    path = f"/api/havrutas/{make.havruta(ruth).id}/invitations"
    begin = now()
    with time_machine.travel(begin, tick=False) as clock:
        sent = client.post(path, json={"emails": ["a@example.org"]}, user=ruth)
        again = f"/api/invitations/{sent.json['results'][0]['invitation_id']}/resend"
        for _ in range(2):
            clock.shift(timedelta(minutes=2))
            assert client.post(again, user=ruth).status_code == 200
        clock.shift(timedelta(minutes=2))
        refused = client.post(again, user=ruth)
        assert refused_with(refused) == (409, "invitation_email_limit_reached")
        assert refused.json["most"] == 3
        other = f"/api/havrutas/{make.havruta(ruth).id}/invitations"
        refused = client.post(other, json={"emails": ["b@example.org"]}, user=ruth)
        assert refused_with(refused) == (409, "invitation_email_limit_reached")
        clock.move_to(begin + timedelta(days=1))
        assert client.post(again, user=ruth).status_code == 200
