"""One stream for several rooms: each event once, and each room goes on where it was."""

import socket
import threading
from typing import Any
from uuid import uuid4

import pytest

from chassis import testing
from chassis.testing import User
from gateway.edge.positions import UNKNOWN, Positions, read, tag_of
from gateway.edge.streams import CAUGHT_UP

from .support.account_events import publish
from .support.gateway_process import Gateway
from .support.live_rooms import Owners, SeveralRooms

PATH = "/api/events?rooms="


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
