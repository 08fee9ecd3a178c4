"""How large a body may be, and how it must be framed."""

import socket
from collections.abc import Iterator

import pytest

from .support.gateway_process import Doubles, Gateway

LIMIT = 64 * 1024  # of the route
TUTORING = "tutoring-service"


def in_chunks(size: int) -> Iterator[bytes]:
    """A body whose length is not announced."""
    for start in range(0, size, 8192):
        yield b"x" * min(8192, size - start)


@pytest.mark.parametrize("size", [0, 1, LIMIT - 1, LIMIT])
@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_up_to_the_limit_arrives_with_its_length(
    gateway: Gateway, services: Doubles, size: int, chunked: bool
) -> None:
    body = in_chunks(size) if chunked else b"x" * size
    reply = gateway.post(
        "/api/courses", body=body, encode_chunked=chunked, headers=framing(chunked)
    )
    assert reply.status == 200
    asked = services[TUTORING].asked[0]
    assert len(asked.body) == size
    assert asked.header("Content-Length") == str(size)
    assert asked.header("Transfer-Encoding") is None


@pytest.mark.parametrize("size", [LIMIT + 1, 10 * LIMIT])
@pytest.mark.parametrize("chunked", [False, True])
def test_a_larger_body_is_refused_and_reaches_no_service(
    gateway: Gateway, services: Doubles, size: int, chunked: bool
) -> None:
    if chunked:
        pieces = [b"%x\r\n%s\r\n" % (len(piece), piece) for piece in in_chunks(size)]
        answered = gateway.raw(head("Transfer-Encoding: chunked"), *pieces, b"0\r\n\r\n")
    else:
        answered = gateway.raw(head(f"Content-Length: {size}"))
    assert answered.startswith(b"HTTP/1.1 413 ")
    assert b"body_too_large" in answered
    assert services[TUTORING].asked == []


@pytest.mark.parametrize(
    "request_bytes",
    [
        pytest.param(b"Transfer-Encoding: chunked\r\n\r\n5\r\nab", id="ends within a chunk"),
        pytest.param(
            b"Transfer-Encoding: chunked\r\n\r\nzz\r\nab\r\n0\r\n\r\n", id="an invalid chunk size"
        ),
        pytest.param(
            b"Transfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n0\r\n\r\n", id="longer than its chunk"
        ),
        pytest.param(
            b"Transfer-Encoding: gzip, chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n", id="another coding"
        ),
    ],
)
def test_a_body_that_is_not_framed_as_announced_is_refused(
    gateway: Gateway, services: Doubles, request_bytes: bytes
) -> None:
    answered = gateway.raw(b"POST /api/courses HTTP/1.1\r\nHost: a\r\n" + request_bytes, b"")
    assert answered == b"" or answered.startswith(b"HTTP/1.1 400 ")
    assert services[TUTORING].asked == []


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_a_body_with_a_method_that_only_reads_is_refused(
    gateway: Gateway, services: Doubles, method: str
) -> None:
    assert gateway.call(method, "/api/courses", body=b"{}").status == 400
    assert services[TUTORING].asked == []


def test_a_client_that_expects_100_continue_receives_it(
    gateway: Gateway, services: Doubles
) -> None:
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=20) as client:
        client.sendall(head("Content-Length: 2\r\nExpect: 100-continue\r\nConnection: close"))
        assert client.recv(4096) == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.sendall(b"{}")
        assert client.recv(4096).startswith(b"HTTP/1.1 200 ")
    assert services[TUTORING].asked[0].header("Expect") is None


def head(line: str) -> bytes:
    return f"POST /api/courses HTTP/1.1\r\nHost: a\r\n{line}\r\n\r\n".encode()


def framing(chunked: bool) -> dict[str, str]:
    return {"Transfer-Encoding": "chunked"} if chunked else {}
