"""One database and one role for each service, in a server of which we are the superuser."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

from dev.services import SERVICES, Service

LOCK = 0x4C796365756D  # "Lyceum": launchers that share a server take turns


@contextmanager
def administration(server: str) -> Iterator[psycopg.Connection]:
    """A superuser's connection, alone in its turn among launchers."""
    with psycopg.connect(server, autocommit=True) as connection:
        # Such locks belong to one database: all launchers have to connect to the same one.
        connection.execute("SELECT pg_advisory_lock(%s)", (LOCK,))
        yield connection


def make_roles(connection: psycopg.Connection, password: str) -> None:
    """One role for each service, all with the given password."""
    for service in SERVICES:
        role = sql.Identifier(service.role)
        if not _exists(connection, "pg_roles", "rolname", service.role):
            connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(role))
        connection.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(role, sql.Literal(password)))


def make_database(
    connection: psycopg.Connection, name: str, service: Service, *, template: str = "template1"
) -> bool:
    """A database that its service owns and nobody else may enter. False if it was there already."""
    if _exists(connection, "pg_database", "datname", name):
        return False
    database, role = sql.Identifier(name), sql.Identifier(service.role)
    connection.execute(
        sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}").format(
            database, role, sql.Identifier(template)
        )
    )
    # Every role may connect to every new database until somebody forbids it.
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
    return True


def drop_database(connection: psycopg.Connection, name: str) -> None:
    """Drop it, whoever may still be connected."""
    connection.execute(
        sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    )


def is_template(connection: psycopg.Connection, name: str) -> bool:
    """Whether there is a database of that name that was finished as a template."""
    query = "SELECT datistemplate FROM pg_database WHERE datname = %s"
    return connection.execute(query, (name,)).fetchone() == (True,)


def finish_template(connection: psycopg.Connection, name: str) -> None:
    """Mark a database as complete: others are cloned from it."""
    connection.execute(sql.SQL("ALTER DATABASE {} IS_TEMPLATE true").format(sql.Identifier(name)))


def close_to_services(connection: psycopg.Connection, name: str) -> None:
    """Keep every role but superusers out of a database."""
    connection.execute(
        sql.SQL("REVOKE CONNECT ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name))
    )


def address(server: str, service: Service, database: str, password: str) -> str:
    """Where a service connects to its database."""
    parts = urlsplit(server)
    host = parts.netloc.rpartition("@")[2]
    credentials = f"{quote(service.role)}:{quote(password, safe='')}"
    return urlunsplit(parts._replace(netloc=f"{credentials}@{host}", path=f"/{quote(database)}"))


def _exists(connection: psycopg.Connection, catalogue: str, column: str, name: str) -> bool:
    query = sql.SQL("SELECT 1 FROM {} WHERE {} = %s").format(
        sql.Identifier(catalogue), sql.Identifier(column)
    )
    return connection.execute(query, (name,)).fetchone() is not None
