"""One stream for several rooms: each event once, each room resumed where it was, and bounded."""

import socket
import threading
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import pytest
import redis

from chassis import testing
from chassis.testing import User
from chassis.web.rooms import MOST_ROOMS
from gateway.edge.places import MOST_PER_PERSON
from gateway.edge.positions import UNKNOWN, Positions, read, tag_of
from gateway.edge.streams import CAUGHT_UP
from gateway.routes import HAVRUTA, STUDY_SESSION, TUTORING, USER

from .support.account_events import publish
from .support.gateway_process import Doubles, Gateway
from .support.live_rooms import LiveRoom, SeveralRooms
from .support.upstream_doubles import Asked, answer, as_json

PATH = "/api/events?rooms="
OWNERS = (USER, STUDY_SESSION, TUTORING, HAVRUTA)
KINDS = {"study-session": STUDY_SESSION, "whiteboard": TUTORING, "havruta": HAVRUTA}
Refuse = Callable[[LiveRoom], None]


@pytest.fixture
def ruth() -> User:
    return testing.a_user("ruth")


class Owners:
    """The services with their rooms: those that exist may be watched by anyone."""

    def __init__(self, connection: "redis.Redis", internal: Doubles, person: User) -> None:
        self.connection = connection
        self.own = LiveRoom(connection, "user", person.id)
        self.rooms = {self.own.name: self.own}
        self.blocked: list[str] = []
        self.internal = internal
        for name in OWNERS:
            internal[name].reply = partial(self._answer, name)

    def open(self, kind: str, id_: object = None) -> LiveRoom:
        room = LiveRoom(self.connection, kind, id_)
        self.rooms[room.name] = room
        return room

    def close(self, room: LiveRoom) -> None:
        del self.rooms[room.name]

    @property
    def asked(self) -> list[str]:
        return [asked.target for name in OWNERS for asked in self.internal[name].asked]

    def _answer(self, service: str, asked: Asked, _: object) -> bytes:
        address = urlsplit(asked.target)
        its = [name for name in self.rooms if KINDS.get(name.partition(":")[0], USER) == service]
        if address.path == "/internal/rooms":
            wanted = parse_qs(address.query)["rooms"][0].split(",")
        elif address.path == "/internal/rooms/mine":
            wanted = its
        else:
            wanted = [":".join(address.path.split("/")[3:])]
        for name in wanted:
            if name not in its:
                return as_json({"code": "not_found", "room": name}, 404)
        told = [self.rooms[name].told for name in wanted]
        if "=" in asked.target or address.path.endswith("/mine"):
            return as_json({"rooms": told, "blocked": self.blocked})
        return as_json({**told[0], "blocked": []})


@pytest.fixture
def owners(internal: Doubles, ruth: User) -> Iterator[Owners]:
    with redis.Redis.from_url(testing.redis_url()) as connection:
        yield Owners(connection, internal, ruth)


def test_one_connection_carries_rooms_of_all_services(
    gateway: Gateway, owners: Owners, ruth: User
) -> None:
    chat, board, pair = map(
        owners.open, ("study-session", "whiteboard", "havruta"), (None, 17, None)
    )
    named = ",".join(room.name for room in (chat, board, pair))
    with SeveralRooms(gateway, ruth, named) as stream:
        everything = [owners.own, chat, board, pair]
        assert stream.opening.type == "rooms"
        assert stream.opening.content == {"rooms": [room.name for room in everything]}
        for room in everything:
            room.say()
            assert stream.take(1) == [("said", room.name, 1)]
    assert sorted(owners.asked) == sorted(
        [
            f"/internal/rooms?rooms={owners.own.name}",
            f"/internal/rooms?rooms={chat.name}",
            f"/internal/rooms?rooms={board.name}",
            f"/internal/rooms?rooms={pair.name}",
        ]
    )


