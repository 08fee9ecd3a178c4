"""The statistics that authors see, on the wire."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from assessment_service import erasure, expiry, idle_sessions, statistics
from assessment_service.models import AnswerTally, QuestionAnswer, db, messages
from chassis import testing
from chassis.data.db import transaction
from chassis.messaging.worker import Sweep, run_sweep

ESTHER = testing.a_user("esther", "author")
BEGAN = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(BEGAN, tick=False) as traveller:
        yield traveller


def figures(client: FlaskClient, query: str = "") -> dict[str, Any]:
    answer = client.get(f"/api/v2/assessments/everything/statistics{query}", user=ESTHER)
    assert answer.status_code == 200, answer.json
    return answer.json


def times(found: dict[str, Any], key: str) -> dict[str, int]:
    [question] = [question for question in found["questions"] if question["key"] == key]
    return {
        choice["choice"]: choice["times"] for choice in question["distribution"] if choice["times"]
    }


def count_closed(app: Flask) -> int:
    with app.app_context():
        return run_sweep(messages, Sweep("tallies", every=1, run=statistics.count_closed))


def test_figures_are_empty_before_the_first_session(client: FlaskClient, publish: Any) -> None:
    publish(author=ESTHER)
    found = figures(client)
    assert (found["started"], found["completed_percent"], found["median_seconds"]) == (
        0,
        None,
        None,
    )
    assert {question["answered"] for question in found["questions"]} == {0}


def test_sessions_are_counted_by_their_state(
    client: FlaskClient, begin: Any, publish: Any, clock: time_machine.Traveller
) -> None:
    version = publish(author=ESTHER)
    forgotten = begin(version=version)
    clock.move_to(BEGAN + expiry.LIFETIME)
    begin(version=version)
    begin(version=version).do("abandon")
    for minutes in (1, 2, 9):
        taker = begin(version=version)
        taker.answer_all()
        clock.shift(timedelta(minutes=minutes))
        taker.do("complete")
    found = figures(client)
    assert forgotten.look("/validate").json["reason"] == "expired"
    assert found["sessions"] == {
        "active": 1,
        "completed": 3,
        "user_abandoned_not_completed": 1,
        "expired": 1,
    }
    assert (found["started"], found["completed_percent"], found["median_seconds"]) == (6, 50.0, 120)


def test_figures_are_the_same_before_and_after_the_tally(
    app: Flask, client: FlaskClient, begin: Any, publish: Any
) -> None:
    version = publish(author=ESTHER)
    people = [testing.a_user(name) for name in ("ruth", "boaz", "naomi")]
    takers = [begin(user, version) for user in people]
    for taker in takers:
        taker.answer_all()
    takers[0].answer("multiple", ["c"])
    takers[0].do("complete")
    takers[1].do("abandon")
    before = figures(client)
    assert times(before, "multiple") == {"a": 2, "b": 2, "c": 1}
    assert times(before, "ordering") == {"1:b": 3, "2:c": 3, "3:a": 3}
    assert times(before, "number") == {"7": 3}
    [likert] = [q for q in before["questions"] if q["key"] == "likert"]
    assert likert["answered"] == 3
    assert likert["distribution"][3] == {
        "choice": "4",
        "label": "4",
        "times": 3,
        "chosen_percent": 100.0,
    }
    assert times(before, "words") == {}
    assert count_closed(app) == 2
    assert count_closed(app) == 0
    assert figures(client) == before
    takers[2].answer("likert", 5)
    assert times(figures(client), "likert") == {"4": 2, "5": 1}


@pytest.mark.usefixtures("race_round")
def test_concurrent_tallies_count_every_answer_once(
    app: Flask, client: FlaskClient, begin: Any, publish: Any
) -> None:
    version = publish(author=ESTHER)
    for _ in range(10):
        taker = begin(version=version)
        taker.answer_all()
        taker.do("complete")
    before = figures(client)

    def tally() -> None:
        with app.app_context(), transaction(db.session):
            statistics.count_closed()

    testing.race([tally] * 6)
    assert figures(client) == before
    with app.app_context():
        assert db.session.scalar(db.select(db.func.max(AnswerTally.times))) == 10


def test_figures_are_those_of_one_version(client: FlaskClient, begin: Any, publish: Any) -> None:
    begin(version=publish(author=ESTHER)).answer("truth")
    publish(author=ESTHER, title="Second")
    assert figures(client)["started"] == 0
    assert figures(client, "?version=1")["started"] == 1
    assert (
        client.get("/api/v2/assessments/everything/statistics?version=3", user=ESTHER).status_code
        == 404
    )


def test_figures_stay_when_people_are_erased(
    app: Flask, client: FlaskClient, begin: Any, publish: Any
) -> None:
    version = publish(author=ESTHER)
    ruth = testing.a_user("ruth")
    for tallied in (True, False):
        taker = begin(ruth, version)
        taker.answer_all()
        taker.do("complete")
        if tallied:
            count_closed(app)
    before = figures(client)
    with app.app_context(), transaction(db.session):
        erasure.erase(ruth.id)
    assert figures(client) == before
    with app.app_context():
        assert db.session.scalars(db.select(QuestionAnswer)).all() == []


def test_figures_name_no_person(client: FlaskClient, begin: Any, publish: Any) -> None:
    version = publish(author=ESTHER)
    taker = begin(testing.a_user("ruth"), version)
    taker.answer("words", "My own words.")
    shown = str(figures(client))
    assert str(taker.user.id) not in shown
    assert taker.session_id not in shown
    assert "My own words." not in shown


def test_figures_need_no_more_queries_for_more_sessions(
    app: Flask, client: FlaskClient, begin: Any, publish: Any
) -> None:
    def statements() -> int:
        with testing.count_queries(app) as sent:
            figures(client)
        return len(sent)

    version = publish(author=ESTHER)
    begin(version=version).answer_all()
    few = statements()
    for _ in range(5):
        begin(version=version).answer_all()
    assert statements() == few


def delete_idle(app: Flask) -> int:
    with app.app_context():
        return run_sweep(messages, Sweep("idle-sessions", every=1, run=idle_sessions.delete_idle))


def test_idle_sessions_without_an_owner_are_deleted_and_still_counted(
    app: Flask, client: FlaskClient, begin: Any, publish: Any, clock: time_machine.Traveller
) -> None:
    version = publish(author=ESTHER)
    takers = [begin(version=version) for _ in range(4)]
    owned = begin(testing.a_user("ruth"), version)
    for taker in takers:
        taker.answer_all()
    left, abandoned, completed, returned = takers
    abandoned.do("abandon")
    completed.do("complete")
    clock.move_to(BEGAN + expiry.LIFETIME)
    returned.answer("likert", 5)
    assert delete_idle(app) == 0
    clock.shift(timedelta(seconds=1))
    before = figures(client)
    assert before["sessions"]["user_abandoned_not_completed"] == before["started"] - 4 == 1
    assert delete_idle(app) == 2
    assert figures(client) == before
    assert [taker.look().status_code for taker in (left, abandoned)] == [404, 404]
    assert [taker.look().status_code for taker in (completed, returned, owned)] == [200] * 3


def test_idle_sessions_are_deleted_in_batches_and_added_up(
    app: Flask,
    client: FlaskClient,
    begin: Any,
    publish: Any,
    clock: time_machine.Traveller,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(idle_sessions, "BATCH", 2)
    version = publish(author=ESTHER)
    for _ in range(5):
        begin(version=version).answer("likert", 4)
    clock.move_to(BEGAN + expiry.LIFETIME + timedelta(seconds=1))
    assert delete_idle(app) == 5
    found = figures(client)
    assert (found["sessions"]["expired"], times(found, "likert")) == (5, {"4": 5})


def test_the_search_for_idle_sessions_reads_an_index(app: Flask) -> None:
    with app.app_context(), transaction(db.session):
        db.session.execute(text("SET LOCAL enable_seqscan = off"))
        search = idle_sessions.idle_before(BEGAN)
        written = search.compile(db.engine, compile_kwargs={"literal_binds": True})
        plan = db.session.scalars(text(f"EXPLAIN {written}")).all()
    assert any("idx_student_responses_ownerless" in line for line in plan)
