"""A session expires when nothing happened for more than 30 days, for every reader alike."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from assessment_service import expiry
from assessment_service.models import messages
from chassis import testing
from chassis.messaging.worker import Sweep, run_sweep

RUTH = testing.a_user("ruth")
BEGAN = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(BEGAN, tick=False) as traveller:
        yield traveller


def sweep(app: Flask) -> int:
    with app.app_context():
        return run_sweep(messages, Sweep("expiry", every=1, run=expiry.close_expired))


@pytest.mark.parametrize(
    ("age", "alive"),
    [(expiry.LIFETIME - SECOND, True), (expiry.LIFETIME, True), (expiry.LIFETIME + SECOND, False)],
    ids=["a second before", "exactly", "a second after"],
)
def test_all_readers_agree_when_a_session_expires(
    app: Flask,
    client: FlaskClient,
    begin: Any,
    clock: time_machine.Traveller,
    age: timedelta,
    alive: bool,
) -> None:
    taker = begin(RUTH)
    clock.move_to(BEGAN + age)
    validated = taker.look("/validate").json
    assert (validated["valid"], validated["reason"]) == (
        (True, None) if alive else (False, "expired")
    )
    state = "active" if alive else "expired"
    assert validated["session"]["status"] == state
    assert taker.look().json["session"]["status"] == state
    for status in ("active", "expired"):
        listed = client.get(f"/api/v2/session?status={status}", user=RUTH).json["items"]
        assert len(listed) == (status == state)
    assert sweep(app) == (0 if alive else 1)
    assert taker.look("/validate").json["valid"] == alive
    assert taker.answer("truth").status_code == (200 if alive else 410)


def test_an_answer_gives_a_session_thirty_more_days(
    begin: Any, clock: time_machine.Traveller
) -> None:
    taker = begin()
    clock.move_to(BEGAN + expiry.LIFETIME - SECOND)
    taker.answer("truth")
    clock.move_to(BEGAN + 2 * expiry.LIFETIME - SECOND)
    assert taker.look("/validate").json["valid"]
    clock.move_to(BEGAN + 2 * expiry.LIFETIME)
    assert not taker.look("/validate").json["valid"]


def test_turning_a_page_counts_as_activity(begin: Any, clock: time_machine.Traveller) -> None:
    taker = begin()
    clock.move_to(BEGAN + expiry.LIFETIME)
    taker.turn_to(taker.version.page_ids["second"])
    clock.move_to(BEGAN + 2 * expiry.LIFETIME)
    assert taker.look("/validate").json["valid"]


@pytest.mark.parametrize("swept", [False, True])
def test_an_expired_session_stays_readable_but_takes_no_changes(
    app: Flask, client: FlaskClient, begin: Any, clock: time_machine.Traveller, swept: bool
) -> None:
    taker = begin()
    taker.answer("truth")
    clock.move_to(BEGAN + expiry.LIFETIME + SECOND)
    if swept:
        sweep(app)
    assert taker.answers == {"truth": True}
    refused = [
        taker.answer("number"),
        taker.turn_to(taker.version.page_ids["second"]),
        taker.do("abandon"),
        taker.do("complete"),
        client.post(f"/api/v2/session/{taker.session_id}/claim", user=RUTH),
    ]
    assert [(a.status_code, a.json["code"]) for a in refused] == [(410, "session_expired")] * 5
    assert taker.look("/result").status_code == 409


@pytest.mark.parametrize("swept", [False, True])
def test_an_expired_session_does_not_prevent_a_new_one(
    app: Flask, begin: Any, clock: time_machine.Traveller, swept: bool
) -> None:
    old = begin(RUTH)
    clock.move_to(BEGAN + expiry.LIFETIME + SECOND)
    if swept:
        sweep(app)
    new = begin(RUTH)
    assert new.session_id != old.session_id
    assert old.look("/validate").json["reason"] == "expired"


def test_a_completed_or_abandoned_session_does_not_expire(
    app: Flask, begin: Any, clock: time_machine.Traveller
) -> None:
    completed, abandoned = begin(), begin()
    completed.answer_all()
    completed.do("complete")
    abandoned.do("abandon")
    clock.move_to(BEGAN + 2 * expiry.LIFETIME)
    assert sweep(app) == 0
    assert completed.look("/validate").json["reason"] == "completed"
    assert abandoned.look("/validate").json["reason"] == "abandoned"
