"""Pages that are made of several services' answers, and their documentation."""

from flask import Flask

from chassis.web.rest import Api
from gateway.examples import EXAMPLES
from gateway.merging import Document
from gateway.views import calendar, dashboard, export, overview, problems, search

BLUEPRINTS = (
    dashboard.blueprint,
    calendar.blueprint,
    overview.blueprint,
    search.blueprint,
    export.blueprint,
    problems.blueprint,
)


class Views(Api):
    """The views' part of the gateway's document, which is published with the rest of it."""

    def _register_doc_blueprint(self) -> None:
        """The views have no document of their own."""


def install(app: Flask) -> Document:
    """Serve the views; their documentation."""
    api = Views(
        app,
        "gateway",
        "What all services know of you or of something, health, and live streams.",
        EXAMPLES,
    )
    for blueprint in BLUEPRINTS:
        api.register_blueprint(blueprint)
    return api.document


def document() -> Document:
    """The documentation alone."""
    return install(Flask(__name__))
