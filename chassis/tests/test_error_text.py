"""An error in a log tells what went wrong, and no value of the database."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from chassis.telemetry import logs
from chassis.telemetry.error_text import described, formatted

from .support.notes import db

CANARY = "canary-7f3a"


def refused(statement: str, **values: Any) -> DBAPIError:
    with pytest.raises(DBAPIError) as raised:
        db.session.execute(text(statement), values)
    db.session.rollback()
    return raised.value


ROW = "gen_random_uuid(), gen_random_uuid(), :word, 1"
STATEMENTS = {
    "a taken title": f"INSERT INTO notes (id, owner_id, title, version) VALUES ({ROW}), ({ROW})",  # noqa: S608
    "a failing row": "INSERT INTO notes (title) VALUES (:word)",
    "a malformed value": "SELECT CAST(:word AS integer)",
    "a literal": f"SELECT CAST('{CANARY}' AS integer)",
}


@pytest.mark.parametrize("kind", STATEMENTS)
def test_an_error_of_the_database_is_told_without_values(in_app: Flask, kind: str) -> None:
    statement = STATEMENTS[kind]
    error = refused(statement, **({"word": CANARY} if ":word" in statement else {}))
    assert CANARY in str(error), "the error itself has the value"
    for told in (described(error), formatted(error)):
        assert CANARY not in told
        assert str(error.orig.sqlstate) in told
    assert "test_error_text.py" in formatted(error)


def test_a_constraint_is_named(in_app: Flask) -> None:
    assert "notes_title_key" in described(refused(STATEMENTS["a taken title"], word=CANARY))


def test_other_errors_keep_their_message_and_what_led_to_them() -> None:
    try:
        try:
            raise KeyError("first")
        except KeyError as error:
            raise ValueError("second") from error
    except ValueError as error:
        told = formatted(error)
    assert told.index("KeyError: 'first'") < told.index("ValueError: second")
    assert described(RuntimeError()) == "RuntimeError"


def test_a_log_line_has_no_value(in_app: Flask) -> None:
    error = refused(STATEMENTS["a taken title"], word=CANARY)
    lines = [logs.format_error(None, "error", {"message": "it_failed", "exc_info": error})]
    try:
        raise error
    except DBAPIError:
        lines.append(logs.format_error(None, "error", {"message": "it_failed", "exc_info": True}))
    assert all("notes_title_key" in line["exception"] for line in lines)
    assert not any(CANARY in str(line) or "exc_info" in line for line in lines)
