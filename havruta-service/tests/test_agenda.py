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
from chassis.versions import ANY
from havruta_service import completion, plans, sessions


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


def test_what_goes_on_at_the_beginning_of_the_period_is_shown(
    client: FlaskClient, make: Any
) -> None:
    ruth = a_user("ruth")
    planned = make.plan(make.havruta(ruth), planned_minutes=45)
    for minutes, shown in ((3, 1), (44, 1), (45, 0)):
        begin = planned.start_time + timedelta(minutes=minutes)
        times = (rfc3339(begin), rfc3339(begin + timedelta(days=1)))
        path = f"/internal/agenda/{ruth.id}?from={times[0]}&to={times[1]}"
        assert len(client.get(path, peer="gateway").json["items"]) == shown


def test_an_instant_session_goes_on_for_an_hour_or_until_it_ends(
    client: FlaskClient, make: Any
) -> None:
    ruth = a_user("ruth")
    session = make.session(make.havruta(ruth))
    [entry] = agenda(client, ruth)["items"]
    assert entry["ends_at"] == rfc3339(session.start_time + timedelta(hours=1))
    ended = make(completion.end, session.id, ruth.id)
    [entry] = agenda(client, ruth)["items"]
    assert entry["ends_at"] == rfc3339(ended.end_time) < rfc3339(now())


def events(client: FlaskClient, person: User) -> list[Any]:
    """What calendar programs are shown of a fortnight."""
    times = [rfc3339(now() + timedelta(days=days)) for days in (-7, 7)]
    path = f"/internal/agenda/{person.id}/events?from={times[0]}&to={times[1]}"
    return list(client.get(path, peer="gateway").json["events"])


def test_a_session_is_an_event_for_the_members(app: Flask, client: FlaskClient, make: Any) -> None:
    ruth, boaz = a_user("ruth"), a_user("boaz")
    planned = make.plan(make.havruta(ruth, boaz), planned_minutes=45)
    with testing.count_queries(app) as statements:
        shown = events(client, ruth)
    assert len(statements) == 1
    assert shown == events(client, boaz)
    assert shown == [
        {
            "uid": f"havruta-session-{planned.id}@lyceum",
            "sequence": 1,
            "status": "CONFIRMED",
            "changed_at": rfc3339(planned.created_at),
            "starts_at": rfc3339(planned.start_time),
            "ends_at": rfc3339(planned.start_time + timedelta(minutes=45)),
            "title": "Genesis on Tuesdays",
            "path": f"/api/havruta-sessions/{planned.id}",
            "timezone": "UTC",
            "description": None,
            "location": None,
            "alarm_minutes": None,
            "rule": None,
            "last_starts_at": None,
            "left_out": [],
            "occurrence": None,
        }
    ]
    assert events(client, a_user("david")) == []


def test_each_step_of_a_session_raises_the_number_of_its_event(
    client: FlaskClient, make: Any
) -> None:
    ruth = a_user("ruth")
    planned = make.plan(make.havruta(ruth))
    seen = events(client, ruth)
    soon = now() + timedelta(minutes=10)
    make(plans.change, planned.id, ruth.id, ANY, plans.Scope.THIS, soon, None)
    seen += events(client, ruth)
    for step in (sessions.start, completion.end):
        make(step, planned.id, ruth.id)
        seen += events(client, ruth)
    assert [event["sequence"] for event in seen] == [1, 2, 3, 4]
    assert {event["status"] for event in seen} == {"CONFIRMED"}


def test_a_session_cancelled_or_missed_stays_as_a_cancelled_event(
    client: FlaskClient, make: Any
) -> None:
    ruth = a_user("ruth")
    havruta = make.havruta(ruth)
    make(plans.cancel, make.plan(havruta).id, ruth.id, plans.Scope.THIS)
    missed = make.plan(havruta, start_time=now() + timedelta(days=2))
    with time_machine.travel(missed.start_time + timedelta(hours=3), tick=False):
        # By the clock it is missed. The feed tells what is written down.
        assert [event["status"] for event in events(client, ruth)] == ["CANCELLED", "CONFIRMED"]
        make(plans.cancel_missed)
        shown = events(client, ruth)
    assert [event["status"] for event in shown] == ["CANCELLED", "CANCELLED"]
    assert [event["sequence"] for event in shown] == [3, 2]
