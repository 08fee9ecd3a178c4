"""Runs the migrations for every service's `migrations/env.py`, and checks the revision of a database.

Several replicas may migrate at the same time: an advisory lock lets one do it, and the others find it done.
DDL waits for locks only briefly and tries again, because a waiting ALTER TABLE blocks every reader behind it.
"""

import time
from typing import Any

import psycopg
import structlog
from alembic import context
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from flask import current_app
from psycopg.errors import LockNotAvailable
from sqlalchemy import Connection, Engine, MetaData, NullPool, create_engine, text
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from chassis.data import connections, session_settings

ADVISORY_LOCK = 4_857_201_634
SETTINGS = {
    **session_settings.SETTINGS,
    "lock_timeout": "200ms",
    # An index on a large table may take its time, as long as it does not wait for locks.
    "statement_timeout": "0",
    "idle_in_transaction_session_timeout": "0",
}
ATTEMPTS = 50

log = structlog.get_logger(__name__)


def run(metadata: MetaData) -> None:
    """Run the migrations that `alembic` asked for, or print their SQL with `--sql`."""
    options: dict[str, Any] = {
        "target_metadata": metadata,
        "compare_type": True,
        "compare_server_default": True,
        "transaction_per_migration": True,
        **current_app.extensions["migrate"].configure_args,
    }
    if context.is_offline_mode():
        context.configure(dialect_name="postgresql", literal_binds=True, **options)
        with context.begin_transaction():
            context.run_migrations()
        return
    with _direct_engine().connect() as connection:
        _check_session(connection)
        _wait_for_turn(connection)
        try:
            _migrate(connection, options)
            _carry_settings(connection)
        finally:
            connection.rollback()
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": ADVISORY_LOCK})
            connection.commit()


def database_check() -> str:
    """`ok` if the database answers and is at least at the revision of this code, or else `failed`.

    A revision that this code does not know is a newer one. The old code goes on with it until it is replaced.
    It is `degraded` if its sessions have other settings than this code wants.
    """
    migrate = current_app.extensions["migrate"]
    try:
        with migrate.db.engine.connect() as connection:
            different = session_settings.differing(_raw(connection), session_settings.SETTINGS)
            # The rollback below restores the timeout before the connection goes back to the pool.
            connection.execute(text("SET statement_timeout = '1s'"))
            found = set(MigrationContext.configure(connection).get_current_heads())
            connection.rollback()
    except SQLAlchemyError as error:
        log.warning("database_check_failed", reason=str(getattr(error, "orig", error)))
        return "failed"
    script = ScriptDirectory(migrate.directory)
    known = {revision.revision for revision in script.walk_revisions()}
    is_current = found == set(script.get_heads())
    is_newer = bool(found - known)
    if not (is_current or is_newer):
        return "failed"
    if different:
        log.warning("session_settings_differ", settings=sorted(different))
        return "degraded"
    return "ok"


def _direct_engine() -> Engine:
    """Connections past any pooler, with the settings of migrations."""
    config = current_app.config
    url = config.get("DATABASE_DIRECT_URL") or config["SQLALCHEMY_DATABASE_URI"]
    arguments = connections.connect_args(SETTINGS, pooled=False)
    return create_engine(url, poolclass=NullPool, connect_args=arguments, hide_parameters=True)


def _check_session(connection: Connection) -> None:
    """Refuse a pooler: the lock below would not hold, or be held for ever by a connection of the server.

    The settings come from the beginning of a session, and those of migrations are carried by no role.
    """
    raw = _raw(connection)
    if different := session_settings.differing(raw, SETTINGS):
        raise CommandError(
            f"the connection is not a session of PostgreSQL's own: {', '.join(different)} did not arrive. "
            "Set DATABASE_DIRECT_URL to an address without a pooler."
        )
    raw.rollback()


def _carry_settings(connection: Connection) -> None:
    """Write down what the sessions behind a pooler begin with, if there is one."""
    if current_app.config.get("DATABASE_DIRECT_URL"):
        raw = _raw(connection)
        session_settings.carry(raw, raw.info.dbname, session_settings.SETTINGS)
        raw.commit()


def _raw(connection: Connection) -> psycopg.Connection[Any]:
    raw: Any = connection.connection.dbapi_connection
    return raw  # type: ignore[no-any-return]  # SQLAlchemy does not say which driver


def _wait_for_turn(connection: Connection) -> None:
    """Take the lock that lets one process migrate at a time.

    No transaction stays open while this waits: it would hold up the DDL of the process that migrates.
    """
    while not connection.execute(
        text("SELECT pg_try_advisory_lock(:key)"), {"key": ADVISORY_LOCK}
    ).scalar():
        connection.rollback()
        time.sleep(0.2)
    connection.commit()


def _migrate(connection: Connection, options: dict[str, Any]) -> None:
    for attempt in range(1, ATTEMPTS + 1):
        try:
            context.configure(connection=connection, **options)
            # Each migration commits by itself, so that the next attempt goes on where this one stopped.
            with context.begin_transaction():
                context.run_migrations()
            return
        except OperationalError as error:
            if not isinstance(error.orig, LockNotAvailable) or attempt == ATTEMPTS:
                raise
            connection.rollback()
            time.sleep(0.2)
