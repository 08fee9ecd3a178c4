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
from gateway import (
    addresses,
    compression,
    cors,
    docs,
    health,
    profile_updates,
    proxy,
    quotas,
    views,
)
from gateway.aggregation import Aggregator
from gateway.auth import Gatekeeper, Revocations
from gateway.config import Settings
from gateway.live import RoomHub
from gateway.openapi import Documents
from gateway.people import ProfileCache, name_people
from gateway.quotas import Quotas
from gateway.routes import PEOPLE, SERVICES, USER
from gateway.streams import RoomAuthorizer, Streams
from gateway.tickets import StreamTickets
from gateway.upstream import Upstream

NAMES_DEADLINE = 0.5  # seconds: an answer does not wait long for names


def create_app(environ: Mapping[str, str] = os.environ) -> Flask:
    """The gateway, with its settings from the environment."""
    settings = from_environment(Settings, environ)
    app = Application("gateway", __name__, settings.log_level)
    cors.install(app, settings.origins)
    compression.install(app)
    app.before_request(check_address)

    services = {name: Upstream(name, settings.url(name)) for name in SERVICES}
    internal = {name: Upstream(name, settings.internal_url(name)) for name in SERVICES}
    profiles = ProfileCache(partial(services[USER].fetch, deadline=NAMES_DEADLINE))
    profile_updates.follow(settings.events_url, profiles)
    revocations = Revocations(Cache(settings.cache_url))
    gatekeeper = Gatekeeper(Verifier(keys.at(settings.jwks_url), settings.issuer), revocations)
    quotas.install(app, Quotas(settings.cache_url, settings.quotas), gatekeeper)
    identity = ServiceIdentity("gateway", keys.read_private(settings.service_key))
    health.install(app, identity, internal)
    names = partial(name_people, people=PEOPLE, profiles=profiles)
    hub = RoomHub(settings.events_url, revocations.include, names)
    app.extensions["live"] = hub
    authorizer, tickets = RoomAuthorizer(identity, internal), StreamTickets(settings.cache_url)
    app.extensions["streams"] = Streams(hub, gatekeeper, authorizer, tickets)
    # The views refuse the tokens of ended sessions too.
    app.extensions["verifier"] = gatekeeper
    app.extensions["aggregator"] = Aggregator(services, internal, identity, profiles)
    views.install(app)
    documents = Documents(services)
    app.extensions["problem_types"] = documents.problem_types
    docs.install(app, documents)
    proxy.install(app, proxy.Proxy(gatekeeper, services, profiles))
    return app


def check_address() -> None:
    """Refuse an address that can be read in two ways, before anything is decided by it."""
    if request.method not in METHODS:
        raise MethodNotAllowed(headers={"Allow": ", ".join(sorted(METHODS))})
    g.target = addresses.read(request.environ["RAW_URI"], request.path)
