"""How a service connects to its database, and to a replica of it."""

import math
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import orjson
import psycopg
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from psycopg import errors as postgres
from sqlalchemy import Engine, ExceptionContext, event

from chassis.data import deadlines, reads, replica, session_settings

ENDING = {"FATAL", "PANIC"}  # severities of errors after which PostgreSQL closes the connection
NOT_DESCRIBED = (None,) * 5  # sizes, precision, scale, and whether it may be NULL


class Cursor(psycopg.Cursor[Any]):
    """Describes columns by their names and types, which is all that SQLAlchemy reads.

    psycopg's own makes an object for each column of each result.
    """

    @property
    def description(self) -> Any:
        result = self.pgresult
        if not result or not result.nfields:
            return None
        numbers = range(result.nfields)
        names = [result.fname(n) or b"" for n in numbers]
        return [(names[n].decode(), result.ftype(n), *NOT_DESCRIBED) for n in numbers]


def connect_args(settings: Mapping[str, str], *, pooled: bool) -> dict[str, Any]:
    """How psycopg connects to PostgreSQL, or to a pooler in transaction mode before it."""
    return {
        "cursor_factory": Cursor,
        "connect_timeout": 2,  # the least that psycopg allows
        # A server that disappears without closing its connections is noticed within half a minute. By
        # default Linux waits a quarter of an hour for an answer, and two hours on an idle connection.
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": 10000,
        **session_settings.connect_args(settings, pooled),
    }


def install(
    app: Flask,
    db: SQLAlchemy,
    url: str,
    pool_size: int,
    *,
    direct_url: str = "",
    replica_url: str = "",
) -> None:
    """Bind the service's models to its database. Nothing connects before the first query.

    With `direct_url`, which is past any pooler, `url` leads through one in transaction mode. A replica, if
    there is one, is `db.engines["replica"]`.
    """
    pooled = bool(direct_url)
    app.config["DATABASE_DIRECT_URL"] = address(direct_url)
    app.config["SQLALCHEMY_DATABASE_URI"] = address(url)
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = _options(
        pool_size, session_settings.SETTINGS, pooled=pooled
    )
    on_replica = {**session_settings.SETTINGS, **replica.SESSION_SETTINGS}
    if replica_url:
        options = _options(pool_size, on_replica, pooled=pooled)
        options |= {"url": address(replica_url), "pool_timeout": replica.PATIENCE}
        app.config["SQLALCHEMY_BINDS"] = {"replica": options}
    db.init_app(app)
    with app.app_context():
        _watch(db.engine, session_settings.SETTINGS)
        reads.install(app, db.engine)
        if replica_url:
            _watch(db.engines["replica"], on_replica, most=replica.PATIENCE)
            reads.prepare(db.engines["replica"])


def _watch(engine: Engine, settings: Mapping[str, str], most: float = math.inf) -> None:
    """See to the engine's connections, before reads do: their questions have deadlines, too."""
    session_settings.check_new_connections(engine, settings)
    deadlines.install(engine, most)
    _notice_ends(engine)


def address(url: str) -> str:
    """The address as SQLAlchemy writes it: one with several hosts looks different in PostgreSQL.

    https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-MULTIPLE-HOSTS
    """
    parts = urlsplit(url)
    credentials, _, hosts = parts.netloc.rpartition("@")
    if "," not in hosts:
        return url
    query = [*parse_qsl(parts.query), *(("host", host) for host in hosts.split(","))]
    return parts._replace(netloc=f"{credentials}@", query=urlencode(query)).geturl()


def _options(pool_size: int, settings: Mapping[str, str], *, pooled: bool) -> dict[str, Any]:
    """How an engine keeps connections, and what it says when it opens one."""
    return {
        # One connection for each of the server's threads; the overflow is for what runs next to them, such as
        # publishing.
        "pool_size": pool_size,
        "max_overflow": 2,
        "poolclass": deadlines.Pool,
        "pool_timeout": 2,
        # The last used first: the fewer are in use, the more of them PostgreSQL has at hand in caches.
        "pool_use_lifo": True,
        "pool_recycle": 1800,
        "json_deserializer": orjson.loads,  # no service stores what it would read otherwise than json
        "hide_parameters": True,  # what people write must not come into a log
        "connect_args": connect_args(settings, pooled=pooled),
    }


def _notice_ends(engine: Engine) -> None:
    """Count a connection as dead once PostgreSQL has said that it ends it, or that it takes no changes.

    psycopg does so once it is closed, which may be a moment later.
    """

    @event.listens_for(engine, "handle_error")
    def note(context: ExceptionContext) -> None:
        if _is_of_no_use(context.original_exception):
            context.is_disconnect = True


def _is_of_no_use(error: BaseException) -> bool:
    """Whether the connection that had the error is of no more use."""
    if isinstance(error, postgres.ReadOnlySqlTransaction):
        # The server is a standby, unless the transaction itself was to change nothing.
        return not reads.present()
    return isinstance(error, psycopg.Error) and _severity(error) in ENDING


def _severity(error: psycopg.Error) -> str | None:
    # A pooler's own errors have the one that PostgreSQL translates, and do not translate it.
    return error.diag.severity_nonlocalized or error.diag.severity
