"""What it costs to tell many readers of one room what happens in it: by the gateway, and by socket.io.

    make bench args="fan_out [--pairs 5] [--seconds 6] [--json FILE]"

Two hundred readers are told fifty events a second, and a thousand ten. An event is a chat message, published
in Redis as services publish theirs; the gateway adds the name of its author. Readers and publisher are on the
second core. Memory is what the program has grown by, at most, when all readers are there.
"""

import asyncio
import base64
import itertools
import json
import multiprocessing
import os
import re
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from typing import Any
from uuid import UUID, uuid4

import psycopg
import redis.asyncio

from benchmarks import peers
from benchmarks.measuring import Figures, Missing, Report, arguments, cuts, in_turns, median, ratio
from benchmarks.platforms import Stage, stage
from benchmarks.processes import LOAD, Programs
from chassis import redis_client
from user_service.demo import demo_id

LOADS = ((200, 50), (1000, 10))  # readers, and events in a second
STREAMS = 10  # that one person may have
OPENING = 32  # readers at a time
CHANNEL = "benchmark"
SENT = re.compile(rb'"sent":([0-9.]+)[,}]')
LONGEST = 64  # bytes, of what SENT matches
# Engine.IO over a WebSocket: "40" is the wish to be connected, masked with zeros.
CONNECT = b"\x81\x82\0\0\0\0" + b"40"
ROOM = """
WITH room AS (
    INSERT INTO study_sessions (host_id, title, subject, session_type, latitude, longitude, start_time,
        duration_minutes, max_participants)
    VALUES (%(host)s, 'A full room', 'Talmud', 'discussion', 31, 35, now() + interval '1 hour', 90, 1000)
    RETURNING id
)
INSERT INTO session_participants (session_id, user_id, role)
SELECT room.id, unnest(%(people)s::uuid[]), 'participant' FROM room RETURNING session_id
"""


@dataclass(frozen=True)
class Plan:
    """One leg: who reads where, and what is published."""

    port: int
    requests: Sequence[bytes]  # each opens a reader's connection
    opened: bytes  # what a reader is sent when the stream is open
    greeting: bytes  # what the reader sends once it is connected
    redis_url: str
    room: str | None  # the gateway's; socket.io's readers are all in one
    events: int
    per_second: int


class Reader(asyncio.Protocol):
    """One connection, and how long each event took to arrive, in milliseconds."""

    def __init__(self, plan: Plan, request: bytes, taken: list[float]) -> None:
        self._plan = plan
        self._request = request
        self._taken = taken
        self._rest = b""
        self._greeted = False
        self.ready = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        arrived = time.monotonic()
        data = self._rest + data
        end = 0
        for found in SENT.finditer(data):
            self._taken.append(1000 * (arrived - float(found[1])))
            end = found.end()
        if not self.ready.done():
            self._open(data)
        self._rest = data[max(end, len(data) - LONGEST) :]

    def _open(self, data: bytes) -> None:
        if self._plan.greeting and not self._greeted and b"101 Switching" in data:
            self._greeted = True
            self.transport.write(self._plan.greeting)
        if self._plan.opened in data:
            self.ready.set_result(None)

    def connection_lost(self, error: Exception | None) -> None:
        if not self.ready.done():
            self.ready.set_exception(ConnectionError("a stream was not opened"))


def read(plan: Plan, line: Connection) -> None:
    """The process of the readers and the publisher."""
    os.sched_setaffinity(0, {int(LOAD)})
    asyncio.run(_read(plan, line))


async def _read(plan: Plan, line: Connection) -> None:
    taken: list[float] = []
    readers = await _open_all(plan, taken)
    line.send("open")
    await asyncio.to_thread(line.recv)
    await _publish(plan)
    expected = plan.events * len(readers)
    deadline = time.monotonic() + 10
    while len(taken) < expected and time.monotonic() < deadline:
        await asyncio.sleep(0.01)
    line.send({"delivered": len(taken), "expected": expected, **cuts(taken)})
    await asyncio.to_thread(line.recv)
    for reader in readers:
        reader.transport.abort()


async def _open_all(plan: Plan, taken: list[float]) -> list[Reader]:
    places = asyncio.Semaphore(OPENING)
    loop = asyncio.get_running_loop()

    async def opened(request: bytes) -> Reader:
        async with places:
            make = partial(Reader, plan, request, taken)
            _, reader = await loop.create_connection(make, "127.0.0.1", plan.port)
            await asyncio.wait_for(reader.ready, 30)
            return reader

    return await asyncio.gather(*map(opened, plan.requests))


