"""Changing the username, and keeping the former one."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from chassis import testing
from chassis.data.db import in_transaction
from user_service import usernames
from user_service.models import FormerUsername, db

from .support.emails import subjects, take_emails

Join = Callable[..., Any]
START = "2030-03-01T12:00:00Z"


def rename(client: FlaskClient, person: Any, username: str, **body: Any) -> Any:
    json = {"username": username, "password": person.password, **body}
    return client.put("/api/users/me/username", json=json, headers=person.headers)


def register(client: FlaskClient, username: str) -> Any:
    account = {"display_name": "Other", "password": "seventeen olive trees", "username": username}
    email = f"{username}-2@example.org"
    return client.post("/api/auth/register", json={**account, "email": email})


def log_in(client: FlaskClient, login: str, password: str) -> Any:
    return client.post("/api/auth/login", json={"login": login, "password": password})


def test_a_new_username_counts_at_once_and_the_owner_is_told(
    app: Flask, client: FlaskClient, join: Join
) -> None:
    ruth = join("ruth")
    take_emails(app)
    renamed = rename(client, ruth, "Ruth.Adler")
    assert (renamed.status_code, renamed.json["username"]) == (200, "ruth.adler")
    assert log_in(client, "ruth.adler", ruth.password).status_code == 200
    assert log_in(client, "ruth", ruth.password).status_code == 401
    assert "Your username was changed" in subjects(app)


def test_it_changes_once_in_thirty_days(client: FlaskClient, join: Join) -> None:
    with time_machine.travel(START, tick=False) as clock:
        ruth = join("ruth")
        assert rename(client, ruth, "ruth-1").status_code == 200
        refused = rename(client, ruth, "ruth-2")
        assert (refused.status_code, refused.json["code"]) == (409, "username_changed_lately")
        assert refused.json["available_at"] == "2030-03-31T12:00:00Z"
        assert rename(client, ruth, "ruth-1").status_code == 200, "that is no change"
        clock.shift(timedelta(days=30))
        token = log_in(client, "ruth-1", ruth.password).json["access_token"]
        json = {"username": "ruth-2", "password": ruth.password}
        bearer = {"Authorization": f"Bearer {token}"}
        again = client.put("/api/users/me/username", json=json, headers=bearer)
        assert again.status_code == 200


def test_the_former_name_is_kept_for_thirty_days(
    app: Flask, client: FlaskClient, join: Join
) -> None:
    with time_machine.travel(START, tick=False) as clock:
        ruth, boaz = join("ruth"), join("boaz")
        rename(client, ruth, "ruth-1")
        for taken in (register(client, "RUTH"), rename(client, boaz, "ruth")):
            assert (taken.status_code, taken.json["code"]) == (409, "username_taken")
        clock.shift(timedelta(days=30, seconds=1))
        with app.app_context():
            assert in_transaction(db.session, usernames.forget_expired) == 1
        assert register(client, "ruth").status_code == 201


def test_the_person_may_have_the_former_name_again(client: FlaskClient, join: Join) -> None:
    with time_machine.travel(START, tick=False) as clock:
        ruth = join("ruth")
        rename(client, ruth, "ruth-1")
        clock.shift(timedelta(days=29, hours=23, minutes=50))
        token = log_in(client, "ruth-1", ruth.password).json["access_token"]
        clock.shift(timedelta(minutes=10))
        json = {"username": "ruth", "password": ruth.password}
        bearer = {"Authorization": f"Bearer {token}"}
        back = client.put("/api/users/me/username", json=json, headers=bearer)
        assert back.json["username"] == "ruth"


@pytest.mark.usefixtures("race_round")
def test_a_name_given_up_at_this_moment_goes_to_no_one_else(
    app: Flask, client: FlaskClient, join: Join
) -> None:
    ruth = join("ruth")
    answers = testing.race(
        [
            lambda: rename(app.test_client(), ruth, "ruth-1"),
            lambda: register(app.test_client(), "ruth"),
        ]
    )
    assert [answer.status_code for answer in answers] == [200, 409]


@pytest.mark.parametrize("name", ["boaz", "BOAZ"])
def test_a_taken_name_is_refused(client: FlaskClient, join: Join, name: str) -> None:
    ruth, _ = join("ruth"), join("boaz")
    assert rename(client, ruth, name).json["code"] == "username_taken"


@pytest.mark.parametrize("name", ["ab", "a b", "support", "x" * 51, "ruth@x"])
def test_a_bad_name_is_named(client: FlaskClient, join: Join, name: str) -> None:
    answer = rename(client, join("ruth"), name)
    assert answer.status_code == 422
    assert answer.json["errors"][0]["pointer"] == "/username"


def test_the_password_is_asked_for(client: FlaskClient, join: Join) -> None:
    refused = rename(client, join("ruth"), "ruth-1", password="a guess")
    assert (refused.status_code, refused.json["code"]) == (403, "wrong_password")


def test_former_names_are_erased_with_the_person(
    app: Flask, client: FlaskClient, join: Join
) -> None:
    ruth = join("ruth")
    rename(client, ruth, "ruth-1")
    client.delete("/api/users/me", json={"password": ruth.password}, headers=ruth.headers)
    with app.app_context():
        assert db.session.scalars(select(FormerUsername)).all() == []
