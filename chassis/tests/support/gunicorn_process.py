"""gunicorn as it runs a service, with the application `served`, in a process of its own."""

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

SUPPORT = Path(__file__).parent
PATIENCE = 20  # seconds; generous, because a busy machine is no failure


class Served:
    """A running gunicorn."""

    def __init__(self, port: int, process: "subprocess.Popen[bytes]") -> None:
        self.port = port
        self.process = process

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)

    def call(self, method: str, path: str) -> tuple[int, bytes]:
        """Status and body of the answer on a new connection."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request(method, path)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def get_json(self, path: str) -> Any:
        status, body = self.call("GET", path)
        assert status == 200
        return json.loads(body)

    def workers(self) -> list[int]:
        """The process numbers of the workers."""
        master = self.process.pid
        return [int(n) for n in Path(f"/proc/{master}/task/{master}/children").read_text().split()]

    def threads(self) -> int:
        """How many threads the one worker has."""
        [worker] = self.workers()
        return len(list(Path(f"/proc/{worker}/task").iterdir()))


@contextmanager
def running(*options: str) -> Iterator[Served]:
    """gunicorn with these options besides those of `chassis.web.server`."""
    with socket.create_server(("127.0.0.1", 0), backlog=512) as listener:
        bind = f"--bind=fd://{listener.fileno()}"
        command = ["-m", "gunicorn", "-c", "python:chassis.web.server", bind, *options]
        process = subprocess.Popen(
            [sys.executable, *command, "--pythonpath", str(SUPPORT), "served:app"],
            env={**os.environ, "INTERNAL_PORT": "1"},
            stderr=subprocess.DEVNULL,
            pass_fds=[listener.fileno()],
        )
        served = Served(listener.getsockname()[1], process)
        listener.close()
        try:
            assert served.call("GET", "/healthz")[0] == 200
            yield served
        finally:
            process.terminate()
            process.wait(PATIENCE)


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def read_head(sock: socket.socket) -> bytes:
    """The head of one answer; what came if the connection ends."""
    received = b""
    while b"\r\n\r\n" not in received:
        if not (data := sock.recv(1)):
            return received
        received += data
    return received


def read_answer(sock: socket.socket) -> bytes:
    """The head and, by its Content-Length, the body of one answer; what came if the connection ends."""
    received = read_head(sock)
    for line in received.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            length = int(line.split(b":")[1])
            while length > 0 and (data := sock.recv(length)):
                received += data
                length -= len(data)
    return received


def read_all(sock: socket.socket) -> bytes:
    """Everything until the server closes the connection."""
    received = b""
    try:
        while data := sock.recv(65536):
            received += data
    except ConnectionError:
        pass
    return received
