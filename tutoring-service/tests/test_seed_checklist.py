"""The checklist of the final update of `sessions`, one test for each line."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

RUTH, BOAZ = "00000000-0000-0000-0000-000000000001", "00000000-0000-0000-0000-000000000002"
INSERT = """
INSERT INTO sessions (enrolled_courses_id, whiteboard_id, topics, session_date, start_time, end_time,
    duration, session_mode, status)
VALUES (:enrolled, :whiteboard, '["Introduction to Physics", "Newton''s Laws"]'::json, '2025-12-01',
    '14:00:00', '15:30:00', 90, 'online', 'scheduled')
RETURNING id
"""
MANY_OTHERS = """
INSERT INTO sessions (enrolled_courses_id, topics, session_date, start_time, end_time, duration,
    session_mode, status)
SELECT 124, '[]'::json, DATE '2026-01-01' + number, '14:00:00', '15:30:00', 90, 'online', 'scheduled'
FROM generate_series(1, 2000) AS number
"""


@pytest.fixture
def connection(app: Flask) -> Iterator[Connection]:
    with app.app_context():
        engine = app.extensions["sqlalchemy"].engine
    with engine.connect() as connection:
        connection.execute(
            text("INSERT INTO courses (id, tutor_id, title) VALUES (1, :ruth, 'Physics')"),
            {"ruth": RUTH},
        )
        connection.execute(
            text(
                "INSERT INTO enrolled_courses (id, tutor_id, student_id, course_id) "
                "VALUES (123, :ruth, :boaz, 1), (124, :boaz, :ruth, 1)"
            ),
            {"ruth": RUTH, "boaz": BOAZ},
        )
        connection.execute(
            text("INSERT INTO whiteboard_sessions (id, session_name) VALUES (456, 'Forces')")
        )
        yield connection
        connection.rollback()


def insert(
    connection: Connection, enrolled: int | None = 123, whiteboard: int | None = None
) -> int:
    return int(
        connection.execute(
            text(INSERT), {"enrolled": enrolled, "whiteboard": whiteboard}
        ).scalar_one()
    )


def one(connection: Connection, sql: str, **values: Any) -> Any:
    return connection.execute(text(sql), values).one_or_none()


def test_a_session_refers_to_an_enrolled_course(connection: Connection) -> None:
    with pytest.raises(IntegrityError, match="sessions_enrolled_courses_id_fkey"):
        insert(connection, enrolled=999)


def test_a_session_refers_to_a_whiteboard(connection: Connection) -> None:
    with pytest.raises(IntegrityError, match="sessions_whiteboard_id_fkey"):
        insert(connection, whiteboard=999)


def test_deleting_an_enrolled_course_deletes_its_sessions(connection: Connection) -> None:
    insert(connection)
    connection.execute(text("DELETE FROM enrolled_courses WHERE id = 123"))
    assert one(connection, "SELECT count(*) FROM sessions") == (0,)


def test_deleting_a_whiteboard_sets_it_to_null_in_the_session(connection: Connection) -> None:
    session_id = insert(connection, whiteboard=456)
    connection.execute(text("DELETE FROM whiteboard_sessions WHERE id = 456"))
    assert one(connection, "SELECT whiteboard_id FROM sessions WHERE id = :id", id=session_id) == (
        None,
    )


def test_a_session_of_an_enrolled_course_gets_the_defaults(connection: Connection) -> None:
    session_id = insert(connection)
    defaults = one(
        connection,
        "SELECT topics_covered::text, tutor_attendance_status, student_attendance_status, priority_level, "
        "is_recurring, session_frequency, notification_enabled, alarm_enabled, alarm_before_minutes, "
        "is_featured, created_at IS NOT NULL FROM sessions WHERE id = :id",
        id=session_id,
    )
    assert defaults == (
        "[]",
        "present",
        "present",
        "medium",
        False,
        "one-time",
        False,
        False,
        15,
        False,
        True,
    )


def test_a_session_with_a_valid_whiteboard_is_inserted(connection: Connection) -> None:
    session_id = insert(connection, whiteboard=456)
    assert one(connection, "SELECT whiteboard_id FROM sessions WHERE id = :id", id=session_id) == (
        456,
    )


def test_a_session_with_a_null_whiteboard_is_inserted(connection: Connection) -> None:
    session_id = insert(connection, whiteboard=None)
    assert one(connection, "SELECT whiteboard_id FROM sessions WHERE id = :id", id=session_id) == (
        None,
    )


def test_the_enrolled_course_can_be_updated(connection: Connection) -> None:
    session_id = insert(connection)
    connection.execute(
        text("UPDATE sessions SET enrolled_courses_id = 124 WHERE id = :id"), {"id": session_id}
    )
    assert one(connection, "SELECT enrolled_courses_id FROM sessions") == (124,)


def test_the_whiteboard_can_be_updated(connection: Connection) -> None:
    session_id = insert(connection)
    connection.execute(
        text("UPDATE sessions SET whiteboard_id = 456 WHERE id = :id"), {"id": session_id}
    )
    assert one(connection, "SELECT whiteboard_id FROM sessions") == (456,)


def test_a_join_with_enrolled_courses_finds_a_persons_sessions(
    connection: Connection,
) -> None:
    session_id = insert(connection)
    for column, person in (("tutor_id", RUTH), ("student_id", BOAZ)):
        found = one(
            connection,
            f"SELECT s.id FROM sessions s JOIN enrolled_courses ec ON s.enrolled_courses_id = ec.id "  # noqa: S608
            f"WHERE ec.{column} = :person ORDER BY s.session_date DESC",
            person=person,
        )
        assert found == (session_id,)


def test_a_join_with_whiteboards_finds_the_name(connection: Connection) -> None:
    insert(connection)
    session_id = insert(connection, whiteboard=456)
    found = one(
        connection,
        "SELECT s.id, ws.session_name AS whiteboard_name FROM sessions s JOIN whiteboard_sessions ws "
        "ON s.whiteboard_id = ws.id WHERE s.whiteboard_id IS NOT NULL ORDER BY s.session_date DESC",
    )
    assert found == (session_id, "Forces")


def test_the_list_endpoint_uses_the_new_column_name(school: Any) -> None:
    school.session()
    (listed,) = school.client.get("/api/sessions", user=school.tutor).json["items"]
    assert "enrolled_courses_id" in listed
    assert "course_enrollment_id" not in listed


@pytest.mark.parametrize(
    ("sql", "index"),
    [
        ("SELECT * FROM sessions WHERE session_date = '2025-12-01'", "idx_sessions_date"),
        ("SELECT * FROM sessions WHERE enrolled_courses_id = 123", "idx_sessions_enrolled_courses"),
        ("SELECT * FROM sessions WHERE is_featured", "idx_sessions_featured"),
        ("SELECT * FROM sessions WHERE is_recurring", "idx_sessions_recurring"),
    ],
)
def test_the_indexes_are_used(connection: Connection, sql: str, index: str) -> None:
    insert(connection)
    # In a table of one row every index costs the same.
    connection.execute(text(MANY_OTHERS))
    connection.execute(text("ANALYZE sessions"))
    plan = "\n".join(connection.execute(text(f"EXPLAIN {sql}")).scalars())
    assert index in plan