def test_the_rooms_of_a_person_are_found_by_one_question_to_each_service(
    gateway: Gateway, owners: Owners, ruth: User
) -> None:
    rooms = [owners.own, *(owners.open("study-session") for _ in range(3)), owners.open("havruta")]
    with SeveralRooms(gateway, ruth, "mine") as stream:
        assert sorted(stream.opening.content["rooms"]) == sorted(room.name for room in rooms)
        rooms[-1].say()
        assert stream.take(1) == [("said", rooms[-1].name, 1)]
    assert owners.asked == ["/internal/rooms/mine"] * 4


def test_without_the_parameter_the_stream_is_as_ever(
    gateway: Gateway, owners: Owners, ruth: User
) -> None:
    token = testing.token_for(ruth)
    head = f"GET /api/events HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=10) as connection:
        connection.sendall(head.encode())
        received = b""
        while not received.endswith(b"\r\n\r\nretry: 1000\n\n"):
            received += connection.recv(4096)
        owners.own.say()
        assert connection.recv(4096) == (
            b'id: 1\nevent: said\ndata: {"type":"said","seq":1,"data":{}}\n\n'
        )
    assert owners.asked == [f"/internal/rooms/user/{ruth.id}"]


def test_every_room_goes_on_where_it_was(gateway: Gateway, owners: Owners, ruth: User) -> None:
    chat, pair, new = (owners.open(kind) for kind in ("study-session", "havruta", "havruta"))
    for room in (chat, pair, new):
        room.say()
    with SeveralRooms(gateway, ruth, f"{chat.name},{pair.name}") as stream:
        chat.say()
        assert stream.take(1) == [("said", chat.name, 2)]
    for room in (chat, pair, new, owners.own):
        room.say()
    # One room is new, and begins now; the place in one that is left out is of no use.
    with SeveralRooms(gateway, ruth, f"{new.name},{chat.name}", stream.last_id) as resumed:
        assert resumed.take(2) == [("said", owners.own.name, 1), ("said", chat.name, 3)]
        new.say()
        assert resumed.take(1) == [("said", new.name, 3)]
    with SeveralRooms(gateway, ruth, f"{pair.name}", stream.last_id) as resumed:
        assert resumed.take(2) == [("said", owners.own.name, 1), ("said", pair.name, 2)]


def test_what_happens_before_the_first_event_is_not_lost(
    gateway: Gateway, owners: Owners, ruth: User
) -> None:
    chat = owners.open("study-session")
    with SeveralRooms(gateway, ruth, chat.name) as stream:
        pass
    chat.say()
    with SeveralRooms(gateway, ruth, chat.name, stream.last_id) as resumed:
        assert resumed.take(1) == [("said", chat.name, 1)]


def test_a_break_at_any_event_loses_and_repeats_nothing(
    gateway: Gateway, owners: Owners, ruth: User
) -> None:
    rooms = [owners.open("study-session") for _ in range(5)]
    names = ",".join(room.name for room in rooms)
    with SeveralRooms(gateway, ruth, names) as stream:
        last_id = stream.last_id
    writers = [
        threading.Thread(target=lambda r=room: [r.say() for _ in range(20)]) for room in rooms
    ]
    for writer in writers:
        writer.start()
    seen: list[tuple[str, str, int]] = []
    while len(seen) < 100:
        with SeveralRooms(gateway, ruth, names, last_id) as stream:
            seen += stream.take(min(9, 100 - len(seen)))
            last_id = stream.last_id
    for room in rooms:
        assert [seq for _, name, seq in seen if name == room.name] == list(range(1, 21))
    for writer in writers:
        writer.join()


def test_a_room_whose_events_are_gone_is_reset_alone(
    gateway: Gateway, owners: Owners, ruth: User
) -> None:
    chat, pair = owners.open("study-session"), owners.open("havruta")
    with SeveralRooms(gateway, ruth, f"{chat.name},{pair.name}") as stream:
        pass
    for room in (chat, pair):
        room.say()
        room.say()
    chat.lose()
    chat.say()
    with SeveralRooms(gateway, ruth, f"{chat.name},{pair.name}", stream.last_id) as resumed:
        expected = [("reset", chat.name, 3), ("said", pair.name, 1), ("said", pair.name, 2)]
        assert resumed.take(3) == expected
    with SeveralRooms(gateway, ruth, f"{chat.name},{pair.name}", resumed.last_id) as resumed:
        chat.say()
        assert resumed.take(1) == [("said", chat.name, 4)]


