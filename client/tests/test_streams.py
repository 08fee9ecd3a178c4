"""Live events: how they are read, and how a stream goes on and ends."""

import asyncio
import itertools
import re
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyceum_client import LiveEvent, Lyceum, Patience, Refused, SignInEnded, Unreachable, Unreadable
from lyceum_client.aio import AsyncLyceum
from lyceum_client.live import Feed, Lines

from .support.gateways import (
    Answer,
    Asked,
    Gateway,
    Hangup,
    Reply,
    Stream,
    gateway,
    problem,
    script,
)
from .test_signing_in import pair

QUICK = b"retry: 1\n\n"


def event(number: int, type_: str = "message") -> bytes:
    return b'id: %d\nevent: %b\ndata: {"seq": %d}\n\n' % (number, type_.encode(), number)


def end(reason: str) -> bytes:
    return b'event: end\ndata: {"reason": "%b"}\n\n' % reason.encode()


LAST = Stream(end("signed_out"))


def numbers(events: list[LiveEvent]) -> list[int]:
    return [event.data["seq"] for event in events if "seq" in event.data]


def resumed_after(served: Gateway) -> list[str | None]:
    return [asked.headers.get("Last-Event-ID") for asked in served.asked]


def read(*pieces: bytes) -> list[LiveEvent]:
    feed = Feed(None, Patience(), renewable=False)
    for piece in pieces:
        feed.take(piece)
    return list(feed.ready)


@pytest.mark.parametrize(
    ("sent", "events"),
    [
        (b'data:{"a":1}\n\n', [("message", None, {"a": 1})]),
        (b'data: {"a":\ndata: 1}\n\n', [("message", None, {"a": 1})]),
        (b'event:x\nid:7\ndata:{}\n\n', [("x", "7", {})]),
        (b'event: x\rid: 7\rdata: {}\r\r', [("x", "7", {})]),
        (b'event: x\r\nid: 7\r\ndata: {}\r\n\r\n', [("x", "7", {})]),
        (b'\xef\xbb\xbfevent: x\ndata: {}\n\n', [("x", None, {})]),
        (b': heartbeat\n\n', []),
        (b'id: 7\ndata: {}\n\n: heartbeat\n\n: heartbeat\n\n', [("message", "7", {})]),
        (b'id: 7\ndata: {}\n\ndata: {}\n\n', [("message", "7", {}), ("message", "7", {})]),
        (b'id: 7\ndata: {}\n\nid: 8\x009\ndata: {}\n\n', [("message", "7", {})] * 2),
        (b'id: 7\ndata: {}\n\nid\ndata: {}\n\n', [("message", "7", {}), ("message", None, {})]),
        (b'event: x\n\ndata: {}\n\n', [("message", None, {})]),
        (b'unknown: 1\ndata\ndata: {}\n: in between\n\n', [("message", None, {})]),
        (b'retry: soon\nretry: -5\nretry: 99999999999999999999\ndata: {}\n\n', [("message", None, {})]),
        (b'data: {"a": "\xff"}\n\n', [("message", None, {"a": "�"})]),
        (b'data: {"a": "x\xe2\x80\xa8"}\n\n', [("message", None, {"a": "x\u2028"})]),
        (b'data: {}\n', []),
    ],
)  # fmt: skip
def test_a_stream_is_read_by_the_standard(sent: bytes, events: list[tuple[Any, ...]]) -> None:
    expected = [LiveEvent(*parts) for parts in events]
    assert read(sent) == expected
    # However the network cuts it, and each event as soon as it is whole.
    assert read(*(sent[at : at + 1] for at in range(len(sent)))) == expected


@given(st.text("aש\r\n\ufeff:"), st.lists(st.integers(0, 100)))
def test_pieces_make_no_difference(text: str, cuts: list[int]) -> None:
    sent = text.encode()
    marks = sorted({0, *(cut for cut in cuts if cut < len(sent)), len(sent)})
    lines = Lines()
    found = [line for a, b in itertools.pairwise(marks) for line in lines.split(sent[a:b])]
    assert found == re.split("\r\n|\r|\n", text.removeprefix("\ufeff"))[:-1]


@pytest.mark.parametrize("content", [b"data: {\n\n", b"data: 7\n\n", b"data: hello\n\n"])
def test_an_event_that_cannot_be_read_says_so(client: Any, content: bytes) -> None:
    with (
        gateway(script(Stream(content))) as served,
        client(served.address) as lyceum,
        pytest.raises(Unreadable),
    ):
        lyceum.events()
    assert len(served.asked) == 1


