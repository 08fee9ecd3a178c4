"""All that is live for a person comes over one connection, and each room goes on where it was."""

from collections import defaultdict
from typing import Any

import pytest

from lyceum_client import Lyceum

from .support.people import People, Person, agreed, eventually, register
from .support.streams import LiveEvent, Stream
from .support.study_sessions import host_session, join, leave, say

ALL = "/api/events?rooms=mine"
MOST = 100
TOLD = {"message": "content", "renamed": "name", "notification": "times"}


@pytest.fixture(scope="module")
def ruth(people: People) -> Person:
    return people["ruth"]


@pytest.fixture(scope="module")
def boaz(people: People) -> Person:
    return people["boaz"]


@pytest.fixture(scope="module")
def session(ruth: Person, boaz: Person) -> str:
    """A session of Ruth's that Boaz has joined."""
    opened = host_session(ruth)
    join(boaz, opened)
    return opened


@pytest.fixture(scope="module")
def havruta(ruth: Person, boaz: Person) -> str:
    """A havruta of Ruth's that Boaz has joined."""
    made = agreed(ruth.post("/api/havrutas", {"name": "Ruth on Sundays", "book": "Ruth"}))
    path = f"/api/havrutas/{made['id']}"
    emails = {"emails": ["boaz@lyceum.example"]}
    [invited] = agreed(ruth.post(f"{path}/invitations", emails))["results"]
    agreed(boaz.post(f"/api/invitations/{invited['invitation_id']}/accept"))
    return path


def room_of(path: str) -> str:
    """The name of the room of what is at this path: `/api/havrutas/7` is `havruta:7`."""
    _, _, things, id_ = path.split("/")
    return f"{things.removesuffix('s')}:{id_}"


def rename(owner: Person, havruta: str, name: str) -> None:
    agreed(owner.patch(havruta, {"name": name}, headers={"If-Match": "*"}))


def next_of(stream: Stream, path: str, kind: str) -> LiveEvent:
    """The next event of this kind in the room of what is at this path."""
    while True:
        event = stream.next()
        if (event.type, event.content.get("room")) == (kind, room_of(path)):
            return event


def next_notification(stream: Stream, kind: str) -> LiveEvent:
    """The next notification of this kind: what happened before may still be on its way."""
    while True:
        event = stream.until("notification")
        if event.data["kind"] == kind:
            return event


def test_one_connection_brings_chat_havruta_and_notifications(
    gateway: str, ruth: Person, boaz: Person, session: str, havruta: str
) -> None:
    own, guest = f"user:{ruth.id}", register(gateway, "guest")
    with Stream(ruth, ALL) as stream:
        opening = stream.next()
        assert {own, room_of(session), room_of(havruta)} <= set(opening.content["rooms"])
        assert "degraded" not in opening.content
        say(boaz, session, "Shalom!")
        message = next_of(stream, session, "message")
        assert (message.data["content"], message.data["username"]) == ("Shalom!", "boaz")
        rename(ruth, havruta, "Ruth in the evening")
        assert next_of(stream, havruta, "renamed").data["name"] == "Ruth in the evening"
        join(guest, session)
        notification = next_notification(stream, "person_joined")
        assert notification.content["room"] == own
    # Meanwhile something happens in each room.
    say(boaz, session, "Are you there?")
    rename(ruth, havruta, "Ruth at night")
    leave(guest, session)
    join(guest, session)

    def has_come() -> bool:
        newest = ruth.read("/api/notifications")["items"][0]
        return bool(newest["times"] > notification.data["times"])

    eventually(has_come)
    with Stream(ruth, ALL, last_event_id=notification.id) as stream:
        stream.next()
        # A last word in each room, after which nothing more is missing.
        say(boaz, session, "Good night")
        rename(ruth, havruta, "Ruth")
        seen: defaultdict[str, list[Any]] = defaultdict(list)
        while not {"Good night", "Ruth"} <= {word for words in seen.values() for word in words}:
            event = stream.next()
            if event.type in TOLD:
                seen[event.content["room"]].append(event.data[TOLD[event.type]])
    assert seen[room_of(session)] == ["Are you there?", "Good night"]
    assert seen[room_of(havruta)] == ["Ruth at night", "Ruth"]
    assert seen[own][-1] > notification.data["times"]


def test_a_room_that_a_person_has_to_leave_ends_alone(
    ruth: Person, boaz: Person, havruta: str
) -> None:
    session = host_session(ruth)
    join(boaz, session)
    named = f"/api/events?rooms={room_of(session)},{room_of(havruta)}"
    with Stream(boaz, named) as stream:
        agreed(ruth.delete(f"{session}/participants/{boaz.id}"))
        left = stream.until("room_end")
        assert left.content == {"room": room_of(session), "reason": "not_allowed"}
        rename(ruth, havruta, "Ruth alone")
        assert next_of(stream, havruta, "renamed").data["name"] == "Ruth alone"
    refused = boaz.get(named)
    assert (refused.status_code, refused.json()["room"]) == (403, room_of(session))


def test_words_of_the_blocked_are_folded_in_each_room(
    gateway: str, ruth: Person, session: str, havruta: str
) -> None:
    guest = register(gateway, "guest")
    join(guest, session)
    with Stream(ruth, ALL) as stream:
        say(guest, session, "First.")
        assert next_of(stream, session, "message").data["folded"] is False
        agreed(ruth.put(f"/api/users/me/blocks/{guest.id}"))

        def is_folded() -> bool:
            say(guest, session, "Again.")
            return bool(next_of(stream, session, "message").data["folded"])

        eventually(is_folded)
    agreed(ruth.delete(f"/api/users/me/blocks/{guest.id}"))


def test_a_stream_carries_a_hundred_rooms_and_not_one_more(gateway: str) -> None:
    hillel = register(gateway, "hillel")
    made = [
        agreed(hillel.post("/api/havrutas", {"name": "Many", "book": "Ruth"}))["id"]
        for _ in range(MOST)
    ]
    with Stream(hillel, ALL) as stream:
        assert len(stream.next().content["rooms"]) == MOST + 1
        for havruta in (made[0], made[-1]):
            rename(hillel, f"/api/havrutas/{havruta}", "New")
            assert stream.next().content["room"] == f"havruta:{havruta}"
    one_more = agreed(hillel.post("/api/havrutas", {"name": "Many", "book": "Ruth"}))["id"]
    refused = hillel.get(ALL)
    assert (refused.status_code, refused.json()["code"]) == (409, "too_many_rooms")
    named = ",".join(f"havruta:{havruta}" for havruta in made)
    with Stream(hillel, f"/api/events?rooms={named}") as stream:
        assert len(stream.next().content["rooms"]) == MOST + 1
    refused = hillel.get(f"/api/events?rooms={named},havruta:{one_more}")
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "?rooms")


def test_the_typed_client_follows_all_rooms(ruth: Person, boaz: Person, session: str) -> None:
    lyceum: Lyceum = ruth.api
    with lyceum.stream_user_events(rooms="mine", timeout=15) as events:
        rooms = next(events).data["rooms"]
        assert room_of(session) in rooms
        say(boaz, session, "One")
        first = next(event for event in events if event.type == "message")
    say(boaz, session, "Two")
    with lyceum.stream_user_events(rooms="mine", last_event_id=first.id, timeout=15) as events:
        second = next(event for event in events if event.type == "message")
    assert (second.data["room"], second.data["data"]["content"]) == (room_of(session), "Two")
