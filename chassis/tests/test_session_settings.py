"""The settings of a session are sent, or carried by the role; without its timeouts no connection is used."""

from collections.abc import Iterator

import psycopg
import pytest
from flask import Flask
from sqlalchemy import make_url, text
from sqlalchemy.exc import OperationalError

from chassis import testing
from chassis.data import session_settings
from chassis.data.session_settings import SETTINGS

from .support import notes
from .support.notes import db


@pytest.fixture
def url() -> Iterator[str]:
    with testing.empty_database("notes") as url:
        yield url


@pytest.fixture
def told(url: str) -> Iterator[Flask]:
    """The service as it is where a pooler is in between, which may drop what a session begins with."""
    app = notes.application(url, DATABASE_DIRECT_URL=url)
    with app.app_context():
        yield app
    testing.close(app)


def carry(url: str, settings: dict[str, str]) -> None:
    with psycopg.connect(url) as connection:
        session_settings.carry(connection, make_url(url).database or "", settings)


def test_a_connection_without_settings_is_not_used(told: Flask) -> None:
    with pytest.raises(OperationalError, match="statement_timeout") as refused:
        db.engine.connect()
    for name in ("lock_timeout", "idle_in_transaction_session_timeout"):
        assert name in str(refused.value)
    assert db.engine.pool.checkedout() == 0


@pytest.mark.parametrize(
    "change", [{"timezone": "Asia/Jerusalem"}, {"lock_timeout": "0"}], ids=["zone", "no timeout"]
)
def test_a_connection_with_one_setting_that_matters_missing_is_not_used(
    told: Flask, url: str, change: dict[str, str]
) -> None:
    carry(url, {**SETTINGS, **change})
    [name] = change
    with pytest.raises(OperationalError, match=f"not in force: {name}\n"):
        db.engine.connect()


def test_what_the_role_carries_is_in_force(told: Flask, url: str) -> None:
    carry(url, SETTINGS)
    with db.engine.connect() as connection:
        shown = {name: connection.scalar(text(f"SHOW {name}")) for name in SETTINGS}
    assert shown == SETTINGS


def test_settings_are_compared_as_postgresql_shows_them(url: str) -> None:
    arguments = session_settings.connect_args(SETTINGS, pooled=False)
    with psycopg.connect(url, **arguments) as connection:
        assert session_settings.differing(connection, SETTINGS) == {}
        connection.execute("SET LOCAL jit = on")
        assert session_settings.differing(connection, SETTINGS) == {"jit": "on"}


def test_statements_are_prepared_only_without_a_pooler(told: Flask, url: str) -> None:
    carry(url, SETTINGS)
    prepared = text("SELECT count(*) FROM pg_prepared_statements WHERE NOT from_sql")

    def count() -> int:
        with db.engine.connect() as connection:
            for _ in range(10):
                connection.execute(text("SELECT CAST(:number AS integer)"), {"number": 1})
            return int(connection.scalar(prepared) or 0)

    assert count() == 0
    alone = notes.application(url)
    with alone.app_context():
        assert count() > 0
    testing.close(alone)
