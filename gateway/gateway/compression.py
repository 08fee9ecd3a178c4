"""Compresses answers with gzip for clients that ask for it: large enough ones, and never a stream."""

import gzip

import gevent
from flask import Flask, Response, request

LEAST = 1024  # bytes: less fits one packet either way
LEVEL = 1  # three quarters of what the highest level saves, for a tenth of its time
ASIDE = 64 * 1024  # bytes from which on a thread does it, so that no other request waits
TYPES = {
    "application/json",
    "application/problem+json",
    "application/geo+json",
    "text/calendar",
    "text/css",
    "text/html",
    "text/javascript",
}


def install(app: Flask) -> None:
    """Compress what the handlers answer."""

    @app.after_request
    def compress(response: Response) -> Response:
        if response.mimetype not in TYPES:
            return response
        response.vary.add("Accept-Encoding")
        if "Content-Encoding" in response.headers or not request.accept_encodings["gzip"]:
            return response
        response.direct_passthrough = False  # a file is read to be compressed
        content = response.get_data()
        if len(content) >= LEAST:
            response.set_data(compressed(content))
            response.headers["Content-Encoding"] = "gzip"
        elif request.method == "HEAD":
            # A service's answer to HEAD has no content here, so the compressed length is not known.
            response.headers.pop("Content-Length", None)
            response.automatically_set_content_length = False
        return response


def compressed(content: bytes) -> bytes:
    """The content as gzip. The same content gives the same bytes."""
    if len(content) < ASIDE:
        return gzip.compress(content, LEVEL, mtime=0)
    pool = gevent.get_hub().threadpool
    return bytes(pool.apply(gzip.compress, (content, LEVEL), {"mtime": 0}))
