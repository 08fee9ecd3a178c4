"""Reads without a transaction around them.

A statement that stands alone spares the database BEGIN and COMMIT. And what changes nothing can be run again,
so that its connection need not be asked before each use whether it still lives. What makes changes cannot; it
looks at its connection, which asks nothing of PostgreSQL.
"""

import re
import select
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Any, TypeVar

import psycopg
from flask import Flask, current_app
from flask_sqlalchemy.session import Session
from sqlalchemy import Connection, Engine, PoolProxiedConnection, Row, Select, event
from sqlalchemy.exc import DBAPIError, InvalidatePoolError
from sqlalchemy.orm import scoped_session

from chassis.data import deadlines, prepared, statements
from chassis.data.reading import Reading

IDLE = 5.0  # seconds: a connection that rested longer is asked before its next use
SNAPSHOT = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
# SQLAlchemy and our own SQL write key words in capitals, and bind all values.
CHANGE_OR_LOCK = re.compile(r"\b(INSERT|UPDATE|DELETE|SET|SHARE)\b|advisory")

Result = TypeVar("Result")
_work: ContextVar["_Work | None"] = ContextVar("work", default=None)


class Loan:
    """A connection of the engine's pool, taken when it is first needed, and kept until it is given back."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._raw: PoolProxiedConnection | None = None
        self._connection: Connection | None = None

    def raw(self) -> PoolProxiedConnection:
        if self._raw is None:
            engine = self.engine
            try:
                self._raw = engine.raw_connection()
            except psycopg.Error as error:
                Connection._handle_dbapi_exception_noconnection(error, engine.dialect, engine)
        return self._raw

    def connection(self) -> Connection:
        """The same connection with all that SQLAlchemy adds to it."""
        if self._connection is None:
            self._connection = Connection(self.engine, self.raw())
        return self._connection

    def rows(
        self, statement: Select[*tuple[Any, ...]], values: Mapping[str, Any]
    ) -> Sequence[Row[Any]]:
        """What the statement, which was built once, selects with these values bound."""
        return prepared.execute(self.engine, self.raw(), self.connection, statement, values)

    def give_back(self) -> None:
        if self._connection:
            self._connection.close()
        elif self._raw:
            self._raw.close()
        self._connection = self._raw = None


class _Work(Loan):
    """A read in hand, and the connection that it keeps to its end."""

    def __init__(self, how: Reading) -> None:
        super().__init__(_engine_for(how))
        self.how = how


class ServiceSession(Session):
    """A session of the service's one database, on the engine that fits the work in hand."""

    def get_bind(self, *_: Any, **__: Any) -> Engine | Connection:
        # Flask-SQLAlchemy would look through mappers and tables for the database that they belong to.
        work = _work.get()
        if work and work.how is Reading.ALONE:
            return work.connection()
        return _engine()


def install(app: Flask, engine: Engine) -> None:
    """Have the engine serve reads, too; `app.extensions["engines"]` is by whether it is for snapshots."""
    app.extensions["engines"] = {False: engine, True: engine.execution_options(**SNAPSHOT)}
    prepare(engine)


def prepare(engine: Engine) -> None:
    """Have the engine refuse changes of reads, and see to its connections before each use."""
    _refuse_changes(engine)
    _prepare_for_use(engine)


def present() -> Reading | None:
    """How the work in hand reads; None if it may make changes."""
    work = _work.get()
    return work.how if work else None


def rows(
    session: scoped_session[Any],
    statement: Select[*tuple[Any, ...]],
    values: Mapping[str, Any],
) -> Sequence[Row[Any]]:
    """What the statement selects with these values bound, to be shown; what is pending is written before.

    The statement is one that was built once.
    """
    work = _work.get()
    if work and work.how is Reading.ALONE:
        return work.rows(statement, values)
    return statements.execute(session, statement, values)


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
        if in_hand := _work.get():
            in_hand.give_back()


def _engine() -> Engine:
    return _engine_for(present())


def _engine_for(how: Reading | None) -> Engine:
    engine: Engine = current_app.extensions["engines"][how is Reading.SNAPSHOT]
    return engine


@contextmanager
def _as(how: Reading) -> Iterator[None]:
    before = _work.set(_Work(how))
    try:
        yield
    finally:
        _work.reset(before)


def _refuse_changes(engine: Engine) -> None:
    """Of a snapshot PostgreSQL itself knows that it is read only."""

    @event.listens_for(engine, "before_cursor_execute")
    def check(_: Any, __: Any, statement: str, *___: Any) -> None:
        if present() is Reading.ALONE and _needs_transaction(statement):
            raise RuntimeError(f"a read needs no change and no lock: {statement}")


@lru_cache(512)
def _needs_transaction(statement: str) -> bool:
    return CHANGE_OR_LOCK.search(statement) is not None


def _prepare_for_use(engine: Engine) -> None:
    """Ask connections that may be dead whether they live, as `pool_pre_ping` asks all; and see to commits."""

    @event.listens_for(engine, "checkin")
    def note(_: Any, record: Any) -> None:
        record.info["used"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def prepare(connection: Any, record: Any, _: Any) -> None:
        try:
            if _may_be_dead(connection, record.info.get("used")):
                engine.dialect.do_ping(connection)
            _commit_by_statement(connection, present() is Reading.ALONE)
        except psycopg.Error as error:
            deadlines.check()  # a question that was cancelled says nothing of the connections
            raise InvalidatePoolError from error


def _may_be_dead(connection: psycopg.Connection[Any], used: float | None) -> bool:
    if used is None:  # it is new
        return False
    if time.monotonic() - used >= IDLE:
        return True
    # What makes changes is not run again. And what came unasked may be the connection's end.
    return not present() and _has_sent(connection)


def _has_sent(connection: psycopg.Connection[Any]) -> bool:
    """Whether something came that nobody read, the end of the connection included."""
    socket = select.poll()
    socket.register(connection.fileno(), select.POLLIN)
    return bool(socket.poll(0))


def _commit_by_statement(connection: Any, stands_alone: bool) -> None:
    """Have each statement of a read stand alone.

    As the isolation level AUTOCOMMIT, which SQLAlchemy would set and take back for each use of a connection.
    """
    if connection.autocommit != stands_alone:
        connection.autocommit = stands_alone
