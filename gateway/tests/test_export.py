"""Everything that the services hold about a person."""

import gzip
import http.client
import json
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic

import jwt
import pytest

from chassis.errors import Problem
from chassis.spool import WRITTEN_AT_ONCE
from chassis.testing import User, a_user, token_for
from gateway.edge.calls import Call
from gateway.errors import GatewayTimeout
from gateway.exports import IN_HAND
from gateway.routes import SERVICES, STUDY_SESSION, USER

from .support.event_loop import Loop, wait_until
from .support.gateway_process import Doubles, Gateway, running, settings
from .support.upstream_doubles import Asked, Double, Reply, answer, as_json

PATH = "/api/me/export"
MB = 1024 * 1024
LARGE = 150 * MB
# Of the answer that a test reads, and of what is under way in sockets and threads.
IN_MEMORY = 40 * MB
PATIENCE = 30  # seconds; generous, because a busy machine is no failure
WORDS = b"x" * MB


@pytest.fixture
def whole(internal: Doubles) -> Doubles:
    """Services that hold hardly anything."""
    for double in internal.values():
        double.reply = lambda *_: as_json({})
    return internal


def much(size: int) -> Reply:
    """So many bytes of words, which are never in memory at once."""
    beginning, end = b'{"messages":["', b'"]}\n'

    def reply(_: Asked, connection: socket.socket) -> bytes:
        length = len(beginning) + size + len(end)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % length + beginning)
        for _ in range(size // MB):
            connection.sendall(WORDS)
        return end

    return reply


@contextmanager
def asking(gateway: Gateway, user: User) -> Iterator[socket.socket]:
    """A client that has asked for its export, and reads nothing by itself."""
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=PATIENCE) as client:
        authorization = f"Authorization: Bearer {token_for(user)}\r\n"
        client.sendall(f"GET {PATH} HTTP/1.1\r\nHost: a\r\n{authorization}\r\n".encode())
        yield client


def worker_of(gateway: Gateway) -> Path:
    """What the system tells of the gateway's one worker."""
    [worker] = Path(f"/proc/{gateway.pid}/task/{gateway.pid}/children").read_text().split()
    return Path("/proc", worker)


def peak_memory(gateway: Gateway) -> int:
    """How many bytes of memory the worker has had at most."""
    lines = (worker_of(gateway) / "status").read_text().splitlines()
    [peak] = [line.split()[1] for line in lines if line.startswith("VmHWM:")]
    return int(peak) * 1024


