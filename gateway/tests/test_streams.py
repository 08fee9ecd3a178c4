"""Streams on the wire: only for people who may watch, and a thousand in one gateway process."""

import contextlib
import http.client
import json
import socket
import time
from collections.abc import Iterator
from uuid import uuid4

import pytest
import redis

from chassis import testing
from chassis.testing import User
from gateway.edge.places import MOST_PER_PERSON
from gateway.routes import STUDY_SESSION, USER
from gateway.server import allow_open_files

from .support.gateway_process import Doubles, Gateway, running, settings
from .support.live_rooms import LiveRoom
from .support.upstream_doubles import answer, as_json


@pytest.fixture
def room(internal: Doubles) -> Iterator[LiveRoom]:
    with redis.Redis.from_url(testing.redis_url()) as connection:
        room = LiveRoom(connection, "study-session")
        for service in (STUDY_SESSION, USER):
            internal[service].reply = lambda *_: as_json(room.told)
        yield room


class Reader:
    """A person who reads a stream."""

    def __init__(self, gateway: Gateway, path: str, user: User | None, **headers: str) -> None:
        if user:
            headers["Authorization"] = f"Bearer {testing.token_for(user)}"
        self._connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=10)
        self._connection.request("GET", path, headers=headers)
        self._response = self._connection.getresponse()
        self.status = self._response.status
        self.content_type = self._response.getheader("Content-Type")

    def __enter__(self) -> "Reader":
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def data(self) -> dict[str, object]:
        """The `data` of the next event."""
        while line := self._response.readline().decode():
            name, _, value = line.partition(": ")
            if name == "data":
                return json.loads(value)["data"]
        raise EOFError

    def events(self, count: int) -> list[tuple[str, str | None]]:
        """The next events as (type, id)."""
        found, lines = [], {}
        while len(found) < count:
            line = self._response.readline().decode()
            if not line:
                raise EOFError(found)
            line = line.rstrip("\n")
            if line:
                name, _, value = line.partition(": ")
                lines[name] = value
            else:
                if "event" in lines:
                    found.append((lines["event"], lines.get("id")))
                lines = {}
        return found


def test_a_live_event_carries_the_names_of_people(
    gateway: Gateway, services: Doubles, room: LiveRoom
) -> None:
    author = str(uuid4())
    known = {"id": author, "username": "boaz", "display_name": "Boaz", "avatar_url": None}
    services[USER].reply = lambda *_: as_json({"items": [known]})
    with Reader(gateway, room.path, testing.a_user()) as reader:
        room.say(data={"user_id": author, "content": "Shalom"})
        assert reader.data() == {
            "user_id": author,
            "content": "Shalom",
            "username": "boaz",
            "display_name": "Boaz",
            "avatar_url": None,
        }
        services[USER].reply = lambda *_: answer(500)
        room.say(data={"user_id": str(uuid4())})
        assert reader.data()["username"] is None


def test_the_events_of_a_room_reach_its_watchers(gateway: Gateway, room: LiveRoom) -> None:
    with Reader(gateway, room.path, testing.a_user()) as reader:
        assert (reader.status, reader.content_type) == (200, "text/event-stream; charset=utf-8")
        room.say()
        room.say()
        assert reader.events(2) == [("said", "1"), ("said", "2")]


def test_a_reader_resumes_where_it_was(gateway: Gateway, room: LiveRoom) -> None:
    for _ in range(3):
        room.say()
    with Reader(gateway, room.path, testing.a_user(), **{"Last-Event-ID": "1"}) as reader:
        room.say()
        assert reader.events(3) == [("said", "2"), ("said", "3"), ("said", "4")]
    with Reader(gateway, f"{room.path}?last_event_id=3", testing.a_user()) as reader:
        assert reader.events(1) == [("said", "4")]


def test_the_rooms_service_is_asked_with_a_subject_token(
    gateway: Gateway, room: LiveRoom, internal: Doubles
) -> None:
    with Reader(gateway, room.path, testing.a_user()):
        [asked] = internal[STUDY_SESSION].asked
    assert asked.target == f"/internal/rooms/study-session/{room.id}"
    assert asked.header("Subject-Token")
    assert asked.header("Authorization") != f"Bearer {asked.header('Subject-Token')}"


def test_the_personal_stream_watches_the_callers_own_room(
    gateway: Gateway, room: LiveRoom, internal: Doubles
) -> None:
    ruth = testing.a_user()
    with Reader(gateway, "/api/events", ruth):
        assert internal[USER].asked[0].target == f"/internal/rooms/user/{ruth.id}"


@pytest.mark.parametrize("reply", [answer(200, b"nonsense"), as_json([]), as_json({"room": "x"})])
def test_a_malformed_answer_about_a_room_is_a_bad_gateway(
    gateway: Gateway, room: LiveRoom, internal: Doubles, reply: bytes
) -> None:
    internal[STUDY_SESSION].reply = lambda *_: reply
    refused = gateway.get(room.path, user=testing.a_user())
    assert (refused.status, refused.json["code"]) == (502, "bad_gateway")


@pytest.mark.parametrize("status", [403, 404])
def test_a_refusal_to_watch_is_passed_on_from_the_service(
    gateway: Gateway, room: LiveRoom, internal: Doubles, status: int
) -> None:
    internal[STUDY_SESSION].reply = lambda *_: as_json({"code": "only_for_members"}, status)
    reply = gateway.get(room.path, user=testing.a_user())
    assert (reply.status, reply.json["code"]) == (status, "only_for_members")


