"""The settings of sessions in PostgreSQL: how they get there, and whether they are in force.

A connection sends them when it begins. A pooler in transaction mode passes nothing of that on: behind one the
role carries them, and `db upgrade` writes them there.
"""

from collections.abc import Mapping
from typing import Any

import psycopg
import structlog
from psycopg import sql
from sqlalchemy import Engine, event

# A wait for a lock ends before the statement's own timeout, and before the caller gives up (5 s for a write),
# so that the answer says what was wrong. Compiling (jit) costs more than it saves on short queries, and so do
# further processes of PostgreSQL, which others need. A cursor is read to its end: by default a plan would be
# chosen that is quick for its first tenth.
SETTINGS = {
    "timezone": "UTC",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
    "cursor_tuple_fraction": "1",
    "statement_timeout": "5s",
    "lock_timeout": "3s",
    "idle_in_transaction_session_timeout": "15s",
}
CURRENT = "SELECT name, current_setting(name) FROM unnest(%s::text[]) AS name"
OFF = "0"  # a timeout that does not end anything

log = structlog.get_logger(__name__)


class NotInForce(psycopg.OperationalError):
    """Settings without which the program does not use a connection."""


def connect_args(settings: Mapping[str, str], pooled: bool) -> dict[str, Any]:
    """How psycopg connects so that the session has these settings, which behind a pooler the role carries."""
    if pooled:
        # A statement that was prepared on one connection of the server would be sought on another.
        return {"prepare_threshold": None}
    return {"options": " ".join(f"-c {name}={value}" for name, value in settings.items())}


def carry(connection: psycopg.Connection[Any], database: str, settings: Mapping[str, str]) -> None:
    """Have the connection's role carry the settings into each session that begins in the database."""
    for name, value in settings.items():
        connection.execute(
            sql.SQL("ALTER ROLE CURRENT_USER IN DATABASE {} SET {} = {}").format(
                sql.Identifier(database), sql.Identifier(name), sql.Literal(value)
            )
        )


def check_new_connections(engine: Engine, settings: Mapping[str, str]) -> None:
    """Use no connection without the timeouts and the time zone: what sends nothing may go unnoticed."""

    @event.listens_for(engine, "connect")
    def check(connection: psycopg.Connection[Any], _: Any) -> None:
        connection.autocommit = True
        different = differing(connection, settings)
        connection.autocommit = False
        missing = [name for name, value in different.items() if value == OFF or name == "timezone"]
        if missing:
            log.error("session_settings_missing", settings=missing)
            raise NotInForce(f"not in force: {', '.join(missing)}")


def differing(connection: psycopg.Connection[Any], settings: Mapping[str, str]) -> dict[str, str]:
    """The settings that are not in force as they should be, with the values that are.

    Values are compared as PostgreSQL shows them: `1min`, and not `60s`.
    """
    found = connection.execute(CURRENT, [list(settings)]).fetchall()
    return {name: value for name, value in found if value != settings[name]}
