"""Programs in place of a gateway, for what a real one cannot be made to do."""

import contextlib
import socket
import threading
from collections import Counter

from .people import PATIENCE


class Double:
    """A program in place of a gateway: it is well, and answers 204, or breaks once it has read a request."""

    def __init__(self, *, breaks: bool = False) -> None:
        self.asked: Counter[str] = Counter()
        self._breaks = breaks
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        # At its end the listener is shut down.
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                threading.Thread(target=self._answer, args=[connection], daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        connection.settimeout(PATIENCE)
        with connection, contextlib.suppress(OSError):
            if received := connection.recv(65536):
                connection.sendall(self._answer_to(*received.decode().split(" ")[:2]))
                connection.shutdown(socket.SHUT_WR)
            # A reset, because of a body that is unread, would take the answer with it.
            while connection.recv(65536):
                pass

    def _answer_to(self, method: str, target: str) -> bytes:
        is_probe = target == "/healthz"
        if not is_probe:
            self.asked[method] += 1
        if self._breaks and not is_probe:
            return b""
        return b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"

    def close(self) -> None:
        """Take no more connections."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
