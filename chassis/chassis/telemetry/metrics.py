"""Prometheus metrics of the requests a program answers, at `/metrics`."""

import time
from functools import cache

from flask import Flask, Response, g
from flask.globals import request_ctx
from prometheus_client import CONTENT_TYPE_LATEST, Counter, Histogram, generate_latest

from chassis.http_methods import METHODS

REQUESTS = Counter("http_requests_total", "Requests answered.", ["method", "route", "status"])
DURATION = Histogram(
    "http_request_duration_seconds", "Time to answer a request.", ["method", "route"]
)


def install(app: Flask) -> None:
    """Count every request by its route, never by its path, and serve the figures."""

    @app.after_request
    def count(response: Response) -> Response:
        received = request_ctx.request
        route = received.url_rule.rule if received.url_rule else "unmatched"
        # Each made-up method would be one more label.
        method = received.method if received.method in METHODS else "other"
        number, duration = _figures_of(method, route, response.status_code)
        number.inc()
        if started := g.get("started"):
            duration.observe(time.perf_counter() - started)
        return response

    @app.get("/metrics")
    def metrics() -> Response:
        return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)


@cache
def _figures_of(method: str, route: str, status: int) -> tuple[Counter, Histogram]:
    # Kept, because `labels` takes a lock and makes text of each value.
    return REQUESTS.labels(method, route, status), DURATION.labels(method, route)
