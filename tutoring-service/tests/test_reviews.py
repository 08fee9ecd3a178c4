"""What counts in a tutor's rating, as the rule reads it."""

from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import text
from sqlalchemy.dialects import postgresql

from chassis.data.db import in_transaction
from chassis.testing import a_user, count_queries
from tutoring_service import erasure, ratings
from tutoring_service.models import db


def reviewed(school: Any, rating: int, **wanted: Any) -> None:
    """A session that was held, with a review by the student."""
    done = school.held(**wanted)
    body = {"rating": rating}
    assert school.act(done, "reviews", body, school.student).status_code == 201


def rating_of(app: Flask, tutor_id: UUID) -> tuple[float | None, int]:
    with app.app_context():
        rating = ratings.rating_of(tutor_id)
    return rating.average, rating.count


def test_sessions_of_the_older_application_took_as_long_as_planned(app: Flask, school: Any) -> None:
    reviewed(school, 4)
    reviewed(school, 1, session_date="2030-01-15", end_time="10:10", minutes=30)
    with app.app_context():
        db.session.execute(
            text("UPDATE session_bookings SET started_at = NULL, completed_at = NULL")
        )
        db.session.commit()
    assert rating_of(app, school.tutor.id) == (4.0, 1), "ten minutes are too few"


def test_a_deleted_student_counts_once_as_before(app: Flask, school: Any) -> None:
    reviewed(school, 5)
    reviewed(school, 3, session_date="2030-01-15")
    with app.app_context():
        in_transaction(db.session, lambda: erasure.erase(school.student.id))
    assert rating_of(app, school.tutor.id) == (3.0, 1)


def test_a_rating_takes_one_statement_for_any_number_of_reviews(app: Flask, school: Any) -> None:
    for day in range(10, 14):
        reviewed(school, 5, session_date=f"2030-01-{day}")
        with count_queries(app) as statements:
            assert rating_of(app, school.tutor.id) == (5.0, 1)
        assert len(statements) == 1
    assert rating_of(app, a_user("hillel").id) == (None, 0)


def test_a_rating_is_read_by_the_index_on_tutors(app: Flask) -> None:
    with app.app_context():
        # Of few rows PostgreSQL would read all, whatever indexes there are.
        db.session.execute(text("SET LOCAL enable_seqscan = off"))
        db.session.execute(text("SET LOCAL enable_bitmapscan = off"))
        # Or begin with the bookings, if statistics were taken while there were as few of them.
        db.session.execute(text("SET LOCAL enable_nestloop = off"))
        # Or read the whole of another index. They are back after the rollback.
        db.session.execute(text("ALTER TABLE reviews DROP CONSTRAINT reviews_pkey CASCADE"))
        db.session.execute(text("DROP INDEX reviews_author_key, idx_reviews_author"))
        bound = ratings.RATING.params(tutor_id=UUID(int=1))
        options = {"literal_binds": True}
        statement = bound.compile(dialect=postgresql.dialect(), compile_kwargs=options)
        plan = "\n".join(db.session.scalars(text(f"EXPLAIN {statement}")))
        db.session.rollback()
    assert "idx_reviews_tutor" in plan
    assert "Seq Scan" not in plan
