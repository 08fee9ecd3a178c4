"""Accepting connections: never in vain, and not at any price."""

import asyncio
import errno
import socket

import pytest

from gateway.edge import accepting
from gateway.edge.accepting import Acceptor

from .support.event_loop import GENEROUS, Loop


class Scarce(socket.socket):
    """A listening socket of a process that can open no file at first."""

    refused = 0

    def accept(self) -> tuple[socket.socket, object]:
        if self.refused < 2:
            self.refused += 1
            raise OSError(errno.EMFILE, "Too many open files")
        return super().accept()


class Greeting(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport.write(b"welcome")
        transport.close()


def test_accepting_goes_on_when_files_can_be_opened_again(
    loop: Loop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accepting, "PAUSE", 0.01)
    listener = Scarce()
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    acceptor = Acceptor(loop.loop, [listener], Greeting)
    loop.call(acceptor.start)
    with socket.create_connection(listener.getsockname(), timeout=GENEROUS) as client:
        assert client.recv(100) == b"welcome"
    loop.run(acceptor.stop())
    assert listener.refused == 2