async def _publish(plan: Plan) -> None:
    where = redis_client.locate(plan.redis_url)
    async with redis.asyncio.Redis.from_url(where.url, **where.credentials) as connection:
        newest: Any = await connection.xrevrange(f"room:{plan.room}", count=1)
        number = int(newest[0][0].split(b"-")[0]) if newest else 0
        began = time.monotonic()
        for count in range(plan.events):
            await asyncio.sleep(began + count / plan.per_second - time.monotonic())
            number += 1
            event = json.dumps(an_event(number), separators=(",", ":"))
            async with connection.pipeline(transaction=False) as pipeline:
                if plan.room:
                    key = f"room:{plan.room}"
                    pipeline.xadd(key, {"event": event}, id=f"{number}-0", maxlen=1000)
                    pipeline.publish(key, event)
                else:
                    pipeline.publish(CHANNEL, event)
                await pipeline.execute()


def an_event(number: int) -> dict[str, object]:
    message = {
        "id": str(uuid4()),
        "user_id": str(demo_id("ruth")),
        "seq": number,
        "content": "Shalom! Shall I bring the grammar, or do we read from the screen this time?",
        "created_at": "2026-11-21T13:31:48.574396Z",
        "edited_at": None,
        "deleted_at": None,
        "sent": time.monotonic(),
    }
    return {
        "seq": number,
        "type": "message",
        "data": message,
        "occurred_at": "2026-11-21T13:31:48.574396Z",
        "members_changed": [],
    }


def leg(programs: Programs, plan: Plan) -> Figures:
    """Open the readers, publish, and measure the program that tells them."""
    before = programs.memory()
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("fork").Process(target=read, args=(plan, theirs))
    process.start()
    theirs.close()
    ours.recv()
    time.sleep(1)  # what opening has left to do
    grown = programs.memory() - before
    began = programs.seconds()
    ours.send("publish")
    found = ours.recv()
    spent = programs.seconds() - began
    ours.send("end")
    process.join()
    if found["delivered"] != found["expected"]:
        raise SystemExit(f"{found['delivered']} of {found['expected']} deliveries arrived")
    return {
        "cpu_us": 1e6 * spent / found["delivered"],
        "p50_ms": found["p50_ms"],
        "p99_ms": found["p99_ms"],
        "reader_kb": grown / 1000 / len(plan.requests),
    }


def main() -> None:
    options = arguments(__doc__, seconds=6.0).parse_args()
    report = Report("readers", "by", "cpu µs", "of socket.io", "p50 ms", "p99 ms", "kB a reader")
    with stage() as platform, ExitStack() as running:
        redis_url = platform.platform.redis.events_url
        people = [uuid4() for _ in range(max(readers for readers, _ in LOADS) // STREAMS)]
        session = a_room(platform, people)
        rooms = None
        try:
            rooms = running.enter_context(peers.node("rooms.js", redis_url, CHANNEL))
        except Missing as missing:
            report.miss(missing)
        # Otherwise the first readers would pay for what a program loads once.
        by_gateway(platform, session, people, STREAMS, 10, 10)
        if rooms:
            leg(Programs.at(rooms), of_socket_io(rooms, redis_url, STREAMS, 10, 10))
        for readers, per_second in LOADS:
            events = round(options.seconds * per_second)
            gateway = partial(by_gateway, platform, session, people, readers, events, per_second)
            subjects = {"gateway": gateway}
            if rooms:
                plan = of_socket_io(rooms, redis_url, readers, events, per_second)
                subjects["socket.io"] = partial(leg, Programs.at(rooms), plan)
            turns = in_turns(options.pairs, subjects)
            title = f"{readers} x {per_second}/s"
            report.keep(title, turns)
            for name in subjects:
                report.add(
                    title,
                    name,
                    median(turns, name, "cpu_us"),
                    ratio(turns, name, "socket.io", "cpu_us") if rooms else "",
                    median(turns, name, "p50_ms"),
                    median(turns, name, "p99_ms"),
                    max(figures["reader_kb"] for figures in turns[name]),
                )
    report.end(options.json)


def a_room(platform: Stage, people: list[UUID]) -> str:
    """The id of a session in which all of them are."""
    url = platform.platform.database_url("study-session-service")
    with psycopg.connect(url) as connection:
        found = connection.execute(ROOM, {"host": demo_id("ruth"), "people": people}).fetchone()
    assert found
    return str(found[0])


def by_gateway(
    platform: Stage,
    session: str,
    people: list[UUID],
    readers: int,
    events: int,
    per_second: int,
) -> Figures:
    tokens = itertools.cycle([platform.token(user_id) for user_id in people])
    path = f"/api/study-sessions/{session}/events"
    requests = [
        f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
        for token in itertools.islice(tokens, readers)
    ]
    plan = Plan(
        platform.gateway_port,
        requests,
        b"retry: 1000",
        b"",
        platform.platform.redis.events_url,
        f"study-session:{session}",
        events,
        per_second,
    )
    return leg(platform.gateway, plan)


def of_socket_io(port: int, redis_url: str, readers: int, events: int, per_second: int) -> Plan:
    key = base64.b64encode(bytes(16)).decode()
    request = (
        "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
        f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    requests = [request.encode()] * readers
    return Plan(port, requests, b'40{"sid"', CONNECT, redis_url, None, events, per_second)


if __name__ == "__main__":
    main()
