"""The migrations carry the older application's data along, and back."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import Connection, text

from chassis import testing
from tutoring_service import legacy

FINAL_COLUMNS = """
id integer NO nextval('sessions_id_seq'::regclass)
enrolled_courses_id integer YES None
topics json YES '[]'::json
topics_covered json YES '[]'::json
session_date date NO None
start_time time without time zone NO None
end_time time without time zone NO None
duration integer YES None
session_mode character varying(50) YES 'online'::character varying
location character varying(255) YES None
whiteboard_id integer YES None
student_review_id integer YES None
tutor_review_id integer YES None
parent_review_id integer YES None
tutor_attendance_status character varying(20) YES 'present'::character varying
student_attendance_status character varying(20) YES 'present'::character varying
priority_level character varying(20) YES 'medium'::character varying
is_recurring boolean YES false
session_frequency character varying(50) YES 'one-time'::character varying
recurring_pattern json YES None
notification_enabled boolean YES false
alarm_enabled boolean YES false
alarm_before_minutes integer YES 15
is_featured boolean YES false
status character varying(20) YES 'scheduled'::character varying
created_at timestamp without time zone YES CURRENT_TIMESTAMP
updated_at timestamp without time zone YES CURRENT_TIMESTAMP
""".strip().splitlines()
COLUMNS = """
SELECT column_name, data_type || coalesce('(' || character_maximum_length || ')', ''), is_nullable,
    column_default
FROM information_schema.columns WHERE table_name = 'sessions' ORDER BY ordinal_position
"""
FOREIGN_KEYS = """
SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE conrelid = 'sessions'::regclass AND contype = 'f' ORDER BY conname
"""
FINAL_FOREIGN_KEYS = [
    (
        "sessions_enrolled_courses_id_fkey",
        "FOREIGN KEY (enrolled_courses_id) REFERENCES enrolled_courses(id) ON DELETE CASCADE",
    ),
    (
        "sessions_whiteboard_id_fkey",
        "FOREIGN KEY (whiteboard_id) REFERENCES whiteboard_sessions(id) ON DELETE SET NULL",
    ),
]
INDEXES = "SELECT indexname FROM pg_indexes WHERE tablename = 'sessions' ORDER BY indexname"
FINAL_INDEXES = [
    "idx_sessions_date",
    "idx_sessions_enrolled_courses",
    "idx_sessions_featured",
    "idx_sessions_recurring",
    "sessions_pkey",
]
COMMENTED = """
SELECT count(*) FROM information_schema.columns c
WHERE table_name = 'sessions' AND col_description('sessions'::regclass, c.ordinal_position) IS NOT NULL
"""


@contextmanager
def at_revision(revision: str, sessions: int = 0, orphans: int = 0) -> Iterator[Flask]:
    """The service at this migration, with this many sessions of the older application."""
    with testing.empty_database("tutoring_service") as url:
        app = testing.application("tutoring_service", url)
        with app.app_context():
            upgrade(revision="0001")
            if sessions:
                with app.extensions["sqlalchemy"].engine.begin() as connection:
                    legacy.load(connection, sessions, orphans)
            upgrade(revision=revision)
            try:
                yield app
            finally:
                testing.close(app)


@contextmanager
def connected(app: Flask) -> Iterator[Connection]:
    with app.extensions["sqlalchemy"].engine.connect() as connection:
        yield connection


def rows(app: Flask, sql: str) -> list[Any]:
    with connected(app) as connection:
        return [tuple(row) for row in connection.execute(text(sql))]


def test_the_refactoring_makes_27_columns_five_indexes_and_13_comments() -> None:
    with at_revision("0002", 25) as app:
        assert len(rows(app, COLUMNS)) == 27
        assert [name for (name,) in rows(app, INDEXES)] == [
            "idx_sessions_date",
            "idx_sessions_enrollment",
            "idx_sessions_featured",
            "idx_sessions_recurring",
            "idx_sessions_status",
            "sessions_pkey",
        ]
        assert rows(app, COMMENTED) == [(13,)]
        assert rows(app, FOREIGN_KEYS) == [
            (
                "sessions_course_enrollment_id_fkey",
                "FOREIGN KEY (course_enrollment_id) REFERENCES enrolled_students(id) ON DELETE CASCADE",
            )
        ]
        assert rows(app, "SELECT count(*) FROM sessions") == [(25,)]


def test_the_final_update_passes_its_own_documented_checks() -> None:
    with at_revision("0003", 25) as app:
        assert [" ".join(map(str, row)) for row in rows(app, COLUMNS)] == FINAL_COLUMNS
        assert rows(app, FOREIGN_KEYS) == FINAL_FOREIGN_KEYS
        assert [name for (name,) in rows(app, INDEXES)] == FINAL_INDEXES
        orphaned = """
            SELECT count(*) FROM sessions s LEFT JOIN enrolled_courses ec ON s.enrolled_courses_id = ec.id
            WHERE s.enrolled_courses_id IS NOT NULL AND ec.id IS NULL
        """
        assert rows(app, orphaned) == [(0,)]


def test_the_newest_schema_keeps_all_that_the_final_update_names() -> None:
    with at_revision("head") as app:
        assert [" ".join(map(str, row)) for row in rows(app, COLUMNS)] == FINAL_COLUMNS
        assert rows(app, FOREIGN_KEYS) == FINAL_FOREIGN_KEYS
        assert set(FINAL_INDEXES) <= {name for (name,) in rows(app, INDEXES)}
        assert rows(app, COMMENTED) == [(13,)]


TRANSLATED = """
    SELECT id, session_mode, topics::text, tutor_attendance_status, student_attendance_status, status,
        duration
    FROM sessions ORDER BY id
