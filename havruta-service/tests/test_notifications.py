"""Which people are notified of what happens in a havruta, by whom it happened, and each of them once."""

import hashlib
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from chassis import testing
from chassis.clock import now, rfc3339
from chassis.messaging.messages import Event
from chassis.testing import HeardOf, User, a_user, race
from chassis.testing.calendars import (
    Diary,
    Program,
    read_by_ical_js,
    read_by_icalendar,
    read_by_ics,
    read_by_vobject,
)
from havruta_service import agenda, erasure, mails, plans
from havruta_service.models import MISSED_AFTER, db, messages

Act = Callable[..., Any]
NAOMI = "naomi@example.org"
START = "2030-03-01T12:00:00Z"


@pytest.fixture(scope="module")
def app() -> Iterator[Flask]:
    """The service with nowhere to publish: its messages stay in the outbox."""
    with testing.service("havruta_service", EVENTS_URL="redis://127.0.0.1:1/0") as app:
        yield app


@pytest.fixture
def requests(app: Flask) -> Act:
    """The events that asked for notifications since this was called the last time, in order."""
    return lambda: testing.requested_notifications(app, messages)


@pytest.fixture
def news(requests: Act) -> Act:
    """The same, as (kind, who is told, who did it)."""

    def told() -> list[tuple[str, list[str], str | None]]:
        return [
            (event["data"]["kind"], sorted(event["data"]["user_ids"]), event["actor"])
            for event in requests()
        ]

    return told


@pytest.fixture
def post(client: FlaskClient) -> Act:
    """Send a request that succeeds; its answer."""

    def send(path: str, user: User | None, **body: Any) -> Any:
        answer = client.post(f"/api/{path}", user=user, **({"json": body} if body else {}))
        assert answer.status_code < 300, answer.json
        return answer.json

    return send


def ids(*people: User) -> list[str]:
    return sorted(str(person.id) for person in people)


def email_sha256(email: str) -> str:
    return hashlib.sha256(email.encode()).hexdigest()


def test_an_invited_person_is_notified_by_the_hash_of_their_address(
    make: Any, post: Act, requests: Act, ruth: User
) -> None:
    havruta = make.havruta(ruth)
    with time_machine.travel(START, tick=False):
        answer = post(f"havrutas/{havruta.id}/invitations", ruth, emails=["Naomi@Example.org"])
    [result] = answer["results"]
    [event] = requests()
    assert (event["actor"], event["aggregate_id"]) == (
        str(ruth.id),
        f"invitation:{result['invitation_id']}",
    )
    assert event["data"] == {
        "email_sha256": email_sha256(NAOMI),
        "kind": "invitation",
        "data": {
            "havruta_id": str(havruta.id),
            "invitation_id": result["invitation_id"],
            "title": havruta.name,
            "book": "Genesis",
            "path": "/api/invitations/mine",
            "expires_at": "2030-03-08T12:00:00Z",
        },
        "author": str(ruth.id),
        "words": ["title"],
    }


def test_an_address_is_told_in_the_app_also_when_it_has_enough_e_mails(
    make: Any, post: Act, requests: Act
) -> None:
    for n in range(5):
        inviter = a_user(f"sender{n}")
        post(f"havrutas/{make.havruta(inviter).id}/invitations", inviter, emails=[NAOMI])
    emails = make(lambda: db.session.execute(messages.mails.delete()).rowcount)
    assert (len(requests()), emails) == (5, 3)


@pytest.mark.parametrize("blocker", ["inviter", "invited"])
def test_of_two_kept_apart_neither_is_told_of_the_others_invitation(
    make: Any, post: Act, requests: Act, heard: HeardOf, ruth: User, boaz: User, blocker: str
) -> None:
    heard.block(*((ruth, boaz) if blocker == "inviter" else (boaz, ruth)))
    post(f"havrutas/{make.havruta(ruth).id}/invitations", ruth, emails=[boaz.email])
    assert requests() == []


