"""The schema: what migrations make of old rows, what the models say, and what the database refuses."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import text, update
from sqlalchemy.exc import IntegrityError

from chassis import testing
from study_session_service.models import StudySession, db

NEW = """
INSERT INTO study_sessions
    (host_id, title, subject, session_type, latitude, longitude, start_time, duration_minutes)
VALUES (gen_random_uuid(), 'Tanakh', 'Bible', 'silent', 31.778, 35.235, '2026-03-01T09:30Z', 90) RETURNING *
"""


def insert_and_set(**values: Any) -> None:
    """Insert a session with its defaults, then set these values."""
    session_id = db.session.execute(text(NEW)).one().id
    db.session.execute(update(StudySession).where(StudySession.id == session_id).values(values))


@pytest.fixture
def old_database() -> Iterator[None]:
    """A database as the first migration left it, with a session of each mode, in use by an application."""
    with testing.empty_database("study_session_service") as url:
        app = testing.application("study_session_service", url)
        with app.app_context():
            upgrade(revision="0001")
            for mode in ("in_person", "online", "hybrid"):
                session_id = db.session.execute(text(NEW)).one().id
                values = {"id": session_id, "mode": mode}
                db.session.execute(
                    text("UPDATE study_sessions SET mode = :mode WHERE id = :id"), values
                )
            db.session.commit()
            yield
        testing.close(app)


def rows_by_mode() -> dict[str, Any]:
    rows = db.session.execute(text("SELECT * FROM study_sessions")).all()
    found = {row.mode: row._asdict() for row in rows}
    db.session.rollback()
    return found


@pytest.mark.usefixtures("old_database")
def test_the_upgrade_spells_the_in_person_mode_with_a_hyphen() -> None:
    before = rows_by_mode()
    upgrade(revision="0002")
    after = rows_by_mode()
    assert after.keys() == {"in-person", "online", "hybrid"}
    assert after["in-person"] == {**before["in_person"], "mode": "in-person"}
    assert (after["online"], after["hybrid"]) == (before["online"], before["hybrid"])
    with pytest.raises(IntegrityError, match="study_sessions_mode_check"):
        db.session.execute(text("UPDATE study_sessions SET mode = 'in_person'"))
    db.session.rollback()


@pytest.mark.usefixtures("old_database")
def test_the_downgrade_restores_the_old_mode() -> None:
    before = rows_by_mode()
    upgrade(revision="0002")
    downgrade(revision="0001")
    assert rows_by_mode() == before


def test_a_row_with_only_the_required_columns_is_complete(in_app: Flask) -> None:
    row = db.session.execute(text(NEW)).one()
    assert (row.status, row.max_participants, row.current_participants) == ("starting-soon", 10, 0)
    assert (row.is_open, row.visibility, row.location_visibility) == (True, "public", "exact")
    assert row.mode == "in-person"
    assert (row.ends_at - row.start_time).total_seconds() == 90 * 60


SAY = "INSERT INTO chat_messages (session_id, user_id, content) SELECT id, host_id, 'Hi' FROM study_sessions"
JOIN = """
INSERT INTO session_participants (session_id, user_id, role)
SELECT id, host_id, 'participant' FROM study_sessions ON CONFLICT (session_id, user_id) DO NOTHING
"""
COUNT = "UPDATE study_sessions SET current_participants = current_participants + 1"


def test_the_statements_of_the_older_application_run(in_app: Flask) -> None:
    for statement in (NEW, JOIN, JOIN, COUNT, SAY, SAY):
        db.session.execute(text(statement))
    (session,) = db.session.execute(text("SELECT * FROM active_sessions_view")).all()
    assert (session.current_participants, session.last_seq) == (1, 2)
    (seat,) = db.session.execute(text("SELECT * FROM session_participants_view")).all()
    assert (seat.user_id, seat.is_active) == (session.host_id, True)
    numbers = text("SELECT seq FROM chat_messages ORDER BY seq")
    assert db.session.scalars(numbers).all() == [1, 2]


def test_messages_of_one_statement_get_a_number_each(in_app: Flask) -> None:
    db.session.execute(text(NEW))
    db.session.execute(text(f"{SAY}, generate_series(1, 3)"))
    assert db.session.scalars(text("SELECT seq FROM chat_messages")).all() == [1, 2, 3]
    assert db.session.scalar(text("SELECT last_seq FROM study_sessions")) == 3


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("study_sessions_latitude_check", {"latitude": 95}),
        ("study_sessions_longitude_check", {"longitude": 180.5}),
        ("study_sessions_session_type_check", {"session_type": "party"}),
        ("study_sessions_status_check", {"status": "paused"}),
        ("study_sessions_status_times_check", {"status": "finished"}),
        ("study_sessions_status_times_check", {"cancelled_at": "2026-03-01T09:00Z"}),
        ("study_sessions_duration_minutes_check", {"duration_minutes": 0}),
        ("study_sessions_current_participants_check", {"current_participants": -1}),
        ("study_sessions_capacity_check", {"current_participants": 11}),
        ("study_sessions_join_code_check", {"visibility": "private"}),
        ("study_sessions_approximate_location_check", {"location_visibility": "approximate"}),
    ],
)
def test_the_database_refuses_impossible_values(
    in_app: Flask, constraint: str, values: dict[str, Any]
) -> None:
    with pytest.raises(IntegrityError, match=constraint):
        insert_and_set(**values)


def test_a_finished_session_leaves_the_indexes_of_open_ones(in_app: Flask) -> None:
    insert_and_set(status="finished", started_at="2026-03-01T09:30Z", ended_at="2026-03-01T11:00Z")
    assert db.session.scalars(text("SELECT is_open FROM study_sessions")).all() == [False]
    assert db.session.execute(text("SELECT * FROM active_sessions_view")).all() == []


def test_a_coordinate_must_be_a_number(in_app: Flask) -> None:
    with pytest.raises(IntegrityError, match="study_sessions_latitude_check"):
        insert_and_set(latitude="NaN")


def test_the_expected_indexes_exist(in_app: Flask) -> None:
    expected = {
        "idx_sessions_host",
        "idx_sessions_status",
        "idx_sessions_time",
        "idx_sessions_location",
        "idx_participants_session",
        "idx_participants_user",
        "idx_participants_active",
        "idx_chat_session_time",
        "idx_chat_user",
        "session_participants_session_id_user_id_key",
    }
    assert expected <= set(
        db.session.scalars(text("SELECT indexname FROM pg_indexes WHERE schemaname = 'public'"))
    )


def test_sessions_that_are_ahead_get_the_reminders_that_are_yet_to_come() -> None:
    with testing.empty_database("study_session_service") as url:
        app = testing.application("study_session_service", url)
        with app.app_context():
            upgrade(revision="0011")
            for start in ("2 days", "1 hour", "-1 hour"):
                session_id = db.session.execute(text(NEW)).one().id
                moved = (
                    "UPDATE study_sessions SET start_time = now() + CAST(:start AS interval)"
                    " WHERE id = :id"
                )
                values = {"id": session_id, "start": start}
                db.session.execute(text(moved), values)
            db.session.commit()
            upgrade(revision="0013")
            rows = db.session.execute(
                text(
                    "SELECT minutes_before, extract(epoch FROM start_time - due_at)::int / 60"
                    " FROM session_reminders r JOIN study_sessions s ON s.id = session_id"
                    " ORDER BY start_time, minutes_before"
                )
            )
            assert [tuple(row) for row in rows] == [(15, 15), (1440, None), (15, 15), (1440, 1440)]
            db.session.rollback()
        testing.close(app)
