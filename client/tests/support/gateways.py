"""A gateway that answers from a script over real HTTP."""

import contextlib
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PATIENCE = 15  # seconds


@dataclass(frozen=True)
class Asked:
    """A request that came."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: Any

    @property
    def token(self) -> str | None:
        return self.headers.get("Authorization", "").removeprefix("Bearer ") or None


@dataclass(frozen=True)
class Reply:
    """What to answer: an object as JSON, or bytes as they are."""

    status: int
    content: Mapping[str, Any] | bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    def write(self, handler: BaseHTTPRequestHandler, gateway: "Gateway") -> None:
        is_object = not isinstance(self.content, bytes)
        body = json.dumps(self.content).encode() if is_object else self.content
        handler.send_response(self.status)
        for name, value in self.headers.items():
            handler.send_header(name, value)
        if is_object:
            handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)


class Hangup:
    """The connection is closed instead of an answer."""

    def write(self, handler: BaseHTTPRequestHandler, gateway: "Gateway") -> None:
        handler.close_connection = True


@dataclass(frozen=True)
class Stream:
    """A stream that sends this, and then is cut, or stays open until the gateway closes."""

    content: bytes | Iterator[bytes]
    stays: bool = False

    def write(self, handler: BaseHTTPRequestHandler, gateway: "Gateway") -> None:
        handler.close_connection = True
        handler.send_response(200)
        handler.send_header("Content-Type", "text/event-stream; charset=utf-8")
        handler.end_headers()
        pieces = [self.content] if isinstance(self.content, bytes) else self.content
        for piece in pieces:
            handler.wfile.write(piece)
        if self.stays:
            gateway.gave_up = not gateway.closing.wait(PATIENCE)


Answer = Reply | Hangup | Stream


def problem(
    status: int, code: str, headers: Mapping[str, str] | None = None, **extra: Any
) -> Reply:
    """A refusal as the gateway words it."""
    content = {"status": status, "code": code, "title": code, **extra}
    return Reply(status, content, headers or {})


class Server(ThreadingHTTPServer):
    # Many callers come at the same moment.
    request_queue_size = 64


class Gateway:
    """What was asked, in order, and where to ask."""

    def __init__(self, answer: Callable[[Asked], Answer]) -> None:
        self.asked: list[Asked] = []
        self.closing = threading.Event()
        self.gave_up = False
        self._answer = answer
        self._lock = threading.Lock()
        self.server = Server(("127.0.0.1", 0), self._handler())
        self.address = f"http://127.0.0.1:{self.server.server_port}"

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _reply(self) -> None:
                length = int(self.headers.get("Content-Length", 0))
                body = json.loads(self.rfile.read(length)) if length else None
                asked = Asked(self.command, self.path, self.headers, body)
                with gateway._lock:
                    gateway.asked.append(asked)
                with contextlib.suppress(ConnectionError):
                    gateway._answer(asked).write(self, gateway)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _reply

            def log_message(self, *arguments: object) -> None:
                pass

        return Handler


@contextlib.contextmanager
def gateway(answer: Callable[[Asked], Answer]) -> Iterator[Gateway]:
    """A gateway that answers each request so."""
    made = Gateway(answer)
    thread = threading.Thread(target=made.server.serve_forever, args=[0.01])
    thread.start()
    try:
        yield made
    finally:
        made.closing.set()
        made.server.shutdown()
        thread.join()
        made.server.server_close()
    assert not made.gave_up, "a client did not close its stream"


def script(*answers: Answer) -> Callable[[Asked], Answer]:
    """These answers one after the other, the last again and again."""
    rest = list(answers)

    def answer(asked: Asked) -> Answer:
        return rest.pop(0) if len(rest) > 1 else rest[0]

    return answer
