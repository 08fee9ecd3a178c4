"""How many SQL statements something costs."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from sqlalchemy import event


@contextmanager
def count_queries(app: Flask) -> Iterator[list[str]]:
    """The SQL statements that the block sends; not those of threads that publish meanwhile."""
    statements: list[str] = []
    here = threading.get_ident()
    with app.app_context():
        engine = app.extensions["sqlalchemy"].engine

    def note(_: Any, __: Any, statement: str, *rest: Any) -> None:
        if threading.get_ident() == here:
            statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)
