"""Pages for people who follow an address with a browser."""

from collections.abc import Callable

from flask import Flask, Response, render_template

from gateway.problem_types import Types

# Nothing is inline, and nothing runs. The icon is empty, so that no browser asks for one.
POLICY = (
    "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)


def install(app: Flask, types: Callable[[], Types]) -> None:
    """Serve the front page, and the list of all types of problems."""

    @app.get("/")
    def front() -> Response:
        return page("front.html")

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
