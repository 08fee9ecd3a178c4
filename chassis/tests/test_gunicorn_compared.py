"""Requests as no client library makes them get from our worker, byte for byte, what gthread answers."""

import re
import socket
from collections.abc import Iterator

import pytest

from .support.gunicorn_process import Served, read_all, running

HOST = b"Host: a\r\n"
GET = b"GET /healthz HTTP/1.1\r\n" + HOST
POST = b"POST /echo HTTP/1.1\r\n" + HOST
JSON = b"Content-Type: application/json\r\n"
LAST = b"GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
HIDDEN = b"GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n"

REQUESTS = {
    "kept": GET + b"\r\n",
    "two pipelined": GET + b"\r\n" + HIDDEN,
    "HEAD": b"HEAD /healthz HTTP/1.1\r\n" + HOST + b"\r\n",
    "close": LAST,
    "close in capitals": GET + b"Connection: CLOSE\r\n\r\n",
    "HTTP/1.0": b"GET /healthz HTTP/1.0\r\n\r\n",
    "HTTP/1.0 kept": b"GET /healthz HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
    "HTTP/2.0": b"GET /healthz HTTP/2.0\r\n" + HOST + b"\r\n",
    "HTTP/1.2": b"GET /healthz HTTP/1.2\r\n" + HOST + b"\r\n",
    "body": POST + JSON + b'Content-Length: 7\r\n\r\n{"a":1}',
    "body and a request behind": POST + JSON + b'Content-Length: 7\r\n\r\n{"a":1}' + HIDDEN,
    "body that nobody reads": GET + b"Content-Length: 5\r\n\r\nhello",
    "chunked": POST + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    "chunked with trailer": POST + b"Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nA: b\r\n\r\n",
    "chunk size that is none": POST
    + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\nhello\r\n0\r\n\r\n",
    "chunked twice": POST + b"Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
    "unknown coding": POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "coding with a control": POST + b"Transfer-Encoding: chunked\x0b\r\n\r\n0\r\n\r\n",
    "length and coding": POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "two lengths": POST + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nx",
    "length with a sign": POST + b"Content-Length: +1\r\n\r\nx",
    "length below zero": POST + b"Content-Length: -1\r\n\r\nx",
    "length as a list": POST + b"Content-Length: 1, 1\r\n\r\nx",
    "expecting 100": POST + JSON + b'Expect: 100-continue\r\nContent-Length: 7\r\n\r\n{"a":1}',
    "expecting 100 for chunks": POST
    + b"Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "expecting something else": POST + b"Expect: cake\r\nContent-Length: 0\r\n\r\n",
    "no host": b"GET /healthz HTTP/1.1\r\n\r\n",
    "two hosts": GET + b"Host: b\r\n\r\n",
    "bare LF at the line": b"GET /healthz HTTP/1.1\nHost: a\r\n\r\n",
    "bare LF at a field": b"GET /healthz HTTP/1.1\r\nHost: a\nA: b\r\n\r\n",
    "bare LF, and no end": b"GET /healthz HTTP/1.1\r\nHost: a\nA: b\r\n",
    "folded field": GET + b"A: b\r\n c\r\n\r\n",
    "space before the colon": GET + b"A : b\r\n\r\n",
    "underscore": GET + b"A_B: c\r\n\r\n",
    "Script-Name": GET + b"Script-Name: /public\r\n\r\n",
    "SCRIPT_NAME": GET + b"SCRIPT_NAME: /public\r\n\r\n",
    "NUL in a field": GET + b"A: b\x00c\r\n\r\n",
    "Latin-1 in a field": GET + b"A: \xe9\r\n\r\n",
    "absolute form": b"GET http://a/healthz HTTP/1.1\r\n" + HOST + b"\r\n",
    "asterisk": b"OPTIONS * HTTP/1.1\r\n" + HOST + b"\r\n",
    "CONNECT": b"CONNECT a:80 HTTP/1.1\r\n" + HOST + b"\r\n",
    "lower-case method": b"get /healthz HTTP/1.1\r\n" + HOST + b"\r\n",
    "made-up method": b"BREW /healthz HTTP/1.1\r\n" + HOST + b"\r\n",
    "fragment": b"GET /healthz#top HTTP/1.1\r\n" + HOST + b"\r\n",
    "two slashes": b"GET //healthz HTTP/1.1\r\n" + HOST + b"\r\n",
    "raw byte in the path": b"GET /\xe9 HTTP/1.1\r\n" + HOST + b"\r\n",
    "query": b"GET /echo?a=%20b HTTP/1.1\r\n" + HOST + b"\r\n",
    "long line": b"GET /" + b"a" * 5000 + b" HTTP/1.1\r\n" + HOST + b"\r\n",
    "endless line": b"GET /" + b"a" * 5000,
    "long field": GET + b"A: " + b"b" * 9000 + b"\r\n\r\n",
    "many fields": GET + b"A: b\r\n" * 101 + b"\r\n",
    "empty line first": b"\r\n" + GET + b"\r\n",
    "two empty lines first": b"\r\n\r\n" + GET + b"\r\n",
    "not HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    "204": HIDDEN,
    "answer in pieces": b"GET /pieces HTTP/1.1\r\n" + HOST + b"\r\n",
    "answer in pieces for HTTP/1.0": b"GET /pieces HTTP/1.0\r\n\r\n",
    "large answer": b"GET /bytes/3000000 HTTP/1.1\r\n" + HOST + b"\r\n",
    "large answer to HEAD": b"HEAD /bytes/3000000 HTTP/1.1\r\n" + HOST + b"\r\n",
    "large body": POST + JSON + b"Content-Length: 16000\r\n\r\n" + b" " * 15_999 + b"1",
    "upgrade": GET + b"Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n",
}


