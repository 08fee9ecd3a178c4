"""Which rooms one stream carries: how many, whose, and what is refused."""

from uuid import UUID

import pytest

from chassis import testing
from chassis.testing import User
from chassis.web.rooms import MOST_ROOMS
from gateway.edge.places import MOST_PER_PERSON
from gateway.routes import HAVRUTA

from .support.gateway_process import Doubles, Gateway
from .support.live_rooms import OWNERS, Owners, SeveralRooms
from .support.upstream_doubles import answer, as_json

PATH = "/api/events?rooms="


def test_a_stream_carries_a_hundred_rooms(gateway: Gateway, owners: Owners, ruth: User) -> None:
    kinds = [("study-session", None)] * 40 + [("havruta", None)] * 50
    rooms = [owners.open(kind, id_) for kind, id_ in kinds]
    rooms += [owners.open("whiteboard", 2_000_000_000 + number) for number in range(10)]
    names = ",".join(room.name for room in rooms)
    with SeveralRooms(gateway, ruth, names) as stream:
        assert len(stream.opening.content["rooms"]) == MOST_ROOMS + 1
        for room in rooms:
            room.say()
        assert sorted(stream.take(100)) == sorted(("said", room.name, 1) for room in rooms)
        assert len(str(stream.last_id)) <= 1000
    for room in rooms:
        room.say()
    # As browsers write an address, the place in it.
    query = f"{names.replace(':', '%3A').replace(',', '%2C')}&last_event_id={stream.last_id}"
    with SeveralRooms(gateway, ruth, query) as resumed:
        assert sorted(resumed.take(100)) == sorted(("said", room.name, 2) for room in rooms)
    assert len(owners.asked) == 8


@pytest.mark.parametrize(
    "rooms",
    [
        "",
        "all",
        "mine,whiteboard:17",
        "whiteboard:0",
        "whiteboard:x",
        "whiteboard:17,",
        "study-session:17",
        f"hall:{UUID(int=7)}",
        f"user:{UUID(int=7)}",
        ",".join(f"whiteboard:{number}" for number in range(1, MOST_ROOMS + 2)),
        "whiteboard:17&rooms=mine",
    ],
)
def test_what_is_no_list_of_rooms_is_refused(
    gateway: Gateway, owners: Owners, ruth: User, rooms: str
) -> None:
    refused = gateway.get(f"{PATH}{rooms}", user=ruth)
    assert (refused.status, refused.json["errors"][0]["pointer"]) == (422, "?rooms")
    assert owners.asked == []


def test_a_room_that_is_named_twice_is_watched_once(
    gateway: Gateway, owners: Owners, ruth: User
) -> None:
    chat = owners.open("study-session")
    again = f"study-session:{str(chat.id).upper()}"
    with SeveralRooms(gateway, ruth, f"{chat.name},{again}") as stream:
        assert stream.opening.content["rooms"] == [owners.own.name, chat.name]


def test_a_person_with_more_rooms_than_a_stream_carries_is_told_so(
    gateway: Gateway, owners: Owners, internal: Doubles, ruth: User
) -> None:
    for number in range(1, 61):
        owners.open("whiteboard", number)
        owners.open("havruta")
    refused = gateway.get(f"{PATH}mine", user=ruth)
    assert (refused.status, refused.json["code"]) == (409, "too_many_rooms")
    assert refused.json["most"] == MOST_ROOMS
    with SeveralRooms(gateway, ruth, "whiteboard:1"):
        pass


@pytest.mark.parametrize("seen", ["17", "x", ".abc", ".abcdefg", ".abcdef1." * 2, ".abcdef1" * 203])
def test_an_id_of_another_form_is_refused(
    gateway: Gateway, owners: Owners, ruth: User, seen: str
) -> None:
    for asked in (
        gateway.get(f"{PATH}mine&last_event_id={seen}", user=ruth),
        gateway.get(f"{PATH}mine", user=ruth, headers={"Last-Event-ID": seen}),
    ):
        assert (asked.status, asked.json["errors"][0]["pointer"]) == (422, "?last_event_id")


def test_an_id_of_several_rooms_is_none_of_one(
    gateway: Gateway, owners: Owners, ruth: User
) -> None:
    chat = owners.open("study-session")
    path = f"/api/study-sessions/{chat.id}/events"
    for target in ("/api/events", path):
        refused = gateway.get(target, user=ruth, headers={"Last-Event-ID": ".abcdef1"})
        assert (refused.status, refused.json["errors"][0]["pointer"]) == (422, "?last_event_id")


@pytest.mark.parametrize("status", [403, 404])
def test_a_room_that_may_not_be_watched_refuses_the_whole_stream(
    gateway: Gateway, owners: Owners, internal: Doubles, ruth: User, status: int
) -> None:
    chat, secret = owners.open("study-session"), owners.open("havruta")
    problem = {"code": "forbidden", "room": secret.name}
    internal[HAVRUTA].reply = lambda *_: as_json(problem, status)
    for _ in range(MOST_PER_PERSON + 1):
        refused = gateway.get(f"{PATH}{chat.name},{secret.name}", user=ruth)
        assert (refused.status, refused.json["room"]) == (status, secret.name)


def test_a_list_needs_the_services_that_own_its_rooms(
    gateway: Gateway, owners: Owners, internal: Doubles, ruth: User
) -> None:
    chat, pair = owners.open("study-session"), owners.open("havruta")
    internal[HAVRUTA].reply = lambda *_: answer(500)
    refused = gateway.get(f"{PATH}{chat.name},{pair.name}", user=ruth)
    assert (refused.status, refused.json["code"]) == (502, "bad_gateway")
    with SeveralRooms(gateway, ruth, chat.name):
        pass


def test_without_one_service_a_person_has_the_rooms_of_the_others(
    gateway: Gateway, owners: Owners, internal: Doubles, ruth: User
) -> None:
    chat, pair = owners.open("study-session"), owners.open("havruta")
    with SeveralRooms(gateway, ruth, "mine") as stream:
        pass
    working = internal[HAVRUTA].reply
    internal[HAVRUTA].reply = lambda *_: answer(500)
    for room in (chat, pair):
        room.say()
    with SeveralRooms(gateway, ruth, "mine", stream.last_id) as reduced:
        assert reduced.opening.content == {
            "rooms": [owners.own.name, chat.name],
            "degraded": [HAVRUTA],
        }
        assert reduced.take(1) == [("said", chat.name, 1)]
    # The place in the rooms that were missing is kept.
    internal[HAVRUTA].reply = working
    with SeveralRooms(gateway, ruth, "mine", reduced.last_id) as whole:
        assert whole.take(1) == [("said", pair.name, 1)]
    for name in OWNERS:
        internal[name].reply = lambda *_: answer(500)
    assert gateway.get(f"{PATH}mine", user=ruth).status == 503


def test_a_stream_of_many_rooms_takes_one_place(
    gateway: Gateway, owners: Owners, ruth: User
) -> None:
    names = ",".join(owners.open("study-session").name for _ in range(5))
    streams = [SeveralRooms(gateway, ruth, names) for _ in range(MOST_PER_PERSON)]
    refused = gateway.get(f"{PATH}{names}", user=ruth)
    assert (refused.status, refused.json["code"]) == (429, "too_many_streams")
    for stream in streams:
        stream.__exit__()
    assert gateway.call("HEAD", f"{PATH}{names}", user=testing.a_user()).status in {200, 404}