def open_files(gateway: Gateway, folder: Path) -> int:
    """How many files the worker has open in the folder."""
    count = 0
    for link in (worker_of(gateway) / "fd").iterdir():
        with suppress(FileNotFoundError):  # closed since it was listed
            count += str(folder) in str(link.readlink())
    return count


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the documents of `spooling` are."""
    return tmp_path_factory.mktemp("spool")


@pytest.fixture(scope="module")
def spooling(_doubles: Doubles, _internal: Doubles, folder: Path) -> Iterator[Gateway]:
    """A gateway whose documents are in a folder of the tests."""
    with running({**settings(_doubles, _internal), "SPOOL_FOLDER": str(folder)}) as gateway:
        yield gateway


def test_an_export_holds_the_data_of_each_service(
    gateway: Gateway, services: Doubles, internal: Doubles
) -> None:
    for name, double in internal.items():
        double.reply = lambda _, __, name=name: as_json({"rows": [name], "none": None})
    ruth = a_user()
    reply = gateway.get(PATH, user=ruth)
    parts = ["account", "study_sessions", "tutoring", "havrutas", "assessments"]
    assert reply.json.pop("exported_at").endswith("Z")
    assert {name: reply.json[name] for name in parts} == {
        part: {"rows": [name], "none": None} for part, name in zip(parts, SERVICES, strict=True)
    }
    assert reply.json["user_id"] == str(ruth.id)
    assert reply.headers["Content-Disposition"].startswith("attachment")
    for double in internal.values():
        [asked] = double.asked
        assert asked.target == "/internal/export"
        assert (subject(asked.header("Authorization")), subject(asked.header("Subject-Token"))) == (
            "gateway",
            str(ruth.id),
        )
    assert not any(double.asked for double in services.values())


def subject(header: str | None) -> str:
    token = (header or "").removeprefix("Bearer ")
    return str(jwt.decode(token, options={"verify_signature": False})["sub"])


@pytest.mark.parametrize("name", SERVICES)
@pytest.mark.parametrize("reply", [answer(500), as_json([]), answer(200, b"{"), answer(403)])
def test_an_export_is_complete_or_unavailable(
    gateway: Gateway, internal: Doubles, name: str, reply: bytes
) -> None:
    for double in internal.values():
        double.reply = lambda *_: as_json({})
    assert gateway.get(PATH, user=a_user()).status == 200
    internal[name].reply = lambda *_: reply
    refused = gateway.get(PATH, user=a_user())
    assert (refused.status, refused.json["code"]) == (503, "unavailable")
    assert name in refused.json["detail"]


def test_an_export_of_any_size_takes_hardly_any_memory(
    services: Doubles, whole: Doubles, tmp_path: Path
) -> None:
    with running({**settings(services, whole), "SPOOL_FOLDER": str(tmp_path)}) as gateway:
        # What is loaded once is loaded.
        assert gateway.get(PATH, user=a_user()).status == 200
        before = peak_memory(gateway)
        whole[STUDY_SESSION].reply = much(LARGE)
        with asking(gateway, a_user()) as client:
            response = http.client.HTTPResponse(client)
            response.begin()
            assert response.status == 200
            assert int(response.headers["Content-Length"]) > LARGE
            assert open_files(gateway, tmp_path) == 1
            assert response.read(11) == b'{"user_id":'
            while len(end := response.read(MB)) == MB:
                pass
        assert end.endswith(b'"]}\n,"tutoring":{},"havrutas":{},"assessments":{}}\n')
        assert response.length == 0
        assert peak_memory(gateway) - before < IN_MEMORY
        wait_until(lambda: open_files(gateway, tmp_path) == 0)


def test_an_export_is_sent_as_gzip_to_a_client_that_asks_for_it(
    gateway: Gateway, whole: Doubles
) -> None:
    whole[USER].reply = much(3 * MB)
    reply = gateway.get(PATH, user=a_user(), headers={"Accept-Encoding": "gzip"})
    assert reply.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in ", ".join(reply.headers.get_all("Vary") or [])
    assert len(reply.body) < MB
    document = json.loads(gzip.decompress(reply.body))
    assert len(document["account"]["messages"][0]) == 3 * MB


def test_head_tells_how_long_an_export_is(gateway: Gateway, whole: Doubles) -> None:
    announced = gateway.call("HEAD", PATH, user=a_user())
    assert (announced.status, announced.body) == (200, b"")
    assert int(announced.headers["Content-Length"]) == len(gateway.get(PATH, user=a_user()).body)


def test_a_connection_is_in_order_behind_an_export(gateway: Gateway, whole: Doubles) -> None:
    whole[USER].reply = much(2 * MB)
    with asking(gateway, a_user()) as client:
        # Sent before the export has been read.
        client.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        with client.makefile("rb") as stream:
            received = stream.read()
    assert received.count(b"HTTP/1.1 200 ") == 2
    assert received.endswith(b'{"status":"ok","service":"gateway"}\n')


BROKEN = {
    "breaks off": b"HTTP/1.1 200 OK\r\nContent-Length: 3000000\r\n\r\n{" + WORDS,
    "breaks off in chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n100000\r\n"
    + WORDS
    + b"\r\n2\r\n{}\r\n",
    "has no length": b"HTTP/1.1 200 OK\r\n\r\n{}",
    "says nothing": b"",
}


@pytest.mark.parametrize("how", BROKEN)
def test_an_export_with_half_a_part_is_unavailable(
    spooling: Gateway, whole: Doubles, folder: Path, how: str
) -> None:
    def reply(_: Asked, connection: socket.socket) -> None:
        connection.sendall(BROKEN[how])

    whole[STUDY_SESSION].reply = reply
    refused = spooling.get(PATH, user=a_user())
    assert (refused.status, refused.json["code"]) == (503, "unavailable")
    assert STUDY_SESSION in refused.json["detail"]
    assert "Retry-After" in refused.headers
    assert "Content-Disposition" not in refused.headers
    assert open_files(spooling, folder) == 0


def test_an_export_without_one_of_the_services_is_unavailable(
    services: Doubles, whole: Doubles
) -> None:
    down = Double()
    environ = settings(services, {**whole, USER: down})
    down.stop()
    with running(environ) as gateway:
        refused = gateway.get(PATH, user=a_user())
    assert (refused.status, refused.json["code"]) == (503, "unavailable")


def test_more_than_a_service_writes_is_refused_for_good(gateway: Gateway, whole: Doubles) -> None:
    whole[STUDY_SESSION].reply = lambda *_: as_json({"code": "document_too_large"}, 507)
    refused = gateway.get(PATH, user=a_user())
    assert (refused.status, refused.json["code"]) == (507, "document_too_large")


def test_a_person_has_one_export_at_a_time(gateway: Gateway, whole: Doubles) -> None:
    goes_on = threading.Event()

    def reply(asked: Asked, _: socket.socket) -> bytes:
        if subject(asked.header("Subject-Token")) == str(ruth.id):
            goes_on.wait(PATIENCE)
        return as_json({})

    ruth = a_user()
    whole[USER].reply = reply
    with ThreadPoolExecutor(1) as threads:
        first = threads.submit(gateway.get, PATH, user=ruth)
        wait_until(lambda: bool(whole[USER].asked))
        refused = gateway.get(PATH, user=ruth)
        assert (refused.status, refused.json["code"]) == (429, "too_many_at_once")
        assert int(refused.headers["Retry-After"]) > 0
        assert gateway.get(PATH, user=a_user()).status == 200
        goes_on.set()
        assert first.result(PATIENCE).status == 200
    assert gateway.get(PATH, user=ruth).status == 200


def test_more_exports_than_can_wait_are_refused_and_the_others_written(
    gateway: Gateway, whole: Doubles
) -> None:
    goes_on = threading.Event()

    def reply(*_: object) -> bytes:
        goes_on.wait(PATIENCE)
        return as_json({})

    whole[USER].reply = reply
    with ThreadPoolExecutor(IN_HAND + 1) as threads:
        asked = [threads.submit(gateway.get, PATH, user=a_user()) for _ in range(IN_HAND + 1)]
        refused = next(as_completed(asked, PATIENCE)).result()
        assert len(whole[USER].asked) <= WRITTEN_AT_ONCE
        goes_on.set()
        statuses = [future.result(PATIENCE).status for future in asked]
    assert (refused.status, refused.json["code"]) == (503, "unavailable")
    assert "Retry-After" in refused.headers
    assert sorted(statuses) == [200] * IN_HAND + [503]


def test_a_client_that_leaves_ends_the_writing_of_its_export(
    spooling: Gateway, whole: Doubles, folder: Path
) -> None:
    hung_up = threading.Event()

    def reply(_: Asked, connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9000000\r\n\r\n{" + WORDS)
        connection.settimeout(PATIENCE)
        connection.recv(1)
        hung_up.set()

    ruth = a_user()
    whole[USER].reply = reply
    with asking(spooling, ruth):
        wait_until(lambda: open_files(spooling, folder) == 1)
    assert hung_up.wait(PATIENCE)
    wait_until(lambda: open_files(spooling, folder) == 0)
    assert not whole[STUDY_SESSION].asked
    whole[USER].reply = lambda *_: as_json({})
    wait_until(lambda: spooling.get(PATH, user=ruth).status == 200)


def test_a_client_that_leaves_in_the_middle_of_its_export_leaves_no_file(
    spooling: Gateway, whole: Doubles, folder: Path
) -> None:
    ruth = a_user()
    whole[USER].reply = much(20 * MB)
    with asking(spooling, ruth) as client:
        assert client.recv(12, socket.MSG_WAITALL) == b"HTTP/1.1 200"
        assert open_files(spooling, folder) == 1
        assert spooling.get(PATH, user=ruth).status == 429
    wait_until(lambda: open_files(spooling, folder) == 0)
    whole[USER].reply = lambda *_: as_json({})
    wait_until(lambda: spooling.get(PATH, user=ruth).status == 200)


class Taken:
    """What a call gave."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self.problems: list[Problem | None] = []

    def take(self, piece: bytes) -> None:
        self.pieces.append(piece)

    def done(self, call: Call) -> None:
        self.problems.append(call.problem)


def test_a_part_is_cut_off_when_nothing_comes_or_it_never_ends_and_not_before(
    loop: Loop, internal: Doubles
) -> None:
    """The deadline passes where the test says so."""

    def reply(_: Asked, connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{")
        internal[USER].stopping.wait(PATIENCE)

    async def ask() -> tuple[Call, Taken]:
        taken = Taken()
        call = Call("GET", b"/", b"", taken.done, caller="ruth", sink=taken)
        service.ask(call, PATIENCE)
        return call, taken

    async def expire(call: Call, *, ends_at: float) -> None:
        call.expires_at = 0.0
        call.ends_at = ends_at
        service.progressed(call)
        call.expire()

    internal[USER].reply = reply
    service = loop.service(USER, internal[USER].url)
    call, taken = loop.run(ask())
    wait_until(lambda: taken.pieces == [b"{"])
    loop.run(expire(call, ends_at=monotonic() + PATIENCE))
    assert taken.problems == []
    loop.run(expire(call, ends_at=0.0))
    assert [type(problem) for problem in taken.problems] == [GatewayTimeout]


def test_an_export_needs_a_token(gateway: Gateway, internal: Doubles) -> None:
    assert gateway.get(PATH).status == 401
    assert not any(double.asked for double in internal.values())