def test_rooms_beyond_what_is_held_for_a_reader_are_reset(
    gateway: Gateway, owners: Owners, ruth: User
) -> None:
    rooms = [owners.open("havruta") for _ in range(4)]
    names = ",".join(room.name for room in rooms)
    with SeveralRooms(gateway, ruth, names) as stream:
        pass
    for room in rooms:
        for _ in range(3):
            room.say(data={"text": "a" * (CAUGHT_UP // 5)})
    with SeveralRooms(gateway, ruth, names, stream.last_id) as resumed:
        seen = resumed.take(8)
    assert [(kind, seq) for kind, _, seq in seen] == [("said", 1), ("said", 2), ("said", 3)] * 2 + [
        ("reset", 3)
    ] * 2


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


def test_a_room_that_a_person_leaves_ends_alone(
    gateway: Gateway, owners: Owners, ruth: User
) -> None:
    chat, pair = owners.open("study-session"), owners.open("havruta")
    with SeveralRooms(gateway, ruth, f"{chat.name},{pair.name}") as stream:
        owners.close(chat)
        chat.say(members_changed=[str(ruth.id)])
        assert stream.take(1) == [("said", chat.name, 1)]
        left = stream.next()
        assert left.type == "room_end"
        assert left.content == {"room": chat.name, "reason": "not_allowed"}
        chat.say()
        pair.say()
        assert stream.take(1) == [("said", pair.name, 1)]
        known = read(str(stream.last_id)) or {}
        assert known == {tag_of(owners.own.name): 0, tag_of(pair.name): 1}


def test_a_sign_in_that_ends_ends_the_whole_stream(
    gateway: Gateway, owners: Owners, ruth: User
) -> None:
    chat = owners.open("study-session")
    with SeveralRooms(gateway, ruth, chat.name) as stream:
        publish("user.roles_changed", str(ruth.id), 2, roles=["tutor"])
        assert stream.next().content == {"reason": "token_outdated"}
        with pytest.raises(EOFError):
            stream.next()


def test_words_of_the_blocked_are_folded_in_all_rooms(
    gateway: Gateway, owners: Owners, ruth: User
) -> None:
    boaz, naomi = str(uuid4()), str(uuid4())
    owners.blocked = [boaz]
    chat, other = owners.open("study-session"), owners.open("study-session")
    with SeveralRooms(gateway, ruth, f"{chat.name},{other.name}") as stream:
        for author, room in ((boaz, chat), (naomi, other)):
            room.say(data={"user_id": author, "folded": False})
        folded = {
            seen.content["room"]: seen.content["data"]["folded"]
            for seen in (stream.next(), stream.next())
        }
        assert folded == {chat.name: True, other.name: False}


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


def test_a_ticket_opens_a_stream_of_several_rooms(
    gateway: Gateway, owners: Owners, ruth: User
) -> None:
    ticket = gateway.post("/api/events/tickets", user=ruth).json["ticket"]
    # A wrong parameter does not spend it.
    wrong = gateway.get(f"{PATH}mine&last_event_id=17&ticket={ticket}")
    assert wrong.status == 422
    with SeveralRooms(gateway, testing.a_user(), f"mine&ticket={ticket}") as stream:
        assert stream.opening.content["rooms"] == [owners.own.name]


def test_positions_survive_the_way_to_the_client_and_back() -> None:
    seqs: dict[str, Any] = {f"whiteboard:{number}": number * 1000 for number in range(101)}
    positions = Positions(seqs)
    positions.note("whiteboard:3", 2**40)
    positions.forget("whiteboard:4")
    expected = {**seqs, "whiteboard:3": 2**40}
    del expected["whiteboard:4"]
    known = read(positions.event_id.decode())
    assert known == {tag_of(room): seq for room, seq in expected.items()}


def test_two_rooms_with_one_tag_are_read_again() -> None:
    assert read(".abcdef1.abcdeg2.abcdef3") == {"abcdef": UNKNOWN, "abcdeg": 2}
