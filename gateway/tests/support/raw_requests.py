"""Bytes that are sent as they are, and the answers to them."""

import json
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from http.client import HTTPResponse
from io import BytesIO

# A connection that is still in order answers this, and closes.
LAST = b"GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
PATIENCE = 20  # seconds, of which an answer takes a few thousandths


@dataclass(frozen=True)
class Seen:
    """An answer, as far as two ways through the gateway have to agree on it."""

    status: int
    code: str | None


def exchange(port: int, pieces: Iterable[bytes]) -> list[Seen]:
    """The answers to the pieces and to one last request, until the gateway closes the connection."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            for piece in pieces:
                connection.sendall(piece)
            connection.sendall(LAST)
        except OSError:  # refused before all was sent
            pass
        return list(answers(received(connection)))


def received(connection: socket.socket) -> bytes:
    """Everything that comes until the end."""
    content = b""
    try:
        while chunk := connection.recv(65536):
            content += chunk
    except ConnectionResetError:
        pass
    return content


def answers(content: bytes) -> Iterable[Seen]:
    """The answers, one after the other."""
    rest = BytesIO(content)
    while rest.tell() < len(content):
        response = HTTPResponse(_Socket(rest))
        response.begin()
        body = response.read()
        problem = response.headers.get_content_type() == "application/problem+json"
        yield Seen(response.status, json.loads(body)["code"] if problem else None)


class _Socket:
    """What HTTPResponse needs of a socket."""

    def __init__(self, content: BytesIO) -> None:
        self._content = content

    def makefile(self, *_: object) -> "_Shared":
        return _Shared(self._content)


class _Shared(BytesIO):
    """A file whose end leaves the others of the same content where they are."""

    def __init__(self, content: BytesIO) -> None:
        super().__init__()
        self._content = content

    def read(self, size: int | None = -1) -> bytes:
        return self._content.read(size)

    def readline(self, size: int | None = -1) -> bytes:
        return self._content.readline(size)

    def readinto(self, buffer: bytearray) -> int:
        content = self._content.read(len(buffer))
        buffer[: len(content)] = content
        return len(content)
