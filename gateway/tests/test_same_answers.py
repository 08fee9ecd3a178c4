"""The same bytes get the same answer whatever answers them, and however they are cut into pieces.

What two programs could read in two ways is refused before it is decided who answers. So a request to a
service and one to a view of the gateway are refused alike, and a service is asked once for each answer.
"""

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.edge.reading import Reader

from .support.gateway_process import Doubles, Gateway
from .support.raw_requests import Seen, exchange
from .support.upstream_doubles import Double, answer

PASSED_ON = b"/api/texts"
VIEWED = b"/problems/not-found"
TEXTS = "havruta-service"
A = b"Host: a\r\n"
PLAIN = b"GET / HTTP/1.1\r\n" + A + b"\r\n"
FROM_SERVICE = Seen(203, None)


@pytest.fixture(autouse=True)
def texts(services: Doubles) -> Double:
    """A service whose answers cannot be taken for another's."""
    services[TEXTS].reply = lambda *_: answer(203)
    return services[TEXTS]


CORPUS = {
    "a plain request": b"GET @ HTTP/1.1\r\n" + A + b"\r\n",
    "no Host": b"GET @ HTTP/1.1\r\nX: 1\r\n\r\n",
    "two Hosts": b"GET @ HTTP/1.1\r\n" + A + b"Host: b\r\n\r\n",
    "an empty Host": b"GET @ HTTP/1.1\r\nHost:\r\n\r\n",
    "a Host with path and user": b"GET @ HTTP/1.1\r\nHost: a/b@c\r\n\r\n",
    "HTTP/1.0": b"GET @ HTTP/1.0\r\n\r\n",
    "HTTP/1.0 that wants to go on": b"GET @ HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
    "HTTP/0.9": b"GET @\r\n\r\n",
    "HTTP/2.0": b"GET @ HTTP/2.0\r\n" + A + b"\r\n",
    "HTTP/1.2": b"GET @ HTTP/1.2\r\n" + A + b"\r\n",
    "an HTTP/2 preface": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "a TLS hello": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "absolute form": b"GET http://a@ HTTP/1.1\r\n" + A + b"\r\n",
    "authority form": b"GET a:80 HTTP/1.1\r\n" + A + b"\r\n",
    "an asterisk": b"OPTIONS * HTTP/1.1\r\n" + A + b"\r\n",
    "a fragment": b"GET @#b HTTP/1.1\r\n" + A + b"\r\n",
    "dots": b"GET /api/../@ HTTP/1.1\r\n" + A + b"\r\n",
    "two slashes": b"GET /@ HTTP/1.1\r\n" + A + b"\r\n",
    "an encoded slash": b"GET @%2fx HTTP/1.1\r\n" + A + b"\r\n",
    "a space in the address": b"GET @ b HTTP/1.1\r\n" + A + b"\r\n",
    "a byte beyond ASCII in the address": b"GET @\xc3\xa9 HTTP/1.1\r\n" + A + b"\r\n",
    "two spaces": b"GET  @ HTTP/1.1\r\n" + A + b"\r\n",
    "empty lines before": b"\r\n\r\nGET @ HTTP/1.1\r\n" + A + b"\r\n",
    "a method in small letters": b"get @ HTTP/1.1\r\n" + A + b"\r\n",
    "a method that is made up": b"FROB @ HTTP/1.1\r\n" + A + b"\r\n",
    "a method of a cache": b"PURGE @ HTTP/1.1\r\n" + A + b"\r\n",
    "TRACE": b"TRACE @ HTTP/1.1\r\n" + A + b"\r\n",
    "CONNECT": b"CONNECT a:80 HTTP/1.1\r\n" + A + b"\r\n",
    "GET with a body": b"GET @ HTTP/1.1\r\n" + A + b"Content-Length: 3\r\n\r\nabc",
    "two lengths": b"POST @ HTTP/1.1\r\n"
    + A
    + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
    "one length twice": b"POST @ HTTP/1.1\r\n"
    + A
    + b"Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
    "a list of lengths": b"POST @ HTTP/1.1\r\n" + A + b"Content-Length: 3, 3\r\n\r\nabc",
    "a signed length": b"POST @ HTTP/1.1\r\n" + A + b"Content-Length: +3\r\n\r\nabc",
    "a length beyond 64 bits": b"POST @ HTTP/1.1\r\n"
    + A
    + b"Content-Length: "
    + b"9" * 30
    + b"\r\n\r\n",
    "a length with zeros": b"POST @ HTTP/1.1\r\n" + A + b"Content-Length: 003\r\n\r\nabc",
    "length and chunked": b"POST @ HTTP/1.1\r\n"
    + A
    + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunked": b"POST @ HTTP/1.1\r\n"
    + A
    + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    "chunked with capitals": b"POST @ HTTP/1.1\r\n"
    + A
    + b"transfer-encoding: Chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    "compressed, then chunked": b"POST @ HTTP/1.1\r\n"
    + A
    + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "chunked in HTTP/1.0": b"POST @ HTTP/1.0\r\n"
    + A
    + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a chunk with an extension": b"POST @ HTTP/1.1\r\n"
    + A
    + b"Transfer-Encoding: chunked\r\n\r\n2;a=b\r\n{}\r\n0\r\n\r\n",
    "a chunk size in C's way": b"POST @ HTTP/1.1\r\n"
    + A
    + b"Transfer-Encoding: chunked\r\n\r\n0x2\r\n{}\r\n0\r\n\r\n",
    "a trailer": b"POST @ HTTP/1.1\r\n"
    + A
    + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nX-User: 1\r\n\r\n",
    "a folded header": b"GET @ HTTP/1.1\r\n" + A + b"X: 1\r\n 2\r\n\r\n",
    "a bare line feed": b"GET @ HTTP/1.1\r\n" + A + b"X: 1\nY: 2\r\n\r\n",
    "a bare carriage return": b"GET @ HTTP/1.1\r\n" + A + b"X: 1\rY: 2\r\n\r\n",
    "a NUL in a value": b"GET @ HTTP/1.1\r\n" + A + b"X: 1\x002\r\n\r\n",
    "a byte beyond ASCII in a value": b"GET @ HTTP/1.1\r\n" + A + b"X: \xff\r\n\r\n",
    "a space in a name": b"GET @ HTTP/1.1\r\n" + A + b"X Y: 1\r\n\r\n",
    "a space before the colon": b"GET @ HTTP/1.1\r\n" + A + b"X : 1\r\n\r\n",
    "no colon": b"GET @ HTTP/1.1\r\n" + A + b"XY\r\n\r\n",
    "an underscore in a name": b"POST @ HTTP/1.1\r\n" + A + b"Content_Length: 3\r\n\r\n",
    "two tokens": b"GET @ HTTP/1.1\r\n"
    + A
    + b"Authorization: Bearer a\r\nAuthorization: Bearer b\r\n\r\n",
    "100 headers more": b"GET @ HTTP/1.1\r\n" + A + b"X: 1\r\n" * 100 + b"\r\n",
    "a long header": b"GET @ HTTP/1.1\r\n" + A + b"X: " + b"a" * 9000 + b"\r\n\r\n",
    "headers of 40 kB": b"GET @ HTTP/1.1\r\n" + A + (b"X: " + b"a" * 8000 + b"\r\n") * 5 + b"\r\n",
    "a long address": b"GET @?q=" + b"a" * 5000 + b" HTTP/1.1\r\n" + A + b"\r\n",
    "an address without end": b"GET @?q=" + b"a" * 90_000 + b" HTTP/1.1\r\n" + A + b"\r\n",
    "a body of 10 MB": b"POST @ HTTP/1.1\r\n" + A + b"Content-Length: 10000000\r\n\r\n",
    "an upgrade": b"GET @ HTTP/1.1\r\n" + A + b"Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
    "an upgrade with a body": b"POST @ HTTP/1.1\r\n"
    + A
    + b"Connection: Upgrade\r\nUpgrade: x\r\nContent-Length: 3\r\n\r\nabc",
    "something else that is expected": b"POST @ HTTP/1.1\r\n" + A + b"Expect: x\r\n\r\n",
    "two requests": (b"GET @ HTTP/1.1\r\n" + A + b"\r\n") * 2,
    "forty requests": (b"GET @ HTTP/1.1\r\n" + A + b"\r\n") * 40,
    "bytes after the last request": b"GET @ HTTP/1.1\r\n" + A + b"Connection: close\r\n\r\nmore",
}