def test_a_stream_that_is_cut_goes_on_after_the_last_event(client: Any) -> None:
    answers = script(
        Stream(QUICK + event(1) + event(2)),
        Hangup(),
        problem(503, "unavailable", {"Retry-After": "0"}),
        # Cut within an event, which comes again.
        Stream(QUICK + event(3) + event(4)[:-1]),
        Stream(event(4) + event(5)),
        LAST,
    )
    with gateway(answers) as served, client(served.address) as lyceum:
        events = lyceum.events(last_event_id="0")
    assert numbers(events) == [1, 2, 3, 4, 5]
    assert (events[-1].type, events[-1].data) == ("end", {"reason": "signed_out"})
    assert resumed_after(served) == ["0", "2", "2", "2", "3", "5"]


def test_a_stream_of_several_rooms_goes_on_in_all_of_them(client: Any) -> None:
    opening = b'id: .abcdef0.ghijkl3\nevent: rooms\ndata: {"rooms": ["user:1", "whiteboard:2"]}\n\n'
    stroke = b'id: .abcdef0.ghijkl4\nevent: stroke\ndata: {"seq": 4, "room": "whiteboard:2"}\n\n'
    answers = script(Stream(QUICK + opening + stroke), LAST)
    with gateway(answers) as served, client(served.address) as lyceum:
        events = lyceum.events(rooms="whiteboard:2")
    assert [event.type for event in events] == ["rooms", "stroke", "end"]
    assert resumed_after(served) == [None, ".abcdef0.ghijkl4"]
    assert [asked.path for asked in served.asked] == ["/api/events?rooms=whiteboard%3A2"] * 2


def test_a_gateway_that_restarts_is_not_the_end(client: Any) -> None:
    answers = script(Stream(QUICK + event(1) + end("restarting")), Stream(event(2)), LAST)
    with gateway(answers) as served, client(served.address) as lyceum:
        events = lyceum.events()
    assert [event.type for event in events] == ["message", "message", "end"]
    assert resumed_after(served) == [None, "1", "2"]


def test_a_reset_is_told_and_gone_on_from(client: Any) -> None:
    answers = script(Stream(QUICK + event(40, "reset")), LAST)
    with gateway(answers) as served, client(served.address) as lyceum:
        events = lyceum.events(last_event_id="7")
    assert [(event.type, event.id) for event in events] == [("reset", "40"), ("end", "40")]
    assert resumed_after(served) == ["7", "40"]


def test_an_empty_id_is_not_sent(client: Any) -> None:
    answers = script(Stream(QUICK + event(7) + b'id\ndata: {"seq": 8}\n\n'), LAST)
    with gateway(answers) as served, client(served.address) as lyceum:
        assert numbers(lyceum.events()) == [7, 8]
    assert resumed_after(served) == [None, None]


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_stream_that_is_refused_says_so(client: Any, status: int) -> None:
    answers = script(Stream(QUICK + event(1)), problem(status, "no"))
    with (
        gateway(answers) as served,
        client(served.address) as lyceum,
        pytest.raises(Refused) as refusal,
    ):
        lyceum.events()
    assert refusal.value.status == status
    assert len(served.asked) == 2


def test_what_is_no_stream_says_so(client: Any) -> None:
    with (
        gateway(script(Reply(200, {}))) as served,
        client(served.address) as lyceum,
        pytest.raises(Unreadable, match="application/json"),
    ):
        lyceum.events()


def test_a_gateway_that_is_gone_is_given_up(client: Any) -> None:
    """Sooner if it never was there."""
    patience = Patience(attempts=1)
    with (
        gateway(script(Stream(QUICK + event(1)), Hangup())) as served,
        client(served.address, patience=patience) as lyceum,
        pytest.raises(Unreachable),
    ):
        lyceum.events()
    assert len(served.asked) == 10
    with client(served.address, patience=patience) as lyceum, pytest.raises(Unreachable):
        lyceum.events()