def test_an_address_that_declined_is_not_told_of_the_next_invitation(
    make: Any, post: Act, requests: Act, news: Act, ruth: User, naomi: User
) -> None:
    path = f"havrutas/{make.havruta(ruth).id}/invitations"
    [result] = post(path, ruth, emails=[naomi.email])["results"]
    requests()
    for _ in range(2):
        post(f"invitations/{result['invitation_id']}/decline", naomi)
    # By no one: it would tell that the address has an account.
    assert news() == [("invitation_declined", ids(ruth), None)]
    post(path, ruth, emails=[naomi.email])
    assert requests() == []


def wants(make: Any, app: Flask, email: str, *, wanted: bool) -> None:
    """Let the service hear of the preference of the person with this address."""
    mailbox = {"mailbox_sha256": email_sha256(email), "wanted": wanted}
    type_ = "user.invitation_emails_changed"
    event = Event(uuid4(), type_, "user-service", str(uuid4()), 2, now(), None, mailbox)
    subscribed = app.extensions["worker"].consumer.subscriptions["user-service", type_]
    make(subscribed.handler, event)


def test_a_person_who_wants_no_e_mails_with_invitations_is_told_in_the_app_alone(
    app: Flask, make: Any, post: Act, requests: Act, ruth: User
) -> None:
    def emailed() -> int:
        rows = db.session.execute(messages.mails.delete().returning(messages.mails.c.data)).all()
        return len([row for row in rows if mails.invitation(row.data)])

    def invite() -> None:
        post(f"havrutas/{make.havruta(ruth).id}/invitations", ruth, emails=[NAOMI])

    invite()
    # It holds for an e-mail that waits, too.
    wants(make, app, NAOMI, wanted=False)
    assert make(emailed) == 0
    invite()
    assert make(emailed) == 0
    wants(make, app, NAOMI, wanted=True)
    invite()
    assert make(emailed) == 1
    assert len(requests()) == 3


def test_an_acceptance_is_told_to_the_inviter_and_the_new_member_to_the_others(
    make: Any, post: Act, news: Act, requests: Act, ruth: User, boaz: User, naomi: User
) -> None:
    havruta = make.havruta(ruth, boaz)
    [result] = post(f"havrutas/{havruta.id}/invitations", boaz, emails=[naomi.email])["results"]
    requests()
    for _ in range(2):
        post(f"invitations/{result['invitation_id']}/accept", naomi)
    assert news() == [
        ("invitation_accepted", ids(boaz), str(naomi.id)),
        ("person_joined", ids(ruth), str(naomi.id)),
    ]


@pytest.mark.usefixtures("race_round")
def test_accepting_at_the_same_time_is_told_once(
    app: Flask, make: Any, post: Act, news: Act, requests: Act, ruth: User, naomi: User
) -> None:
    havruta = make.havruta(ruth)
    [result] = post(f"havrutas/{havruta.id}/invitations", ruth, emails=[naomi.email])["results"]
    requests()
    path = f"/api/invitations/{result['invitation_id']}/accept"
    race([lambda: app.test_client().post(path, user=naomi)] * 4)
    assert news() == [("invitation_accepted", ids(ruth), str(naomi.id))]


def test_an_inviter_who_has_left_is_not_told_of_the_answer(
    make: Any, post: Act, news: Act, requests: Act, ruth: User, boaz: User, naomi: User
) -> None:
    havruta = make.havruta(ruth, boaz)
    [result] = post(f"havrutas/{havruta.id}/invitations", boaz, emails=[naomi.email])["results"]
    post(f"havrutas/{havruta.id}/leave", boaz)
    requests()
    post(f"invitations/{result['invitation_id']}/accept", naomi)
    assert news() == [("person_joined", ids(ruth), str(naomi.id))]


