"""What PostgreSQL refuses or does not answer, as problem documents."""

from collections.abc import Mapping

import structlog
from flask import Flask, Response
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError

from chassis.errors import Conflict, Invalid, PreconditionFailed, Unavailable
from chassis.web.problems import on_unexpected, render

log = structlog.get_logger(__name__)

Conflicts = Mapping[str, type[Conflict]]
"""Constraint name -> the conflict it stands for."""


def install(app: Flask, conflicts: Conflicts) -> None:
    """Register the handlers on the application."""

    def on_integrity_error(error: IntegrityError) -> Response:
        constraint = str(getattr(getattr(error.orig, "diag", None), "constraint_name", None))
        if constraint in conflicts:
            return render(conflicts[constraint]())
        # A rule should have checked first. This is a defect, and is answered as one.
        return on_unexpected(error)

    app.register_error_handler(IntegrityError, on_integrity_error)
    app.register_error_handler(StaleDataError, lambda _: render(PreconditionFailed()))
    app.register_error_handler(DataError, lambda _: render(Invalid("a value is out of range")))
    for unreachable in (OperationalError, InterfaceError, PoolTimeout):
        app.register_error_handler(unreachable, on_database_trouble)
    app.register_error_handler(DBAPIError, on_dbapi_error)


def on_database_trouble(error: Exception) -> Response:
    log.warning("database_unavailable", reason=type(getattr(error, "orig", error)).__name__)
    return render(Unavailable())


def on_dbapi_error(error: DBAPIError) -> Response:
    if error.connection_invalidated:
        return on_database_trouble(error)
    return on_unexpected(error)
