"""A Flask application with the logs, metrics, traces and headers that every program has."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, NoReturn

from flask import Flask, Request, Response
from flask.json.provider import DefaultJSONProvider
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import IntegerConverter

from chassis.telemetry import build, logs, metrics, tracing
from chassis.web import problems

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


class Json(DefaultJSONProvider):
    """Compact JSON in the order it was written, and no NaN."""

    sort_keys = False
    ensure_ascii = False
    compact = True

    def dumps(self, obj: Any, **kwargs: Any) -> str:
        return super().dumps(obj, allow_nan=False, **kwargs)


class PlainNumber(IntegerConverter):
    """A number in a path, in its one spelling: Werkzeug's also takes `01`, and the digits of every script."""

    regex = r"(?:0|[1-9][0-9]{0,18})"


class Application(Flask):
    """A Flask application that logs, counts and traces its requests, and refuses with problem documents."""

    json_provider_class = Json

    def __init__(self, program: str, import_name: str, log_level: str) -> None:
        logs.configure(program, log_level)
        tracing.configure(program)
        super().__init__(import_name, static_folder=None)
        # Werkzeug would answer `/a//b` with a redirect to `/a/b`: two addresses for one thing.
        self.url_map.merge_slashes = False
        self.url_map.converters["int"] = PlainNumber
        # The logs come first: Flask runs what comes before a request in this order, and what comes after it
        # in reverse. So the clock starts before every check, and the line tells of the answer that leaves.
        logs.install(self, program, log_level)
        metrics.install(self)
        build.show(build.build_of(program))
        tracing.install(self)
        problems.install(self)
        self.after_request(harden)

    def wsgi_app(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        with tracing.request_of(environ):
            return super().wsgi_app(environ, start_response)

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """The function itself: none of ours is a coroutine, which Flask would ask of each at each call."""
        return func

    def raise_routing_exception(self, request: Request) -> NoReturn:
        # A path whose id is out of range matches no operation. Werkzeug would then answer 405, with the
        # methods of other operations.
        if isinstance(request.routing_exception, MethodNotAllowed):
            adapter = self.create_url_adapter(request)
            if adapter and request.method in adapter.allowed_methods():
                raise NotFound
        super().raise_routing_exception(request)


def harden(response: Response) -> Response:
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    # Without this header a cache may guess how long an answer is good (RFC 9111, section 4.2.2).
    response.headers.setdefault("Cache-Control", "no-store")
    return response
