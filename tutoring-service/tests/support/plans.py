"""How PostgreSQL would read what a test asks for."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from flask import Flask
from sqlalchemy import event


@contextmanager
def explained(app: Flask, read: str, *, for_any: bool = False) -> Iterator[list[str]]:
    """The plans of the queries with these words that the block sends: with the values that are bound, or
    `for_any`, as PostgreSQL may plan a statement that it has seen often.
    """
    with app.app_context():
        engine = app.extensions["sqlalchemy"].engine
    plans: list[str] = []

    def explain(_: Any, cursor: Any, statement: str, values: Mapping[str, Any], *rest: Any) -> None:
        if read not in statement:
            return
        if for_any:
            numbered = {name: f"${number}" for number, name in enumerate(values, 1)}
            cursor.execute(f"EXPLAIN (GENERIC_PLAN) {statement % numbered}")
        else:
            cursor.execute(f"EXPLAIN {statement}", values)
        plans.extend(row[0] for row in cursor.fetchall())

    event.listen(engine, "before_cursor_execute", explain)
    try:
        yield plans
    finally:
        event.remove(engine, "before_cursor_execute", explain)
