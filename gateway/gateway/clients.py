"""Notices that a client has hung up while its answer is still being made."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import gevent

from gateway.errors import ClientGone

READABLE = 1


@contextmanager
def abort_on_disconnect(client: socket.socket | None) -> Iterator[None]:
    """Raise `ClientGone` in this block, wherever it waits, as soon as the client closes its connection."""
    if client is None:  # not under gunicorn
        yield
        return
    waiting = gevent.getcurrent()
    watcher = gevent.get_hub().loop.io(client.fileno(), READABLE)

    def look() -> None:
        # Bytes are the next request, sent early. They stay in the socket, and hide the end of the connection.
        watcher.stop()
        if _has_ended(client):
            waiting.throw(ClientGone())

    watcher.start(look)
    try:
        yield
    finally:
        watcher.stop()
        watcher.close()


def _has_ended(client: socket.socket) -> bool:
    try:
        return client.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
    except OSError:
        return True
