"""The gateway in a process of its own: gunicorn with the edge's worker, on a free port."""

import http.client
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from chassis import testing
from chassis.testing import User
from gateway.routes import SERVICES, QuotaClass

from .upstream_doubles import Double

Doubles = dict[str, Double]


@dataclass(frozen=True)
class Reply:
    """An answer as the client received it."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Gateway:
    """A running gateway, called as a client would call it."""

    port: int
    pid: int = 0  # of gunicorn's arbiter

    def call(
        self,
        method: str,
        target: str,
        *,
        user: User | None = None,
        token: str | None = None,
        **options: Any,
    ) -> Reply:
        """Send the target exactly as it is given."""
        headers: dict[str, str] = {**options.pop("headers", {})}
        if user:
            token = testing.token_for(user)
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, target, headers=headers, **options)
            response = connection.getresponse()
            return Reply(response.status, response.headers, response.read())
        finally:
            connection.close()

    def get(self, target: str, **options: Any) -> Reply:
        return self.call("GET", target, **options)

    def post(self, target: str, **options: Any) -> Reply:
        return self.call("POST", target, **options)

    def raw(self, *pieces: bytes) -> bytes:
        """Send these bytes, and return what is received until the gateway closes the connection or
        is silent for a while.
        """
        with socket.create_connection(("127.0.0.1", self.port), timeout=2) as connection:
            received = b""
            try:
                for piece in pieces:
                    connection.sendall(piece)
                while chunk := connection.recv(65536):
                    received += chunk
            except OSError:
                pass
            return received


PATIENT, HASTY = (
    "3",
    "0.3",
)  # the machine is busy with other tests; a hung service needs no long wait


def settings(doubles: Doubles, internal: Doubles, patience: str = PATIENT) -> dict[str, str]:
    """The environment of a gateway in front of these services."""
    variables = {name: name.upper().replace("-", "_") for name in SERVICES}
    return {
        **testing.environment("gateway"),
        **{f"{variables[name]}_URL": double.url for name, double in doubles.items()},
        **{f"{variables[name]}_INTERNAL_URL": double.url for name, double in internal.items()},
        **{f"{kind.replace('-', '_').upper()}_PER_MINUTE": "1000000" for kind in QuotaClass},
        "PATIENCE": patience,
    }


@contextmanager
def running(environ: Mapping[str, str], log: int | None = None) -> Iterator[Gateway]:
    """A gateway that answers, and writes to this file descriptor what it logs.

    Its socket is opened here, so no other program can take its port.
    """
    with socket.create_server(("127.0.0.1", 0), backlog=512) as listener:
        program = [
            sys.executable,
            "-m",
            "gunicorn",
            "-c",
            "python:gateway.server",
            "--bind",
            f"fd://{listener.fileno()}",
        ]
        process = subprocess.Popen(
            [*program, "gateway.app:create_app()"],
            env={**os.environ, **environ},
            pass_fds=[listener.fileno()],
            stderr=log,
        )
        try:
            gateway = Gateway(listener.getsockname()[1], process.pid)
            assert gateway.get("/healthz").status == 200
            yield gateway
        finally:
            process.terminate()
            process.wait(20)
