"""Aids for the tests of a service: a real database of its own, tokens, races, structure checks.

Servers come from TEST_POSTGRES_URL and TEST_REDIS_URL; `make test` and `make servers` start them.
"""

import importlib
import json
import os
import secrets
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID, uuid4

import jwt
import psycopg
import pytest
import redis
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import downgrade, upgrade
from flask_sqlalchemy import SQLAlchemy
from psycopg import sql
from sqlalchemy import CheckConstraint, event, make_url
from werkzeug.test import TestResponse

from chassis.access import access_of
from chassis.clock import now
from chassis.peers import Identity
from chassis.tokens import ALGORITHM, AUDIENCE, TYPE

ISSUER = "http://lyceum.test"
INTERNAL_PORT = 81
KID = "test"
SERVICES = (
    "gateway",
    "user-service",
    "study-session-service",
    "tutoring-service",
    "havruta-service",
    "assessment-service",
)

Result = TypeVar("Result")


@dataclass(frozen=True)
class User:
    """Somebody with an account, as far as tokens tell."""

    username: str
    roles: tuple[str, ...] = ("learner",)
    email_verified: bool = True
    id: UUID = field(default_factory=uuid4)

    @property
    def email(self) -> str:
        return f"{self.username}@example.org"


def a_user(username: str = "ruth", *roles: str, email_verified: bool = True) -> User:
    """A new person; everybody is a learner."""
    return User(username, ("learner", *roles), email_verified)


def token_for(user: User, **claims: Any) -> str:
    """An access token as the user-service would sign it; `claims` replace its claims, None leaves one out."""
    issued = int(now().timestamp())
    content = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": str(user.id),
        "iat": issued,
        "exp": issued + 900,
        "jti": secrets.token_urlsafe(16),
        "sid": str(uuid4()),
        "client_id": "lyceum",
        "email": user.email,
        "email_verified": user.email_verified,
        "username": user.username,
        "name": user.username.title(),
        "roles": list(user.roles),
        **claims,
    }
    content = {name: value for name, value in content.items() if value is not None}
    return jwt.encode(content, key_files().signing_key, ALGORITHM, headers={"typ": TYPE, "kid": KID})


@dataclass(frozen=True)
class KeyFiles:
    """Keys of a whole platform, made for this test run."""

    directory: Path
    signing_key: ec.EllipticCurvePrivateKey
    service_keys: dict[str, ec.EllipticCurvePrivateKey]
    keep: tempfile.TemporaryDirectory[str]


@cache
def key_files() -> KeyFiles:
    """One directory: `signing/` with the issuer's key, `jwks.json`, `<service>.pem` and `services.json`."""
    keep = tempfile.TemporaryDirectory(prefix="lyceum-keys-")
    directory = Path(keep.name)
    signing = ec.generate_private_key(ec.SECP256R1())
    services = {name: ec.generate_private_key(ec.SECP256R1()) for name in SERVICES}
    (directory / "signing").mkdir()
    (directory / "signing" / f"{KID}.pem").write_bytes(pem(signing))
    (directory / "signing" / "current").write_text(KID)
    (directory / "jwks.json").write_text(jwks({KID: signing}))
    (directory / "services.json").write_text(jwks(services))
    for name, key in services.items():
        (directory / f"{name}.pem").write_bytes(pem(key))
    return KeyFiles(directory, signing, services, keep)


def pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def jwks(keys: dict[str, ec.EllipticCurvePrivateKey]) -> str:
    algorithm = jwt.algorithms.ECAlgorithm(jwt.algorithms.ECAlgorithm.SHA256)
    public = [{**json.loads(algorithm.to_jwk(key.public_key())), "kid": kid} for kid, key in keys.items()]
    return json.dumps({"keys": public})


def environment(name: str, database_url: str = "") -> dict[str, str]:
    """The settings of a service under test."""
    files = key_files().directory
    return {
        "DATABASE_URL": database_url,
        # Patient: on a busy machine a test must not go on without Redis by chance.
        "CACHE_URL": f"{redis_url()}?socket_timeout=5&socket_connect_timeout=5",
        "EVENTS_URL": redis_url(),
        "ISSUER": ISSUER,
        "PUBLIC_URL": ISSUER,
        "JWKS_URL": f"file://{files / 'jwks.json'}",
        "INTERNAL_PORT": str(INTERNAL_PORT),
        "SERVICE_KEYS": str(files / "services.json"),
        "SERVICE_KEY": str(files / f"{name}.pem"),
        "SIGNING_KEYS": str(files / "signing"),
    }


def redis_url() -> str:
    """The test Redis, with a database number for each parallel test process."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", f"gw{os.getpid()}").removeprefix("gw"))
    return f"{_server('TEST_REDIS_URL').rsplit('/', 1)[0]}/{worker % 15 + 1}"


def _server(variable: str) -> str:
    if variable not in os.environ:
        pytest.exit(f"{variable} is not set: run the tests with `make test`, or start servers with `make servers`", 2)
    return os.environ[variable]


@contextmanager
def service(package: str, **settings: str) -> Iterator[Flask]:
    """The service as an application on a migrated database of its own."""
    with database(package) as url:
        app = application(package, url, **settings)
        app.test_client_class = ApiClient
        yield app
        close(app)


def application(package: str, database_url: str, **settings: str) -> Flask:
    """The service's application with the settings of a test."""
    create_app: Callable[[dict[str, str]], Flask] = importlib.import_module(f"{package}.app").create_app
    return create_app({**environment(package.replace("_", "-"), database_url), **settings})


def close(app: Flask) -> None:
    """End the application's threads, then its connections: a thread may still be using one."""
    app.extensions["publishing"].stop()
    for duty in (app.extensions["duties"].publisher, app.extensions["duties"].consumer):
        duty.close()
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()


