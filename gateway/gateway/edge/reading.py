"""Requests out of the bytes of a client: read by llhttp, through httptools, and bounded here.

llhttp refuses most of what two programs could split differently. What it lets through and a service need not
see is refused here: another version than HTTP/1.x, not exactly one Host, a transfer coding that is not plain
`chunked`, a body where none has a meaning. Trailers are dropped.
"""

import re
from collections import deque
from collections.abc import Callable
from time import perf_counter

import httptools

from chassis.errors import Malformed, Problem
from chassis.http_methods import METHODS
from chassis.web.strict_requests import BodyTooLarge, MethodNotAllowed
from gateway.errors import AddressTooLong, HeadersTooLarge
from gateway.routes import READING

MAX_TARGET = 8000  # bytes, of which `AddressTooLong` tells
MAX_HEADER = 8190  # bytes of one header
MAX_HEAD = 32 * 1024  # bytes of all headers
MAX_HEADERS = 100
MAX_WAITING = 32  # requests that a client may send before it has read an answer

# A first line that all programs read alike.
PLAIN = re.compile(rb"(GET|HEAD) (/[A-Za-z0-9._~!$&'()*+,=:@/?%-]*) HTTP/1\.1")
HOST = re.compile(rb"[A-Za-z0-9._:\[\]-]+")
# Two of these would have to be one, and programs differ on which one counts.
SINGLE = frozenset(
    {
        b"authorization",
        b"content-type",
        b"expect",
        b"idempotency-key",
        b"if-modified-since",
        b"last-event-id",
        b"traceparent",
        b"x-request-id",
    }
)
FRAMING = frozenset({b"content-length", b"transfer-encoding"})

Headers = list[tuple[bytes, bytes]]


class Request:
    """One request. With a `problem` it could not be read, and is the last of its connection."""

    __slots__ = (
        "body",
        "expects",
        "headers",
        "keeps",
        "method",
        "problem",
        "size",
        "started",
        "target",
    )

    def __init__(self) -> None:
        self.started = perf_counter()
        self.method = ""
        self.target = b""
        self.headers: Headers = []
        self.body: list[bytes] = []
        self.size = 0
        self.keeps = False  # the connection goes on after it
        self.expects = False  # the client waits to be told to send the body
        self.problem: Problem | None = None

    @property
    def content(self) -> bytes:
        """The body."""
        return self.body[0] if len(self.body) == 1 else b"".join(self.body)


