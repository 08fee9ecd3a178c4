"""The migrations carry the older application's data along, and back."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import Connection, text

from chassis import testing
from chassis.clock import now
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


TUTOR, STUDENT = UUID(int=1), UUID(int=2)
UNENROLLED = "UPDATE tutor_sessions SET enrollment_id = NULL"

ENROLLED = (
    f"INSERT INTO courses (tutor_id, title) VALUES ('{TUTOR}', 'Talmud')",  # noqa: S608
    *(
        f"INSERT INTO {table} (tutor_id, student_id, course_id) "  # noqa: S608
        f"SELECT tutor_id, '{STUDENT}', max(id) FROM courses GROUP BY tutor_id"
        for table in ("enrolled_students", "enrolled_courses")
    ),
)


def execute(app: Flask, *statements: str) -> None:
    with app.extensions["sqlalchemy"].engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


@contextmanager
def one_older_session(courses: int = 1, revision: str = "0001", **values: Any) -> Iterator[Flask]:
    """The service with one session of the older application, next week; its people have so many courses."""
    row = {
        "session_date": (now() + timedelta(days=7)).date(),
        "start_time": "10:00",
        "end_time": "11:00",
        "duration": 60,
        "student_rating": 5,
        "alarm_enabled": True,
        **values,
    }
    with at_revision("0001") as app:
        for _ in range(courses):
            execute(app, *ENROLLED)
        names = ", ".join(row)
        with app.extensions["sqlalchemy"].engine.begin() as connection:
            connection.execute(
                text(
                    f"INSERT INTO tutor_sessions (enrollment_id, tutor_id, student_id, {names}) "  # noqa: S608
                    f"VALUES (1, '{TUTOR}', '{STUDENT}', :{', :'.join(row)})"
                ),
                row,
            )
        if revision != "0001":
            upgrade(revision=revision)
        yield app


def older_sessions(app: Flask) -> list[Any]:
    # As text, because Python has no 24:00 and no year of more than four digits.
    return rows(app, "SELECT to_jsonb(s)::text FROM tutor_sessions s ORDER BY id")


BOOKED = """
SELECT s.enrolled_courses_id, b.tutor_id, b.student_id, b.ends_at - b.starts_at, b.held,
    s.student_review_id IS NOT NULL, (SELECT count(*) FROM session_reminders)
