"""People find a study session near them, take part, talk, and see live what happens."""

import random
from typing import Any

import pytest

from .support.people import People, Person, Visitor, agreed, eventually, register
from .support.streams import Stream, attempt
from .support.study_sessions import BASE, heard, host_session, join, leave, news, say


@pytest.fixture(scope="module")
def ruth(gateway: str) -> Person:
    return register(gateway, "ruth")


@pytest.fixture(scope="module")
def boaz(gateway: str) -> Person:
    return register(gateway, "boaz")


@pytest.fixture(scope="module")
def naomi(people: People) -> Person:
    return people["naomi"]


@pytest.fixture
def somewhere() -> dict[str, float]:
    """A location in the South Atlantic where no one else studies."""
    return {
        "latitude": round(random.uniform(-40, -30), 5),
        "longitude": round(random.uniform(-25, -15), 5),
    }


@pytest.fixture
def session(ruth: Person, boaz: Person) -> str:
    """A session of Ruth's that Boaz has joined."""
    opened = host_session(ruth)
    join(boaz, opened)
    return opened


def usernames(person: Person, session: str) -> list[str]:
    return [
        participant["username"] for participant in person.read(f"{session}/participants")["items"]
    ]


def test_a_session_is_found_by_a_search_nearby(
    gateway: str, ruth: Person, boaz: Person, somewhere: dict[str, float]
) -> None:
    opened = host_session(ruth, **somewhere)
    near = f"{BASE}?lat={somewhere['latitude'] + 0.01}&lng={somewhere['longitude']}&radius_km=2"
    for seeker in (boaz, Visitor(gateway)):
        [found] = seeker.read(near)["items"]
        assert f"{BASE}/{found['id']}" == opened
        assert 1000 < found["distance_m"] < 1200
        assert (found["host_username"], found["host_display_name"]) == (ruth.username, "Ruth")
    assert boaz.read(near.replace("radius_km=2", "radius_km=1"))["items"] == []


def test_participants_talk_with_each_other(ruth: Person, boaz: Person, session: str) -> None:
    say(ruth, session, "Welcome!")
    say(boaz, session, "Where do we start?")
    conversation = [(ruth.username, "Welcome!"), (boaz.username, "Where do we start?")]
    assert heard(ruth, session) == heard(boaz, session) == conversation
    assert usernames(ruth, session) == usernames(boaz, session) == [ruth.username, boaz.username]


def test_leaving_gives_up_the_seat_and_the_chat(ruth: Person, boaz: Person, session: str) -> None:
    leave(boaz, session)
    assert boaz.get(f"{session}/messages").status_code == 403
    assert usernames(ruth, session) == [ruth.username]
    assert ruth.read(session)["current_participants"] == 1


def test_a_freed_seat_goes_to_the_waitlist_with_a_notification(
    ruth: Person, boaz: Person, naomi: Person
) -> None:
    session = host_session(ruth, max_participants=2)
    join(boaz, session)
    assert naomi.post(f"{session}/join").json()["code"] == "session_full"
    assert join(naomi, session, waitlist=True)["position"] == 1
    leave(boaz, session)
    assert usernames(ruth, session) == [ruth.username, naomi.username]
    assert eventually(lambda: news(naomi, session)) == ["waitlist_promotion"]


def test_a_host_has_one_unread_notification_of_all_who_joined(
    ruth: Person, boaz: Person, naomi: Person
) -> None:
    session = host_session(ruth)
    for person in (boaz, naomi):
        join(person, session)

    def joined() -> list[dict[str, Any]]:
        items = ruth.read("/api/notifications")["items"]
        return [
            item
            for item in items
            if (item["kind"], item["data"]["path"], item["times"]) == ("person_joined", session, 2)
        ]

    [note] = eventually(joined)
    assert (note["actor_username"], note["read_at"]) == (naomi.username, None)


def test_a_stream_brings_joins_and_messages_as_they_happen(ruth: Person, boaz: Person) -> None:
    session = host_session(ruth)
    with Stream(ruth, f"{session}/events") as stream:
        join(boaz, session)
        say(boaz, session, "Shalom")
        joined, message = stream.take(2)
    assert (joined.type, joined.data["user_id"]) == ("joined", str(boaz.id))
    assert (message.type, message.data["content"]) == ("message", "Shalom")
    assert int(message.id or 0) == int(joined.id or 0) + 1


def test_a_resumed_stream_misses_and_repeats_nothing(
    ruth: Person, boaz: Person, session: str
) -> None:
    with Stream(ruth, f"{session}/events") as stream:
        say(boaz, session, "one")
        seen = stream.next()
    for words in ("two", "three"):
        say(boaz, session, words)
    with Stream(ruth, f"{session}/events", last_event_id=seen.id) as stream:
        say(boaz, session, "four")
        assert [event.data["content"] for event in stream.take(3)] == ["two", "three", "four"]


def test_a_stream_resumes_past_messages_that_were_edited_and_deleted(
    ruth: Person, boaz: Person, session: str
) -> None:
    with Stream(ruth, f"{session}/events") as stream:
        ids = [say(boaz, session, words)["id"] for words in ("one", "two", "three", "four")]
        first, *_, last = stream.take(4)
    agreed(boaz.patch(f"{session}/messages/{ids[1]}", {"content": "second"}))
    for deleted in (ids[0], ids[1]):
        agreed(boaz.delete(f"{session}/messages/{deleted}"))
    # The second message and its edit are gone with what they said.
    expected = [("message", "three"), ("message", "four")] + [("message_deleted", None)] * 2
    with Stream(ruth, f"{session}/events", last_event_id=first.id) as stream:
        assert [(event.type, event.data["content"]) for event in stream.take(4)] == expected
    with Stream(ruth, f"{session}/events", last_event_id=last.id) as stream:
        deletions = stream.take(2)
    assert [(event.type, event.data["id"]) for event in deletions] == [
        ("message_deleted", ids[0]),
        ("message_deleted", ids[1]),
    ]


def test_the_stream_of_a_removed_participant_ends(ruth: Person, boaz: Person, session: str) -> None:
    with Stream(boaz, f"{session}/events") as stream:
        agreed(ruth.delete(f"{session}/participants/{boaz.id}"))
        assert stream.until("end").content == {"reason": "not_allowed"}
    assert attempt(boaz, f"{session}/events") == 403


def test_a_stranger_watches_nothing(naomi: Person, session: str) -> None:
    assert attempt(naomi, f"{session}/events") == 403


def test_a_persons_own_stream_brings_their_notifications(
    ruth: Person, boaz: Person, naomi: Person
) -> None:
    session = host_session(ruth, max_participants=2)
    join(boaz, session)
    join(naomi, session, waitlist=True)
    with Stream(naomi, "/api/events") as stream:
        leave(boaz, session)
        assert stream.until("notification").data["kind"] == "waitlist_promotion"