def refusals(found: list[Seen]) -> list[Seen]:
    """The answers that whoever answers may not differ in."""
    return [answer for answer in found if answer.status in {400, 408, 413, 414, 431}]


def sent(gateway: Gateway, request: bytes, path: bytes) -> list[Seen]:
    return exchange(gateway.port, [request.replace(b"@", path)])


@pytest.mark.parametrize("form", CORPUS)
def test_views_and_services_refuse_the_same_requests(
    gateway: Gateway, texts: Double, form: str
) -> None:
    passed_on = sent(gateway, CORPUS[form], PASSED_ON)
    asked = len(texts.asked)
    viewed = sent(gateway, CORPUS[form], VIEWED)
    assert refusals(passed_on) == refusals(viewed)
    assert len(passed_on) == len(viewed)
    assert asked == passed_on.count(FROM_SERVICE)


@pytest.mark.parametrize("form", [name for name in CORPUS if len(CORPUS[name]) < 1000])
def test_requests_are_read_alike_in_one_piece_and_byte_by_byte(
    gateway: Gateway, texts: Double, form: str
) -> None:
    request = CORPUS[form].replace(b"@", PASSED_ON)
    whole = exchange(gateway.port, [request])
    received = [(asked.method, asked.target, asked.body) for asked in texts.asked]
    texts.asked.clear()
    assert exchange(gateway.port, [bytes([byte]) for byte in request]) == whole
    assert [(asked.method, asked.target, asked.body) for asked in texts.asked] == received


