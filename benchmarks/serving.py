"""A service as it runs in production, and as little client as possible."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from chassis import testing
from dev.ports import free_port
from dev.processes import die_with_parent


@contextmanager
def gunicorn(package: str, database_url: str, *options: str) -> Iterator[int]:
    """The service on a free port; `options` are more of gunicorn's."""
    settings = testing.environment(package.replace("_", "-"), database_url)
    with served(f"{package}.app:create_app()", settings, *options) as port:
        yield port


@contextmanager
def served(application: str, settings: Mapping[str, str], *options: str) -> Iterator[int]:
    """Any application as services run, on a free port."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "-c", "python:chassis.web.server"]
    command += ["--log-level", "warning", "-b", f"127.0.0.1:{port}", *options, application]
    environment = {**os.environ, **settings}
    process = subprocess.Popen(
        command,
        env=environment,
        stderr=subprocess.DEVNULL,
        preexec_fn=die_with_parent(signal.SIGTERM),
    )
    try:
        wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def wait_for(port: int, program: str = "gunicorn") -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"{program} does not answer")


class Connection:
    """A connection that is kept alive. An answer other than 200 and 201 ends the program."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(
        self, method: str, target: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> bytes:
        """The body of the answer."""
        sent = {"Host": "localhost", **(headers or {})}
        if body:
            sent["Content-Length"] = str(len(body))
        lines = [f"{method} {target} HTTP/1.1"]
        lines += [f"{name}: {value}" for name, value in sent.items()]
        self._socket.sendall("\r\n".join([*lines, "", ""]).encode() + body)
        answer = self._socket.recv(65536)
        while b"\r\n\r\n" not in answer:
            answer += self._socket.recv(65536)
        head, _, content = answer.partition(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        while len(content) < length:
            content += self._socket.recv(65536)
        if not head.startswith((b"HTTP/1.1 200", b"HTTP/1.1 201")):
            raise SystemExit((head + content).decode(errors="replace"))
        return content
