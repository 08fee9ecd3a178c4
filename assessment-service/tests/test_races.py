"""Concurrent calls: one session stays open, XP is earned once, a closed session takes no answer."""

import random
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text, update

from assessment_service import expiry
from assessment_service.models import AssessmentSession, db
from chassis import testing
from chassis.clock import now

MANY = 30

# Each query finds rows that must not be there.
INVARIANTS = {
    "counters": """
        SELECT id FROM student_responses AS session
        WHERE questions_answered <> (SELECT count(*) FROM xp_awards WHERE response_id = session.id)
        OR total_xp <> (SELECT COALESCE(sum(amount), 0) FROM xp_awards WHERE response_id = session.id)
        OR questions_answered
            <> (SELECT count(*) FROM question_answers WHERE response_id = session.id)
    """,
    "one open": """
        SELECT user_id FROM student_responses
        WHERE status = 'active' AND expired_at IS NULL AND user_id IS NOT NULL
        GROUP BY user_id, assessment_id HAVING count(*) > 1
    """,
    "no answer after the end": """
        SELECT session.id FROM student_responses AS session
        JOIN question_answers ON response_id = session.id
        WHERE question_answers.created_at > session.completed_at
    """,
}


def broken(app: Flask) -> dict[str, list[object]]:
    """The invariants that do not hold, with the rows that break them."""
    with app.app_context():
        found = {name: list(db.session.scalars(text(query))) for name, query in INVARIANTS.items()}
    return {name: rows for name, rows in found.items() if rows}


@pytest.mark.usefixtures("race_round")
def test_thirty_concurrent_starts_begin_one_session_and_all_name_it(
    app: Flask, client: FlaskClient, publish: Any
) -> None:
    publish()
    ruth = testing.a_user("ruth")

    def start() -> tuple[int, str]:
        answer = app.test_client().post("/api/v2/session/start", user=ruth)
        return answer.status_code, answer.json["session_id"]

    answers = testing.race([start] * MANY)
    assert Counter(status for status, _ in answers) == {201: 1, 409: MANY - 1}
    assert len({session_id for _, session_id in answers}) == 1
    assert broken(app) == {}


@pytest.mark.usefixtures("race_round")
def test_concurrent_fresh_starts_never_exceed_the_attempts(
    app: Flask, client: FlaskClient, publish: Any
) -> None:
    publish(audience="members", max_attempts=5)
    ruth = testing.a_user("ruth")

    def start() -> int:
        return (
            app.test_client()
            .post("/api/v2/session/start", json={"start_fresh": True}, user=ruth)
            .status_code
        )

    assert Counter(testing.race([start] * 20)) == {201: 5, 409: 15}
    assert broken(app) == {}


@pytest.mark.usefixtures("race_round")
def test_thirty_answers_to_one_question_earn_its_xp_once(app: Flask, begin: Any) -> None:
    taker = begin()
    answers = testing.race([partial(taker.answer, "likert", 1 + i % 5) for i in range(MANY)])
    assert {answer.status_code for answer in answers} == {200}
    assert sum(answer.json["xp_gained"] for answer in answers) == 10
    assert taker.look("/validate").json["progress"]["total_xp"] == 10
    assert broken(app) == {}


def test_the_latest_answer_stays_in_whatever_order_answers_arrive(
    app: Flask, begin: Any, race_round: int
) -> None:
    taker = begin()
    keys = ["likert", "slider", "single", "truth", "number"]
    values = {
        "likert": [1, 2, 3],
        "slider": [0, 10, 20],
        "single": ["a", "b", "c"],
        "truth": [True, False, True],
        "number": [1, 2, 3],
    }
    sent = [(key, seq) for key in keys for seq in range(3)]
    random.Random(race_round).shuffle(sent)
    answers = testing.race(
        [partial(taker.answer, key, values[key][seq], client_seq=seq) for key, seq in sent]
    )
    assert {answer.status_code for answer in answers} <= {200, 409}
    assert taker.answers == {key: values[key][2] for key in keys}
    assert broken(app) == {}


def complete(taker: Any) -> int:
    return taker.do("complete").status_code


def abandon(taker: Any) -> int:
    return taker.do("abandon").status_code


def start_fresh(taker: Any) -> int:
    body = {"assessment": taker.version.slug, "start_fresh": True}
    return taker.call("POST", "session/start", json=body).status_code


@pytest.mark.parametrize("close", [complete, abandon, start_fresh])
def test_an_answer_is_saved_before_the_session_closes_or_refused(
    app: Flask, begin: Any, close: Callable[[Any], int], race_round: int
) -> None:
    taker = begin(testing.a_user("ruth"))
    taker.answer_all()
    works: list[Callable[[], int]] = [
        lambda value=value: taker.answer("words", value).status_code
        for value in map(str, range(12))
    ]
    works.insert(race_round % len(works), lambda: close(taker))
    statuses = testing.race(works)
    closed = statuses.pop(race_round % len(works[:-1]))
    assert closed in {200, 201}
    assert set(statuses) <= {200, 409}
    acknowledged = {str(value) for value, status in enumerate(statuses) if status == 200}
    assert taker.answers["words"] in (acknowledged or {"Because."})
    assert taker.answer("words", "late").status_code == 409
    assert taker.answers["words"] != "late"
    assert broken(app) == {}


def test_an_answer_and_the_expiry_sweep_agree(app: Flask, begin: Any, race_round: int) -> None:
    taker = begin()
    with app.app_context():
        old = (
            now() - expiry.LIFETIME - timedelta(seconds=race_round % 2) + timedelta(milliseconds=20)
        )
        db.session.execute(update(AssessmentSession).values(last_activity=old))
        db.session.commit()

    def sweep() -> int:
        with app.app_context():
            expiry.close_expired()
            db.session.commit()
        return 0

    works: list[Callable[[], int]] = [lambda: taker.answer("likert").status_code] * 4 + [sweep] * 2
    statuses = set(testing.race(works)) - {0}
    assert len(statuses) >= 1
    assert statuses <= {200, 410}
    validated = taker.look("/validate").json
    assert validated["valid"] == (200 in statuses)
    assert validated["progress"]["questions_answered"] == (200 in statuses)


@pytest.mark.usefixtures("race_round")
def test_only_one_of_ten_concurrent_claims_succeeds(app: Flask, begin: Any) -> None:
    taker = begin()
    people = [testing.a_user(f"user{i}") for i in range(10)]

    def claim(user: testing.User) -> int:
        return (
            app.test_client()
            .post(f"/api/v2/session/{taker.session_id}/claim", user=user)
            .status_code
        )

    assert Counter(testing.race([partial(claim, user) for user in people])) == {200: 1, 404: 9}
