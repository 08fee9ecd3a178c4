"""Races: several at the same moment, and one that is overtaken while it waits."""

import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import psycopg
import pytest
from flask import Flask
from sqlalchemy import make_url

from chassis.data import db
from chassis.testing.servers import as_admin, url_of

ROUNDS = int(os.environ.get("RACE_ROUNDS", "3"))
PATIENCE = 60.0  # seconds

Result = TypeVar("Result")


@pytest.fixture(params=range(ROUNDS), ids=lambda number: f"round-{number}")
def race_round(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """A race is run so many times, each with everything made again: `RACE_ROUNDS=100 make test`."""
    if "app" in request.fixturenames:
        app: Flask = request.getfixturevalue("app")
        with app.app_context():
            pool = app.extensions["sqlalchemy"].engine.pool
        # More take part than a web process has threads, and so wait for connections. A busy machine
        # needs longer for them than a request may wait.
        monkeypatch.setattr(pool, "_timeout", PATIENCE)
    return int(request.param)


@pytest.fixture
def tried_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A transaction that PostgreSQL ends to break a deadlock fails.

    It would be run again, and no one would see that two had waited for each other.
    """
    monkeypatch.setattr(db, "ATTEMPTS", 1)


def race(works: Sequence[Callable[[], Result]]) -> list[Result]:
    """Run all at the same moment, each in a thread of its own; their results in order."""
    barrier = threading.Barrier(len(works))

    def start(work: Callable[[], Result]) -> Result:
        barrier.wait()
        return work()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(start, works))


def overtaken(app: Flask, change: str, work: Callable[[], Result]) -> Result:
    """What the work gives if another transaction makes this change, in SQL, while the work waits
    for its locks.
    """
    with psycopg.connect(
        url_of(make_url(app.config["SQLALCHEMY_DATABASE_URI"]).database or "")
    ) as other:
        other.execute(change.encode())
        with ThreadPoolExecutor(1) as pool, as_admin("overtaken") as watch:
            result = pool.submit(work)
            while not watch.execute(
                "SELECT 1 FROM pg_stat_activity WHERE datname = %s AND wait_event_type = 'Lock'",
                [other.info.dbname],
            ).fetchone():
                if result.done():
                    raise AssertionError(f"nothing waited for the change: {result.result()}")
            other.commit()
            return result.result()