@contextmanager
def database(package: str) -> Iterator[str]:
    """A clone of the service's migrated template database, dropped afterwards."""
    with empty_database(package, template=_template(package)) as url:
        yield url


@contextmanager
def empty_database(package: str, template: str = "template0") -> Iterator[str]:
    """A database of its own for a test, dropped afterwards."""
    name = f"{package}_{secrets.token_hex(6)}"
    with _admin(template) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template)))
    try:
        yield _url(name)
    finally:
        with _admin(name) as admin:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _template(package: str) -> str:
    """The name of the template, migrated by the first test process that wants it in this run of the servers."""
    name = f"template_{package}_{os.environ.get('PYTEST_XDIST_TESTRUNUID', os.getpid())}"
    with _admin(name) as admin:
        if not admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            admin.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
            app = application(package, _url(name))
            with app.app_context():
                upgrade()
            close(app)
    return name


@contextmanager
def _admin(lock: str) -> Iterator[psycopg.Connection[Any]]:
    """A superuser's connection that holds a lock of this name against other test processes."""
    with psycopg.connect(_server("TEST_POSTGRES_URL"), autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(hashtext(%s))", [lock])
        yield connection


def _url(name: str) -> str:
    return make_url(_server("TEST_POSTGRES_URL")).set(database=name).render_as_string(hide_password=False)


class ApiClient(FlaskClient):
    """A client that can speak as somebody: `client.get("/api/...", user=ruth)`, `peer="gateway"` for internal calls."""

    def open(self, *args: Any, user: User | None = None, peer: str | None = None, **kwargs: Any) -> TestResponse:
        headers = dict(kwargs.pop("headers", None) or {})
        if user:
            headers["Authorization"] = f"Bearer {token_for(user)}"
        if peer:
            identity = Identity(peer, key_files().service_keys[peer])
            headers["Authorization"] = (
                f"Bearer {identity.token_for(self.application.name.split('.')[0].replace('_', '-'))}"
            )
            kwargs["base_url"] = f"http://localhost:{INTERNAL_PORT}"
        return super().open(*args, headers=headers, **kwargs)


@pytest.fixture
def client(app: Flask) -> Iterator[FlaskClient]:
    """A client of the service; what the test wrote is removed afterwards."""
    yield app.test_client()
    empty(app)


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
        for table in reversed(db.metadata.sorted_tables):
            db.session.execute(table.delete())
        db.session.commit()
    with redis.Redis.from_url(redis_url()) as connection:
        connection.flushdb()


def race(works: Sequence[Callable[[], Result]]) -> list[Result]:
    """Run all at the same moment, each in a thread of its own; their results in order."""
    barrier = threading.Barrier(len(works))

    def start(work: Callable[[], Result]) -> Result:
        barrier.wait()
        return work()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(start, works))


def overtaken(app: Flask, change: str, work: Callable[[], Result]) -> Result:
    """What the work gives if another transaction makes this change, in SQL, while the work waits for its locks."""
    with psycopg.connect(_url(make_url(app.config["SQLALCHEMY_DATABASE_URI"]).database or "")) as other:
        other.execute(change.encode())
        with ThreadPoolExecutor(1) as pool, _admin("overtaken") as watch:
            result = pool.submit(work)
            while not watch.execute(
                "SELECT 1 FROM pg_stat_activity WHERE datname = %s AND wait_event_type = 'Lock'", [other.info.dbname]
            ).fetchone():
                if result.done():
                    raise AssertionError(f"nothing waited for the change: {result.result()}")
            other.commit()
            return result.result()


@contextmanager
def count_queries(app: Flask) -> Iterator[list[str]]:
    """The SQL statements that the block sends; not those of threads that publish meanwhile."""
    statements: list[str] = []
    here = threading.get_ident()
    with app.app_context():
        engine = app.extensions["sqlalchemy"].engine

    def note(_: Any, __: Any, statement: str, *rest: Any) -> None:
        if threading.get_ident() == here:
            statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


def operations(app: Flask) -> Iterator[tuple[str, str, str | None]]:
    """Every operation: method, path, and the access it declares."""
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield method, rule.rule, access_of(app.view_functions[rule.endpoint])


def check_migrations(package: str) -> None:
    """Upgrade from nothing, find the models and the schema equal, downgrade to nothing, upgrade again."""
    with empty_database(package) as url:
        app = application(package, url)
        with app.app_context():
            db: SQLAlchemy = app.extensions["sqlalchemy"]
            upgrade()
            with db.engine.connect() as connection:
                options = {"compare_type": True, "compare_server_default": True}
                found = compare_metadata(MigrationContext.configure(connection, opts=options), db.metadata)
                named = set(connection.exec_driver_sql(CHECKS).scalars())
            assert found == [], found
            assert check_names(db) <= named, check_names(db) - named
            downgrade(revision="base")
            with db.engine.connect() as connection:
                left = connection.exec_driver_sql(LEFT_OVERS).scalars().all()
            assert left == ["alembic_version"], left
            upgrade()
        close(app)


def check_names(db: SQLAlchemy) -> set[str]:
    """The CHECK constraints of the models by name; alembic does not compare them."""
    preparer = db.engine.dialect.identifier_preparer
    checks = (c for table in db.metadata.tables.values() for c in table.constraints if isinstance(c, CheckConstraint))
    return {str(preparer.format_constraint(check)).strip('"') for check in checks}


CHECKS = "SELECT conname FROM pg_constraint WHERE contype = 'c' AND connamespace = 'public'::regnamespace"
LEFT_OVERS = """
SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v', 'm', 'S', 'p')
UNION ALL SELECT typname FROM pg_type WHERE typnamespace = 'public'::regnamespace AND typtype = 'e' ORDER BY 1
"""