def read(*pieces: bytes) -> list[tuple[object, ...]]:
    """What is read of the last piece."""
    reader = Reader(lambda _: 1000)
    for piece in pieces:
        reader.requests.clear()
        reader.feed(piece)
    return [
        (one.method, one.target, one.headers, one.content, one.keeps, type(one.problem))
        for one in reader.requests
    ]


@pytest.mark.parametrize("form", CORPUS)
@pytest.mark.parametrize("before", [b"GET / HTTP/1.1", b"HEAD /a?b HTTP/1.1"])
def test_a_request_is_read_alike_after_one_with_the_same_headers(before: bytes, form: str) -> None:
    request = CORPUS[form].replace(b"@", PASSED_ON)
    same = before + b"\r\n" + request.partition(b"\r\n")[2]
    if len(read(same)) == 1 and read(same, PLAIN):
        assert read(same, request) == read(request)


LINES = st.sampled_from(
    [
        b"Host: a",
        b"Host: b",
        b"Content-Length: 3",
        b"Content-Length: 0",
        b"Content-Length:\t3",
        b"content-length: 3 ",
        b"Transfer-Encoding: chunked",
        b"Transfer-Encoding: identity",
        b"Transfer-Encoding:\x0bchunked",
        b"Transfer_Encoding: chunked",
        b"Connection: close",
        b"Connection: keep-alive, x",
        b"Connection: Upgrade",
        b"Upgrade: h2c",
        b"Expect: 100-continue",
        b"X: y",
        b"X: \xe2\x82\xac",
        b"X:",
        b": x",
        b" x",
        b"X: 1\rY: 2",
        b"X: 1\nY: 2",
        b"Idempotency-Key: 1",
        b"Trailer: X",
    ]
)
HEADS = st.builds(
    lambda method, version, lines: b"\r\n".join([method + b" @ " + version, *lines, b"", b""]),
    st.sampled_from([b"GET", b"POST", b"DELETE", b"OPTIONS", b"PUT", b"X"]),
    st.sampled_from([b"HTTP/1.1", b"HTTP/1.1", b"HTTP/1.1", b"HTTP/1.0", b"HTTP/2.0"]),
    st.lists(LINES, max_size=5),
)
BODIES = st.sampled_from(
    [b"", b"abc", b"3\r\nabc\r\n0\r\n\r\n", b"0\r\n\r\n", b"3\r\nab", b"zz\r\n"]
)
REQUESTS = st.lists(st.tuples(HEADS, BODIES).map(b"".join), min_size=1, max_size=3).map(b"".join)


@settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(request=REQUESTS, seed=st.integers(0, 2**16))
def test_made_up_requests_are_read_alike_in_every_way(
    gateway: Gateway, texts: Double, request: bytes, seed: int
) -> None:
    # Bodies that are announced and not sent would be waited for.
    request += b"0\r\n\r\n" * 2
    texts.asked.clear()
    passed_on = sent(gateway, request, PASSED_ON)
    asked = len(texts.asked)
    viewed = sent(gateway, request, VIEWED)
    assert refusals(passed_on) == refusals(viewed)
    assert len(passed_on) == len(viewed)
    cut = random.Random(seed)
    rest = request.replace(b"@", PASSED_ON)
    pieces = []
    while rest:
        size = cut.randint(1, 40)
        pieces.append(rest[:size])
        rest = rest[size:]
    texts.asked.clear()
    assert exchange(gateway.port, pieces) == passed_on
    assert len(texts.asked) == asked == passed_on.count(FROM_SERVICE)
