"""Secret addresses of calendars."""

import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from user_service.models import CalendarFeed, db

Join = Callable[..., Any]
PATH = "/api/calendar/feed"


def issue(client: FlaskClient, member: Any) -> str:
    """The token in a new address."""
    response = client.post(PATH, headers=member.headers)
    url: str = response.json["url"]
    assert url.startswith("http://lyceum.test/api/calendar/")
    assert url.endswith(response.headers["Location"])
    return url.rpartition("/")[2].removesuffix(".ics")


def owner(client: FlaskClient, token: str) -> Any:
    digest = hashlib.sha256(token.encode()).hexdigest()
    return client.get(f"/internal/calendar-feeds/{digest}", peer="gateway").json.get("user_id")


def test_an_address_leads_to_its_owner(client: FlaskClient, join: Join) -> None:
    ruth, boaz = join("ruth"), join("boaz")
    tokens = {person.id: issue(client, person) for person in (ruth, boaz)}
    assert {user_id: owner(client, token) for user_id, token in tokens.items()} == {
        person.id: str(person.id) for person in (ruth, boaz)
    }


def test_a_new_address_revokes_the_old_one(client: FlaskClient, join: Join) -> None:
    ruth = join("ruth")
    old, new = issue(client, ruth), issue(client, ruth)
    assert (owner(client, old), owner(client, new)) == (None, str(ruth.id))


def test_an_address_can_be_revoked_any_number_of_times(client: FlaskClient, join: Join) -> None:
    ruth = join("ruth")
    token = issue(client, ruth)
    assert [client.delete(PATH, headers=ruth.headers).status_code for _ in range(2)] == [204, 204]
    assert owner(client, token) is None


def test_a_deleted_account_has_no_calendar_address(client: FlaskClient, join: Join) -> None:
    ruth = join("ruth")
    token = issue(client, ruth)
    client.delete("/api/users/me", json={"password": ruth.password}, headers=ruth.headers)
    assert owner(client, token) is None
    assert client.post(PATH, headers=ruth.headers).status_code == 401


def test_the_token_is_nowhere_but_in_the_address(
    app: Flask, client: FlaskClient, join: Join
) -> None:
    token = issue(client, join("ruth"))
    with app.app_context():
        assert (
            db.session.scalar(select(CalendarFeed.token_hash))
            == hashlib.sha256(token.encode()).digest()
        )


@pytest.mark.parametrize("digest", ["x", "00", "a" * 63, "0" * 64, "%C3%A9"])
def test_an_unknown_or_malformed_hash_is_not_found(client: FlaskClient, digest: str) -> None:
    assert client.get(f"/internal/calendar-feeds/{digest}", peer="gateway").status_code == 404
