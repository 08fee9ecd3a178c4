"""Counting the SQL statements of a block."""

import threading

from flask import Flask
from sqlalchemy import text

from chassis import testing


def test_statements_of_other_threads_are_not_counted(app: Flask) -> None:
    with app.app_context():
        engine = app.extensions["sqlalchemy"].engine

    def send(statement: str) -> None:
        with engine.connect() as connection:
            connection.execute(text(statement))

    with testing.count_queries(app) as statements:
        other = threading.Thread(target=send, args=["SELECT 'there'"])
        other.start()
        other.join()
        send("SELECT 'here'")
    assert statements == ["SELECT 'here'"]