class Reader:
    """Reads the requests of one connection."""

    __slots__ = (
        "_broken",
        "_framing",
        "_headers",
        "_limit",
        "_limit_of",
        "_parser",
        "_received",
        "_rest",
        "reading",
        "requests",
    )

    def __init__(self, limit_of: Callable[[Request], int]) -> None:
        """`limit_of` tells how many bytes the body of a request may have, once its head is there."""
        self.requests: deque[Request] = deque()  # whole ones, in order
        self.reading: Request | None = None  # the one that has begun to arrive
        self._limit_of = limit_of
        self._limit = 0
        self._received = 0
        self._broken = False
        self._headers: Headers = []
        self._rest: bytes | None = None  # what came after the first line of the last request
        self._framing = Framing()
        self._parser = httptools.HttpRequestParser(self)

    @property
    def finished(self) -> bool:
        """Nothing that still comes will be read."""
        return self._broken

    def feed(self, data: bytes) -> None:
        """Read on. What is wrong ends as the `problem` of a request."""
        if self._broken or self._repeats(data):
            return
        alone = not (self.reading or self.requests)
        self._rest = None
        self._received += len(data)
        # What a callback raised would come out as an error of the parser: the callbacks only take notes.
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._stay_with_http()
        except httptools.HttpParserError as error:
            self._refuse(self._reason(error))
        # llhttp tells of a header only when it is whole, and keeps what there is of it.
        reading = self.reading
        if reading and not reading.method and self._received > MAX_HEAD and not self._broken:
            self._refuse(HeadersTooLarge() if reading.headers else AddressTooLong())
        if alone:
            self._remember(data)

    def _repeats(self, data: bytes) -> bool:
        """Take a request that comes at once, and has the headers of the one before byte for byte."""
        line, _, rest = data.partition(b"\r\n")
        if rest != self._rest or self.reading:
            return False
        plain = PLAIN.fullmatch(line)
        if plain is None or len(plain[2]) > MAX_TARGET:
            return False
        request = Request()
        request.method, request.target = plain[1].decode(), plain[2]
        request.headers = self._headers
        request.keeps = True
        self.requests.append(request)
        return True

    def _remember(self, data: bytes) -> None:
        """Note what came after the first line, if that was all there is of one request."""
        if self.reading or self._broken or len(self.requests) != 1 or self.requests[0].size:
            return
        line, _, rest = data.partition(b"\r\n")
        if PLAIN.fullmatch(line):
            self._rest = rest

    def give_up(self, problem: Problem) -> None:
        """Refuse the request that has begun to arrive."""
        self._refuse(problem)

    def on_message_begin(self) -> None:
        if not self._broken:
            self.reading = Request()

    def on_url(self, target: bytes) -> None:
        if self.reading:
            self.reading.target += target

    def on_header(self, name: bytes, value: bytes) -> None:
        reading = self.reading
        # A trailer comes this way, too, after the head.
        if reading is None or reading.method:
            return
        reading.headers.append((name.lower(), value))
        if len(name) + len(value) > MAX_HEADER or len(reading.headers) > MAX_HEADERS:
            self._refuse(HeadersTooLarge())

    def on_headers_complete(self) -> None:
        reading = self.reading
        if reading is None:
            return
        reading.method = self._parser.get_method().decode()
        reading.keeps = self._parser.should_keep_alive()
        try:
            self._check(reading)
        except Problem as problem:
            self._refuse(problem)

    def on_body(self, piece: bytes) -> None:
        reading = self.reading
        if reading is None:
            return
        reading.size += len(piece)
        if reading.size > self._limit:
            self._refuse(BodyTooLarge(f"at most {self._limit} bytes"))
        else:
            reading.body.append(piece)

    def on_message_complete(self) -> None:
        reading, self.reading = self.reading, None
        self._received = 0
        if reading is None:
            return
        if len(self.requests) >= MAX_WAITING:
            self.reading = reading
            self._refuse(Malformed(f"more than {MAX_WAITING} requests at once"))
            return
        self.requests.append(reading)
        self._broken = not reading.keeps

    def _check(self, reading: Request) -> None:
        """Raise a `Problem` unless everything about the head is plain."""
        if len(reading.target) > MAX_TARGET:
            raise AddressTooLong
        if self._parser.get_http_version() not in {"1.1", "1.0"}:
            raise Malformed("this version of HTTP is not spoken here")
        if reading.method not in METHODS:
            raise MethodNotAllowed(headers={"Allow": ", ".join(sorted(METHODS))})
        framing = self._framing_of(reading.headers)
        if self._parser.get_http_version() == "1.0":
            if framing.codings:
                raise Malformed("HTTP/1.0 has no transfer coding")
            reading.keeps = False
        elif len(framing.hosts) != 1:
            raise Malformed("exactly one Host is needed")
        if not all(HOST.fullmatch(host) for host in framing.hosts):
            raise Malformed("the Host is not a name or an address")
        if framing.codings and framing.codings != [b"chunked"]:
            raise Malformed("the only transfer coding that is understood is chunked")
        if framing.codings or framing.length:
            self._check_body(reading, framing)

    def _framing_of(self, headers: Headers) -> "Framing":
        # A client sends the same headers again and again on its connection.
        if headers != self._headers:
            self._framing = _framing(headers)
            self._headers = headers
        return self._framing

    def _check_body(self, reading: Request, framing: "Framing") -> None:
        if reading.method in READING:
            # Such a body has no meaning (RFC 9110, section 9.3.1), and programs differ on whether to read it.
            raise Malformed(f"a {reading.method} request has no body")
        self._limit = self._limit_of(reading)
        if framing.length > self._limit:
            raise BodyTooLarge(f"at most {self._limit} bytes")
        reading.expects = framing.expects

    def _refuse(self, problem: Problem) -> None:
        """The present request becomes the last one, and is answered with the problem."""
        if self._broken:
            return
        self._broken = True
        refused, self.reading = self.reading or Request(), None
        refused.problem = problem
        refused.keeps = False
        refused.body.clear()
        self.requests.append(refused)

    def _stay_with_http(self) -> None:
        """Answer a request to upgrade as if it had not asked (RFC 9110, section 7.8), and read no further."""
        self._broken = True
        if not self.requests or self.requests[-1].problem:
            return
        upgrading = self.requests[-1]
        upgrading.keeps = False
        # llhttp leaves the body of such a request unread.
        if any(name in FRAMING for name, _ in upgrading.headers):
            upgrading.problem = Malformed("a request with a body cannot upgrade")

    def _reason(self, error: httptools.HttpParserError) -> Problem:
        if self._parser.get_method() == b"CONNECT":
            return MethodNotAllowed(headers={"Allow": ", ".join(sorted(METHODS))})
        return Malformed(f"not HTTP: {error}")


class Framing:
    """What the headers say of where a request goes and ends."""

    __slots__ = ("codings", "expects", "hosts", "length")

    def __init__(self) -> None:
        self.hosts: list[bytes] = []
        self.codings: list[bytes] = []
        self.length = 0
        self.expects = False


def _framing(headers: Headers) -> Framing:
    """Read the framing; `Malformed` if a header occurs twice that must not, or there is too much of them."""
    framing = Framing()
    if sum(len(name) + len(value) for name, value in headers) > MAX_HEAD:
        raise HeadersTooLarge
    seen: set[bytes] = set()
    for name, value in headers:
        if name in SINGLE:
            if name in seen:
                raise Malformed(f"{name.decode()} occurs twice")
            seen.add(name)
        if name == b"host":
            framing.hosts.append(value)
        elif name == b"transfer-encoding":
            framing.codings.append(value.lower())
        elif name == b"content-length":
            framing.length = int(value)
        elif name == b"expect":
            if value.lower() != b"100-continue":
                raise Malformed("nothing but 100-continue can be expected")
            framing.expects = True
    return framing
