"""Problem documents for what gunicorn refuses before there is a request."""

import json
import secrets
import socket

from gunicorn import util


def install() -> None:
    """Replace gunicorn's HTML page, in this process."""
    util.write_error = write_problem


def write_problem(sock: socket.socket, status_int: int, reason: str, mesg: str) -> None:
    """Write the problem to the bare connection, which then ends."""
    code = reason.lower().replace(" ", "_").replace("-", "_")
    problem = {
        "type": f"/problems/{code.replace('_', '-')}",
        "title": reason,
        "status": status_int,
        "code": code,
        "instance": "",
        "request_id": secrets.token_hex(16),
        "detail": mesg,
    }
    body = json.dumps(problem).encode()
    head = (
        f"HTTP/1.1 {status_int} {reason}\r\nConnection: close\r\nContent-Type: application/problem+json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    util.write_nonblock(sock, head.encode("latin-1") + body)
