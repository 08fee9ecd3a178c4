"""One database and one role for each service, in a server where the launcher is superuser."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

from dev.services import SERVICES, Service

LOCK = 0x4C796365756D  # "Lyceum": launchers that share a server take turns


@contextmanager
def admin_connection(server: str) -> Iterator[psycopg.Connection]:
    """A superuser's connection that only one launcher has at a time."""
    with psycopg.connect(server, autocommit=True) as connection:
        # The lock belongs to one database: all launchers have to connect to the same one.
        connection.execute("SELECT pg_advisory_lock(%s)", (LOCK,))
        yield connection


def create_roles(connection: psycopg.Connection, password: str) -> None:
    """Create one role for each service, and set the password of all of them."""
    for service in SERVICES:
        role = sql.Identifier(service.role)
        if not _exists(connection, "pg_roles", "rolname", service.role):
            connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(role))
        connection.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(role, sql.Literal(password)))


def create_database(
    connection: psycopg.Connection, name: str, service: Service, *, template: str = "template1"
) -> bool:
    """Create a database that only its service may enter. False if it exists already."""
    if _exists(connection, "pg_database", "datname", name):
        return False
    database, role = sql.Identifier(name), sql.Identifier(service.role)
    connection.execute(
        sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}").format(
            database, role, sql.Identifier(template)
        )
    )
    # By default every role may connect to every new database.
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
    return True


def drop_database(connection: psycopg.Connection, name: str) -> None:
    """Drop a database, and close the connections that are open to it."""
    connection.execute(
        sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    )


def is_template(connection: psycopg.Connection, name: str) -> bool:
    """Whether a database of that name exists and is marked as a template."""
    query = "SELECT datistemplate FROM pg_database WHERE datname = %s"
    return connection.execute(query, (name,)).fetchone() == (True,)


def mark_as_template(connection: psycopg.Connection, name: str) -> None:
    """Mark a database as complete, so that others may be cloned from it."""
    connection.execute(sql.SQL("ALTER DATABASE {} IS_TEMPLATE true").format(sql.Identifier(name)))


def revoke_connect(connection: psycopg.Connection, name: str) -> None:
    """Keep every role but superusers out of a database."""
    connection.execute(
        sql.SQL("REVOKE CONNECT ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name))
    )


def database_url(server: str, service: Service, database: str, password: str) -> str:
    """The address at which a service connects to its database."""
    parts = urlsplit(server)
    host = parts.netloc.rpartition("@")[2]
    credentials = f"{quote(service.role)}:{quote(password, safe='')}"
    own = parts._replace(netloc=f"{credentials}@{host}", path=f"/{quote(database)}")
    return urlunsplit(own)


def _exists(connection: psycopg.Connection, catalogue: str, column: str, name: str) -> bool:
    query = sql.SQL("SELECT 1 FROM {} WHERE {} = %s")
    identifiers = sql.Identifier(catalogue), sql.Identifier(column)
    return connection.execute(query.format(*identifiers), (name,)).fetchone() is not None
