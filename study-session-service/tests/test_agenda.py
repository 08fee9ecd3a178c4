"""The agenda of a person, for the gateway's calendar."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from chassis import testing
from chassis.clock import now, rfc3339
from chassis.testing import User, a_user

Open = Callable[..., Any]


def agenda(client: FlaskClient, person: User, start: int = 0, end: int = 48, more: str = "") -> Any:
    """The answer with what begins from `start` to `end` hours from now."""
    times = [rfc3339(now() + timedelta(hours=hours)) for hours in (start, end)]
    return client.get(
        f"/internal/agenda/{person.id}?from={times[0].replace('+', '%2B')}&to={times[1]}{more}",
        peer="gateway",
    )


def titles(*args: Any, **kwargs: Any) -> list[str]:
    return [entry["title"] for entry in agenda(*args, **kwargs).json["items"]]


def test_a_session_is_shown_only_to_its_participants(
    client: FlaskClient, open_session: Open
) -> None:
    ruth, boaz = a_user("ruth"), a_user("boaz")
    session = open_session(ruth, boaz, venue_name="Library", visibility="private")
    entry = {
        "id": session["id"],
        "title": "Berakhot",
        "starts_at": session["start_time"],
        "ends_at": session["ends_at"],
        "status": "starting-soon",
        "location": "Library",
        "path": f"/api/study-sessions/{session['id']}",
        "tentative": False,
    }
    for person in (ruth, boaz):
        shown = agenda(client, person).json
        # Who joins changes the row, so this is not what its host was answered.
        assert shown["items"][0].pop("changed_at") >= session["updated_at"]
        assert shown == {"items": [entry], "more": False}
    assert titles(client, a_user("david")) == []


def test_a_session_that_is_waited_for_is_tentative_until_there_is_a_seat(
    client: FlaskClient, open_session: Open
) -> None:
    ruth, boaz, david = a_user("ruth"), a_user("boaz"), a_user("david")
    hidden = {"location_visibility": "approximate", "venue_name": "At home"}
    session = open_session(ruth, boaz, max_participants=2, **hidden)
    path = f"/api/study-sessions/{session['id']}"
    assert client.post(f"{path}/join", json={"waitlist": True}, user=david).status_code == 202
    [entry] = agenda(client, david).json["items"]
    assert (entry["tentative"], entry["location"]) == (True, None)
    assert [(each["status"], each["location"]) for each in events(client, david)] == [
        ("TENTATIVE", None)
    ]
    client.post(f"{path}/leave", user=boaz)
    [entry] = agenda(client, david).json["items"]
    assert (entry["tentative"], entry["location"]) == (False, "At home")
    assert [each["status"] for each in events(client, david)] == ["CONFIRMED"]


def test_what_one_waited_for_in_vain_is_in_no_calendar(
    client: FlaskClient, open_session: Open
) -> None:
    ruth, boaz, david = a_user("ruth"), a_user("boaz"), a_user("david")
    session = open_session(ruth, boaz, max_participants=2)
    path = f"/api/study-sessions/{session['id']}/join"
    client.post(path, json={"waitlist": True}, user=david)
    with time_machine.travel(now() + timedelta(hours=4), tick=False):
        assert titles(client, boaz, -48) == ["Berakhot"]
        assert titles(client, david, -48) == []
        assert events(client, david) == []


def test_a_session_left_or_cancelled_is_not_shown(client: FlaskClient, open_session: Open) -> None:
    ruth, boaz = a_user("ruth"), a_user("boaz")
    left, cancelled = (
        open_session(ruth, boaz, title="Left"),
        open_session(ruth, boaz, title="Cancelled"),
    )
    client.post(f"/api/study-sessions/{left['id']}/leave", user=boaz)
    client.post(f"/api/study-sessions/{cancelled['id']}/cancel", user=ruth)
    assert (titles(client, ruth), titles(client, boaz)) == (["Left"], [])


def test_a_session_started_early_is_shown_at_its_actual_time(
    client: FlaskClient, open_session: Open
) -> None:
    ruth = a_user("ruth")
    soon = rfc3339(now() + timedelta(minutes=14))
    session = open_session(ruth, start_time=soon, duration_minutes=5)
    started = client.post(f"/api/study-sessions/{session['id']}/start", user=ruth).json
    [entry] = agenda(client, ruth, -1).json["items"]
    assert (entry["starts_at"], entry["ends_at"]) == (started["started_at"], started["ends_at"])
    assert entry["starts_at"] < entry["ends_at"] < soon


def test_sessions_come_earliest_first_within_period_and_limit(
    app: Flask, client: FlaskClient, open_session: Open
) -> None:
    ruth = a_user("ruth")
    for hours in (30, 10, 20, 1):
        open_session(ruth, title=str(hours), start_time=rfc3339(now() + timedelta(hours=hours)))
    assert titles(client, ruth) == ["1", "10", "20", "30"]
    assert titles(client, ruth, 5, 25) == ["10", "20"]
    with testing.count_queries(app) as statements:
        cut = agenda(client, ruth, more="&limit=3").json
    assert ([entry["title"] for entry in cut["items"]], cut["more"]) == (["1", "10", "20"], True)
    assert len(statements) == 1


@pytest.mark.parametrize(
    "query", ["", "from=2030-01-01T00:00:00Z", "from=x&to=y", "from=2030-01-01&to=2030-01-02"]
)
def test_the_agenda_requires_a_valid_period(client: FlaskClient, query: str) -> None:
    assert client.get(f"/internal/agenda/{uuid4()}?{query}", peer="gateway").status_code == 422


def test_only_other_services_may_read_the_agenda(client: FlaskClient) -> None:
    ruth = a_user("ruth")
    path = f"/internal/agenda/{ruth.id}?from=2030-01-01T00:00:00Z&to=2030-01-02T00:00:00Z"
    assert client.get(path, user=ruth).status_code == 404
    assert client.get(path, peer="gateway").status_code == 200


def test_what_goes_on_at_the_beginning_of_the_period_is_shown(
    client: FlaskClient, open_session: Open
) -> None:
    ruth = a_user("ruth")
    open_session(ruth, title="Open end")
    for start, shown in ((2.05, ["Open end"]), (2.95, ["Open end"]), (3, [])):
        assert titles(client, ruth, start) == shown


def test_a_session_finished_early_ends_then(client: FlaskClient, open_session: Open) -> None:
    ruth = a_user("ruth")
    session = open_session(ruth, start_time=rfc3339(now() + timedelta(minutes=1)))
    path = f"/api/study-sessions/{session['id']}"
    client.post(f"{path}/start", user=ruth)
    finished = client.post(f"{path}/finish", user=ruth).json
    [entry] = agenda(client, ruth, -1).json["items"]
    assert entry["ends_at"] == finished["ended_at"] < session["ends_at"]
    with time_machine.travel(now() + timedelta(minutes=10), tick=False):
        assert titles(client, ruth) == []


def events(client: FlaskClient, person: User) -> list[Any]:
    """What calendar programs are shown of a week."""
    times = [rfc3339(now() + timedelta(days=days)).replace("+", "%2B") for days in (-1, 7)]
    path = f"/internal/agenda/{person.id}/events?from={times[0]}&to={times[1]}"
    return list(client.get(path, peer="gateway").json["events"])


def test_a_session_is_an_event_for_those_with_a_seat(
    app: Flask, client: FlaskClient, open_session: Open
) -> None:
    ruth, boaz = a_user("ruth"), a_user("boaz")
    session = open_session(ruth, boaz, venue_name="Library")
    with testing.count_queries(app) as statements:
        [event] = events(client, ruth)
    assert len(statements) == 1
    assert event == {
        "uid": f"study-session-{session['id']}@lyceum",
        "sequence": 1,
        "status": "CONFIRMED",
        "changed_at": event["changed_at"],
        "starts_at": session["start_time"],
        "ends_at": session["ends_at"],
        "title": "Berakhot",
        "path": f"/api/study-sessions/{session['id']}",
        "timezone": "UTC",
        "description": None,
        "location": "Library",
        "alarm_minutes": None,
        "rule": None,
        "last_starts_at": None,
        "left_out": [],
        "occurrence": None,
    }
    client.post(f"/api/study-sessions/{session['id']}/leave", user=boaz)
    assert events(client, boaz) == []


def test_each_step_of_a_session_raises_the_number_of_its_event(
    client: FlaskClient, open_session: Open
) -> None:
    ruth = a_user("ruth")
    session = open_session(ruth, start_time=rfc3339(now() + timedelta(minutes=14)))
    seen = events(client, ruth)
    for step in ("start", "finish"):
        client.post(f"/api/study-sessions/{session['id']}/{step}", user=ruth)
        seen += events(client, ruth)
    assert [event["sequence"] for event in seen] == [1, 2, 3]
    changed = [event["changed_at"] for event in seen]
    assert changed == sorted(set(changed))


def test_a_cancelled_session_stays_as_a_cancelled_event(
    client: FlaskClient, open_session: Open
) -> None:
    ruth, boaz = a_user("ruth"), a_user("boaz")
    session = open_session(ruth, boaz)
    client.post(f"/api/study-sessions/{session['id']}/cancel", user=ruth)
    for person in (ruth, boaz):
        [event] = events(client, person)
        assert (event["status"], event["sequence"]) == ("CANCELLED", 2)
