"""What the migrations make of existing data."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, LiteralString
from uuid import UUID, uuid4

import psycopg
import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from psycopg.rows import dict_row
from sqlalchemy.exc import DBAPIError

from chassis import testing

# What comes after it loads long texts, and has nothing to do with the rows here.
WITHOUT_TEXTS = "0009"


class Database:
    """A database at some revision, with SQL to look at it."""

    def __init__(self, app: Flask, url: str) -> None:
        self.app = app
        self.connection = psycopg.connect(url, autocommit=True, row_factory=dict_row)

    def at(self, revision: str, move: Callable[..., None] = upgrade) -> None:
        with self.app.app_context():
            move(revision=revision)

    def __call__(self, query: LiteralString, *values: Any) -> Any:
        cursor = self.connection.execute(query, values)
        return cursor.fetchall() if cursor.description else []


@pytest.fixture
def legacy() -> Iterator[Database]:
    """A database at the first revision."""
    with testing.empty_database("havruta_service") as url:
        app = testing.application("havruta_service", url)
        database = Database(app, url)
        database.at("0001")
        yield database
        database.connection.close()
        testing.close(app)


def a_havruta(
    sql: Database, *, section: str | None = "Genesis 2:1", members: Sequence[UUID] = ()
) -> Any:
    creator = uuid4()
    row = sql(
        "INSERT INTO havrutas (name, book, creator_id, current_section)"
        " VALUES ('h', 'Genesis', %s, %s) RETURNING id",
        creator,
        section,
    )[0]
    for member in members:
        sql("INSERT INTO havruta_members VALUES (%s, %s, now())", row["id"], member)
    return row["id"], creator


def a_session(
    sql: Database,
    havruta_id: UUID,
    start: str,
    end: str | None = None,
    sections: Sequence[str] = (),
) -> Any:
    return sql(
        "INSERT INTO havruta_sessions (havruta_id, start_time, end_time, sections_studied)"
        " VALUES (%s, now() + %s::interval, now() + %s::interval, %s) RETURNING id",
        havruta_id,
        start,
        end,
        list(sections),
    )[0]["id"]


def session(sql: Database, session_id: UUID) -> Any:
    return sql("SELECT * FROM havruta_sessions WHERE id = %s", session_id)[0]


def test_no_reading_position_and_no_owner_is_lost(legacy: Database) -> None:
    (with_passage, owner), (without, _) = a_havruta(legacy), a_havruta(legacy, section=None)
    legacy.at(WITHOUT_TEXTS)
    rows = {row["id"]: row for row in legacy("SELECT * FROM havrutas")}
    assert (rows[with_passage]["last_place"], rows[with_passage]["owner_id"]) == (
        "Genesis 2:1",
        owner,
    )
    assert rows[without]["last_place"] is None
    assert {"creator_id", "current_section"}.isdisjoint(rows[with_passage])


def test_the_creator_becomes_a_member_and_the_members_are_counted(legacy: Database) -> None:
    havruta_id, owner = a_havruta(legacy, members=[uuid4(), uuid4()])
    legacy.at(WITHOUT_TEXTS)
    assert legacy("SELECT member_count FROM havrutas")[0]["member_count"] == 3
    assert legacy(
        "SELECT 1 FROM havruta_members WHERE havruta_id = %s AND user_id = %s", havruta_id, owner
    )


def test_a_finished_session_becomes_completed_with_its_coverage(legacy: Database) -> None:
    havruta_id, _ = a_havruta(legacy)
    long = a_session(
        legacy, havruta_id, "-2 days", "-47 hours", ["Genesis 1:1", "Genesis 1:5", "Genesis 2:1"]
    )
    short = a_session(legacy, havruta_id, "-1 day", "-23 hours", ["Genesis 2:1"])
    legacy.at(WITHOUT_TEXTS)
    assert {
        k: session(legacy, long)[k]
        for k in ("status", "type", "starting_section", "ending_section")
    } == {
        "status": "completed",
        "type": "scheduled",
        "starting_section": "Genesis 1:1",
        "ending_section": "Genesis 2:1",
    }
    assert session(legacy, long)["coverage_range"] == "Genesis 1:1 to Genesis 2:1"
    assert session(legacy, short)["coverage_range"] == "Genesis 2:1"
    assert session(legacy, long)["sections_studied"] == [
        "Genesis 1:1",
        "Genesis 1:5",
        "Genesis 2:1",
    ]


def test_only_the_newest_unfinished_session_stays_active(legacy: Database) -> None:
    havruta_id, owner = a_havruta(legacy)
    oldest, older, newest, planned = (
        a_session(legacy, havruta_id, start) for start in ("-3 days", "-2 days", "-1 day", "1 day")
    )
    legacy.at(WITHOUT_TEXTS)
    states = [session(legacy, s)["status"] for s in (oldest, older, newest, planned)]
    assert states == ["completed", "completed", "active", "scheduled"]
    assert session(legacy, newest)["position"] == "Genesis 2:1"
    assert session(legacy, newest)["navigator_id"] == owner
    assert [session(legacy, s)["end_time"] for s in (newest, planned)] == [None, None]
    assert [m["ref"] for m in legacy("SELECT ref FROM session_moves")] == ["Genesis 2:1"]


def test_downgrading_restores_columns_and_data(legacy: Database) -> None:
    havruta_id, owner = a_havruta(legacy)
    finished = a_session(legacy, havruta_id, "-2 days", "-47 hours", ["Genesis 1:1"])
    for start in ("-3 days", "-1 day", "1 day"):
        a_session(legacy, havruta_id, start)
    before = legacy("SELECT * FROM havruta_sessions ORDER BY start_time")
    legacy.at("head")
    legacy.at("0001", downgrade)
    assert legacy("SELECT * FROM havruta_sessions ORDER BY start_time") == before
    assert session(legacy, finished)["end_time"] is not None
    row = legacy("SELECT * FROM havrutas")[0]
    assert (row["creator_id"], row["current_section"]) == (owner, "Genesis 2:1")
    legacy.at("head")
    assert legacy("SELECT last_place FROM havrutas")[0]["last_place"] == "Genesis 2:1"


def test_rows_written_by_old_code_between_migrations_are_kept(legacy: Database) -> None:
    legacy.at("0002")
    a_havruta(legacy, section="Genesis 3:1")
    legacy.at(WITHOUT_TEXTS)
    row = legacy("SELECT last_place, owner_id, member_count FROM havrutas")[0]
    assert (row["last_place"], row["owner_id"] is not None, row["member_count"]) == (
        "Genesis 3:1",
        True,
        1,
    )


def test_the_migration_stops_with_the_id_of_a_havruta_of_eleven_members(legacy: Database) -> None:
    havruta_id, _ = a_havruta(legacy, members=[uuid4() for _ in range(10)])
    with pytest.raises(DBAPIError, match=str(havruta_id)):
        legacy.at(WITHOUT_TEXTS)
    assert legacy("SELECT current_section FROM havrutas")[0]["current_section"] == "Genesis 2:1"


def test_an_old_cancelled_session_has_no_cancellation_reason(legacy: Database) -> None:
    legacy.at("0004")
    session_id = legacy(
        "WITH h AS (INSERT INTO havrutas (name, book, archived_at) VALUES ('h', 'Genesis', now())"
        " RETURNING id) INSERT INTO havruta_sessions (havruta_id, start_time, status)"
        " SELECT id, now(), 'cancelled' FROM h RETURNING id"
    )[0]["id"]
    legacy.at(WITHOUT_TEXTS)
    row = session(legacy, session_id)
    assert (row["status"], row["cancellation_reason"]) == ("cancelled", None)


def test_sessions_are_indexed_by_status(legacy: Database) -> None:
    legacy.at(WITHOUT_TEXTS)
    definitions = [
        row["indexdef"]
        for row in legacy("SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'")
    ]
    for columns in ("(havruta_id, status)", "(status)", "(type, status)"):
        assert any(d.endswith(f"havruta_sessions USING btree {columns}") for d in definitions)


def test_the_owner_is_a_member_and_at_most_one_session_is_active(legacy: Database) -> None:
    havruta_id, owner = a_havruta(legacy)
    legacy.at(WITHOUT_TEXTS)
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        legacy("UPDATE havrutas SET owner_id = %s", uuid4())
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        legacy("DELETE FROM havruta_members WHERE user_id = %s", owner)
    with pytest.raises(psycopg.errors.CheckViolation):
        legacy("UPDATE havrutas SET owner_id = NULL")
    active = (
        "INSERT INTO havruta_sessions (havruta_id, start_time, status, starting_section, position)"
        " VALUES (%s, now(), 'active', 'Genesis 1:1', 'Genesis 1:1')"
    )
    legacy(active, havruta_id)
    with pytest.raises(psycopg.errors.UniqueViolation):
        legacy(active, havruta_id)


def test_planned_sessions_get_the_reminders_that_are_yet_to_come(legacy: Database) -> None:
    havruta_id, _ = a_havruta(legacy)
    legacy.at("0013")
    for start, status in (("2 days", "scheduled"), ("1 hour", "scheduled"), ("2 days", "active")):
        legacy(
            "INSERT INTO havruta_sessions (havruta_id, status, start_time, starting_section, position)"
            " VALUES (%s, %s, now() + %s::interval, 'Genesis 1', 'Genesis 1')",
            havruta_id,
            status,
            start,
        )
    legacy.at("0015")
    rows = legacy(
        "SELECT minutes_before, round(extract(epoch FROM start_time - due_at) / 60) AS due"
        " FROM session_reminders r JOIN havruta_sessions s ON s.id = session_id"
        " ORDER BY start_time, minutes_before"
    )
    assert [(row["minutes_before"], row["due"]) for row in rows] == [
        (15, 15),
        (1440, None),
        (15, 15),
        (1440, 1440),
    ]
