"""The stand-in for a Service of Kubernetes passes connections on as one does."""

import socket
import threading
from collections.abc import Iterator

import pytest

from dev.ports import free_port

from .support.forwarder import Forwarder

PATIENCE = 20.0  # seconds


class Backend:
    """Says its name on each connection, then what it is sent, then that no more will come."""

    def __init__(self, name: bytes) -> None:
        self._name = name
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:  # it is closed
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            connection.sendall(self._name)
            while piece := connection.recv(4096):
                connection.sendall(piece)

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


@pytest.fixture
def backends() -> Iterator[list[Backend]]:
    backends = [Backend(b"a"), Backend(b"b")]
    yield backends
    for backend in backends:
        backend.close()


@pytest.fixture
def forwarder() -> Iterator[Forwarder]:
    forwarder = Forwarder(free_port())
    forwarder.start()
    yield forwarder
    forwarder.stop()


def connect(forwarder: Forwarder) -> socket.socket:
    return socket.create_connection(("127.0.0.1", forwarder.port), PATIENCE)


def test_new_connections_go_to_the_backends_in_turn(
    forwarder: Forwarder, backends: list[Backend]
) -> None:
    for backend in backends:
        forwarder.admit(backend.port)
    seen = []
    for _ in range(4):
        with connect(forwarder) as connection:
            seen.append(connection.recv(1))
    assert seen == [b"a", b"b", b"a", b"b"]


def test_an_open_connection_outlives_its_place_among_the_backends(
    forwarder: Forwarder, backends: list[Backend]
) -> None:
    first, second = backends
    forwarder.admit(first.port)
    with connect(forwarder) as kept:
        assert kept.recv(1) == b"a"
        forwarder.admit(second.port)
        forwarder.take_out(first.port)
        with connect(forwarder) as connection:
            assert connection.recv(1) == b"b"
        kept.sendall(b"still")
        assert kept.recv(5) == b"still"


def test_each_end_is_told_that_the_other_has_no_more_to_say(
    forwarder: Forwarder, backends: list[Backend]
) -> None:
    forwarder.admit(backends[0].port)
    with connect(forwarder) as connection:
        connection.sendall(b"the last")
        connection.shutdown(socket.SHUT_WR)
        received = b""
        while piece := connection.recv(4096):
            received += piece
    assert received == b"athe last"


@pytest.mark.parametrize("admitted", [[], [free_port()]], ids=["none", "one that refuses"])
def test_without_a_backend_a_connection_is_closed(
    forwarder: Forwarder, admitted: list[int]
) -> None:
    for port in admitted:
        forwarder.admit(port)
    with connect(forwarder) as connection:
        assert connection.recv(1) == b""
