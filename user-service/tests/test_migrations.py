"""What the migrations do to existing rows, upwards and downwards."""

import json
from collections.abc import Iterator
from uuid import UUID

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from chassis import testing
from chassis.messaging.consumer import parse
from user_service import blocks

RUTH = UUID("11111111-1111-4111-8111-111111111111")
ACCOUNT = """
INSERT INTO users (id, email, username, display_name, password_hash)
VALUES (:id, 'ruth@example.org', 'ruth', 'Ruth', '')
"""
PREFERENCE = "INSERT INTO mail_preferences (user_id, kind, wanted) VALUES (:id, :kind, true)"


@pytest.fixture
def old() -> Iterator[Flask]:
    """The service on a database whose preferences allow six kinds, with a person in it."""
    with testing.empty_database("user_service") as url:
        app = testing.application("user_service", url)
        with app.app_context():
            upgrade(revision="0006")
            with begin(app) as connection:
                connection.execute(text(ACCOUNT), {"id": RUTH})
            yield app
        testing.close(app)


def begin(app: Flask) -> Connection:
    return app.extensions["sqlalchemy"].engine.begin()


def prefer(app: Flask, kind: str) -> None:
    with begin(app) as connection:
        connection.execute(text(PREFERENCE), {"id": RUTH, "kind": kind})


def preferred(app: Flask) -> list[str]:
    with begin(app) as connection:
        return list(connection.scalars(text("SELECT kind FROM mail_preferences ORDER BY kind")))


def test_preferences_survive_the_addition_of_kinds(old: Flask) -> None:
    prefer(old, "reminder")
    with pytest.raises(IntegrityError, match="mail_preferences_kind_check"):
        prefer(old, "session_booked")
    upgrade(revision="0007")
    for kind in ("session_booked", "session_requested", "session_request_declined"):
        prefer(old, kind)
    assert len(preferred(old)) == 4
    with pytest.raises(IntegrityError, match="mail_preferences_kind_check"):
        prefer(old, "weather_changed")
    downgrade(revision="0006")
    assert preferred(old) == ["reminder"]


def test_the_other_services_are_told_of_suspensions_from_before(old: Flask) -> None:
    upgrade(revision="0019")
    suspension = """
    INSERT INTO suspensions (user_id, reason, suspended_at, suspended_by, lift_reason, lifted_at)
    VALUES (:id, 'Spam.', now(), :id, 'A mistake.', now()), (:id, 'Spam.', now(), :id, NULL, NULL)
    """
    with begin(old) as connection:
        connection.execute(text(suspension), {"id": RUTH})
    upgrade(revision="0020")
    with begin(old) as connection:
        [row] = connection.execute(text("SELECT * FROM outbox"))
        version = connection.scalar(text("SELECT version FROM users"))
    assert (row.stream, row.published_at) == ("events:user-service", None)
    event = parse({"event": json.dumps(row.body)})
    assert (event.id, event.type, event.source) == (row.id, "user.suspended", "user-service")
    assert (event.aggregate_id, event.aggregate_version) == (str(RUTH), version)
    assert (event.actor, event.occurred_at, event.data) == (RUTH, row.created_at, {})


def test_earlier_choices_against_invitations_are_told_to_the_other_services(old: Flask) -> None:
    upgrade(revision="0022")
    choices = """
    UPDATE users SET email = 'Ruth+shul@Example.org', email_verified_at = now();
    INSERT INTO users (id, email, username, display_name, password_hash)
    VALUES (gen_random_uuid(), 'boaz@example.org', 'boaz', 'Boaz', '');
    INSERT INTO mail_preferences (user_id, kind, wanted) SELECT id, 'invitation', false FROM users;
    INSERT INTO mail_preferences (user_id, kind, wanted) SELECT id, 'reminder', false FROM users;
    """
    with begin(old) as connection:
        for statement in choices.strip().rstrip(";").split(";"):
            connection.execute(text(statement))
    upgrade(revision="0023")
    with begin(old) as connection:
        # The address of the other person is not proved.
        [body] = connection.scalars(text("SELECT body FROM outbox"))
        version = connection.scalar(text("SELECT version FROM users WHERE username = 'ruth'"))
    event = parse({"event": json.dumps(body)})
    assert (event.type, event.source) == ("user.invitation_emails_changed", "user-service")
    assert (event.aggregate_id, event.aggregate_version) == (str(RUTH), version)
    mailbox = blocks.mailbox_sha256("ruth@example.org")
    assert event.data == {"mailbox_sha256": mailbox, "wanted": False}


def test_the_times_of_old_notifications_are_one(old: Flask) -> None:
    upgrade(revision="0020")
    note = """
    INSERT INTO notifications (event_id, user_id, kind, data, created_at)
    VALUES (gen_random_uuid(), :id, 'reminder', '{}', now())
    """
    with begin(old) as connection:
        connection.execute(text(note), {"id": RUTH})
    upgrade(revision="0022")
    prefer(old, "person_joined")
    with begin(old) as connection:
        assert connection.execute(text("SELECT times, actor_id FROM notifications")).all() == [
            (1, None)
        ]
    downgrade(revision="0020")
    assert preferred(old) == []
