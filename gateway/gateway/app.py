"""Puts the gateway together."""

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import structlog
import uvloop
from flask import Flask, Response, request

from chassis.auth import keys
from chassis.auth.service_tokens import ServiceIdentity
from chassis.auth.tokens import Verifier
from chassis.config import from_environment, setting
from chassis.spool import Spool
from chassis.web.app import Application
from gateway import docs, health, inside, pages, views, web
from gateway.account_events import Follower, KnownAccounts
from gateway.aggregation import Aggregator
from gateway.config import Settings
from gateway.cookies import Cookies
from gateway.edge.callers import Callers
from gateway.edge.deadlines import Deadlines
from gateway.edge.destinations import Destinations
from gateway.edge.edge import Edge
from gateway.edge.front import Front
from gateway.edge.headers import POLICY
from gateway.edge.journal import Journal
from gateway.edge.places import Places
from gateway.edge.profiles import ProfileCache
from gateway.edge.proxies import TrustedProxies
from gateway.edge.proxy import Proxy
from gateway.edge.quotas import Counter, Quotas
from gateway.edge.revocations import Revocations
from gateway.edge.rooms import RoomHub
from gateway.edge.services import Service
from gateway.edge.views import Verified, Views
from gateway.exports import Exports
from gateway.openapi import Documents
from gateway.routes import SERVICES, USER
from gateway.streams import Streams
from gateway.tickets import StreamTickets
from gateway.upstream import Upstream
from gateway.watching import RoomAuthorizer
from lyceum_web import STATIC

WATCHING = 4  # threads that ask again who may watch a room
THREADS = 8  # for what the loop must not wait for: Redis, keys, large answers, log lines

log = structlog.get_logger(__name__)


def create_app(environ: Mapping[str, str] = os.environ) -> Flask:
    """The gateway, with its settings from the environment: Flask with its views, and the edge in front."""
    settings = from_environment(Settings, environ)
    app = Application("gateway", __name__, settings.log_level)
    warn_of_a_hidden_client(settings)
    with setting("SERVICE_KEYS"):
        service_keys = keys.read_public(settings.service_keys)
    with setting("SERVICE_KEY"):
        own_key = keys.read_private(settings.service_key)
        identity = ServiceIdentity.listed("gateway", own_key, service_keys)

    loop = uvloop.new_event_loop()
    threads = ThreadPoolExecutor(THREADS, "beside")
    deadlines = Deadlines(loop)
    services = {
        name: Service(name, settings.url(name), loop, deadlines, settings.patience)
        for name in SERVICES
    }
    internal = {
        name: Service(name, settings.internal_url(name), loop, deadlines, settings.patience)
        for name in SERVICES
    }
    asked = {name: Upstream(service, loop) for name, service in services.items()}
    asked_inside = {name: Upstream(service, loop) for name, service in internal.items()}

    profiles = ProfileCache(services[USER], loop, threads)
    revocations = Revocations()
    verifier = Verifier(keys.at(settings.jwks_url), settings.issuer)
    callers = Callers(verifier, revocations, loop, threads)
    # Of their own: they wait for services, and must keep no token from being verified.
    watching = ThreadPoolExecutor(WATCHING, "watching")
    hub = RoomHub(settings.events_url, profiles, revocations.refusal, loop, watching)
    accounts = KnownAccounts(profiles, revocations, hub)
    Follower(settings.events_url, service_keys, accounts, loop.call_soon_threadsafe).start()

    inside.install(app)
    app.after_request(show_no_page)
    health.install(app, identity, asked_inside)
    app.extensions["streams"] = Streams(
        hub,
        Places(),
        callers,
        RoomAuthorizer(identity, asked_inside),
        StreamTickets(settings.events_url),
    )
    app.extensions["verifier"] = Verified()
    app.extensions["public_url"] = settings.issuer.rstrip("/")
    app.extensions["cookies"] = cookies = Cookies(is_https=settings.is_https)
    app.extensions["user_service"] = asked[USER]
    app.extensions["aggregator"] = Aggregator(asked, asked_inside, identity, profiles)
    spool = Spool(settings.spool_folder)
    app.extensions["exports"] = Exports(asked_inside, identity, spool, threads)
    views.install(app)
    documents = Documents(asked)
    app.extensions["problem_types"] = documents.problem_types
    docs.install(app, documents)
    pages.install(app, documents.problem_types)
    files = web.Files(STATIC, may_change=settings.web_files_may_change)
    web.install(app, files, settings.platform)

    called = [*services.values(), *internal.values()]
    journal = Journal(loop, threads, called, settings.log_level)
    count_before_scrapes(app, journal)
    quotas = Quotas(Counter(settings.cache_url, settings.quotas), settings.quotas, loop, threads)
    proxies = TrustedProxies(settings.trusted_networks)
    front = Front(
        destinations=Destinations(app.url_map),
        callers=callers,
        quotas=quotas,
        proxy=Proxy(services, profiles, loop, threads),
        views=Views(app, loop),
        files=web.Static(files, settings.platform.tiles),
        proxies=proxies,
        origins=settings.origins,
    )
    app.extensions["edge"] = Edge(
        loop=loop,
        deadlines=deadlines,
        front=front,
        quotas=quotas,
        hub=hub,
        journal=journal,
        services=called,
        most=settings.connections,
        per_address=partial(connections_of, settings, proxies),
        is_https=settings.is_https,
        access_cookie=cookies.access.name.encode(),
    )
    return app


def show_no_page(response: Response) -> Response:
    """Have browsers make nothing of an answer that is no page."""
    response.headers.setdefault("Content-Security-Policy", POLICY)
    response.headers.setdefault("Referrer-Policy", "no-referrer")
    return response


def count_before_scrapes(app: Flask, journal: Journal) -> None:
    """Have `/metrics` tell of every request that has been answered."""

    @app.before_request
    def count() -> None:
        if request.path == "/metrics":
            journal.work_off()


def connections_of(settings: Settings, proxies: TrustedProxies, address: str) -> int:
    """How many connections an address may have: a trusted proxy has those of all its clients."""
    if proxies.trusts(address):
        return settings.connections
    return settings.connections_per_address


def warn_of_a_hidden_client(settings: Settings) -> None:
    """Say at the start if every client will seem to have one address."""
    if settings.is_https and not settings.trusted_networks:
        log.warning(
            "all_clients_share_one_address",
            reason="ISSUER is https, so a server in front ends TLS, and TRUSTED_PROXIES does not name it",
        )
