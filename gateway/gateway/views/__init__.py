"""What the gateway answers by itself: views of several services, streams, health."""

from flask import Flask

from chassis.web.openapi import Api
from gateway import health, streams
from gateway.examples import EXAMPLES
from gateway.merging import Document
from gateway.views import (
    calendar,
    dashboard,
    export,
    overview,
    problems,
    reports,
    search,
    sign_ins,
    web,
)

BLUEPRINTS = (
    dashboard.blueprint,
    calendar.blueprint,
    overview.blueprint,
    search.blueprint,
    export.blueprint,
    reports.blueprint,
    problems.blueprint,
    web.blueprint,
    sign_ins.blueprint,
    streams.blueprint,
    health.blueprint,
)


class Views(Api):
    """The document of what the gateway answers by itself. It is published together with the services' own."""

    def _register_doc_blueprint(self) -> None:
        """Serve no document: the gateway's own is part of the platform's."""


def install(app: Flask) -> Document:
    """Serve the operations, and return their documentation."""
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
    """The documentation of the operations."""
    return install(Flask(__name__))
