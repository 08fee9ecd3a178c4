"""Which headers pass: from the client those in a list, from a service all but those of the connection."""

from copy import copy
from functools import lru_cache

from werkzeug.http import parse_accept_header

from chassis.telemetry.request_context import REQUEST_ID, TRACEPARENT
from gateway.cookies import value_of

Headers = list[tuple[bytes, bytes]]

# No header that names a person: a service believes the token alone, and the gateway adds nothing to it.
FROM_CLIENT = {
    name.lower().encode(): name.encode()
    for name in (
        "Accept",
        "Accept-Language",
        "Authorization",
        "Content-Type",
        "Idempotency-Key",
        "If-Match",
        "If-Modified-Since",
        "If-None-Match",
        "User-Agent",
    )
}
HOP_BY_HOP = frozenset(
    {
        b"connection",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authentication-info",
        b"proxy-authorization",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
    }
)
# The gateway writes these itself, but for cookies: a service sets none.
REPLACED = frozenset({b"content-length", b"date", b"server", b"set-cookie", b"x-request-id"})
DROPPED = HOP_BY_HOP | REPLACED
# A page of the platform, and a person who types an address or follows a bookmark.
SAME_ORIGIN, BY_HAND = b"same-origin", b"none"
OWN_SITES = frozenset({SAME_ORIGIN, BY_HAND})
USUAL = frozenset({b"close", b"keep-alive"})  # words of `Connection` that name no header


class Heading:
    """What the headers of a request say. A client sends most of them again with its next request."""

    __slots__ = (
        "accepts_gzip",
        "authorization",
        "by_cookie",
        "forwarded_for",
        "origin",
        "passed",
        "preflight",
        "request_id",
        "resumed_from",
        "site",
        "trace",
    )

    def __init__(self) -> None:
        self.accepts_gzip = False
        self.authorization: bytes | None = None
        self.by_cookie: Heading | None = None  # what it says if its cookie counts as a token
        self.forwarded_for: bytes = b""
        self.origin: bytes | None = None
        self.passed = b""  # the lines for a service
        self.preflight = False
        self.request_id: str | None = None
        self.resumed_from: bytes | None = None
        self.site = b""  # where a browser says that the request comes from
        self.trace: tuple[str, str, str] | None = None  # ids of the trace and of the span, flags


def understand(headers: Headers, access_cookie: bytes = b"") -> Heading:
    """What the headers say; their names are in small letters. The cookie of this name has a token."""
    heading = Heading()
    cookies = b""
    passed: dict[bytes, bytes] = {}
    for name, value in headers:
        if name in FROM_CLIENT:
            # Lists may be sent in several lines (RFC 9110, section 5.3).
            passed[name] = b"%b, %b" % (passed[name], value) if name in passed else value
        elif name == b"x-request-id":
            offered = value.decode("latin-1")
            heading.request_id = offered if REQUEST_ID.fullmatch(offered) else None
        elif name == b"traceparent":
            found = TRACEPARENT.fullmatch(value.decode("latin-1"))
            heading.trace = (found[1], found[2], found[3]) if found else None
        elif name == b"accept-encoding":
            heading.accepts_gzip = heading.accepts_gzip or accepts_gzip(value)
        elif name == b"origin":
            heading.origin = value
        elif name == b"access-control-request-method":
            heading.preflight = True
        elif name == b"last-event-id":
            heading.resumed_from = value
        elif name == b"x-forwarded-for":
            heading.forwarded_for += b"," + value
        elif name == b"sec-fetch-site":
            heading.site += value
        elif name == b"cookie":
            cookies += b"; " + value
    heading.authorization = passed.get(b"authorization")
    heading.passed = b"".join(
        b"%b: %b\r\n" % (FROM_CLIENT[name], value) for name, value in passed.items()
    )
    if cookies and heading.site in OWN_SITES and heading.authorization is None:
        token = value_of(access_cookie, cookies)
        heading.by_cookie = _with_token(heading, token) if token else None
    return heading


def _with_token(heading: Heading, token: bytes) -> Heading:
    """The heading as if the token had come as one."""
    signed_in = copy(heading)
    signed_in.authorization = b"Bearer " + token
    signed_in.passed += b"Authorization: %b\r\n" % signed_in.authorization
    return signed_in


@lru_cache(256)
def accepts_gzip(value: bytes) -> bool:
    """Whether an `Accept-Encoding` allows gzip."""
    return bool(parse_accept_header(value.decode("latin-1"))["gzip"])


# Without Cache-Control a cache may guess how long an answer is good (RFC 9111, section 4.2.2).
NOT_CACHED = b"Cache-Control: no-store\r\n"
NOT_GUESSED = b"X-Content-Type-Options: nosniff\r\n"
# No answer is a page but those that bring a policy of their own: a browser that shows one runs nothing in it,
# puts it into no frame, and tells no other site where it was.
POLICY = "default-src 'none'; frame-ancestors 'none'"
NO_PAGE = f"Content-Security-Policy: {POLICY}\r\n".encode()
NOT_TOLD = b"Referrer-Policy: no-referrer\r\n"
HARDENED = NOT_GUESSED + NOT_CACHED + NO_PAGE + NOT_TOLD


MISSING = {
    b"x-content-type-options": NOT_GUESSED,
    b"cache-control": NOT_CACHED,
    b"content-security-policy": NO_PAGE,
    b"referrer-policy": NOT_TOLD,
}
"""What is added to an answer that does not say it itself."""


class AnswerHeading:
    """What the headers of a service's answer say, and the lines of them that pass to a client."""

    __slots__ = ("chunked", "encoded", "length", "lines", "media_type", "size", "varies")

    def __init__(self, answered: Headers) -> None:
        self.chunked = self.encoded = False
        self.length: bytes | None = None
        self.media_type = self.varies = b""
        size = 0
        lines: list[bytes] = []
        missing = dict(MISSING)
        dropped = DROPPED
        for name, value in answered:
            size += len(name) + len(value)
            key = name.lower()
            if key == b"connection" and value not in USUAL:
                # It may come after the headers that it names.
                dropped = dropped | _words(value)
                lines = [line for line in lines if _name_in(line) not in dropped]
            if key == b"content-length":
                self.length = value
            elif key == b"transfer-encoding":
                self.chunked = True
            if key in dropped:
                continue
            if key == b"vary":
                self.varies += b", " + value
                continue
            if key == b"content-type":
                self.media_type = value.partition(b";")[0].strip().lower()
            elif key == b"content-encoding":
                self.encoded = True
            elif key in missing:
                del missing[key]
            lines.append(b"%b: %b\r\n" % (name, value))
        self.lines = b"".join((*lines, *missing.values()))
        self.size = size  # bytes of all headers


def _name_in(line: bytes) -> bytes:
    return line.partition(b":")[0].lower()


def _words(value: bytes) -> frozenset[bytes]:
    return frozenset(word.strip().lower() for word in value.split(b","))
