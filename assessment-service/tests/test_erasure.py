"""What is left of a person whose account is deleted."""

from typing import Any
from uuid import uuid4

import pytest
import redis
from flask import Flask
from flask.testing import FlaskClient

from assessment_service import erasure
from assessment_service.models import db
from chassis import testing
from chassis.clock import now, rfc3339
from chassis.data.db import transaction
from chassis.messaging.messages import Event

CANARY = "a sentence no one else would write"


def delete(app: Flask, user: testing.User) -> None:
    event = Event(uuid4(), "user.deleted", "user-service", str(user.id), 2, now(), user.id, {})
    with app.app_context(), transaction(db.session):
        erasure.on_user_deleted(event)


def everything_stored(app: Flask) -> str:
    with app.app_context():
        tables = db.metadata.sorted_tables
        return "".join(str(db.session.execute(table.select()).all()) for table in tables)


def test_nothing_is_left_of_a_deleted_person(
    app: Flask, client: FlaskClient, begin: Any, publish: Any
) -> None:
    ruth, boaz = testing.a_user("ruth", "author"), testing.a_user("boaz")
    own, other = begin(ruth), begin(boaz, publish("another"))
    own.answer("words", CANARY)
    other.answer("words", "Something else.")
    body = {"slug": "hers", "definition": {"title": CANARY}}
    client.post("/api/v2/assessments", json=body, headers={"Idempotency-Key": "k"}, user=ruth)
    assert CANARY in everything_stored(app)
    delete(app, ruth)
    delete(app, ruth)
    left = everything_stored(app)
    assert CANARY not in left
    assert str(ruth.id) not in left
    assert own.session_id not in left
    assert own.look("/validate").json["reason"] == "not_found"
    assert other.answers == {"words": "Something else."}
    assert client.get(f"/api/v2/xp/{ruth.id}").json["total_xp"] == 0


def test_the_assessments_of_a_deleted_author_stay_without_their_draft(
    app: Flask, client: FlaskClient, publish: Any
) -> None:
    esther = testing.a_user("esther", "author")
    publish("hers", esther)
    client.post("/api/v2/assessments/hers/draft", user=esther)
    delete(app, esther)
    assert client.get("/api/v2/assessments/hers").status_code == 200
    assert client.get("/api/v2/assessments/hers/draft", user=esther).status_code == 404
    assert str(esther.id) not in everything_stored(app)


def test_a_user_deleted_event_erases_the_person(app: Flask, begin: Any) -> None:
    ruth = testing.a_user("ruth")
    taker = begin(ruth)
    taker.answer("words", CANARY)
    event = {
        "id": str(uuid4()),
        "type": "user.deleted",
        "schema_version": 1,
        "source": "user-service",
        "aggregate_id": str(ruth.id),
        "aggregate_version": 2,
        "occurred_at": rfc3339(now()),
        "actor": None,
        "data": {},
    }
    with redis.Redis.from_url(testing.redis_url()) as connection:
        connection.xadd("events:user-service", testing.signed(event))
    with app.app_context():
        consumer = app.extensions["worker"].consumer
        assert (
            sum(consumer.consume(block=1) for _ in range(2)) == 1
        )  # the first call joins the group
    assert CANARY not in everything_stored(app)


def test_neither_the_session_id_nor_an_answer_is_in_the_logs(
    begin: Any, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    taker = begin()
    taker.answer("words", CANARY)
    taker.answer("likert", CANARY)
    taker.look("/validate")
    taker.do("complete")
    taker.do("abandon")
    taker.look("/result")
    logged = caplog.text + "".join(capfd.readouterr())
    assert "/api/v2/session/<session_id>/validate" in logged
    assert taker.session_id not in logged
    assert CANARY not in logged
