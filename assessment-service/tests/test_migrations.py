"""What the migrations make of sessions that were there before."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import text

from chassis import testing

LEGACY = """
INSERT INTO pages (id, title, position) VALUES (7, 'Second', 2), (3, 'First', 1);
INSERT INTO questions (id, page_id, question_type, question_text, position, required, settings) VALUES
    (1, 3, 'likert', 'I like maps.', 1, true, '{"scale": {"least": 1, "most": 5}}'),
    (2, 3, 'multiple_choice', 'Which?', 1, false, '{"options": [{"key": "a", "text": "A"}]}'),
    (3, 7, 'ordering', 'Sort.', 1, true,
     '{"options": [{"key": "a", "text": "A"}, {"key": "b", "text": "B"}]}'),
    (4, 7, 'text', 'Why?', 2, false, '{}');
INSERT INTO student_responses (id, session_id, created_at, completed_at) VALUES
    (1, 'finished', '2025-03-01T10:00Z', '2025-03-02T10:00Z'),
    (2, 'unfinished', '2025-04-01T10:00Z', NULL);
INSERT INTO question_answers (response_id, question_id, value, created_at) VALUES
    (1, 1, '2', '2025-03-01T11:00Z'), (1, 1, '4', '2025-03-01T12:00Z'), (1, 1, '3', '2025-03-01T11:30Z'),
    (1, 2, '["a", "b"]', '2025-03-01T11:00Z'), (1, 3, '["b", "a"]', '2025-03-01T11:00Z'),
    (1, 4, '"Because."', '2025-03-01T11:00Z');
"""


class Migrating:
    """A database on its way through the migrations."""

    def __init__(self, app: Flask) -> None:
        self.engine = app.extensions["sqlalchemy"].engine

    def run(self, statements: str) -> None:
        with self.engine.begin() as connection:
            connection.exec_driver_sql(statements)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(query))]


@pytest.fixture
def legacy() -> Iterator[Migrating]:
    """A database with sessions, from before sessions had a status."""
    with testing.empty_database("assessment_service") as url:
        app = testing.application("assessment_service", url)
        with app.app_context():
            upgrade(revision="0001")
            database = Migrating(app)
            database.run(LEGACY)
            yield database
        testing.close(app)


COLUMNS = """
SELECT column_name, CASE data_type WHEN 'USER-DEFINED' THEN udt_name ELSE data_type END, column_default
FROM information_schema.columns
WHERE table_name = 'student_responses' AND column_name IN ('status', 'last_activity', 'current_page_id')
ORDER BY column_name
"""
TYPES_AND_INDEXES = """
SELECT typname FROM pg_type WHERE typname = 'sessionstatus'
UNION ALL SELECT indexname FROM pg_indexes WHERE indexname = 'idx_student_responses_status' ORDER BY 1
"""


def test_phase_1_adds_the_documented_columns_type_and_index(legacy: Migrating) -> None:
    upgrade(revision="0002")
    assert legacy.rows(COLUMNS) == [
        ("current_page_id", "integer", None),
        ("last_activity", "timestamp with time zone", "CURRENT_TIMESTAMP"),
        ("status", "sessionstatus", "'active'::sessionstatus"),
    ]
    assert legacy.rows(TYPES_AND_INDEXES) == [("idx_student_responses_status",), ("sessionstatus",)]
    assert legacy.rows("SELECT unnest(enum_range(NULL::sessionstatus))::text") == [
        ("active",),
        ("completed",),
        ("user_abandoned_not_completed",),
    ]
    assert legacy.rows("""
        SELECT confrelid::regclass::text FROM pg_constraint
        WHERE conname = 'student_responses_current_page_id_fkey'
    """) == [("pages",)]


def test_old_sessions_get_status_and_activity_from_their_dates(legacy: Migrating) -> None:
    upgrade(revision="0002")
    assert legacy.rows(
        "SELECT session_id, status::text, last_activity, current_page_id FROM student_responses ORDER BY id"
    ) == [
        ("finished", "completed", datetime(2025, 3, 2, 10, tzinfo=UTC), None),
        ("unfinished", "active", datetime(2025, 4, 1, 10, tzinfo=UTC), None),
    ]


def test_phase_1_can_be_rolled_back_completely_and_applied_again(
    legacy: Migrating,
) -> None:
    upgrade(revision="0002")
    downgrade(revision="0001")
    assert legacy.rows(COLUMNS) == []
    assert legacy.rows(TYPES_AND_INDEXES) == []
    assert legacy.rows("SELECT count(*) FROM student_responses") == [(2,)]
    upgrade(revision="0002")
    assert len(legacy.rows(COLUMNS)) == 3


def test_the_old_questionnaire_becomes_the_default_assessment(legacy: Migrating) -> None:
    upgrade()
    [(default, definition)] = legacy.rows("""
        SELECT is_default, definition FROM assessment_versions
        JOIN assessments ON assessments.id = assessment_id
        WHERE is_current
    """)
    assert default
    assert [page["title"] for page in definition["pages"]] == ["First", "Second"]
    assert definition["pages"][0]["questions"][1] == {
        "key": "q2",
        "type": "multiple_choice",
        "text": "Which?",
        "required": False,
        "options": [{"key": "a", "text": "A"}],
    }
    assert legacy.rows("SELECT key, position FROM pages ORDER BY position") == [
        ("p3", 1),
        ("p7", 2),
    ]


def test_only_the_latest_of_several_answers_stays_and_earns_xp(legacy: Migrating) -> None:
    upgrade()
    assert legacy.rows(
        "SELECT question_id, value, choices FROM question_answers ORDER BY question_id"
    ) == [
        (1, 4, ["", "4"]),
        (2, ["a", "b"], ["", "a", "b"]),
        (3, ["b", "a"], ["", "1:b", "2:a"]),
        (4, "Because.", [""]),
    ]
    assert legacy.rows(
        "SELECT questions_answered, total_xp FROM student_responses ORDER BY id"
    ) == [(4, 40), (0, 0)]


def test_a_downgrade_restores_the_questions_and_can_be_undone(legacy: Migrating) -> None:
    before = legacy.rows(
        "SELECT id, question_type, question_text, required, settings FROM questions ORDER BY id"
    )
    upgrade()
    downgrade(revision="0002")
    assert (
        legacy.rows(
            "SELECT id, question_type, question_text, required, settings FROM questions ORDER BY id"
        )
        == before
    )
    legacy.run("INSERT INTO question_answers (response_id, question_id, value) VALUES (2, 1, '5')")
    upgrade()
    assert legacy.rows("SELECT questions_answered FROM student_responses ORDER BY id") == [
        (4,),
        (1,),
    ]


def test_a_published_version_cannot_be_changed_in_the_database(legacy: Migrating) -> None:
    upgrade()
    with pytest.raises(Exception, match="is published"):
        legacy.run("UPDATE assessment_versions SET definition = '{}'")
