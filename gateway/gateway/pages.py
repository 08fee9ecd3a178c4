"""Pages about the API for people who follow an address with a browser."""

from collections.abc import Callable

from flask import Flask, Response, render_template, request

from gateway.problem_types import Types

# Nothing is inline, and nothing runs. The icon is empty, so that no browser asks for one.
POLICY = (
    "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)


def install(app: Flask, types: Callable[[], Types]) -> None:
    """Serve the list of all types of problems."""

    @app.get("/problems")
    def problems() -> Response:
        listed = sorted(types().items(), key=lambda named: (named[1]["status"], named[0]))
        return page("problems.html", types=listed)


def page(template: str, **values: object) -> Response:
    """A page as HTML; what it shows is escaped."""
    response = Response(
        render_template(template, **values), content_type="text/html; charset=utf-8"
    )
    response.headers["Content-Security-Policy"] = POLICY
    return response


def is_preferred() -> bool:
    """Whether the present request would rather have a page than a document."""
    # The first one is for clients that do not mind.
    kinds = ("application/json", "text/html")
    return request.accept_mimetypes.best_match(kinds) == "text/html"
