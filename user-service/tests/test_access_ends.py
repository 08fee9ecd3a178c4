"""Everything that lets somebody in as a person ends together."""

import re
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from chassis.data.personal_data import SECRETS
from user_service import access
from user_service.models import Base, db, messages

from .support.emails import reset_token, take_emails, token_in

Join = Callable[..., Any]
OPENING = re.compile(r"hash|token|secret|password|code|key")


class Held:
    """All that lets somebody in as a person: on this device, on another, by e-mail, by the calendar."""

    def __init__(self, app: Flask, client: FlaskClient, person: Any) -> None:
        self.app, self.client, self.person = app, client, person
        login = {"login": person.username, "password": person.password}
        self.elsewhere = client.post("/api/auth/login", json=login).json
        url = client.post("/api/calendar/feed", headers=person.headers).json["url"]
        self.feed = url.rpartition("/")[2].removesuffix(".ics")
        client.post("/api/auth/forgot-password", json={"email": person.email})
        self.reset = reset_token(app)

    def opens(self) -> dict[str, bool]:
        """What still lets somebody in. Asking uses some of it up."""
        refreshed = {
            name: self.client.post("/api/auth/refresh", json={"refresh_token": token}).status_code
            for name, token in (
                ("here", self.person.refresh_token),
                ("elsewhere", self.elsewhere["refresh_token"]),
            )
        }
        feed = f"/internal/calendar-feeds/{sha256(self.feed.encode()).hexdigest()}"
        body = {"token": self.reset, "password": "nineteen date palms"}
        return {
            **{name: status == 200 for name, status in refreshed.items()},
            "feed": self.client.get(feed, peer="gateway").status_code == 200,
            "device": self._device_is_known(),
            "reset": self.client.post("/api/auth/reset-password", json=body).status_code == 204,
        }

    def _device_is_known(self) -> bool:
        token = sha256(self.elsewhere["device_token"].encode()).digest()
        table = Base.metadata.tables["known_devices"]
        with self.app.app_context():
            return bool(db.session.execute(select(table).filter_by(token_hash=token)).all())


def change_password(client: FlaskClient, held: Held) -> Any:
    body = {"current_password": held.person.password, "new_password": "eighteen fig trees"}
    return client.put("/api/users/me/password", json=body, headers=held.person.headers)


def reset(client: FlaskClient, held: Held) -> Any:
    client.post("/api/auth/forgot-password", json={"email": held.person.email})
    body = {"token": reset_token(held.app), "password": "eighteen fig trees"}
    return client.post("/api/auth/reset-password", json=body)


def log_out_everywhere(client: FlaskClient, held: Held) -> Any:
    return client.post("/api/auth/logout-all", headers=held.person.headers)


def verify(client: FlaskClient, held: Held) -> Any:
    """On another device."""
    client.post("/api/auth/verify-email/resend", headers=held.person.headers)
    [message] = [m for m in take_emails(held.app) if m["Subject"].startswith("Verify")]
    return client.post("/api/auth/verify-email", json={"token": token_in(message)})


def delete(client: FlaskClient, held: Held) -> Any:
    body = {"password": held.person.password}
    return client.delete("/api/users/me", json=body, headers=held.person.headers)


NOTHING = {"here": False, "elsewhere": False, "feed": False, "device": False, "reset": False}


@pytest.mark.parametrize(
    ("end", "goes_on"),
    [
        (change_password, {"here": True}),
        (reset, {}),
        (log_out_everywhere, {}),
        (verify, {"here": True, "elsewhere": True}),
        (delete, {}),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_all_ends_that_lets_somebody_in(
    app: Flask, client: FlaskClient, join: Join, end: Any, goes_on: dict[str, bool]
) -> None:
    held = Held(app, client, join("ruth"))
    assert end(client, held).status_code in {202, 204}
    assert held.opens() == {**NOTHING, **goes_on}
    with app.app_context():
        types = db.session.scalars(select(messages.outbox.c.body["type"].astext)).all()
    assert "user.access_ended" in types, "the other services end their part"


def test_nothing_of_another_person_ends(app: Flask, client: FlaskClient, join: Join) -> None:
    held = Held(app, client, join("boaz"))
    log_out_everywhere(client, Held(app, client, join("ruth")))
    assert held.opens() == dict.fromkeys(NOTHING, True)


def test_every_table_with_a_secret_is_ended_or_has_a_reason_to_stay() -> None:
    with_secrets = {
        name
        for name, table in Base.metadata.tables.items()
        if any(OPENING.search(column.name) for column in table.columns)
    }
    # The keys of idempotent requests open nothing.
    with_secrets -= {"idempotency_keys"}
    handled = [set(access.ENDINGS), access.SIGN_INS, set(access.STAYING)]
    assert with_secrets | access.SIGN_INS == set().union(*handled)
    assert sum(map(len, handled)) == len(set().union(*handled))


def test_every_secret_is_left_out_of_exports() -> None:
    columns = {column.name for table in Base.metadata.sorted_tables for column in table.columns}
    assert {name for name in columns if name.endswith("_hash")} - {"request_hash"} <= SECRETS


def test_the_owner_sees_since_when_there_is_an_address_and_when_it_was_read(
    client: FlaskClient, join: Join
) -> None:
    ruth = join("ruth")
    assert client.get("/api/calendar/feed", headers=ruth.headers).status_code == 404
    url = client.post("/api/calendar/feed", headers=ruth.headers).json["url"]
    unread = client.get("/api/calendar/feed", headers=ruth.headers).json
    assert unread["last_read_at"] is None
    token = url.rpartition("/")[2].removesuffix(".ics")
    client.get(f"/internal/calendar-feeds/{sha256(token.encode()).hexdigest()}", peer="gateway")
    read = client.get("/api/calendar/feed", headers=ruth.headers).json
    assert read["created_at"] == unread["created_at"]
    assert read["last_read_at"] >= read["created_at"]
    assert token not in str(read)