def test_pauses_grow_from_what_the_gateway_says_and_are_bounded() -> None:
    feed = Feed(None, Patience(), renewable=False)
    feed.begin("text/event-stream")
    feed.take(b"retry: 2000\n\n")
    pauses = [feed.pause_after(Unreachable()) for _ in range(9)]
    for pause, least in zip(pauses, [2, 4, 8, 16, 30, 30, 30, 30, 30], strict=True):
        assert least <= pause <= 1.5 * least
    with pytest.raises(Unreachable):
        feed.pause_after(Unreachable())
    feed.take(b": heartbeat\n")
    assert feed.pause_after(Unreachable()) <= 3
    assert feed.pause_after(Refused(429, {}, {"Retry-After": "60"})) == 60


def test_an_expired_token_is_exchanged_within_a_stream(client: Any) -> None:
    def answer(asked: Asked) -> Answer:
        if asked.path == "/api/auth/refresh":
            return pair(1)
        if asked.token == "access-1":
            return Stream(event(2) + end("signed_out"))
        was_open = any(a.path.startswith("/api/events") for a in served.asked[:-1])
        return problem(401, "invalid_token") if was_open else first

    first = Stream(QUICK + event(1) + end("token_expired"))
    with (
        gateway(answer) as served,
        client(served.address, "access-0", refresh_token="refresh-0") as lyceum,
    ):
        assert numbers(lyceum.events()) == [1, 2]


def test_without_a_refresh_token_a_stream_ends_with_its_token(client: Any) -> None:
    answers = script(Stream(event(1) + end("token_expired")))
    with gateway(answers) as served, client(served.address, "access-0") as lyceum:
        assert [event.type for event in lyceum.events()] == ["message", "end"]


def test_a_sign_in_that_has_ended_ends_the_stream(client: Any) -> None:
    def answer(asked: Asked) -> Answer:
        if asked.path == "/api/auth/refresh":
            return problem(401, "invalid_refresh_token")
        return problem(401, "token_revoked")

    with (
        gateway(answer) as served,
        client(served.address, "access-0", refresh_token="refresh-0") as lyceum,
        pytest.raises(SignInEnded),
    ):
        lyceum.events()


@pytest.mark.parametrize("stream", [Stream(b"", stays=True), Stream(b"retry: 30000\n\n")])
def test_a_stream_ends_after_its_time(client: Any, stream: Stream) -> None:
    """Whether it waits for an event or for its next connection."""
    with gateway(script(stream)) as served, client(served.address) as lyceum:
        assert lyceum.events(timeout=0.1) == []
    assert len(served.asked) <= 1


def test_a_stream_is_open_once_it_was_entered(client: Any) -> None:
    with gateway(script(Stream(b"", stays=True))) as served, client(served.address) as lyceum:
        assert lyceum.events(most=0) == []
        assert len(served.asked) == 1


def test_another_thread_closes_a_stream() -> None:
    with (
        gateway(script(Stream(event(1), stays=True))) as served,
        Lyceum(served.address) as lyceum,
        lyceum.stream_user_events() as events,
    ):
        assert next(events).id == "1"
        closer = threading.Timer(0.05, events.close)
        closer.start()
        assert list(events) == []
        closer.join()
        assert list(events) == []
    assert len(served.asked) == 1


def test_another_task_closes_a_stream() -> None:
    async def read(address: str) -> list[LiveEvent]:
        async with AsyncLyceum(address) as lyceum, lyceum.stream_user_events() as events:
            first = await anext(events)
            rest = asyncio.create_task(anext(events, None))
            await asyncio.sleep(0)
            await events.close()
            assert await rest is None
            return [first]

    with gateway(script(Stream(event(1), stays=True))) as served:
        assert numbers(asyncio.run(read(served.address))) == [1]


def test_a_task_that_gives_up_waiting_loses_no_event() -> None:
    goes_on = threading.Event()

    def slowly() -> Iterator[bytes]:
        yield QUICK
        goes_on.wait(10)
        yield event(1)

    async def read(address: str) -> LiveEvent:
        async with AsyncLyceum(address) as lyceum, lyceum.stream_user_events() as events:
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(anext(events), 0.05)
            goes_on.set()
            return await anext(events)

    with gateway(script(Stream(slowly(), stays=True))) as served:
        assert asyncio.run(read(served.address)).id == "1"
    assert len(served.asked) == 1


def test_an_event_is_given_as_soon_as_it_is_there(client: Any) -> None:
    """The gateway says nothing more."""
    with (
        gateway(script(Stream(QUICK + event(1), stays=True))) as served,
        client(served.address) as lyceum,
    ):
        assert numbers(lyceum.events(most=1)) == [1]
