"""Everything that is held about a person, in one document."""

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from flask import Flask
from flask.testing import FlaskClient

from chassis.data.db import in_transaction
from user_service import accounts, email_tokens, notifications
from user_service.models import Base, Purpose, db
from user_service.personal_data import about

from .support.notifications import a_request

Join = Callable[..., Any]
# Messages on their way, and answers kept for a day in case their request is repeated, are no record of a
# person.
PASSING = {"outbox", "inbox", "latest_versions", "failed_events", "mails", "idempotency_keys"}


def test_every_table_is_exported_or_known_to_hold_no_person() -> None:
    assert set(Base.metadata.tables) == set(about(uuid4())) | PASSING


def test_the_export_holds_all_about_one_person_and_nothing_about_others(
    app: Flask, client: FlaskClient, join: Join
) -> None:
    ruth, boaz = join("ruth"), join("boaz")
    for person in (ruth, boaz):
        preferences = {"email": {"reminder": False}}
        client.put("/api/notifications/preferences", json=preferences, headers=person.headers)
        client.patch(
            "/api/users/me", json={"bio": f"I am {person.username}."}, headers=person.headers
        )
    with app.app_context():
        event = a_request("reminder", data={"title": "Berakhot"})
        in_transaction(db.session, lambda: notifications.notify(event, ruth.id))
        in_transaction(
            db.session, lambda: email_tokens.issue(accounts.own(ruth.id), Purpose.VERIFY)
        )
    document = client.get("/internal/export", headers=subject(ruth), peer="gateway").json
    assert document["users"][0]["email"] == ruth.email
    assert document["users"][0]["bio"] == "I am ruth."
    assert document["notifications"][0]["data"]["title"] == "Berakhot"
    assert document["mail_preferences"] == [
        {"user_id": str(ruth.id), "kind": "reminder", "wanted": False, "in_app": True}
    ]
    assert [len(document[table]) for table in ("sign_ins", "refresh_tokens", "email_tokens")] == [
        1,
        1,
        1,
    ]
    assert "boaz" not in json.dumps(document)


def subject(member: Any) -> dict[str, str]:
    return {"Subject-Token": member.access_token}


def test_the_export_holds_no_secret(client: FlaskClient, join: Join) -> None:
    ruth = join("ruth")
    document = json.dumps(
        client.get("/internal/export", headers=subject(ruth), peer="gateway").json
    )
    assert not any(word in document for word in ("hash", "$2b$", ruth.refresh_token))


def test_only_other_services_may_export(client: FlaskClient, join: Join) -> None:
    ruth = join("ruth")
    assert client.get("/internal/export", headers=ruth.headers).status_code == 404