@pytest.fixture(scope="module")
def ours() -> Iterator[Served]:
    with running() as served:
        yield served


@pytest.fixture(scope="module")
def gthread() -> Iterator[Served]:
    with running("--worker-class=gthread") as served:
        yield served


@pytest.mark.parametrize("name", REQUESTS)
def test_an_unusual_request_is_answered_as_by_gthread(
    ours: Served, gthread: Served, name: str
) -> None:
    sent = REQUESTS[name] + LAST
    assert told(ours, sent) == told(gthread, sent)


@pytest.mark.parametrize("name", ["two pipelined", "body and a request behind", "204"])
def test_bytes_that_come_one_by_one_are_read_alike(ours: Served, name: str) -> None:
    sent = REQUESTS[name] + LAST
    assert told(ours, *(sent[i : i + 1] for i in range(len(sent)))) == told(ours, sent)


@pytest.mark.parametrize(
    "sent", [GET, GET[:10], POST + JSON + b'Content-Length: 70\r\n\r\n{"a":1}']
)
def test_a_request_that_breaks_off_is_answered_as_by_gthread(
    ours: Served, gthread: Served, sent: bytes
) -> None:
    assert told(ours, sent, end=True) == told(gthread, sent, end=True)


def test_an_unread_body_beyond_the_limit_is_refused_and_the_connection_closed(
    ours: Served, gthread: Served
) -> None:
    sent = POST + JSON + b"Content-Length: 2000000\r\n\r\n" + b" " * 2_000_000 + LAST
    answer = told(ours, sent)
    assert answer == told(gthread, sent)
    assert [line for line in answer.splitlines() if line.startswith(b"HTTP/")] == [
        b"HTTP/1.1 413 REQUEST ENTITY TOO LARGE"
    ]


def test_an_answer_shorter_than_it_says_is_the_last_of_its_connection(ours: Served) -> None:
    answer = told(ours, b"GET /too-short HTTP/1.1\r\nHost: a\r\n\r\n" + LAST)
    assert answer.endswith(b"\r\n\r\nfour")


def told(served: Served, *pieces: bytes, end: bool = False) -> bytes:
    """What is received for these bytes, without what differs from one request to the next."""
    with served.connect() as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for piece in pieces:
            sock.sendall(piece)
        if end:
            sock.shutdown(socket.SHUT_WR)
        received = read_all(sock)
    received = re.sub(rb"Date: .*", b"Date: now", received)
    return re.sub(rb"[0-9a-f]{32}", b"id", received)
