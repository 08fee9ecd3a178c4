"""Which people are notified of what happens to a session, by whom it happened, and which are not."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from chassis import testing
from chassis.clock import now, rfc3339
from chassis.data.db import in_transaction
from chassis.testing import User, a_user, race
from chassis.testing.calendars import (
    Diary,
    Program,
    read_by_ical_js,
    read_by_icalendar,
    read_by_ics,
    read_by_vobject,
)
from study_session_service import agenda
from study_session_service.erasure import REASON, erase
from study_session_service.models import db, messages

BASE = "/api/study-sessions"
WORDS = ["title", "location", "meeting_url", "reason"]
Open = Callable[..., Any]
Requests = Callable[[], list[dict[str, Any]]]
News = Callable[[], list[tuple[str, list[str], str | None]]]


@pytest.fixture(scope="module")
def app() -> Iterator[Flask]:
    """The service with nowhere to publish: its messages stay in the outbox."""
    with testing.service("study_session_service", EVENTS_URL="redis://127.0.0.1:1/0") as app:
        yield app


@pytest.fixture
def requests(app: Flask) -> Requests:
    """The events that asked for notifications since this was called the last time, in order."""
    return lambda: testing.requested_notifications(app, messages)


@pytest.fixture
def news(requests: Requests) -> News:
    """The same, as (kind, who is told, who did it)."""
    return lambda: [
        (event["data"]["kind"], event["data"]["user_ids"], event["actor"]) for event in requests()
    ]


@pytest.fixture
def ruth() -> User:
    return a_user("ruth")


@pytest.fixture
def boaz() -> User:
    return a_user("boaz")


@pytest.fixture
def naomi() -> User:
    return a_user("naomi")


def ids(*people: User) -> list[str]:
    return [str(person.id) for person in people]


def facts_of(event: dict[str, Any]) -> Any:
    return event["data"]["data"]


@pytest.mark.parametrize("reason", ["Flu", None])
def test_a_cancellation_notifies_participants_and_the_waitlist(
    client: FlaskClient,
    open_session: Open,
    requests: Requests,
    ruth: User,
    boaz: User,
    naomi: User,
    reason: str | None,
) -> None:
    session = open_session(ruth, boaz, max_participants=2)
    client.post(f"{BASE}/{session['id']}/join", json={"waitlist": True}, user=naomi)
    requests()
    for _ in range(2):
        client.post(f"{BASE}/{session['id']}/cancel", json={"reason": reason}, user=ruth)
    [event] = requests()
    asked = event["data"]
    assert (asked["kind"], asked["user_ids"]) == ("session_cancelled", ids(boaz, naomi))
    assert (facts_of(event)["reason"], event["actor"]) == (reason, str(ruth.id))
    assert (asked["author"], asked["words"]) == (str(ruth.id), WORDS)


def test_moving_a_session_notifies_the_other_participants_of_both_times(
    app: Flask, client: FlaskClient, open_session: Open, requests: Requests, ruth: User, boaz: User
) -> None:
    session, later = open_session(ruth, boaz), rfc3339(now() + timedelta(hours=9))
    path = f"{BASE}/{session['id']}"
    requests()
    for version in (1, 2):
        tag = {"If-Match": f'"{version}"'}
        changed = client.patch(path, json={"start_time": later}, headers=tag, user=ruth)
        assert changed.status_code == 200
    [event] = requests()
    assert (event["data"]["kind"], event["data"]["user_ids"]) == ("session_moved", ids(boaz))
    assert event["actor"] == str(ruth.id)
    times = facts_of(event)["previous_starts_at"], facts_of(event)["starts_at"]
    assert times == (session["start_time"], later)
    # What the e-mail puts into a calendar is what the feed has.
    [told] = event["data"]["calendar"]
    with app.app_context():
        period = now() - timedelta(days=1), now() + timedelta(days=2)
        [of_feed] = agenda.events_of_person(boaz.id, *period)
    assert (told["uid"], told["sequence"]) == (of_feed.uid, 2)
    assert (told["starts_at"], told["ends_at"]) == (later, rfc3339(of_feed.ends_at))


def cancelled_by(client: FlaskClient, path: str, host: User, _: User) -> None:
    client.post(f"{path}/cancel", user=host)


def removed_by(client: FlaskClient, path: str, host: User, person: User) -> None:
    client.delete(f"{path}/participants/{person.id}", user=host)


@pytest.mark.parametrize("leave_out", [cancelled_by, removed_by])
@pytest.mark.parametrize("read", [read_by_icalendar, read_by_vobject, read_by_ics, read_by_ical_js])
def test_a_calendar_that_emails_keep_has_the_session_until_it_is_over_for_the_person(
    client: FlaskClient,
    open_session: Open,
    requests: Requests,
    ruth: User,
    boaz: User,
    read: Program,
    leave_out: Callable[..., None],
) -> None:
    session, diary = open_session(ruth, boaz), Diary()
    path = f"{BASE}/{session['id']}"
    requests()
    for version, hours in ((1, 9), (2, 10)):
        later = now().replace(microsecond=0) + timedelta(hours=hours)
        tag = {"If-Match": f'"{version}"'}
        change = {"start_time": rfc3339(later)}
        assert client.patch(path, json=change, headers=tag, user=ruth).status_code == 200
        [event] = requests()
        diary.hear(event["data"]["calendar"], session["title"])
        [shown] = diary.shown_by(read)
        assert (shown.starts_at, shown.title) == (later, session["title"])
    leave_out(client, path, ruth, boaz)
    event = next(each for each in requests() if each["data"]["user_ids"] == ids(boaz))
    diary.hear(event["data"]["calendar"], session["title"])
    assert not diary.shown_by(read)


def test_a_promotion_notifies_the_person_who_waited(
    client: FlaskClient,
    open_session: Open,
    requests: Requests,
    ruth: User,
    boaz: User,
    naomi: User,
) -> None:
    session = open_session(ruth, boaz, max_participants=2)
    path = f"{BASE}/{session['id']}"
    client.post(f"{path}/join", json={"waitlist": True}, user=naomi)
    requests()
    client.post(f"{path}/leave", user=boaz)
    told = {event["data"]["kind"]: event for event in requests()}
    assert list(told) == ["person_left", "person_joined", "waitlist_promotion"]
    assert told["person_joined"]["actor"] == str(naomi.id)
    assert told["waitlist_promotion"]["data"] == {
        "user_ids": ids(naomi),
        "kind": "waitlist_promotion",
        "data": {
            "session_id": session["id"],
            "title": "Berakhot",
            "starts_at": session["start_time"],
            "path": path,
        },
        "calendar": [
            {
                "uid": f"study-session-{session['id']}@lyceum",
                "sequence": 1,
                "status": "CONFIRMED",
                "starts_at": session["start_time"],
                "ends_at": session["ends_at"],
                "timezone": "UTC",
            }
        ],
        "author": str(ruth.id),
        "words": WORDS,
    }


@pytest.mark.parametrize(
    "place",
    [
        {"venue_name": "National Library"},
        {"mode": "online", "meeting_url": "https://meet.example.org/7"},
        {
            "mode": "hybrid",
            "venue_name": "National Library",
            "meeting_url": "https://meet.example.org/7",
        },
    ],
)
def test_those_who_have_a_seat_are_told_where_until_no_one_meets_there(
    client: FlaskClient,
    open_session: Open,
    requests: Requests,
    ruth: User,
    boaz: User,
    place: dict[str, str],
) -> None:
    session = open_session(ruth, boaz, location_visibility="approximate", **place)
    path = f"{BASE}/{session['id']}"
    later = {"start_time": rfc3339(now() + timedelta(hours=9))}
    requests()
    client.patch(path, json=later, headers={"If-Match": '"1"'}, user=ruth)
    client.post(f"{path}/host", json={"user_id": str(boaz.id)}, user=ruth)
    client.post(f"{path}/cancel", user=boaz)
    told = {event["data"]["kind"]: facts_of(event) for event in requests()}
    assert list(told) == ["session_moved", "made_host", "session_cancelled"]
    named = {"location": place.get("venue_name"), "meeting_url": place.get("meeting_url")}
    for kind in ("session_moved", "made_host"):
        assert {name: told[kind].get(name) for name in named} == named
    assert told["session_cancelled"].keys().isdisjoint(named)


def test_a_host_alone_in_a_session_is_not_notified(
    client: FlaskClient, open_session: Open, news: News, ruth: User
) -> None:
    client.post(f"{BASE}/{open_session(ruth)['id']}/cancel", user=ruth)
    assert news() == []


def test_the_host_is_told_of_each_person_who_joins_or_leaves(
    client: FlaskClient, open_session: Open, requests: Requests, ruth: User, boaz: User
) -> None:
    session = open_session(ruth)
    path = f"{BASE}/{session['id']}"
    for action in ("join", "join", "leave", "leave"):
        client.post(f"{path}/{action}", user=boaz)
    joined, left = requests()
    facts = {
        "session_id": session["id"],
        "title": "Berakhot",
        "starts_at": session["start_time"],
        "path": path,
    }
    for event, kind, more in (
        (joined, "person_joined", {}),
        (left, "person_left", {"removed": False}),
    ):
        assert (event["data"]["kind"], event["data"]["user_ids"]) == (kind, ids(ruth))
        assert (event["actor"], event["aggregate_id"]) == (
            str(boaz.id),
            f"study_session:{session['id']}",
        )
        assert facts_of(event) == {**facts, **more}
    assert left["aggregate_version"] > joined["aggregate_version"]


@pytest.mark.usefixtures("race_round")
@pytest.mark.parametrize("action", ["join", "leave"])
def test_what_is_done_twice_at_once_is_told_once(
    app: Flask, open_session: Open, news: News, ruth: User, boaz: User, action: str
) -> None:
    session = open_session(ruth, *([boaz] if action == "leave" else []))
    news()
    path = f"{BASE}/{session['id']}/{action}"
    race([lambda: app.test_client().post(path, user=boaz)] * 4)
    kind = {"join": "person_joined", "leave": "person_left"}[action]
    assert news() == [(kind, ids(ruth), str(boaz.id))]


def test_leaving_what_is_over_tells_no_one(
    client: FlaskClient, open_session: Open, news: News, ruth: User, boaz: User
) -> None:
    session = open_session(ruth, boaz)
    news()
    with time_machine.travel(now() + timedelta(days=2)):
        answer = client.post(f"{BASE}/{session['id']}/leave", user=boaz)
    assert answer.status_code == 204
    assert news() == []


@pytest.mark.parametrize("body", [{"reason": "This session is for beginners."}, {}])
def test_a_person_is_told_that_the_host_removed_them(
    client: FlaskClient,
    open_session: Open,
    requests: Requests,
    ruth: User,
    boaz: User,
    body: dict[str, str],
) -> None:
    session = open_session(ruth, boaz)
    requests()
    path = f"{BASE}/{session['id']}/participants/{boaz.id}"
    for _ in range(2):
        assert client.delete(path, json=body, user=ruth).status_code == 204
    [event] = requests()
    assert (event["data"]["kind"], event["data"]["user_ids"]) == ("removed", ids(boaz))
    assert (event["actor"], facts_of(event)["reason"]) == (str(ruth.id), body.get("reason"))


def test_a_bad_reason_is_named(
    client: FlaskClient, open_session: Open, ruth: User, boaz: User
) -> None:
    path = f"{BASE}/{open_session(ruth, boaz)['id']}/participants/{boaz.id}"
    for reason in ("", "x" * 501, 7):
        refused = client.delete(path, json={"reason": reason}, user=ruth)
        assert refused.status_code == 422
        assert refused.json["errors"][0]["pointer"] == "/reason"


def test_a_person_removed_from_the_waitlist_is_told(
    client: FlaskClient,
    open_session: Open,
    news: News,
    ruth: User,
    boaz: User,
    naomi: User,
) -> None:
    path = f"{BASE}/{open_session(ruth, boaz, max_participants=2)['id']}"
    client.post(f"{path}/leave", user=boaz)
    client.post(f"{path}/join", user=naomi)
    client.post(f"{path}/join", json={"waitlist": True}, user=boaz)
    news()
    for _ in range(2):
        assert client.delete(f"{path}/participants/{boaz.id}", user=ruth).status_code == 204
    assert news() == [("removed", ids(boaz), str(ruth.id))]


def test_the_new_host_is_told_by_whom(
    client: FlaskClient, open_session: Open, news: News, ruth: User, boaz: User
) -> None:
    path = f"{BASE}/{open_session(ruth, boaz)['id']}/host"
    news()
    client.post(path, json={"user_id": str(boaz.id)}, user=ruth)
    client.post(path, json={"user_id": str(boaz.id)}, user=boaz)
    assert news() == [("made_host", ids(boaz), str(ruth.id))]


def test_a_deleted_account_is_told_like_leaving_and_cancelling(
    app: Flask,
    open_session: Open,
    requests: Requests,
    ruth: User,
    boaz: User,
    naomi: User,
) -> None:
    open_session(ruth, boaz)
    open_session(naomi, ruth)
    requests()
    with app.app_context():
        in_transaction(db.session, lambda: erase(ruth.id))
    told = {event["data"]["kind"]: event for event in requests()}
    cancelled, left = told["session_cancelled"], told["person_left"]
    assert (facts_of(cancelled)["reason"], cancelled["actor"]) == (REASON, None)
    assert str(boaz.id) in cancelled["data"]["user_ids"]
    assert (left["data"]["user_ids"], left["actor"]) == (ids(naomi), str(ruth.id))
