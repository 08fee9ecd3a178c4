"""Reads the body of a request, whole and bounded, so that a service always gets a Content-Length."""

import gevent
from flask import Request
from gunicorn.http.errors import ParseException

from chassis.errors import Malformed
from gateway.errors import BodyTooLarge, BodyTooSlow
from gateway.routes import READING

PATIENCE = 10  # seconds for the whole body


def read(received: Request, limit: int) -> bytes | None:
    """The body, or None for a method that has none. It is counted as it arrives, whatever the headers say."""
    coding = received.headers.get("Transfer-Encoding", "")
    declared = received.content_length or 0
    if coding.lower() not in {"", "chunked"}:
        raise Malformed("the only transfer coding that is understood is chunked")
    if received.method in READING:
        # Such a body has no meaning (RFC 9110, section 9.3.1), and programs differ on whether to read it,
        # which lets a second request be smuggled in.
        if coding or declared:
            raise Malformed(f"a {received.method} request has no body")
        return None
    if declared > limit:
        raise BodyTooLarge(f"at most {limit} bytes")
    if coding:
        return _chunked(received, limit)
    body = _take(received, declared)
    if len(body) < declared:
        raise Malformed("the body ended early")
    return body


def _chunked(received: Request, limit: int) -> bytes:
    # Reading one byte more than is allowed tells whether the body is too large.
    body = _take(received, limit + 1)
    if len(body) > limit:
        raise BodyTooLarge(f"at most {limit} bytes")
    return body


def _take(received: Request, most: int) -> bytes:
    try:
        with gevent.Timeout(PATIENCE, BodyTooSlow()):
            body: bytes = received.environ["wsgi.input"].read(most)
            return body
    except (ParseException, OSError):
        raise Malformed("the body ended early or is not framed as announced") from None
