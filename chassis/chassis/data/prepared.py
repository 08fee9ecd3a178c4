"""Statements that are built once, and sent past SQLAlchemy, which would prepare each execution of them again.

A third of the processor time of a read goes there. What is left of SQLAlchemy is how it writes a statement,
the values that it binds, and the rows that it gives.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import psycopg
from sqlalchemy import (
    Connection,
    Dialect,
    Engine,
    Executable,
    PoolProxiedConnection,
    Row,
    TextClause,
)
from sqlalchemy.engine.interfaces import CacheStats
from sqlalchemy.engine.result import SimpleResultMetaData

Rows = Sequence[Row[Any]]


def execute(
    engine: Engine,
    raw: PoolProxiedConnection,
    whole: Callable[[], Connection],
    statement: Executable,
    values: Mapping[str, Any],
) -> Rows:
    """The rows of the statement with these values bound; none if it returns none.

    `whole` gives the same connection with all that SQLAlchemy adds to it: a failure is its affair.
    """
    known = prepared(statement, engine.dialect)
    text, bound = known.text, known.values(values)
    execution: Any = known.execution()
    cursor: psycopg.Cursor[Any] = raw.cursor()  # type: ignore[assignment]  # psycopg's
    told = (None, cursor, text, bound, execution, False)
    try:
        engine.dispatch.before_cursor_execute(*told)
        cursor.execute(text, bound)
        engine.dispatch.after_cursor_execute(*told)
    except psycopg.Error as error:
        whole()._handle_dbapi_exception(error, text, bound, None, execution)
    return known.fetch(cursor)


class Execution:
    """What listeners get to know of an execution, as of SQLAlchemy's `ExecutionContext`."""

    executemany = False

    def __init__(self, invoked_statement: Executable, cache_hit: CacheStats) -> None:
        self.invoked_statement = invoked_statement
        self.cache_hit = cache_hit

    def handle_dbapi_exception(self, _: BaseException) -> None:
        """SQLAlchemy gives each dialect a chance here; PostgreSQL's does nothing."""


class Prepared:
    """A statement as psycopg takes it."""

    def __init__(self, statement: Executable, dialect: Dialect) -> None:
        compiled: Any = statement.compile(dialect=dialect)  # type: ignore[attr-defined]
        if compiled.post_compile_params:
            raise TypeError(f"not one text for all values, as IN has them: {compiled}")
        if compiled.prefetch:
            raise TypeError(f"a value that SQLAlchemy makes for each execution: {compiled}")
        self.text = str(compiled)
        self._statement = statement
        self._dialect = dialect
        self._binders = {}
        for name, bound in compiled.binds.items():
            if process := bound.type.dialect_impl(dialect).bind_processor(dialect):
                self._binders[name] = process
        constants = {n: b.effective_value for n, b in compiled.binds.items() if not b.required}
        self._constants = self._bound(constants)
        self._executed = False
        self._rows: SimpleResultMetaData | None = None

    def values(self, given: Mapping[str, Any]) -> Mapping[str, Any]:
        """What is bound, as psycopg takes it."""
        return self._constants | self._bound(given)

    def execution(self) -> Execution:
        known = CacheStats.CACHE_HIT if self._executed else CacheStats.CACHE_MISS
        self._executed = True
        return Execution(self._statement, known)

    def fetch(self, cursor: psycopg.Cursor[Any]) -> Rows:
        """The rows of an execution."""
        if not cursor.pgresult or not cursor.pgresult.nfields:
            return []
        shape = self._rows = self._rows or self._shape(cursor)
        names = shape._key_to_index
        return [Row(shape, shape._processors, names, values) for values in cursor.fetchall()]

    def _bound(self, values: Mapping[str, Any]) -> dict[str, Any]:
        bound = dict(values)
        for name in self._binders.keys() & values.keys():
            bound[name] = self._binders[name](values[name])
        return bound

    def _shape(self, cursor: psycopg.Cursor[Any]) -> SimpleResultMetaData:
        """The names of the columns, and what SQLAlchemy makes of their values."""
        described = cursor.description or []
        if isinstance(self._statement, TextClause):
            return SimpleResultMetaData([column[0] for column in described])
        columns = self._statement.exported_columns  # type: ignore[attr-defined]
        processors = []
        for column, (_, code, *_) in zip(columns, described, strict=True):
            kind: Any = column.type.dialect_impl(self._dialect)
            processors.append(kind.result_processor(self._dialect, code))
        return SimpleResultMetaData(columns.keys(), _processors=processors)


# By the statements themselves, of which there are few: they are built once.
prepared = lru_cache(512)(Prepared)
