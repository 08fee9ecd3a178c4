"""The servers that tests use, and empty databases there.

They come from TEST_POSTGRES_URL and TEST_REDIS_URL; `make test` and `make servers` start them.
"""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url

from chassis.data import session_settings

# With it, services under test reach the server through a pooler in transaction mode.
POOLER = "TEST_POOLER_URL"


def redis_url(program: str | None = None) -> str:
    """The test Redis, with a database number for each parallel test process.

    A program is a user with rights of its own, if the server has users; a test itself may do all.
    """
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", f"gw{os.getpid()}").removeprefix("gw"))
    parts = urlsplit(server("TEST_REDIS_URL"))
    # Redis has sixteen databases unless it is told otherwise, and the first one is a platform's.
    parts = parts._replace(path=f"/{worker % 15 + 1}")
    passfile = parse_qs(parts.query).get("passfile")
    if passfile is None:
        return parts.geturl()
    host = parts.netloc.rpartition("@")[2]
    operators = Path(passfile[0])
    if program:
        query = f"passfile={operators.with_name(program)}"
        return parts._replace(netloc=f"{program}@{host}", query=query).geturl()
    user = f"{operators.name}:{operators.read_text()}"
    return parts._replace(netloc=f"{user}@{host}", query="").geturl()


def server(variable: str) -> str:
    if variable not in os.environ:
        pytest.exit(
            f"{variable} is not set: run the tests with `make test`, or start servers with `make servers`",
            2,
        )
    return os.environ[variable]


@contextmanager
def empty_database(package: str, template: str = "template0") -> Iterator[str]:
    """A database of its own for a test, dropped afterwards."""
    name = f"{package}_{secrets.token_hex(6)}"
    # No connection to a database may be open while it is cloned, such as that of a migration.
    with as_admin(template) as admin:
        admin.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )
        if POOLER in os.environ:
            session_settings.carry(admin, name, session_settings.SETTINGS)
    try:
        yield url_of(name)
    finally:
        with as_admin(name) as admin:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def as_admin(lock: str) -> Iterator[psycopg.Connection[Any]]:
    """A superuser's connection that holds a lock of this name against other test processes."""
    with psycopg.connect(server("TEST_POSTGRES_URL"), autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(hashtext(%s))", [lock])
        yield connection


def url_of(name: str) -> str:
    return _at(server("TEST_POSTGRES_URL"), name)


def addresses(url: str) -> dict[str, str]:
    """The settings by which a service finds a database of the test server."""
    if POOLER not in os.environ or not url:
        return {"DATABASE_URL": url}
    pooled = _at(os.environ[POOLER], make_url(url).database or "")
    return {"DATABASE_URL": pooled, "DATABASE_DIRECT_URL": url}


def _at(url: str, database: str) -> str:
    return make_url(url).set(database=database).render_as_string(hide_password=False)
