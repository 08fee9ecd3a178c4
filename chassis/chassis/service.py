"""Puts a service together: guard, tokens, database, health, worker, documentation."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from flask import request
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy

from chassis.auth import keys
from chassis.auth.authorization import caller_or_none
from chassis.auth.service_tokens import ServiceIdentity, ServiceTokenVerifier
from chassis.auth.tokens import KeySet, Verifier
from chassis.config import ServiceSettings, setting
from chassis.data import connections, deadlines, migrations, reads, stored_answers
from chassis.data import db as database
from chassis.data.db import AnySession
from chassis.data.reading import reading_of
from chassis.data.replica import Replica
from chassis.messaging import worker
from chassis.messaging.consumer import Subscription
from chassis.messaging.mailer import Compose, Mailer
from chassis.messaging.messages import Messages
from chassis.messaging.publisher import PublishingThread
from chassis.messaging.worker import Sweep
from chassis.redis_client import Cache
from chassis.spool import Spool
from chassis.telemetry import tracing
from chassis.web import constraint_problems, health, strict_requests
from chassis.web import rooms as rooms_of_service
from chassis.web.app import Application
from chassis.web.constraint_problems import Conflicts
from chassis.web.openapi import Api
from chassis.web.openapi_examples import Vocabulary
from chassis.web.rest import Blueprint
from chassis.web.rooms import Room


class Service(Application):
    """An application in which a request is a transaction: a return commits, a raise rolls back.

    One that declares that it only reads has none. Neither uses the database longer than the header
    `X-Request-Timeout` says, in whole milliseconds.
    """

    def dispatch_request(self, *args: Any) -> Any:
        answer: Callable[..., Any] = super().dispatch_request
        work, session = partial(answer, *args), self.extensions["sqlalchemy"].session
        with deadlines.within(request.environ.get("HTTP_X_REQUEST_TIMEOUT")):
            if how := reading_of(self.view_functions.get(request.endpoint or "")):
                return reads.read(session, work, how)
            if replica := self.extensions.get("replica"):
                work = partial(_noting, replica, session, work)
            # Committed here, and not when the request is torn down: a refusal at the commit still becomes
            # an answer.
            return database.in_transaction(session, work)


def _noting(replica: Replica, session: AnySession, work: Callable[[], Any]) -> Any:
    """Do the work; once it is committed, its caller reads what the replica may not show yet."""

    def note() -> None:
        if caller := caller_or_none():
            replica.note_written(caller.id)

    database.after_commit(session, note)
    return work()


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
    examples: Vocabulary | None = None,
    conflicts: Conflicts | None = None,
    rooms: Mapping[str, Room] | None = None,
    subscriptions: Sequence[Subscription] = (),
    sweeps: Sequence[Sweep] = (),
    mails: Mapping[str, Compose] | None = None,
    replica_url: str = "",
    before_serving: Sequence[Callable[[], object]] = (),
) -> Service:
    """A service with its database.

    `examples` are values for the documentation, by the names of fields. `conflicts` says which conflict a
    violated constraint stands for. `rooms` says who may watch live events, and what these hold. The worker
    acts on `subscriptions`, runs `sweeps` and composes the e-mails of each kind in `mails`. At `replica_url`
    is a replica of the database, for reads that go there (`chassis.data.replica`). A web process calls
    `before_serving` before it takes requests.
    """
    app = Service(name, import_name, settings.log_level)
    app.extensions["before_serving"] = before_serving
    strict_requests.install(app, settings.internal_port)
    constraint_problems.install(app, conflicts or {})
    app.extensions["verifier"] = Verifier(token_keys, settings.issuer)
    with setting("SERVICE_KEYS"):
        service_keys = keys.read_public(settings.service_keys)
    with setting("SERVICE_KEY"):
        own_key = keys.read_private(settings.service_key)
        identity = ServiceIdentity.listed(name, own_key, service_keys)
    app.extensions["identity"] = identity
    app.extensions["peers"] = ServiceTokenVerifier(name, service_keys)
    app.extensions["spool"] = Spool(settings.spool_folder)
    connections.install(
        app,
        db,
        settings.database_url,
        settings.database_pool_size,
        direct_url=settings.database_direct_url,
        replica_url=replica_url,
    )
    with app.app_context():
        for engine in db.engines.values():
            tracing.follow(engine)
    Migrate(app, db, directory=str(Path(app.root_path) / "migrations"), render_as_batch=False)
    checks = {"database": migrations.database_check}
    if isinstance(token_keys, keys.RemoteKeys):
        checks["keys"] = token_keys.check
    if replica_url:
        cache = Cache(settings.cache_url)
        with app.app_context():
            replica = Replica(db.engine, db.engines["replica"], cache)
        app.extensions["replica"] = replica
        checks["replica"] = replica.check
    health.install(app, name, checks)
    rooms_of_service.install(app, rooms or {})
    mailer = None
    if mails:
        mailer = Mailer(messages, mails, settings.smtp_url, settings.mail_from)
    old_answers = Sweep("old-answers", 3600, partial(stored_answers.purge_expired, db))
    worker.install(
        app,
        messages,
        subscriptions,
        [*sweeps, old_answers],
        mailer,
        settings.events_url,
        identity,
        service_keys,
    )
    app.extensions["publishing"] = PublishingThread(app.extensions["worker"].publisher)
    api = Api(app, name, description, examples or {}, rooms or {})
    for blueprint in blueprints:
        api.register_blueprint(blueprint)
    return app
