"""The service of notes with operations that take long, and a way to a server that may hang."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from uuid import uuid4

from flask import Flask, request
from sqlalchemy import text

from chassis.data.reading import Reading, only_reads

from .notes import Note, db

LONG = 60  # seconds
SLEEP = text("SELECT pg_backend_pid() FROM pg_sleep(:seconds)")

Served = dict[str, int]


def add_operations(app: Flask) -> None:
    """Operations that have PostgreSQL sleep, and answer which of its processes did."""
    app.add_url_rule("/api/slow", view_func=read, methods=["GET"])
    app.add_url_rule("/api/slow/snapshot", view_func=read_snapshot, methods=["GET"])
    app.add_url_rule("/internal/slow", view_func=read_inside, methods=["GET"])
    app.add_url_rule("/api/slow", view_func=write, methods=["POST"])


@only_reads()
def read() -> Served:
    seconds = float(request.args.get("seconds", LONG))
    return {"pid": db.session.scalar(SLEEP, {"seconds": seconds})}


@only_reads(Reading.SNAPSHOT)
def read_snapshot() -> Served:
    return read()


@only_reads()
def read_inside() -> Served:
    return read()


def write() -> Served:
    db.session.add(Note(owner_id=uuid4(), title="slow"))
    db.session.flush()
    return read()


class Link:
    """A way to a server. Blocked, it accepts all and brings nothing, as a server that hangs."""

    def __init__(self, host: str, port: int) -> None:
        self._server = host, port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._is_closed = False
        self._is_free = threading.Event()
        self._is_free.set()
        self.port = self._listener.getsockname()[1]

    def block(self) -> None:
        self._is_free.clear()

    def run(self) -> None:
        """Bring what comes, until the link is closed."""
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far = socket.create_connection(self._server)
                for ends in [(near, far), (far, near)]:
                    threading.Thread(target=self._carry, args=ends, daemon=True).start()

    def close(self) -> None:
        """What is held up is never brought."""
        self._is_closed = True
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._is_free.set()

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        data = b"any"
        with suppress(OSError), target:
            while data:
                data = source.recv(65536)
                self._is_free.wait(LONG)
                if self._is_closed:
                    break
                target.sendall(data)


@contextmanager
def link(host: str, port: int) -> Iterator[Link]:
    """A link that runs."""
    made = Link(host, port)
    thread = threading.Thread(target=made.run)
    thread.start()
    try:
        yield made
    finally:
        made.close()
        thread.join()
