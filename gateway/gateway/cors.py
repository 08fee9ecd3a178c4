"""Lets pages of the origins in ALLOWED_ORIGINS call the API from a browser: by token, never by cookie.

The rules are those of the Fetch standard (https://fetch.spec.whatwg.org/#http-cors-protocol). Every answer
varies by `Origin`, that of a refused origin too: a cache must not give it to an allowed one.
"""

from collections.abc import Collection

MAX_AGE = 3600  # seconds for which a browser keeps the answer to a preflight
METHODS = b"GET, HEAD, POST, PUT, PATCH, DELETE"
REQUEST_HEADERS = (
    b"Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Last-Event-ID"
)
RESPONSE_HEADERS = (
    b"ETag, Idempotency-Replayed, Link, Location, RateLimit, RateLimit-Policy, Retry-After, "
    b"WWW-Authenticate, X-Request-ID"
)


def lines(origin: bytes | None, allowed: Collection[bytes]) -> bytes:
    """The headers that tell a browser whether the page may read an answer."""
    if origin is None or origin not in allowed:
        return b""
    return b"Access-Control-Allow-Origin: %b\r\nAccess-Control-Expose-Headers: %b\r\n" % (
        origin,
        RESPONSE_HEADERS,
    )


def preflight(origin: bytes | None, allowed: Collection[bytes]) -> bytes:
    """The headers that tell a browser which requests the page may make."""
    if origin is None or origin not in allowed:
        return b""
    return (
        b"Access-Control-Allow-Methods: %b\r\nAccess-Control-Allow-Headers: %b\r\n"
        b"Access-Control-Max-Age: %d\r\n" % (METHODS, REQUEST_HEADERS, MAX_AGE)
    )
