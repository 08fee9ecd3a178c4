"""Doubles of the services: a test sets their answers, and reads the requests that they received."""

import contextlib
import json
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Asked:
    """One request as it was received."""

    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str | None:
        values = [value for found, value in self.headers if found.lower() == name.lower()]
        return ",".join(values) if values else None


def answer(status: int = 200, body: bytes = b"", **headers: str) -> bytes:
    """An HTTP answer; `content_type="..."` becomes `Content-Type: ...`."""
    lines = [f"HTTP/1.1 {status} Because", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-').title()}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def as_json(document: object, status: int = 200) -> bytes:
    return answer(status, json.dumps(document).encode(), content_type="application/json")


def echo(asked: Asked, _: socket.socket) -> bytes:
    """The request, as JSON."""
    seen = {
        "method": asked.method,
        "target": asked.target,
        "headers": asked.headers,
        "body": asked.body.decode(),
    }
    return as_json(seen)


Reply = Callable[[Asked, socket.socket], bytes | None]


@dataclass
class Double:
    """A server for one test run. `reply` makes the answer, or writes to the socket itself and
    returns None to close the connection.
    """

    reply: Reply = echo
    asked: list[Asked] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self._open: set[socket.socket] = set()
        self.stopping = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def reset(self) -> None:
        self.reply = echo
        self.asked.clear()

    def stop(self) -> None:
        """Stop listening, and close every connection."""
        self.stopping.set()
        for open_socket in [self._listener, *self._open]:
            _hang_up(open_socket)
        self._listener.close()

    def _accept(self) -> None:
        while not self.stopping.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._open.add(connection)
            threading.Thread(target=self._serve, args=[connection], daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            with connection, connection.makefile("rb") as stream:
                while asked := _read(stream):
                    self.asked.append(asked)
                    reply = self.reply(asked, connection)
                    if reply is None:
                        return
                    connection.sendall(reply)
        except OSError:
            pass
        finally:
            self._open.discard(connection)


def _read(stream: object) -> Asked | None:
    line = stream.readline()
    if not line:
        return None
    method, target, _ = line.decode("latin-1").split(" ", 2)
    headers = []
    while (line := stream.readline()) not in (b"\r\n", b""):
        name, _, value = line.decode("latin-1").strip("\r\n").partition(": ")
        headers.append((name, value))
    length = next((int(value) for name, value in headers if name.lower() == "content-length"), 0)
    return Asked(method, target, headers, stream.read(length))


def _hang_up(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
