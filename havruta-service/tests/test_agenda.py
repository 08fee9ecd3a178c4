"""What a person has planned and how much they have studied, for the gateway."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import time_machine
from flask import Flask
from flask.testing import FlaskClient

from chassis import testing
from chassis.clock import now, rfc3339
from chassis.testing import User, a_user
from havruta_service import completion


def agenda(client: FlaskClient, person: User, days: int = 7, more: str = "") -> Any:
    times = [rfc3339(now() + timedelta(days=days)) for days in (-1, days)]
    return client.get(
        f"/internal/agenda/{person.id}?from={times[0]}&to={times[1]}{more}", peer="gateway"
    ).json


def test_members_see_what_is_planned(client: FlaskClient, make: Any) -> None:
    ruth, boaz = a_user("ruth"), a_user("boaz")
    planned = make.plan(make.havruta(ruth, boaz), planned_minutes=45)
    entry = {
        "id": str(planned.id),
        "title": "Genesis on Tuesdays",
        "starts_at": rfc3339(planned.start_time),
        "ends_at": rfc3339(planned.start_time + timedelta(minutes=45)),
        "status": "scheduled",
        "location": None,
        "path": f"/api/havruta-sessions/{planned.id}",
        "changed_at": rfc3339(planned.created_at),
    }
    for person in (ruth, boaz):
        assert agenda(client, person) == {"items": [entry], "more": False}
    assert agenda(client, a_user("david"))["items"] == []


def test_sessions_in_progress_are_shown_and_missed_ones_are_not(
    client: FlaskClient, make: Any
) -> None:
    ruth = a_user("ruth")
    havruta = make.havruta(ruth)
    missed = make.plan(havruta)
    active = make.session(havruta)
    with time_machine.travel(missed.start_time + timedelta(hours=3)):
        shown = agenda(client, ruth)["items"]
    assert str(missed.id) not in [entry["id"] for entry in shown]
    assert [entry["status"] for entry in agenda(client, ruth)["items"]] == ["active", "scheduled"]
    assert agenda(client, ruth)["items"][0]["id"] == str(active.id)


def test_sessions_are_in_order_of_time_within_the_period_and_the_limit(
    app: Flask, client: FlaskClient, make: Any
) -> None:
    ruth = a_user("ruth")
    havruta = make.havruta(ruth)
    planned = {
        days: make.plan(havruta, start_time=now() + timedelta(days=days)) for days in (3, 1, 2, 9)
    }
    with testing.count_queries(app) as statements:
        shown = agenda(client, ruth)["items"]
    assert [entry["id"] for entry in shown] == [str(planned[days].id) for days in (1, 2, 3)]
    assert len(statements) == 1
    cut = agenda(client, ruth, more="&limit=1")
    assert (cut["items"], cut["more"]) == (shown[:1], True)


def test_statistics_count_completed_sessions(client: FlaskClient, make: Any) -> None:
    ruth, boaz = a_user("ruth"), a_user("boaz")
    with time_machine.travel(now() - timedelta(hours=2), tick=False):
        session = make.session(make.havruta(ruth, boaz), boaz)
    with time_machine.travel(session.start_time + timedelta(seconds=80), tick=False):
        make(completion.end, session.id, ruth.id)
    counted = {
        user.id: client.get(f"/internal/statistics/{user.id}", peer="gateway").json
        for user in (ruth, boaz)
    }
    assert counted == {user.id: {"sessions": 1, "minutes": 1} for user in (ruth, boaz)}
    assert client.get(f"/internal/statistics/{uuid4()}", peer="gateway").json == {
        "sessions": 0,
        "minutes": 0,
    }
