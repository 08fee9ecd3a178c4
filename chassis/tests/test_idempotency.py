"""The same Idempotency-Key has one effect and one answer."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from chassis import testing
from chassis.clock import now
from chassis.data.db import transaction
from chassis.data.stored_answers import forget_answers, purge_expired

from .support.notes import db

RUTH, BOAZ = testing.a_user("ruth"), testing.a_user("boaz")


def post(client: FlaskClient, title: str, key: str, user: testing.User = RUTH):
    return client.post(
        "/api/notes", json={"title": title}, headers={"Idempotency-Key": key}, user=user
    )


def test_a_repeated_request_gets_the_first_answer(client: FlaskClient) -> None:
    first, again = post(client, "a", "k"), post(client, "a", "k")
    assert (again.status_code, again.json, again.headers["ETag"]) == (
        201,
        first.json,
        first.headers["ETag"],
    )
    assert again.headers["Idempotency-Replayed"] == "true"
    assert len(client.get("/api/notes").json["items"]) == 1


@pytest.mark.usefixtures("race_round")
def test_twenty_concurrent_requests_have_one_effect(app: Flask, client: FlaskClient) -> None:
    answers = testing.race([lambda: post(app.test_client(), "a", "k")] * 20)
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json["id"] for answer in answers}) == 1
    assert len(client.get("/api/notes").json["items"]) == 1


def test_another_request_with_the_same_key_is_refused(client: FlaskClient) -> None:
    post(client, "a", "k")
    assert post(client, "b", "k").json["code"] == "idempotency_key_reused"


def test_equal_keys_of_different_people_are_independent(client: FlaskClient) -> None:
    post(client, "a", "k")
    assert "Idempotency-Replayed" not in post(client, "b", "k", BOAZ).headers


def test_a_failure_is_not_remembered(client: FlaskClient) -> None:
    assert post(client, "lost", "k").status_code == 404
    assert post(client, "a", "k").status_code == 201


def test_a_key_is_kept_for_a_day(client: FlaskClient) -> None:
    post(client, "a", "k")
    with time_machine.travel(now() + timedelta(hours=23, minutes=59)):
        assert post(client, "b", "k").status_code == 422
    with time_machine.travel(now() + timedelta(hours=24, seconds=1)):
        assert post(client, "b", "k").status_code == 201


def test_expired_answers_and_those_of_an_erased_person_are_deleted(
    app: Flask, client: FlaskClient
) -> None:
    post(client, "a", "k")
    with app.app_context(), transaction(db.session):
        assert purge_expired(db) == 0
        forget_answers(db, RUTH.id)
    post(client, "b", "k")
    with (
        time_machine.travel(now() + timedelta(hours=25)),
        app.app_context(),
        transaction(db.session),
    ):
        assert purge_expired(db) == 1


def test_a_key_that_is_too_long_or_has_a_space_is_refused(client: FlaskClient) -> None:
    assert post(client, "a", "k" * 256).status_code == 400
    assert post(client, "a", "a b").status_code == 400


def test_a_key_of_an_anonymous_caller_is_ignored(client: FlaskClient) -> None:
    headers = {"Idempotency-Key": "k"}
    first, again = (client.post("/api/notes/drafts", headers=headers) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json["id"] != again.json["id"]
    mine, mine_again = (
        client.post("/api/notes/drafts", headers=headers, user=RUTH) for _ in range(2)
    )
    assert mine.json == mine_again.json
