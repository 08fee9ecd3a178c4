"""What one client can do to a platform within its quotas. Each attack goes on until it is ended.

An attack runs in a process of its own, with the least priority on the second core, and comes from an address
of its own.
"""

import itertools
import json
import multiprocessing
import os
import resource
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from uuid import uuid4

from benchmarks.processes import LOAD

PATIENCE = 0.5  # seconds after a request that was refused for its number
NICE = 10
ADDRESSES = (
    f"127.0.{third}.{last}" for third, last in itertools.product(range(1, 250), range(2, 250))
)


@dataclass(frozen=True)
class Target:
    """Where the attack goes, where it comes from, and what its person may do."""

    gateway: int
    service: int
    tutor: str  # their token
    student: str
    whiteboard: int  # of the two
    source: str = ""


Attack = Callable[[Target], None]


answers: Counter[str] = Counter()
"""The statuses that the attack of this process was answered."""
open_connections: list[socket.socket] = []
"""Those that stay open to its end."""


@contextmanager
def under(attack: Attack, target: Target) -> Iterator[Counter[str]]:
    """Attack from a new address while the block runs; at its end, the number of answers by status."""
    found: Counter[str] = Counter()
    target = Target(**{**vars(target), "source": next(ADDRESSES)})
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("fork").Process(
        target=_run, args=(attack, target, theirs)
    )
    process.start()
    ours.recv()
    time.sleep(0.5)  # the attack is in full swing before anything is measured
    try:
        yield found
        ours.send("end")
        found.update(ours.recv())
    finally:
        process.kill()
        process.join()


def _run(attack: Attack, target: Target, line: Connection) -> None:
    os.sched_setaffinity(0, {int(LOAD)})
    os.nice(NICE)
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    line.send("begun")
    attack(target)
    line.recv()
    line.send(answers)


def unknown_fields(target: Target) -> None:
    """As many fields as the body may have, none of them known."""
    fields = {f"f{number}": 1 for number in range(1300)}
    flood(target, 12, a_post("/api/auth/refresh", fields))


def empty_elements(target: Target) -> None:
    """A list of nearly as many empty objects as the operation looks at."""
    path = f"/api/whiteboards/{target.whiteboard}/strokes"
    flood(target, 12, a_post(path, {"strokes": [{}] * 49_000}, target.student))


def large_body(target: Target) -> None:
    """The largest body that any operation takes, of empty objects."""
    flood(target, 12, a_post("/api/v2/answers/submit", {"value": [{}] * 340_000}))


def reference(target: Target) -> None:
    """The API reference, the largest answer there is."""
    flood(target, 24, a_get("/openapi.json"))


def map_of_the_world(target: Target) -> None:
    flood(target, 12, a_get("/api/study-sessions/clusters?bbox=-180,-90,180,90&zoom=4"))


def large_strokes(target: Target) -> None:
    """As many strokes of the largest size as a body may have, each time new ones."""
    path = f"/api/whiteboards/{target.whiteboard}/strokes"
    operation = {"tool": "pen", "points": "x" * 19_900}

    def draw() -> bytes:
        strokes = [{"client_id": str(uuid4()), "operation": operation} for _ in range(12)]
        return a_post(path, {"strokes": strokes}, target.tutor)()

    flood(target, 4, draw)


def streams(target: Target) -> None:
    """Ten streams that are opened again as soon as they are there."""
    request = a_get("/api/events", target.tutor)
    in_threads(10, lambda: _open_stream(target, request()))


def silent_at_the_gateway(target: Target) -> None:
    silent(target, target.gateway, 1500)


def silent_at_a_service(target: Target) -> None:
    silent(target, target.service, 400)


def unread_answers(target: Target) -> None:
    """Ask for large answers on many connections, and read none."""
    for _ in range(200):
        client = connect(target, target.gateway, buffer=4096)
        client.sendall(a_get("/openapi.json")() * 4)
        open_connections.append(client)


ATTACKS: dict[str, Attack] = {
    "16 kB of unknown fields": unknown_fields,
    "49,000 x {} in a list": empty_elements,
    "1 MB of {} in a value": large_body,
    "the API reference, 24 connections": reference,
    "clusters of the world": map_of_the_world,
    "strokes of 20 kB": large_strokes,
    "ten streams, again and again": streams,
    "silent and half-sent, gateway": silent_at_the_gateway,
    "silent and half-sent, service": silent_at_a_service,
    "answers that are not read": unread_answers,
}


def a_get(path: str, token: str = "") -> Callable[[], bytes]:
    request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{_authorization(token)}\r\n".encode()
    return lambda: request


def a_post(path: str, body: object, token: str = "") -> Callable[[], bytes]:
    content = json.dumps(body, separators=(",", ":")).encode()
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\n{_authorization(token)}"
    head += f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
    return lambda: head.encode() + content


def _authorization(token: str) -> str:
    return f"Authorization: Bearer {token}\r\n" if token else ""


def flood(target: Target, connections: int, request: Callable[[], bytes]) -> None:
    """Send the request as often as it is answered."""
    in_threads(connections, lambda: _ask_for_ever(target, request))


def silent(target: Target, port: int, connections: int) -> None:
    """Connections of which half say nothing, and half stop in the middle of a request."""
    for number in range(connections):
        client = connect(target, port)
        if number % 2:
            client.sendall(b"GET /healthz HTTP/1.1\r\nHost: loc")
        open_connections.append(client)


def in_threads(number: int, work: Callable[[], None]) -> None:
    """Do the work again and again, whatever happens, in so many threads."""

    def go_on() -> None:
        while True:
            with suppress(OSError):
                work()

    threads = [threading.Thread(target=go_on, daemon=True) for _ in range(number)]
    for thread in threads:
        thread.start()


def connect(target: Target, port: int, buffer: int = 0) -> socket.socket:
    client = socket.socket()
    if buffer:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
    client.bind((target.source, 0))
    client.settimeout(30)
    client.connect(("127.0.0.1", port))
    return client


def _ask_for_ever(target: Target, request: Callable[[], bytes]) -> None:
    with connect(target, target.gateway) as client:
        while True:
            client.sendall(request())
            _note(_read_answer(client))


def _open_stream(target: Target, request: bytes) -> None:
    with connect(target, target.gateway) as client:
        client.sendall(request)
        _note(_some(client))


def _note(answer: bytes) -> None:
    """Count the answer; be patient after one that says that there were too many."""
    status = answer[9:12].decode()
    answers[status] += 1
    if status == "429":
        time.sleep(PATIENCE)


def _read_answer(client: socket.socket) -> bytes:
    """The first line of the answer, once it has come as a whole."""
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += _some(client)
    head, _, body = answer.partition(b"\r\n\r\n")
    left = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0]) - len(body)
    while left > 0:
        left -= len(_some(client))
    return head.split(b"\r\n")[0]


def _some(client: socket.socket) -> bytes:
    found = client.recv(65536)
    if not found:
        raise ConnectionError("the connection was closed")
    return found
