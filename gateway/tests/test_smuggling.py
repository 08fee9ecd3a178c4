"""Requests that two programs would split differently: the hidden one never runs."""

import json

import pytest

from .support.gateway_process import Doubles, Gateway

HIDDEN = b"GET /api/courses/hidden HTTP/1.1\r\nHost: a\r\n\r\n"
CHUNKED = b"0\r\n\r\n"

FORMS = {
    "length and chunked": [b"Content-Length: 5", b"Transfer-Encoding: chunked"],
    "chunked and length": [b"Transfer-Encoding: chunked", b"Content-Length: 5"],
    "chunked twice": [b"Transfer-Encoding: chunked", b"Transfer-Encoding: chunked"],
    "chunked in a list twice": [b"Transfer-Encoding: chunked, chunked"],
    "an unknown coding": [b"Transfer-Encoding: xchunked"],
    "chunked, then identity": [b"Transfer-Encoding: chunked, identity"],
    "identity": [b"Transfer-Encoding: identity", b"Content-Length: 5"],
    "a vertical tab before chunked": [b"Transfer-Encoding: \x0bchunked"],
    "a space before the colon": [b"Transfer-Encoding : chunked"],
    "a tab before the colon": [b"Transfer-Encoding\t: chunked"],
    "two lengths": [b"Content-Length: 5", b"Content-Length: 6"],
    "one length twice": [b"Content-Length: 5", b"Content-Length: 5"],
    "a list of lengths": [b"Content-Length: 5, 5"],
    "a signed length": [b"Content-Length: +5"],
    "a negative length": [b"Content-Length: -5"],
    "a hexadecimal length": [b"Content-Length: 0x5"],
    "a length in other digits": [b"Content-Length: \xd9\xa5"],
    "a superscript length": [b"Content-Length: \xb2"],
    "a folded header": [b"X-A: b", b" Transfer-Encoding: chunked", b"Content-Length: 5"],
    "a bare line feed": [b"X-A: b\nTransfer-Encoding: chunked", b"Content-Length: 5"],
    "a bare carriage return": [b"X-A: b\rTransfer-Encoding: chunked", b"Content-Length: 5"],
    "a NUL": [b"X-A: \x00", b"Content-Length: 5"],
    "two hosts": [b"Host: b", b"Content-Length: 5"],
}


@pytest.mark.parametrize("form", FORMS)
def test_a_request_of_ambiguous_length_is_refused(
    gateway: Gateway, services: Doubles, form: str
) -> None:
    lines = b"\r\n".join([b"POST /api/courses HTTP/1.1", b"Host: a", *FORMS[form]])
    answered = gateway.raw(lines + b"\r\n\r\n" + CHUNKED + HIDDEN)
    assert answered[:12] in {b"HTTP/1.1 400", b"HTTP/1.1 501"}
    assert answered.count(b"HTTP/1.1 ") == 1
    assert services["tutoring-service"].asked == []


@pytest.mark.parametrize("line", [b"Transfer_Encoding: chunked", b"Content_Length: 50"])
def test_a_header_that_only_looks_like_framing_is_ignored(
    gateway: Gateway, services: Doubles, line: bytes
) -> None:
    gateway.raw(
        b"POST /api/courses HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n"
        + line
        + b"\r\n\r\n"
        + CHUNKED
    )
    assert [asked.body for asked in services["tutoring-service"].asked] == [CHUNKED]


def test_a_chunked_body_in_http_1_0_is_refused(gateway: Gateway, services: Doubles) -> None:
    answered = gateway.raw(
        b"POST /api/courses HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n" + CHUNKED + HIDDEN
    )
    assert answered.startswith(b"HTTP/1.1 400") or answered.startswith(b"HTTP/1.0 400")
    assert services["tutoring-service"].asked == []


def test_a_trailer_is_not_a_header(gateway: Gateway, services: Doubles) -> None:
    gateway.raw(
        b"POST /api/courses HTTP/1.1\r\nHost: a\r\n"
        b"Transfer-Encoding: chunked\r\nTrailer: Idempotency-Key\r\n\r\n"
        b"2\r\n{}\r\n0\r\nIdempotency-Key: k-1\r\nX-User-Id: 1\r\n\r\n"
    )
    (asked,) = services["tutoring-service"].asked
    assert (asked.body, asked.header("Idempotency-Key"), asked.header("X-User-Id")) == (
        b"{}",
        None,
        None,
    )


def test_pipelined_requests_reach_the_service_in_order(gateway: Gateway, services: Doubles) -> None:
    first, second = (f"GET /api/courses/{n} HTTP/1.1\r\nHost: a\r\n".encode() for n in (1, 2))
    gateway.raw(first + b"\r\n" + second + b"Connection: close\r\n\r\n")
    assert [asked.target for asked in services["tutoring-service"].asked] == [
        "/api/courses/1",
        "/api/courses/2",
    ]


@pytest.mark.parametrize(
    ("request_head", "status"),
    [
        (b"GET /api/courses?q=" + b"a" * 8000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", 414),
        (b"GET /api/courses HTTP/1.1\r\nHost: a\r\nX-Long: " + b"a" * 9000 + b"\r\n\r\n", 431),
        (b"GET /api/courses HTTP/1.1\r\nHost: a\r\nBad Name: a\r\n\r\n", 400),
    ],
)
def test_an_invalid_request_head_gets_a_problem_document(
    gateway: Gateway, request_head: bytes, status: int
) -> None:
    head, _, body = gateway.raw(request_head).partition(b"\r\n\r\n")
    assert head.startswith(f"HTTP/1.1 {status}".encode())
    assert b"Content-Type: application/problem+json" in head
    assert json.loads(body)["status"] == status
