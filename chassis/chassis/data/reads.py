"""Reads without a transaction around them.

A statement that stands alone spares the database BEGIN and COMMIT. And what changes nothing can be run again,
so that its connection need not be asked before each use whether it still lives.
"""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Any, TypeVar

import psycopg
from flask import Flask, current_app
from flask_sqlalchemy.session import Session
from sqlalchemy import Engine, event
from sqlalchemy.exc import DBAPIError, InvalidatePoolError
from sqlalchemy.orm import scoped_session

from chassis.data import deadlines
from chassis.data.reading import Reading

IDLE = 5.0  # seconds: a connection that rested longer is asked before a read, too
OPTIONS: dict[Reading, dict[str, Any]] = {
    Reading.ALONE: {"isolation_level": "AUTOCOMMIT"},
    Reading.SNAPSHOT: {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True},
}
# SQLAlchemy and our own SQL write key words in capitals, and bind all values.
CHANGE_OR_LOCK = re.compile(r"\b(INSERT|UPDATE|DELETE|SET|SHARE)\b|advisory")

Result = TypeVar("Result")
_reading: ContextVar[Reading | None] = ContextVar("reading", default=None)


class ServiceSession(Session):
    """A session of the service's one database, on the engine that fits the work in hand."""

    def get_bind(self, *_: Any, **__: Any) -> Engine:
        # Flask-SQLAlchemy would look through mappers and tables for the database that they belong to.
        engine: Engine = current_app.extensions["engines"][_reading.get()]
        return engine


def install(app: Flask, engine: Engine) -> None:
    """Make engines for reads, on the connections of this one."""
    engines = {how: engine.execution_options(**options) for how, options in OPTIONS.items()}
    app.extensions["engines"] = {None: engine, **engines}
    _refuse_changes(engines[Reading.ALONE])
    _ask_before_use(engine)


def present() -> Reading | None:
    """How the work in hand reads; None if it may make changes."""
    return _reading.get()


def read(session: scoped_session[Any], work: Callable[[], Result], how: Reading) -> Result:
    """Run the work, which changes nothing; once more if its connection turns out to be dead."""
    with _as(how):
        try:
            return _once(session, work)
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise
        return _once(session, work)


def _once(session: scoped_session[Any], work: Callable[[], Result]) -> Result:
    try:
        result = work()
        # A changed object would be forgotten in silence: sent to the database, the change is refused.
        if session.registry.has():
            session.flush()
        return result
    finally:
        # Most work without a statement has no session, and needs none.
        if session.registry.has():
            session.rollback()


@contextmanager
def _as(how: Reading) -> Iterator[None]:
    before = _reading.set(how)
    try:
        yield
    finally:
        _reading.reset(before)


def _refuse_changes(engine: Engine) -> None:
    """Of a snapshot PostgreSQL itself knows that it is read only."""

    @event.listens_for(engine, "before_cursor_execute")
    def check(_: Any, __: Any, statement: str, *___: Any) -> None:
        if _needs_transaction(statement):
            raise RuntimeError(f"a read needs no change and no lock: {statement}")


@lru_cache(512)
def _needs_transaction(statement: str) -> bool:
    return CHANGE_OR_LOCK.search(statement) is not None


def _ask_before_use(engine: Engine) -> None:
    """As `pool_pre_ping`, which would ask before every use."""

    @event.listens_for(engine, "checkin")
    def note(_: Any, record: Any) -> None:
        record.info["used"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def ask(connection: Any, record: Any, _: Any) -> None:
        used = record.info.get("used")
        is_new = used is None
        if is_new or (present() and time.monotonic() - used < IDLE):
            return
        try:
            engine.dialect.do_ping(connection)
        except psycopg.Error as error:
            deadlines.check()  # a question that was cancelled says nothing of the connections
            raise InvalidatePoolError from error
