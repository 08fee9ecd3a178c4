"""Passes a request on to the service it belongs to, and the service's answer back."""

from collections.abc import Callable, Mapping
from functools import partial

from flask import Flask, Response, g, request

from chassis.http_methods import METHODS
from gateway import bodies, headers, people
from gateway.auth import Gatekeeper
from gateway.clients import abort_on_disconnect
from gateway.people import ProfileCache
from gateway.routes import ROUTES, Route
from gateway.upstream import Answer, Upstream

JSON = ("application/json", "application/geo+json")


class Proxy:
    """What a route needs to answer."""

    def __init__(
        self, gatekeeper: Gatekeeper, upstreams: Mapping[str, Upstream], profiles: ProfileCache
    ) -> None:
        self._gatekeeper = gatekeeper
        self._upstreams = upstreams
        self._profiles = profiles

    def forward(self, route: Route) -> Response:
        """Ask the service of the route and answer what it answers."""
        self._gatekeeper.admit(route.access, request.headers)
        body = bodies.read(request, route.body_limit)
        with abort_on_disconnect(request.environ.get("gunicorn.socket")):
            answer = self._upstreams[route.service].ask(
                request.method,
                g.target,
                headers.for_service(request.headers, request.environ["REMOTE_ADDR"]),
                body,
                deadline=route.deadline(request.method),
            )
            content = self._expanded(route, answer)
        return _respond(answer, content, grows=bool(route.people))

    def _expanded(self, route: Route, answer: Answer) -> bytes:
        media_type = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        encoded = "Content-Encoding" in answer.headers
        if not route.people or not answer.body or media_type not in JSON or encoded:
            return answer.body
        return people.expand(answer.body, route.people, self._profiles)


def install(app: Flask, proxy: Proxy) -> None:
    """Serve every route with every method: the services decide which methods there are."""
    for route in ROUTES:
        view: Callable[..., Response] = partial(_forward, proxy, route)
        for rule in (route.prefix, f"{route.prefix}/<path:rest>"):
            app.add_url_rule(rule, rule, view, methods=METHODS, provide_automatic_options=False)


def _forward(proxy: Proxy, route: Route, rest: str = "") -> Response:
    # The rest of the path is in the target already, read from the raw address.
    return proxy.forward(route)


def _respond(answer: Answer, content: bytes, *, grows: bool) -> Response:
    response = Response(content, answer.status)
    # Flask's own Content-Type is not the service's.
    response.headers.clear()
    response.headers.extend(headers.for_client(answer.headers))
    length: str | None = str(len(content))
    if request.method == "HEAD":
        # The length that GET would have (RFC 9110, section 9.3.2). It is unknown if names would be added.
        length = None if grows else answer.headers.get("Content-Length")
        response.automatically_set_content_length = False
    if length is not None and answer.status not in {204, 304}:
        response.headers["Content-Length"] = length
    return response