def test_the_others_are_told_of_a_member_who_left(
    make: Any, post: Act, requests: Act, ruth: User, boaz: User, naomi: User
) -> None:
    havruta = make.havruta(ruth, boaz, naomi)
    requests()
    post(f"havrutas/{havruta.id}/leave", boaz)
    [event] = requests()
    assert (event["actor"], event["aggregate_id"]) == (str(boaz.id), f"havruta:{havruta.id}")
    assert (event["data"]["kind"], sorted(event["data"]["user_ids"])) == (
        "person_left",
        ids(ruth, naomi),
    )
    assert event["data"]["data"] == {
        "havruta_id": str(havruta.id),
        "title": havruta.name,
        "book": "Genesis",
        "path": f"/api/havrutas/{havruta.id}",
        "removed": False,
    }


def test_a_removal_is_told_to_the_person_and_to_the_others(
    client: FlaskClient, make: Any, requests: Act, ruth: User, boaz: User, naomi: User
) -> None:
    path = f"/api/havrutas/{make.havruta(ruth, boaz, naomi).id}/members/{boaz.id}"
    requests()
    body = {"reason": "You have not come for months."}
    answers = [client.delete(path, json=body, user=ruth).status_code for _ in range(2)]
    assert answers == [204, 404]
    left, removed = requests()
    assert (left["actor"], removed["actor"]) == (str(ruth.id), str(ruth.id))
    assert (left["data"]["kind"], left["data"]["user_ids"]) == ("person_left", ids(naomi))
    assert left["data"]["data"]["removed"] is True
    assert (removed["data"]["kind"], removed["data"]["user_ids"]) == ("removed", ids(boaz))
    assert removed["data"]["data"]["reason"] == body["reason"]
    assert "reason" not in left["data"]["data"]


def test_a_new_owner_is_told_by_whom(
    make: Any, post: Act, news: Act, requests: Act, ruth: User, boaz: User
) -> None:
    path = f"havrutas/{make.havruta(ruth, boaz).id}/transfer"
    requests()
    post(path, ruth, user_id=str(boaz.id))
    post(path, boaz, user_id=str(boaz.id))
    assert news() == [("made_owner", ids(boaz), str(ruth.id))]


def test_the_heir_of_a_deleted_owner_is_told(
    make: Any, news: Act, requests: Act, ruth: User, boaz: User, naomi: User
) -> None:
    make.havruta(ruth, boaz, naomi)
    requests()
    make(erasure.erase, ruth.id, None)
    assert news() == [
        ("made_owner", ids(boaz), str(ruth.id)),
        ("person_left", ids(boaz, naomi), str(ruth.id)),
    ]


def test_the_members_are_told_once_that_the_havruta_is_archived(
    make: Any, post: Act, news: Act, requests: Act, ruth: User, boaz: User
) -> None:
    havruta = make.havruta(ruth, boaz)
    make.plan(havruta)
    requests()
    for _ in range(2):
        post(f"havrutas/{havruta.id}/archive", ruth)
    assert news() == [("havruta_archived", ids(boaz), str(ruth.id))]


def test_what_was_planned_is_taken_out_of_the_calendars_of_those_it_ends_for(
    client: FlaskClient, make: Any, post: Act, requests: Act, ruth: User, boaz: User, naomi: User
) -> None:
    havruta = make.havruta(ruth, boaz, naomi)
    make.plan(havruta, rrule="FREQ=DAILY;COUNT=3", timezone="UTC")
    requests()
    client.delete(f"/api/havrutas/{havruta.id}/members/{naomi.id}", user=ruth)
    planned = of_feed(make, boaz)
    removed, left = requests()[::-1]
    assert (removed["data"]["kind"], left["data"]["kind"]) == ("removed", "person_left")
    assert "calendar" not in left["data"]
    post(f"havrutas/{havruta.id}/archive", ruth)
    [archived] = requests()
    assert told_to_calendars(archived) == of_feed(make, boaz)
    for event in (removed, archived):
        assert [uid for uid, _ in told_to_calendars(event)] == [uid for uid, _ in planned]
        assert {each["status"] for each in event["data"]["calendar"]} == {"CANCELLED"}


