"""Runs the migrations for every service's `migrations/env.py`, and checks the revision of a database.

Several replicas may migrate at the same time: an advisory lock lets one do it, and the others find it done.
DDL waits for locks only briefly and tries again, because a waiting ALTER TABLE blocks every reader behind it.
"""

import time
from typing import Any

from alembic import context
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from psycopg.errors import LockNotAvailable
from sqlalchemy import Connection, MetaData, text
from sqlalchemy.exc import OperationalError, SQLAlchemyError

ADVISORY_LOCK = 4_857_201_634
LOCK_TIMEOUT = "200ms"
ATTEMPTS = 50


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
    with current_app.extensions["migrate"].db.engine.connect() as connection:
        _wait_for_turn(connection)
        try:
            _migrate(connection, options)
        finally:
            connection.rollback()
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": ADVISORY_LOCK})
            connection.commit()


def database_check() -> str:
    """`ok` if the database answers and is at least at the revision of this code, or else `failed`.

    A revision that this code does not know is a newer one. The old code goes on with it until it is replaced.
    """
    migrate = current_app.extensions["migrate"]
    try:
        with migrate.db.engine.connect() as connection:
            # The rollback below restores the timeout before the connection goes back to the pool.
            connection.execute(text("SET statement_timeout = '1s'"))
            found = set(MigrationContext.configure(connection).get_current_heads())
            connection.rollback()
    except SQLAlchemyError:
        return "failed"
    script = ScriptDirectory(migrate.directory)
    known = {revision.revision for revision in script.walk_revisions()}
    is_current = found == set(script.get_heads())
    is_newer = bool(found - known)
    return "ok" if is_current or is_newer else "failed"


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
    connection.execute(text(f"SET lock_timeout = '{LOCK_TIMEOUT}'"))
    # An index on a large table may take its time, as long as it does not wait for locks.
    connection.execute(text("SET statement_timeout = 0"))
    connection.execute(text("SET idle_in_transaction_session_timeout = 0"))
    connection.commit()
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
