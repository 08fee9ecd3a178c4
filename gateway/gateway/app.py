"""Puts the gateway together."""

import os
from collections.abc import Mapping
from functools import partial

from flask import Flask, g, request

from chassis.auth import keys
from chassis.auth.service_tokens import ServiceIdentity
from chassis.auth.tokens import Verifier
from chassis.config import from_environment
from chassis.http_methods import METHODS
from chassis.redis_client import Cache
from chassis.web.app import Application
from chassis.web.strict_requests import MethodNotAllowed
from gateway import addresses, changes, docs, health, proxy, quotas, streams, views
from gateway.auth import Gatekeeper, Revocations
from gateway.config import Settings
from gateway.expansion import Directory
from gateway.gathering import Gatherer
from gateway.live import Hub
from gateway.openapi import Documents
from gateway.quotas import Quotas
from gateway.routes import SERVICES, USER
from gateway.streams import Doorkeeper
from gateway.tickets import TicketOffice
from gateway.upstream import Upstream

NAMES_DEADLINE = 0.5  # seconds: an answer is not held up long for the sake of names


def create_app(environ: Mapping[str, str] = os.environ) -> Flask:
    """The gateway, with its settings from the environment."""
    settings = from_environment(Settings, environ)
    app = Application("gateway", __name__, settings.log_level)
    app.before_request(check_address)

    services = {name: Upstream(name, settings.url(name)) for name in SERVICES}
    internal = {name: Upstream(name, settings.internal_url(name)) for name in SERVICES}
    directory = Directory(partial(services[USER].fetch, deadline=NAMES_DEADLINE))
    changes.follow(settings.events_url, directory)
    revocations = Revocations(Cache(settings.cache_url))
    gatekeeper = Gatekeeper(Verifier(keys.at(settings.jwks_url), settings.issuer), revocations)
    quotas.install(app, Quotas(settings.cache_url, settings.quotas), gatekeeper)
    identity = ServiceIdentity("gateway", keys.read_private(settings.service_key))
    health.install(app, identity, internal)
    hub = Hub(settings.events_url, revocations.include)
    app.extensions["live"] = hub
    streams.install(
        app, hub, gatekeeper, Doorkeeper(identity, internal), TicketOffice(settings.cache_url)
    )
    # For the views, whose callers are signed in only as long as their session goes on.
    app.extensions["verifier"] = gatekeeper
    app.extensions["gatherer"] = Gatherer(services, internal, identity, directory)
    views.install(app)
    documents = Documents(services)
    app.extensions["problem_types"] = documents.problem_types
    docs.install(app, documents)
    proxy.install(app, proxy.Proxy(gatekeeper, services, directory))
    return app


def check_address() -> None:
    """Refuse what can be read in two ways before anything is decided by it."""
    if request.method not in METHODS:
        raise MethodNotAllowed(headers={"Allow": ", ".join(sorted(METHODS))})
    g.target = addresses.read(request.environ["RAW_URI"], request.path)
