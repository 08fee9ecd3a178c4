"""Connections that are silent, slow, many, or whose client does not read."""

import contextlib
import http.client
import json
import socket
import time
from collections.abc import Iterator

import pytest

from chassis.testing import a_user
from gateway.edge import connection as connections
from gateway.server import allow_open_files

from .support.gateway_process import Doubles, Gateway, running, settings
from .support.raw_requests import received
from .support.upstream_doubles import answer

TEXTS = "havruta-service"
IDLE = 2000


def connect(gateway: Gateway, **options: object) -> socket.socket:
    return socket.create_connection(("127.0.0.1", gateway.port), timeout=30, **options)


@pytest.fixture
def open_to_many(services: Doubles, internal: Doubles) -> Iterator[Gateway]:
    with running({**settings(services, internal), "CONNECTIONS_PER_ADDRESS": "5000"}) as gateway:
        yield gateway


def memory_of(pid: int) -> int:
    """Bytes that the children of a process hold."""
    total = 0
    with open(f"/proc/{pid}/task/{pid}/children") as children:
        for child in children.read().split():
            with open(f"/proc/{child}/statm") as figures:
                total += int(figures.read().split()[1]) * 4096
    return total


def test_idle_connections_cost_little_and_hold_nobody_up(open_to_many: Gateway) -> None:
    allow_open_files(2 * IDLE)
    assert open_to_many.get("/api/texts").status == 200
    before = memory_of(open_to_many.pid)
    with contextlib.ExitStack() as clients:
        for _ in range(IDLE):
            clients.enter_context(connect(open_to_many))
        assert [open_to_many.get("/api/texts").status for _ in range(10)] == [200] * 10
        assert memory_of(open_to_many.pid) - before < IDLE * 16 * 1024


INCOMPLETE = {
    "headers_too_slow": b"GET /api/texts HTTP/1.1\r\nHost: a\r\nX-A",
    "body_too_slow": b"POST /api/havrutas HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc",
}
"""What is sent of a request, by the code that it is refused with."""


def test_a_request_that_does_not_arrive_is_refused_and_an_idle_connection_closed(
    gateway: Gateway, services: Doubles
) -> None:
    began = time.monotonic()
    # All at the same time, as each takes as long as the gateway waits.
    with connect(gateway) as idle, contextlib.ExitStack() as clients:
        slow = {code: clients.enter_context(connect(gateway)) for code in INCOMPLETE}
        for code, client in slow.items():
            client.sendall(INCOMPLETE[code])
        assert idle.recv(1) == b""
        assert time.monotonic() - began > connections.IDLE - 2
        for code, client in slow.items():
            head, _, body = received(client).partition(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 408 ")
            assert json.loads(body)["code"] == code
    assert services[TEXTS].asked == []


def test_an_address_has_so_many_connections_and_no_more(
    services: Doubles, internal: Doubles
) -> None:
    with (
        running({**settings(services, internal), "CONNECTIONS_PER_ADDRESS": "10"}) as gateway,
        contextlib.ExitStack() as clients,
    ):
        for _ in range(10):
            clients.enter_context(connect(gateway))
        with connect(gateway) as one_more, contextlib.suppress(ConnectionResetError):
            one_more.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
            assert one_more.recv(1) == b""
        clients.close()
        end = time.monotonic() + 10
        while True:
            with contextlib.suppress(ConnectionError, http.client.HTTPException):
                if gateway.get("/api/texts").status == 200:
                    break
            assert time.monotonic() < end


def test_clients_that_do_not_read_fill_their_own_share_alone(
    open_to_many: Gateway, services: Doubles
) -> None:
    large = bytes(4 * 1024 * 1024)
    services[TEXTS].reply = lambda *_: answer(200, large)
    assert open_to_many.get("/api/texts").body == large
    asked = b"GET /api/texts HTTP/1.1\r\nHost: a\r\n\r\n"
    with contextlib.ExitStack() as opened:
        clients = [opened.enter_context(socket.socket()) for _ in range(30)]
        for client in clients:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.settimeout(30)
            client.connect(("127.0.0.1", open_to_many.port))
            client.sendall(asked)
        # All are answered, some by a refusal: what waits to be read is bounded.
        heads = [client.recv(12) for client in clients]
        # (On a busy machine some of them in vain.)
        assert set(heads) <= {b"HTTP/1.1 200", b"HTTP/1.1 429", b"HTTP/1.1 504"}
        assert heads.count(b"HTTP/1.1 200") <= 15
        # They have filled their own address's share, and nobody else's.
        assert open_to_many.get("/api/texts").json["code"] == "too_many_at_once"
        assert open_to_many.get("/api/texts", user=a_user()).status == 200


def test_a_slow_reader_gets_a_large_answer_whole(gateway: Gateway, services: Doubles) -> None:
    large = bytes(range(256)) * 8 * 1024  # 2 MiB
    services[TEXTS].reply = lambda *_: answer(200, large)
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16 * 1024)
        client.connect(("127.0.0.1", gateway.port))
        client.settimeout(30)
        client.sendall(b"GET /api/texts HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        content = b""
        # Longer than the deadline of the call, which is about the beginning of the answer.
        while chunk := client.recv(16 * 1024):
            content += chunk
            if len(content) < 64 * 1024:
                time.sleep(0.3)
    assert content.partition(b"\r\n\r\n")[2] == large


def test_a_client_that_is_refused_can_read_why(gateway: Gateway, services: Doubles) -> None:
    with connect(gateway) as client:
        client.sendall(
            b"POST /api/havrutas HTTP/1.1\r\nHost: a\r\nContent-Length: 50000000\r\n\r\n"
        )
        for _ in range(200):
            client.sendall(b"x" * 65536)
        client.shutdown(socket.SHUT_WR)
        assert received(client).startswith(b"HTTP/1.1 413 ")
    assert services[TEXTS].asked == []


def test_an_answer_that_breaks_off_is_not_begun(gateway: Gateway, services: Doubles) -> None:
    def break_off(_: object, service: socket.socket) -> None:
        service.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n" + b"x" * 500_000)

    services[TEXTS].reply = break_off
    assert gateway.post("/api/havrutas").json["code"] == "bad_gateway"
