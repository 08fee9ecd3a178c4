"""Puts a service together: settings, logs, guard, tokens, database, health, metrics, documentation."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from flask import Flask, Request, Response
from flask.json.provider import DefaultJSONProvider
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from werkzeug.exceptions import MethodNotAllowed, NotFound

from chassis import db as database
from chassis import (
    db_problems,
    guard,
    health,
    idempotency,
    keys,
    logs,
    metrics,
    migrations,
    problems,
    tracing,
    worker,
)
from chassis import rooms as rooms_of_service
from chassis.config import ServiceSettings
from chassis.consumer import Subscription
from chassis.db_problems import Conflicts
from chassis.examples import Words
from chassis.mailer import Compose, Mailer
from chassis.messages import Messages
from chassis.peers import Identity, PeerVerifier
from chassis.publisher import PublishingThread
from chassis.rest import Api, Blueprint
from chassis.rooms import MayWatch
from chassis.tokens import KeySet, Verifier
from chassis.worker import Sweep

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


class Json(DefaultJSONProvider):
    """Compact JSON in the order it was written, and no NaN."""

    sort_keys = False
    ensure_ascii = False
    compact = True

    def dumps(self, obj: Any, **kwargs: Any) -> str:
        return super().dumps(obj, allow_nan=False, **kwargs)


class Service(Flask):
    """A Flask application in which a request is a transaction: a return commits, a raise rolls back."""

    json_provider_class = Json

    def wsgi_app(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        with tracing.request_of(environ):
            return super().wsgi_app(environ, start_response)

    def dispatch_request(self, *args: Any) -> Any:
        answer: Callable[[], Any] = super().dispatch_request
        db: SQLAlchemy | None = self.extensions.get("sqlalchemy")
        if db is None:
            return answer(*args)
        return database.in_transaction(db.session, lambda: answer(*args))

    def raise_routing_exception(self, request: Request) -> NoReturn:
        # A path whose id is out of range matches no operation; Werkzeug then speaks of the methods of the others.
        if isinstance(request.routing_exception, MethodNotAllowed):
            adapter = self.create_url_adapter(request)
            if adapter and request.method in adapter.allowed_methods():
                raise NotFound
        super().raise_routing_exception(request)


def create_app(name: str, import_name: str, log_level: str) -> Service:
    """An application with logs, metrics and problem documents, and nothing else."""
    logs.configure(name, log_level)
    tracing.configure(name)
    app = Service(import_name, static_folder=None)
    app.url_map.merge_slashes = False
    logs.install(app)
    metrics.install(app)
    tracing.install(app)

    @app.after_request
    def harden(response: Response) -> Response:
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return app


def create_service(
    name: str,
    import_name: str,
    settings: ServiceSettings,
    *,
    description: str,
    db: SQLAlchemy,
    token_keys: KeySet,
    blueprints: Sequence[Blueprint],
    messages: Messages,
    examples: Words | None = None,
    conflicts: Conflicts | None = None,
    rooms: Mapping[str, MayWatch] | None = None,
    subscriptions: Sequence[Subscription] = (),
    sweeps: Sequence[Sweep] = (),
    mails: Mapping[str, Compose] | None = None,
) -> Service:
    """A service with its database.

    `examples` are words for the documentation; `conflicts` says which conflict a violated constraint stands for,
    `rooms` who may watch what happens live; the worker acts on `subscriptions`, runs `sweeps` and composes `mails`.
    """
    app = create_app(name, import_name, settings.log_level)
    guard.install(app, settings.internal_port)
    problems.install(app)
    db_problems.install(app, conflicts or {})
    app.extensions["verifier"] = Verifier(token_keys, settings.issuer)
    app.extensions["identity"] = Identity(name, keys.read_private(settings.service_key))
    app.extensions["peers"] = PeerVerifier(name, keys.read_public(settings.service_keys))
    database.install(app, db, settings.database_url, settings.database_pool_size)
    with app.app_context():
        tracing.follow(db.engine)
    Migrate(app, db, directory=str(Path(app.root_path) / "migrations"), render_as_batch=False)
    health.install(app, name, {"database": migrations.database_check})
    rooms_of_service.install(app, rooms or {})
    mailer = Mailer(messages, mails, settings.smtp_url, settings.mail_from) if mails else None
    old_answers = Sweep("old-answers", 3600, partial(idempotency.forget_old, db))
    worker.install(app, messages, subscriptions, [*sweeps, old_answers], mailer, settings.events_url)
    app.extensions["publishing"] = PublishingThread(app.extensions["duties"].publisher)
    api = Api(app, name, description, examples or {})
    for blueprint in blueprints:
        api.register_blueprint(blueprint)
    return app
