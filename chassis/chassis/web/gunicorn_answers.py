"""Calls the application, and collects its answer, so that it is sent as one; but not what a file holds."""

import socket
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from gunicorn.http import wsgi

if TYPE_CHECKING:
    from chassis.web.gunicorn_worker import EpollWorker

Address = tuple[str, int]
# The types of gunicorn are those of an older release.
Request = Any
Response = Any


class File(NamedTuple):
    """What is sent behind the content, and then closed."""

    content: Any  # to be read and closed
    length: int


class Answer(NamedTuple):
    """An answer as bytes, with its head."""

    content: bytes
    keeps_connection: bool
    file: File | None = None


class Outbox:
    """Stands in for the socket of a gunicorn `Response`."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def sendall(self, data: bytes) -> None:
        self._pieces.append(data)

    send = sendall

    def content(self) -> bytes:
        return b"".join(self._pieces)


def answer(worker: "EpollWorker", request: Request, client: Address, listener: Address) -> Answer:
    """The application's answer. Whatever it raises leaves nothing behind on the connection."""
    outbox = Outbox()
    sock = cast(socket.socket, outbox)  # gunicorn only writes to it
    response: Response
    response, environ = wsgi.create(request, sock, client, listener, worker.cfg)
    environ["wsgi.multithread"] = True
    worker.count_request()
    pieces = worker.wsgi(environ, response.start_response)
    file = _file_of(response, pieces)
    try:
        # Asked late: the worker may have been told to stop meanwhile.
        if not worker.keeps_connections():
            response.force_close()
        if file:
            response.send_headers()
            return Answer(outbox.content(), not response.should_close(), file)
        for piece in pieces:
            response.write(piece)
        response.close()
    finally:
        if not file and hasattr(pieces, "close"):
            pieces.close()
    return Answer(outbox.content(), is_whole(response) and not response.should_close())


def _file_of(response: Response, pieces: Any) -> File | None:
    """The file that is the body of the answer, if it is one and says how long it is."""
    if not isinstance(pieces, wsgi.FileWrapper) or response._omits_body:
        return None
    return File(pieces.filelike, response.response_length) if response.response_length else None


def is_whole(response: Response) -> bool:
    """Whether all was sent that was promised: the client would take the rest from the next answer."""
    return bool(response._omits_body) or response.response_length in (None, response.sent)
