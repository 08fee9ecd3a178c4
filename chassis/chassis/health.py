"""Health: `/healthz` says that the process answers, `/readyz` that it can do its work."""

from collections.abc import Callable

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask, Response, current_app, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from chassis.access import internal

Check = Callable[[], str]
"""Says `ok`, `degraded` or `failed`."""


def install(app: Flask, service: str, checks: dict[str, Check]) -> None:
    """Serve health; ready means that no check says `failed`."""

    @app.get("/healthz")
    def healthz() -> Response:
        return jsonify(status="ok", service=service)

    @app.get("/readyz")
    def readyz() -> ResponseReturnValue:
        results = {name: check() for name, check in checks.items()}
        ready = "failed" not in results.values()
        return jsonify(status="ready" if ready else "unavailable", checks=results), 200 if ready else 503

    @app.get("/internal/status")
    @internal
    def status() -> Response:
        return jsonify(service=service, checks={name: check() for name, check in checks.items()})


def database_check() -> str:
    """Whether the database answers and is migrated at least to the revision this code was written for.

    A revision that this code does not know is a newer one: the old code goes on with it until it is replaced.
    """
    migrate = current_app.extensions["migrate"]
    try:
        with migrate.db.engine.connect() as connection:
            connection.execute(text("SET statement_timeout = '1s'"))
            found = set(MigrationContext.configure(connection).get_current_heads())
            connection.rollback()
    except SQLAlchemyError:
        return "failed"
    script = ScriptDirectory(migrate.directory)
    known = {revision.revision for revision in script.walk_revisions()}
    return "ok" if found == set(script.get_heads()) or found - known else "failed"
