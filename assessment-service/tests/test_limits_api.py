"""How often, how soon and for how long an assessment may be taken."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from assessment_service import completion, expiry
from assessment_service.models import messages
from chassis import testing
from chassis.messaging.worker import Sweep, run_sweep

RUTH, BOAZ = testing.a_user("ruth"), testing.a_user("boaz")
BEGAN = datetime(2026, 3, 1, 12, tzinfo=UTC)
LIMIT = timedelta(minutes=10)
SECOND = timedelta(seconds=1)
WITHOUT_BANDS = [
    {"key": "points", "title": "Points", "bands": []},
    {"key": "mood", "title": "Mood"},
]


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(BEGAN, tick=False) as traveller:
        yield traveller


def start(client: FlaskClient, user: testing.User = RUTH, **body: object):
    return client.post("/api/v2/session/start", json=body, user=user)


def sweep(app: Flask) -> int:
    with app.app_context():
        return run_sweep(messages, Sweep("overdue", every=1, run=completion.finish_overdue))


def test_every_session_counts_as_an_attempt(client: FlaskClient, publish: Any) -> None:
    publish(audience="members", max_attempts=2)
    assert start(client).json["attempt"] == 1
    assert start(client, start_fresh=True).json["attempt"] == 2
    refused = start(client, start_fresh=True)
    assert (refused.status_code, refused.json["code"]) == (409, "no_attempts_left")
    assert start(client, BOAZ).json["attempt"] == 1


def test_a_refused_fresh_start_does_not_abandon_the_open_session(
    client: FlaskClient, publish: Any
) -> None:
    publish(audience="members", max_attempts=1)
    session_id = start(client).json["session_id"]
    start(client, start_fresh=True)
    assert client.get(f"/api/v2/session/{session_id}/validate", user=RUTH).json["valid"]


def test_the_next_attempt_has_to_wait_after_a_completed_one(
    begin: Any, client: FlaskClient, publish: Any, clock: time_machine.Traveller
) -> None:
    taker = begin(RUTH, publish(audience="members", hours_between_attempts=24))
    taker.answer_all()
    taker.do("complete")
    clock.move_to(BEGAN + timedelta(hours=24) - SECOND)
    refused = start(client)
    assert (refused.status_code, refused.json["code"]) == (409, "too_early")
    allowed = "2026-03-02T12:00:00Z"
    assert (refused.json["earliest"], refused.json["retry_at"]) == (allowed, allowed)
    clock.move_to(BEGAN + timedelta(hours=24))
    assert start(client).status_code == 201


def test_answers_are_accepted_until_the_end_of_the_grace_period(
    begin: Any, publish: Any, clock: time_machine.Traveller
) -> None:
    taker = begin(version=publish(dimensions=WITHOUT_BANDS, time_limit_minutes=10))
    assert taker.look().json["session"]["ends_at"] == "2026-03-01T12:10:00Z"
    clock.move_to(BEGAN + LIMIT + expiry.GRACE)
    assert taker.answer("truth").status_code == 200
    clock.move_to(BEGAN + LIMIT + expiry.GRACE + SECOND)
    refused = taker.answer("number")
    assert (refused.status_code, refused.json["code"]) == (409, "deadline_passed")
    assert refused.json["deadline"] == "2026-03-01T12:10:00Z"
    assert taker.answers == {"truth": True}


def test_resuming_a_session_does_not_extend_its_time_limit(
    begin: Any, publish: Any, clock: time_machine.Traveller
) -> None:
    taker = begin(version=publish(dimensions=WITHOUT_BANDS, time_limit_minutes=10))
    clock.move_to(BEGAN + LIMIT / 2)
    taker.turn_to(taker.version.page_ids["second"])
    assert taker.look().json["session"]["ends_at"] == "2026-03-01T12:10:00Z"


@pytest.mark.parametrize("by_hand", [True, False])
def test_an_overdue_session_is_scored_by_the_answers_it_has(
    app: Flask, begin: Any, publish: Any, clock: time_machine.Traveller, by_hand: bool
) -> None:
    taker = begin(RUTH, publish(dimensions=WITHOUT_BANDS, time_limit_minutes=10))
    taker.answer("single", "a")
    assert taker.do("complete").json["code"] == "answers_missing"
    clock.move_to(BEGAN + LIMIT + expiry.GRACE + SECOND)
    if by_hand:
        assert taker.do("complete").status_code == 200
    assert sweep(app) == (0 if by_hand else 1)
    result = taker.look("/result").json
    assert result["session"]["completed_at"] == "2026-03-01T12:10:30Z"
    assert result["session"]["ends_at"] == "2026-03-01T12:10:30Z"
    assert result["session"]["progress"]["percentage"] == 100.0
    points, mood = result["dimensions"]
    # 2 of -2..10: what was not reached earned nothing
    assert (points["score"], points["reached_percent"], points["questions_counted"]) == (2, 33.3, 1)
    assert (mood["score"], mood["reached_percent"], mood["rank"]) == (None, None, None)


def test_an_overdue_session_is_completed_before_the_next_begins(
    begin: Any, client: FlaskClient, publish: Any, clock: time_machine.Traveller
) -> None:
    old = begin(RUTH, publish(dimensions=WITHOUT_BANDS, time_limit_minutes=10))
    old.answer("single", "a")
    clock.move_to(BEGAN + LIMIT + expiry.GRACE + SECOND)
    assert start(client, start_fresh=True).json["attempt"] == 2
    assert old.look("/validate").json["reason"] == "completed"