def told_to_calendars(event: dict[str, Any]) -> list[tuple[str, int]]:
    return [(each["uid"], each["sequence"]) for each in event["data"]["calendar"]]


def of_feed(make: Any, person: User) -> list[tuple[str, int]]:
    """What the feed of the person has, by UID and SEQUENCE."""
    period = now() - timedelta(days=1), now() + timedelta(days=9)
    return [(each.uid, each.sequence) for each in make(agenda.events_of_person, person.id, *period)]


def test_the_others_are_told_of_what_is_planned(
    make: Any, post: Act, requests: Act, ruth: User, boaz: User
) -> None:
    havruta = make.havruta(ruth, boaz)
    requests()
    start = rfc3339(now() + timedelta(days=1))
    plan = {"start_time": start, "rrule": "FREQ=DAILY;COUNT=3", "timezone": "UTC"}
    session = post(f"havrutas/{havruta.id}/sessions", boaz, type="scheduled", **plan)
    [event] = requests()
    assert (event["actor"], event["aggregate_id"]) == (
        str(boaz.id),
        f"havruta_session:{session['id']}",
    )
    assert (event["data"]["kind"], event["data"]["user_ids"]) == ("session_planned", ids(ruth))
    assert told_to_calendars(event) == of_feed(make, ruth)
    post(f"havruta-sessions/{session['id']}/cancel", boaz)
    [cancelled] = requests()
    assert told_to_calendars(cancelled) == of_feed(make, ruth)[:1]
    assert event["data"]["data"] == {
        "havruta_id": str(havruta.id),
        "session_id": session["id"],
        "title": havruta.name,
        "book": "Genesis",
        "path": f"/api/havruta-sessions/{session['id']}",
        "starts_at": session["starts_at"],
        "count": 3,
    }


def test_the_room_is_told_until_a_session_is_cancelled_and_goes_with_the_owner(
    client: FlaskClient, make: Any, post: Act, requests: Act, ruth: User, boaz: User
) -> None:
    havruta, room = make.havruta(ruth, boaz), "https://meet.example.org/ruth"
    path = f"/api/havrutas/{havruta.id}"
    tag = {"If-Match": client.get(path, user=ruth).headers["ETag"]}
    client.patch(path, json={"meeting_url": room}, user=ruth, headers=tag)
    requests()
    start = rfc3339(now() + timedelta(days=1))
    session = post(f"havrutas/{havruta.id}/sessions", boaz, type="scheduled", start_time=start)
    post(f"havruta-sessions/{session['id']}/cancel", boaz, reason="A cold.")
    planned, cancelled = (event["data"] for event in requests())
    assert planned["data"]["meeting_url"] == room
    assert (planned["author"], planned["words"]) == (str(ruth.id), ["meeting_url"])
    assert "meeting_url" not in cancelled["data"]
    assert (cancelled["author"], cancelled["words"]) == (str(boaz.id), ["reason"])


def test_a_move_tells_the_old_and_the_new_time(
    client: FlaskClient, make: Any, requests: Act, ruth: User, boaz: User
) -> None:
    session = make.plan(make.havruta(ruth, boaz))
    requests()
    path, later = f"/api/havruta-sessions/{session.id}", rfc3339(now() + timedelta(days=9))
    for body in ({"start_time": later}, {"start_time": later}, {"planned_minutes": 30}):
        tag = {"If-Match": client.get(path, user=ruth).headers["ETag"]}
        assert client.patch(path, json=body, user=ruth, headers=tag).status_code == 200
    [event] = requests()
    assert event["actor"] == str(ruth.id)
    facts = event["data"]["data"]
    times = (facts["previous_starts_at"], facts["starts_at"], facts["count"])
    assert times == (rfc3339(session.start_time), later, 1)


