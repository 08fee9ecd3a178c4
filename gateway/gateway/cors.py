"""Lets pages of the origins in ALLOWED_ORIGINS call the API from a browser: by token, never by cookie.

The rules are those of the Fetch standard (https://fetch.spec.whatwg.org/#http-cors-protocol).
"""

from collections.abc import Collection

from flask import Flask, Response, request

MAX_AGE = 3600  # seconds for which a browser keeps the answer to a preflight
METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE"
REQUEST_HEADERS = (
    "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Last-Event-ID"
)
RESPONSE_HEADERS = (
    "ETag, Idempotency-Replayed, Link, Location, RateLimit, RateLimit-Policy, Retry-After, "
    "WWW-Authenticate, X-Request-ID"
)


def install(app: Flask, allowed: Collection[str]) -> None:
    """Answer preflights, and tell a browser whether the page may read an answer."""

    @app.before_request
    def answer_preflight() -> Response | None:
        if request.method != "OPTIONS" or "Access-Control-Request-Method" not in request.headers:
            return None
        response = Response(status=204)
        if request.headers.get("Origin") in allowed:
            response.headers["Access-Control-Allow-Methods"] = METHODS
            response.headers["Access-Control-Allow-Headers"] = REQUEST_HEADERS
            response.headers["Access-Control-Max-Age"] = str(MAX_AGE)
        return response

    @app.after_request
    def say_who_may_read(response: Response) -> Response:
        # This holds for refused origins too: a cache must not give their answer to an allowed one.
        response.vary.add("Origin")
        origin = request.headers.get("Origin")
        if origin in allowed:
            response.headers["Access-Control-Allow-Origin"] = origin
            response.headers["Access-Control-Expose-Headers"] = RESPONSE_HEADERS
        return response