FROM sessions s JOIN session_bookings b ON b.session_id = s.id
"""
AS_IT_SHOULD = [(1, TUTOR, STUDENT, timedelta(hours=1), True, True, 2)]
PUT_ASIDE = "SELECT session_id, tutor_id, student_id FROM quarantined_sessions ORDER BY 1"
NOT_CARRIED_OVER_BEFORE = (
    "DELETE FROM session_bookings",
    "DELETE FROM session_reminders",
    "DELETE FROM reviews",
    "UPDATE sessions SET enrolled_courses_id = NULL, student_review_id = NULL",
    "UPDATE retired_session_fields SET fields = fields || '{\"course_enrollment_id\": null}'",
)


def test_a_session_without_an_enrolment_finds_the_only_one_of_its_people() -> None:
    with one_older_session() as app:
        execute(app, UNENROLLED)
        before = older_sessions(app)
        upgrade()
        assert rows(app, BOOKED) == AS_IT_SHOULD
        downgrade(revision="0001")
        assert older_sessions(app) == before


def test_an_enrolment_without_a_course_finds_the_only_one_of_its_people() -> None:
    with one_older_session() as app:
        execute(app, "UPDATE enrolled_students SET course_id = NULL")
        before = older_sessions(app), rows(app, "SELECT * FROM enrolled_students")
        upgrade()
        assert rows(app, BOOKED) == AS_IT_SHOULD
        downgrade(revision="0001")
        assert (older_sessions(app), rows(app, "SELECT * FROM enrolled_students")) == before


@pytest.mark.parametrize("courses", [0, 2])
def test_a_session_without_an_enrolment_is_refused_if_there_is_not_only_one(
    courses: int, capfd: pytest.CaptureFixture[str]
) -> None:
    with one_older_session(courses or 1) as app:
        execute(app, UNENROLLED)
        if courses == 0:
            execute(app, "DELETE FROM enrolled_courses")
        before = older_sessions(app)
        with pytest.raises(SystemExit):
            upgrade()
        printed = capfd.readouterr().err
        assert "1 sessions have no enrolled course" in printed
        assert f"session 1: tutor {TUTOR}, student {STUDENT}, course None" in printed
        assert rows(app, "SELECT count(*) FROM sessions") == [(1,)]
        upgrade(x_arg="unmapped=quarantine")
        assert rows(app, PUT_ASIDE) == [(1, TUTOR, STUDENT)]
        downgrade(revision="0001")
        assert older_sessions(app) == before


IMPOSSIBLE = [
    {"end_time": "10:00"},
    {"start_time": "00:00", "end_time": "24:00"},
    {"start_time": "23:00", "end_time": "24:00"},
    {"start_time": "10:00", "end_time": "09:30"},
    {"session_date": "1999-12-31"},
    {"session_date": "0202-01-01"},
    {"session_date": "2200-01-01"},
    {"session_date": "infinity"},
    {"session_date": "20260-01-01"},
]


@pytest.mark.parametrize("values", IMPOSSIBLE)
def test_a_session_at_impossible_times_books_nothing_and_is_listed(
    values: dict[str, str], capfd: pytest.CaptureFixture[str]
) -> None:
    with one_older_session(**values) as app:
        before = older_sessions(app)
        upgrade()
        assert f"session 1: tutor {TUTOR}, student {STUDENT}, course 1" in capfd.readouterr().err
        assert rows(app, BOOKED) == []
        assert rows(app, PUT_ASIDE) == [(1, TUTOR, STUDENT)]
        downgrade(revision="0001")
        assert older_sessions(app) == before


def test_a_session_over_midnight_is_carried_over() -> None:
    with one_older_session(start_time="23:30", end_time="00:30", revision="head") as app:
        assert rows(app, BOOKED) == AS_IT_SHOULD


@pytest.mark.parametrize("duration", [None, 0, -60, 999])
def test_a_length_that_contradicts_the_times_gives_way(duration: int | None) -> None:
    with one_older_session(duration=duration) as app:
        before = older_sessions(app)
        upgrade()
        assert rows(app, "SELECT duration FROM sessions") == [(60,)]
        downgrade(revision="0001")
        assert older_sessions(app) == before


WORDS = {"status": "canceled", "mode": "phone", "session_frequency": "yearly"}


def test_words_of_old_are_restored_and_an_unknown_status_holds_no_time() -> None:
    with one_older_session(**WORDS, alarm_before_minutes=-5) as app:
        before = older_sessions(app)
        upgrade()
        assert rows(app, "SELECT status, session_mode, alarm_before_minutes FROM sessions") == [
            ("scheduled", "online", 0)
        ]
        assert rows(app, "SELECT held FROM session_bookings") == [(False,)]
        assert rows(app, "SELECT DISTINCT due_at FROM session_reminders") == [(None,)]
        downgrade(revision="0001")
        assert older_sessions(app) == before


def test_a_session_that_was_lost_before_gets_its_enrolment() -> None:
    with one_older_session() as app:
        execute(app, UNENROLLED)
        before = older_sessions(app)
        upgrade(revision="0008")
        execute(app, *NOT_CARRIED_OVER_BEFORE)
        upgrade()
        assert rows(app, BOOKED) == AS_IT_SHOULD
        downgrade(revision="0001")
        assert older_sessions(app) == before


def test_a_session_that_was_lost_before_and_has_several_is_put_aside(
    capfd: pytest.CaptureFixture[str],
) -> None:
    with one_older_session(2, "0008") as app:
        execute(app, *NOT_CARRIED_OVER_BEFORE)
        upgrade()
        assert f"session 1: tutor {TUTOR}, student {STUDENT}" in capfd.readouterr().err
        assert rows(app, BOOKED) == []
        assert rows(app, PUT_ASIDE) == [(1, TUTOR, STUDENT)]


OF_NO_LENGTH = (
    "UPDATE sessions SET end_time = start_time WHERE id = 1",
    "UPDATE session_bookings SET ends_at = starts_at + interval '1 day' WHERE session_id = 1",
)
# Later on the same day, so that the one of no length has kept it from holding its time.
KEPT_FROM_HOLDING = (
    "INSERT INTO sessions (enrolled_courses_id, session_date, start_time, end_time) "
    "SELECT enrolled_courses_id, session_date, '15:00', '16:00' FROM sessions",
    "INSERT INTO session_bookings "
    "(session_id, enrolled_courses_id, tutor_id, student_id, starts_at, ends_at, timezone, held) "
    "SELECT 2, enrolled_courses_id, tutor_id, student_id, starts_at + interval '5 hours', "
    "starts_at + interval '6 hours', timezone, false FROM session_bookings",
)
HOLDING = "SELECT session_id FROM session_bookings WHERE held"


def test_a_session_of_no_length_that_was_booked_before_is_put_aside() -> None:
    with one_older_session() as app:
        before = older_sessions(app)
        upgrade(revision="0008")
        execute(app, *OF_NO_LENGTH, *KEPT_FROM_HOLDING)
        assert rows(app, HOLDING) == [(1,)]
        upgrade()
        assert rows(app, PUT_ASIDE) == [(1, TUTOR, STUDENT)]
        assert rows(app, HOLDING) == [(2,)]
        execute(app, "DELETE FROM sessions")
        downgrade(revision="0001")
        execute(app, "UPDATE tutor_sessions SET end_time = '11:00'")
        assert older_sessions(app) == before


def test_a_session_of_no_length_that_somebody_changed_stays_and_holds_no_time() -> None:
    with one_older_session(revision="0008") as app:
        execute(app, *OF_NO_LENGTH, "UPDATE session_bookings SET version = 2", *KEPT_FROM_HOLDING)
        upgrade()
        assert rows(app, PUT_ASIDE) == []
        assert rows(app, HOLDING) == [(2,)]