def test_a_stream_needs_a_valid_token(gateway: Gateway, room: LiveRoom) -> None:
    assert gateway.get(room.path).status == 401
    assert gateway.get(room.path, token="x.y.z").status == 401


def test_a_page_opens_a_stream_by_its_cookie(gateway: Gateway, room: LiveRoom) -> None:
    page = {
        "Cookie": f"lyceum-access={testing.token_for(testing.a_user())}",
        "Sec-Fetch-Site": "same-origin",
    }
    with Reader(gateway, room.path, None, **page) as reader:
        room.say()
        assert reader.events(1) == [("said", "1")]
    with Reader(gateway, room.path, None, **{**page, "Sec-Fetch-Site": "cross-site"}) as reader:
        assert reader.status == 401


@pytest.mark.parametrize("query", ["last_event_id=x", "last_event_id=-1", "token=x"])
def test_a_wrong_parameter_is_named(gateway: Gateway, room: LiveRoom, query: str) -> None:
    reply = gateway.get(f"{room.path}?{query}", user=testing.a_user())
    assert (reply.status, reply.json["errors"][0]["pointer"]) == (422, "?" + query.split("=")[0])


def test_a_ticket_opens_one_stream_once(gateway: Gateway, room: LiveRoom) -> None:
    issued = gateway.post("/api/events/tickets", user=testing.a_user())
    assert issued.status == 201
    path = f"{room.path}?ticket={issued.json['ticket']}"
    assert gateway.get(f"{path}&last_event_id=x").status == 422
    with Reader(gateway, path, None) as reader:
        room.say()
        assert reader.events(1) == [("said", "1")]
    assert gateway.get(path).status == 401


def test_redis_does_not_hold_the_token_of_a_ticket(gateway: Gateway) -> None:
    token = testing.token_for(testing.a_user())
    gateway.post("/api/events/tickets", token=token)
    with redis.Redis.from_url(testing.redis_url(), decode_responses=True) as connection:
        keys = list(connection.scan_iter("ticket:*"))
        assert keys
        assert [key for key in keys if token in (connection.get(key) or "")] == []


def test_the_stream_of_a_removed_member_ends(
    gateway: Gateway, room: LiveRoom, internal: Doubles
) -> None:
    ruth = testing.a_user()
    with Reader(gateway, room.path, ruth) as reader:
        internal[STUDY_SESSION].reply = lambda *_: as_json({}, 404)
        room.say(members_changed=[str(ruth.id)])
        assert reader.events(2) == [("said", "1"), ("end", None)]


def test_the_streams_of_a_person_are_limited(gateway: Gateway, room: LiveRoom) -> None:
    ruth = testing.a_user()
    with contextlib.ExitStack() as readers:
        for _ in range(MOST_PER_PERSON):
            assert readers.enter_context(Reader(gateway, room.path, ruth)).status == 200
        reply = gateway.get(room.path, user=ruth)
        assert (reply.status, reply.json["code"]) == (429, "too_many_streams")


def test_a_head_request_opens_no_stream(gateway: Gateway, room: LiveRoom) -> None:
    ruth = testing.a_user()
    for _ in range(MOST_PER_PERSON + 1):
        assert gateway.call("HEAD", room.path, user=ruth).status == 200


def test_a_thousand_streams_leave_room_for_ordinary_requests(
    gateway: Gateway, room: LiveRoom
) -> None:
    allow_open_files(2000)
    people = [testing.a_user() for _ in range(100)]
    tokens = [testing.token_for(person) for person in people]
    with contextlib.ExitStack() as open_sockets:
        streams = []
        for batch in range(20):
            opened = [
                open_sockets.enter_context(watching(gateway, room, token))
                for token in tokens[batch % 2 :: 2]
            ]
            for connection in opened:
                assert connection.recv(4096).startswith(b"HTTP/1.1 200")
            streams += opened
        assert len(streams) == 1000
        assert gateway.get("/healthz").status == 200
        room.say()
        for connection in streams:
            received = b""
            while b"event: said" not in received:
                received += connection.recv(4096)


def watching(gateway: Gateway, room: LiveRoom, token: str) -> socket.socket:
    """A connection on which a stream was requested."""
    connection = socket.create_connection(("127.0.0.1", gateway.port), timeout=30)
    connection.sendall(
        f"GET {room.path} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
    )
    return connection


def test_a_stream_that_cannot_be_followed_is_counted_as_failed_at_its_address(
    services: Doubles, internal: Doubles, room: LiveRoom
) -> None:
    without_redis = {**settings(services, internal), "EVENTS_URL": "redis://127.0.0.1:1/0"}
    with running(without_redis) as gateway:
        refused = gateway.get("/api/events", user=testing.a_user("ruth"))
        figures = gateway.get("/metrics").body.decode()
    assert refused.status == 503
    assert 'http_requests_total{method="GET",route="/api/events",status="503"} 1.0' in figures


def test_a_reader_that_does_not_read_is_disconnected(gateway: Gateway, room: LiveRoom) -> None:
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.connect(("127.0.0.1", gateway.port))
        connection.settimeout(30)
        token = testing.token_for(testing.a_user())
        connection.sendall(
            f"GET {room.path} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
        )
        assert connection.recv(12) == b"HTTP/1.1 200"
        for _ in range(400):
            room.say(data={"text": "a" * 20_000})
        time.sleep(0.5)
        assert gateway.get("/healthz").status == 200
        with contextlib.suppress(ConnectionResetError):
            while connection.recv(1 << 20):
                pass
