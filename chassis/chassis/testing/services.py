"""A service under test: its application on a migrated database of its own, and a client for any caller."""

import importlib
import os
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import pytest
import redis
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from flask_sqlalchemy import SQLAlchemy
from psycopg import sql
from sqlalchemy import MetaData
from werkzeug.test import TestResponse

from chassis.auth.service_tokens import ServiceIdentity
from chassis.messaging.publisher import LOCK
from chassis.testing.answers import written_both_ways
from chassis.testing.contracts import check_expected, checked_events
from chassis.testing.keys import key_files
from chassis.testing.people import ISSUER, User, token_for
from chassis.testing.refusals import check_documented
from chassis.testing.servers import addresses, as_admin, empty_database, redis_url, url_of

# Any but 80, at which Werkzeug's test client calls.
INTERNAL_PORT = 81


@contextmanager
def service(package: str, **settings: str) -> Iterator[Flask]:
    """The service as an application on a migrated database of its own."""
    with database(package) as url:
        app = application(package, url, **settings)
        app.test_client_class = ApiClient
        with written_both_ways(), checked_events(app):
            yield app
        close(app)


def application(package: str, database_url: str, **settings: str) -> Flask:
    """The service's application with the settings of a test."""
    create_app: Callable[[dict[str, str]], Flask] = importlib.import_module(
        f"{package}.app"
    ).create_app
    return create_app({**environment(package.replace("_", "-"), database_url), **settings})


def close(app: Flask) -> None:
    """End the application's threads, then its connections: a thread may still be using one."""
    app.extensions["publishing"].stop()
    for duty in (app.extensions["worker"].publisher, app.extensions["worker"].consumer):
        duty.close()
    if replica := app.extensions.get("replica"):
        replica.close()
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()


@contextmanager
def database(package: str) -> Iterator[str]:
    """A clone of the service's migrated template database, dropped afterwards."""
    with empty_database(package, template=_template(package)) as url:
        yield url


def environment(name: str, database_url: str = "") -> dict[str, str]:
    """The settings of a service under test."""
    files = key_files().directory
    return {
        **addresses(database_url),
        "CACHE_URL": patient(redis_url(name)),
        "EVENTS_URL": redis_url(name),
        "ISSUER": ISSUER,
        "PUBLIC_URL": ISSUER,
        "JWKS_URL": f"file://{files / 'jwks.json'}",
        "INTERNAL_PORT": str(INTERNAL_PORT),
        "SERVICE_KEYS": str(files / "services.json"),
        "SERVICE_KEY": str(files / f"{name}.pem"),
        "SIGNING_KEYS": str(files / "signing"),
        "SEALING_KEYS": str(files / "sealing"),
    }


def patient(url: str) -> str:
    """The address of a Redis that is waited for: on a busy machine a test must not go on without it."""
    parts = urlsplit(url)
    waits = "socket_timeout=5&socket_connect_timeout=5"
    return parts._replace(query=f"{parts.query}&{waits}".removeprefix("&")).geturl()


def _template(package: str) -> str:
    """The name of the template, migrated by the first test process that wants it in this run of the
    servers.
    """
    name = f"template_{package}_{os.environ.get('PYTEST_XDIST_TESTRUNUID', os.getpid())}"
    with as_admin(name) as admin:
        if not admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            admin.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name))
            )
            app = application(package, url_of(name))
            with app.app_context():
                upgrade()
            close(app)
    return name


class ApiClient(FlaskClient):
    """A client that calls as a person: `client.get("/api/...", user=ruth)`.

    A problem that the operation does not document fails the test.
    `peer="gateway"` is for internal calls, with a `user` on whose behalf it is made.
    """

    def open(
        self, *args: Any, user: User | None = None, peer: str | None = None, **kwargs: Any
    ) -> TestResponse:
        headers = dict(kwargs.pop("headers", None) or {})
        if user and peer:
            headers["Subject-Token"] = token_for(user)
        elif user:
            headers["Authorization"] = f"Bearer {token_for(user)}"
        if peer:
            identity = ServiceIdentity(peer, key_files().service_keys[peer], peer)
            headers["Authorization"] = (
                f"Bearer {identity.token_for(self.application.name.split('.')[0].replace('_', '-'))}"
            )
            kwargs["base_url"] = f"http://localhost:{INTERNAL_PORT}"
        answer = super().open(*args, headers=headers, **kwargs)
        check_documented(self.application, answer)
        check_expected(self.application, answer)
        return answer


@pytest.fixture
def client(app: Flask) -> Iterator[FlaskClient]:
    """A client of the service; what the test wrote is removed afterwards."""
    yield app.test_client()
    empty(app)


@pytest.fixture
def unpublished(app: Flask) -> Iterator[None]:
    """Messages stay in the outbox, where the test reads them: a live one leaves it once it is published."""
    key = app.extensions["worker"].publisher.lock_key
    db: SQLAlchemy = app.extensions["sqlalchemy"]
    with app.app_context(), db.engine.begin() as connection:
        # Publishing now waits, as behind another publisher.
        connection.execute(LOCK, {"key": key})
        yield


@pytest.fixture
def in_app(app: Flask) -> Iterator[Flask]:
    """An application context for tests of rules; what the test wrote is removed afterwards."""
    with app.app_context():
        yield app
        app.extensions["sqlalchemy"].session.rollback()
    empty(app)


def empty(app: Flask) -> None:
    """Delete all rows and cached keys. DELETE is several times faster than TRUNCATE on small tables."""
    with app.app_context():
        db: SQLAlchemy = app.extensions["sqlalchemy"]
        with closing(db.engine.raw_connection()) as connection:
            connection.cursor().execute(_deletions(db.metadata))  # all at once
            connection.commit()
    with redis.Redis.from_url(redis_url()) as connection:
        connection.flushdb()


@cache
def _deletions(tables: MetaData) -> str:
    """SQL that deletes the rows of all tables but those that the migrations fill."""
    written = (table for table in tables.sorted_tables if not table.info.get("is_reference"))
    names = [table.name for table in reversed(list(written))]
    return "; ".join(f"DELETE FROM {name}" for name in names)  # noqa: S608  # our own tables
