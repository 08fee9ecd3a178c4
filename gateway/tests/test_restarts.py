"""A gateway that is stopped or restarted while it is used: no request is lost."""

import contextlib
import http.client
import os
import signal
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from chassis import testing

from .support.event_loop import wait_until
from .support.gateway_process import Doubles, Gateway, running, settings
from .support.upstream_doubles import as_json

GENEROUS = 20  # seconds
TUTORING = "tutoring-service"


@pytest.fixture(params=["1", "2"])
def alone(
    services: Doubles, internal: Doubles, request: pytest.FixtureRequest
) -> Iterator[Gateway]:
    """A gateway for one test, with so many workers."""
    with running({**settings(services, internal), "WEB_CONCURRENCY": request.param}) as gateway:
        yield gateway


class Client(threading.Thread):
    """A client that asks again and again, over a connection that it keeps as long as it may, or not."""

    def __init__(self, gateway: Gateway, keeps: bool = True) -> None:
        super().__init__(daemon=True)
        self._keeps = keeps
        self.answered = 0
        self.failed: list[BaseException | int] = []
        self.stopping = threading.Event()
        self._port = gateway.port

    def run(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=GENEROUS)
        while not self.stopping.is_set():
            try:
                connection.request("POST", "/api/courses", body=b"{}")
                response = connection.getresponse()
                response.read()
                if not self._keeps:
                    connection.close()
            except (OSError, http.client.HTTPException) as error:
                self.failed.append(error)
                return
            if response.status != 200:
                self.failed.append(response.status)
            self.answered += 1
        connection.close()


def workers_of(gateway: Gateway) -> set[int]:
    with open(f"/proc/{gateway.pid}/task/{gateway.pid}/children") as children:
        return {int(pid) for pid in children.read().split()}


def restart(gateway: Gateway) -> None:
    before = workers_of(gateway)
    os.kill(gateway.pid, signal.SIGHUP)
    wait_until(lambda: not before & workers_of(gateway))


@pytest.mark.parametrize("keeps", [True, False])
def test_no_request_is_lost_in_a_restart(alone: Gateway, keeps: bool) -> None:
    clients = [Client(alone, keeps) for _ in range(8)]
    for client in clients:
        client.start()
    wait_until(lambda: all(client.answered > 20 for client in clients))
    for _ in range(3):
        restart(alone)
    for client in clients:
        client.stopping.set()
    for client in clients:
        client.join(GENEROUS)
    assert [client.failed for client in clients] == [[]] * 8


def test_answers_that_have_begun_are_finished_before_the_stop(
    alone: Gateway, services: Doubles
) -> None:
    asked, may_answer = threading.Event(), threading.Event()

    def wait(*_: object) -> bytes:
        asked.set()
        assert may_answer.wait(GENEROUS)
        return as_json({"done": True})

    services[TUTORING].reply = wait
    connection = http.client.HTTPConnection("127.0.0.1", alone.port, timeout=GENEROUS)
    connection.request("POST", "/api/courses", body=b"{}")
    assert asked.wait(GENEROUS)
    os.kill(alone.pid, signal.SIGTERM)
    time.sleep(0.3)
    may_answer.set()
    response = connection.getresponse()
    assert (response.status, response.read()) == (200, b'{"done": true}')
    assert response.headers["Connection"] == "close"


def test_a_client_that_comes_back_to_a_stopping_gateway_is_answered(alone: Gateway) -> None:
    connections = [
        http.client.HTTPConnection("127.0.0.1", alone.port, timeout=GENEROUS) for _ in range(8)
    ]
    for connection in connections:
        connection.request("GET", "/api/courses")
        connection.getresponse().read()
    os.kill(alone.pid, signal.SIGTERM)
    time.sleep(0.3)
    for connection in connections:
        connection.request("GET", "/api/courses")
        response = connection.getresponse()
        response.read()
        assert (response.status, response.headers["Connection"]) == (200, "close")


def test_a_stream_is_told_of_the_stop(alone: Gateway, internal: Doubles) -> None:
    ruth = testing.a_user()
    internal["user-service"].reply = lambda *_: as_json({"room": f"user:{ruth.id}", "seq": 0})
    with socket.create_connection(("127.0.0.1", alone.port), timeout=GENEROUS) as connection:
        token = testing.token_for(ruth)
        head = f"GET /api/events HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\n\r\n"
        connection.sendall(head.encode())
        received = b""
        while b"retry" not in received:
            received += connection.recv(4096)
        os.kill(alone.pid, signal.SIGTERM)
        with contextlib.suppress(ConnectionResetError):
            while chunk := connection.recv(4096):
                received += chunk
    assert b'event: end\ndata: {"reason":"restarting"}' in received


def test_several_workers_share_the_requests(services: Doubles, internal: Doubles) -> None:
    with running({**settings(services, internal), "WEB_CONCURRENCY": "2"}) as gateway:
        clients = [Client(gateway) for _ in range(16)]
        for client in clients:
            client.start()
        wait_until(lambda: all(client.answered > 5 for client in clients))
        sockets = [len(os.listdir(f"/proc/{pid}/fd")) for pid in workers_of(gateway)]
        for client in clients:
            client.stopping.set()
            client.join(GENEROUS)
    assert len(sockets) == 2
    assert [client.failed for client in clients] == [[]] * 16