"""


def test_every_value_of_2000_sessions_is_translated() -> None:
    with at_revision("0001", 2000) as app:
        old = rows(
            app,
            "SELECT id, mode, subject, topic, tutor_attended, student_attended, status, duration "
            "FROM tutor_sessions ORDER BY id",
        )
        upgrade()
        new = rows(app, TRANSLATED)
    words = {True: "present", False: "absent", None: None}
    assert new == [
        (number, mode, as_list(subject, topic), words[tutor], words[student], status, duration)
        for number, mode, subject, topic, tutor, student, status, duration in old
    ]


def as_list(*topics: str | None) -> str:
    return "[" + ",".join(f'"{topic}"' for topic in topics if topic) + "]"


def test_every_session_keeps_its_tutor_student_and_course() -> None:
    people = """
        SELECT s.id, e.tutor_id, e.student_id, e.course_id FROM {} s JOIN {} e ON e.id = s.{} ORDER BY s.id
    """
    with at_revision("0001", 500) as app:
        old = rows(app, people.format("tutor_sessions", "enrolled_students", "enrollment_id"))
        upgrade()
        new = rows(app, people.format("sessions", "enrolled_courses", "enrolled_courses_id"))
    assert new == old


def test_unmapped_sessions_stop_the_migration_and_are_listed(
    capfd: pytest.CaptureFixture[str],
) -> None:
    with at_revision("0002", 30, orphans=3) as app:
        with pytest.raises(SystemExit):
            upgrade()
        printed = capfd.readouterr().err
        assert "3 sessions have no enrolled course" in printed
        assert all(f"session {number}: tutor" in printed for number in (28, 29, 30))
        assert rows(app, "SELECT count(*) FROM sessions") == [(30,)]


def test_unmapped_sessions_are_quarantined_on_request_and_restored() -> None:
    with at_revision("0001", 30, orphans=3) as app:
        before = rows(app, "SELECT * FROM tutor_sessions ORDER BY id")
        upgrade(x_arg="unmapped=quarantine")
        assert rows(app, "SELECT count(*) FROM sessions") == [(27,)]
        assert rows(app, "SELECT session_id FROM quarantined_sessions ORDER BY 1") == [
            (28,),
            (29,),
            (30,),
        ]
        downgrade(revision="0001")
        assert rows(app, "SELECT * FROM tutor_sessions ORDER BY id") == before


def test_a_downgrade_restores_every_column_of_every_session() -> None:
    with at_revision("0001", 300) as app:
        before = rows(app, "SELECT * FROM tutor_sessions ORDER BY id")
        upgrade()
        downgrade(revision="0001")
        assert rows(app, "SELECT * FROM tutor_sessions ORDER BY id") == before
        upgrade()
        assert rows(app, "SELECT count(*) FROM sessions") == [(300,)]


def test_overlapping_older_sessions_hold_their_time_only_once() -> None:
    with at_revision("head", 2000) as app:
        assert rows(app, "SELECT count(*) FROM session_bookings") == [(2000,)]
        ((held, coming),) = rows(
            app,
            "SELECT count(*) FILTER (WHERE held), count(*) FROM session_bookings b JOIN sessions s ON s.id = "
            "b.session_id WHERE s.status IN ('scheduled', 'in-progress')",
        )
        assert 0 < held < coming


def test_an_older_rating_becomes_the_review_of_the_student() -> None:
    with at_revision("0001", 300) as app:
        rated = rows(
            app,
            "SELECT id, student_rating FROM tutor_sessions WHERE student_rating IS NOT NULL ORDER BY id",
        )
        upgrade()
        reviewed = rows(
            app,
            "SELECT s.id, r.rating FROM sessions s JOIN reviews r ON r.id = s.student_review_id "
            "ORDER BY s.id",
        )
    assert rated
    assert reviewed == rated


def test_a_cancellation_reason_survives_the_renamed_column() -> None:
    with at_revision("0004", 30) as app:
        with app.extensions["sqlalchemy"].engine.begin() as connection:
            connection.execute(text("UPDATE session_bookings SET cancel_reason = 'ill'"))
        upgrade()
        assert rows(app, "SELECT DISTINCT cancellation_reason FROM session_bookings") == [("ill",)]
        downgrade(revision="0004")
        assert rows(app, "SELECT DISTINCT cancel_reason FROM session_bookings") == [("ill",)]
