"""Statements that are built once, and sent past SQLAlchemy, which would prepare each execution of them again.

A third of the processor time of a read goes there. What is left of SQLAlchemy is how it writes a statement,
the values that it binds, and the rows that it gives.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from sqlalchemy import Dialect, Row, Select
from sqlalchemy.engine.interfaces import CacheStats
from sqlalchemy.engine.result import SimpleResultMetaData


class Execution:
    """What listeners get to know of an execution, as of SQLAlchemy's `ExecutionContext`."""

    executemany = False

    def __init__(self, invoked_statement: Select[*tuple[Any, ...]], cache_hit: CacheStats) -> None:
        self.invoked_statement = invoked_statement
        self.cache_hit = cache_hit

    def handle_dbapi_exception(self, _: BaseException) -> None:
        """SQLAlchemy gives each dialect a chance here; PostgreSQL's does nothing."""


class Prepared:
    """A statement as psycopg takes it."""

    def __init__(self, statement: Select[*tuple[Any, ...]], dialect: Dialect) -> None:
        compiled: Any = statement.compile(dialect=dialect)
        if compiled.post_compile_params:
            raise TypeError(f"not one text for all values, as IN has them: {compiled}")
        self.text = str(compiled)
        self._statement = statement
        self._dialect = dialect
        self._binders = {}
        for name, bound in compiled.binds.items():
            if process := bound.type.dialect_impl(dialect).bind_processor(dialect):
                self._binders[name] = process
        constants = {n: b.effective_value for n, b in compiled.binds.items() if not b.required}
        self._constants = self._bound(constants)
        self._rows: SimpleResultMetaData | None = None

    def values(self, given: Mapping[str, Any]) -> Mapping[str, Any]:
        """What is bound, as psycopg takes it."""
        return self._constants | self._bound(given)

    def execution(self) -> Execution:
        known = CacheStats.CACHE_HIT if self._rows else CacheStats.CACHE_MISS
        return Execution(self._statement, known)

    def fetch(self, cursor: psycopg.Cursor[Any]) -> Sequence[Row[Any]]:
        """The rows of an execution."""
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
        result: Any = cursor.pgresult
        columns = self._statement.selected_columns
        processors = []
        for number, column in enumerate(columns):
            kind: Any = column.type.dialect_impl(self._dialect)
            processors.append(kind.result_processor(self._dialect, result.ftype(number)))
        return SimpleResultMetaData(columns.keys(), _processors=processors)