@pytest.mark.parametrize("read", [read_by_icalendar, read_by_vobject, read_by_ics, read_by_ical_js])
def test_a_calendar_that_emails_keep_shows_what_is_planned(
    client: FlaskClient, make: Any, post: Act, requests: Act, ruth: User, boaz: User, read: Program
) -> None:
    havruta, diary = make.havruta(ruth, boaz), Diary()
    requests()
    begin = now().replace(microsecond=0) + timedelta(days=1)
    plan = {"start_time": rfc3339(begin), "rrule": "FREQ=DAILY;COUNT=3", "timezone": "UTC"}
    session = post(f"havrutas/{havruta.id}/sessions", boaz, type="scheduled", **plan)

    def shown() -> list[timedelta]:
        [event] = requests()
        diary.hear(event["data"]["calendar"], havruta.name)
        return [one.starts_at - begin for one in diary.shown_by(read)]

    days, hour = [timedelta(days=day) for day in range(3)], timedelta(hours=1)
    assert shown() == days
    path = f"/api/havruta-sessions/{session['id']}"
    tag = {"If-Match": client.get(path, user=boaz).headers["ETag"]}
    later = {"start_time": rfc3339(begin + hour)}
    assert client.patch(path, json=later, user=boaz, headers=tag).status_code == 200
    assert shown() == [hour, *days[1:]]
    post(f"havruta-sessions/{session['id']}/cancel", boaz)
    assert shown() == days[1:]


@pytest.mark.parametrize("reason", ["The library is closed.", None])
def test_a_cancellation_tells_the_reason(
    make: Any, post: Act, requests: Act, ruth: User, boaz: User, reason: str | None
) -> None:
    session = make.plan(make.havruta(ruth, boaz))
    requests()
    for _ in range(2):
        post(f"havruta-sessions/{session.id}/cancel", ruth, reason=reason)
    [event] = requests()
    assert (event["data"]["user_ids"], event["actor"]) == (ids(boaz), str(ruth.id))
    facts = event["data"]["data"]
    assert (facts["reason"], facts["end_reason"], facts["count"]) == (reason, "cancelled", 1)


def test_all_members_are_told_of_what_was_missed(
    make: Any, requests: Act, ruth: User, boaz: User
) -> None:
    havruta = make.havruta(ruth, boaz)
    with time_machine.travel(START, tick=False) as clock:
        make.plan(havruta, rrule="FREQ=DAILY;COUNT=2", timezone="UTC")
        requests()
        clock.shift(timedelta(days=2) + MISSED_AFTER)
        assert [make(plans.cancel_missed) for _ in range(2)] == [2, 0]
    missed = requests()
    # Of the one havruta, so that one unread notification tells of both.
    assert {event["aggregate_id"] for event in missed} == {f"havruta:{havruta.id}"}
    for event in missed:
        assert (event["actor"], sorted(event["data"]["user_ids"])) == (None, ids(ruth, boaz))
        facts = event["data"]["data"]
        assert (facts["reason"], facts["end_reason"]) == (None, "missed")


def test_the_others_are_told_of_a_message_after_a_silence(
    client: FlaskClient, make: Any, news: Act, ruth: User, boaz: User
) -> None:
    path = f"/api/havrutas/{make.havruta(ruth, boaz).id}/messages"
    news()
    start = now()
    for minutes, user in ((0, ruth), (1, boaz), (30, ruth), (60, boaz)):
        with time_machine.travel(start + timedelta(minutes=minutes), tick=False):
            said = client.post(path, json={"content": "Hello"}, user=user)
        assert said.status_code == 201
    # At once, and after the half hour in which nobody wrote.
    assert news() == [
        ("havruta_message", [str(boaz.id)], str(ruth.id)),
        ("havruta_message", [str(ruth.id)], str(boaz.id)),
    ]
