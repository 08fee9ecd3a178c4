"""How many SQL statements something costs."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from sqlalchemy import event
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.engine.interfaces import CacheStats

from chassis.data import prepared


@contextmanager
def count_queries(app: Flask) -> Iterator[list[str]]:
    """The SQL statements that the block sends; not those of threads that publish meanwhile."""
    with _watch_statements(app, lambda _: True) as statements:
        yield statements


@contextmanager
def count_compiled(app: Flask) -> Iterator[list[str]]:
    """The SQL statements that the block sends, and that SQLAlchemy has to compile for it."""
    with _watch_statements(app, _is_compiled) as statements:
        yield statements


def forget_compiled(app: Flask) -> None:
    """Have each statement compiled the next time, as after a start."""
    prepared.prepared.cache_clear()
    with app.app_context():
        app.extensions["sqlalchemy"].engine.clear_compiled_cache()


def _is_compiled(context: DefaultExecutionContext) -> bool:
    return context.cache_hit is not CacheStats.CACHE_HIT


@contextmanager
def _watch_statements(
    app: Flask, counts: Callable[[DefaultExecutionContext], bool]
) -> Iterator[list[str]]:
    statements: list[str] = []
    here = threading.get_ident()
    with app.app_context():
        engine = app.extensions["sqlalchemy"].engine

    def note(_: Any, __: Any, statement: str, ___: Any, context: Any, ____: bool) -> None:
        if threading.get_ident() == here and counts(context):
            statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)
