"""Everything that is held about a person."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from chassis.testing import User, a_user
from havruta_service import demo, invitation_emails, invitation_responses, invitations

URL = "/internal/export"


@pytest.fixture
def export(client: FlaskClient) -> Any:
    """Ask, as the gateway does, for everything that is held about a person."""
    return lambda user: client.get(URL, user=user, peer="gateway").json


@pytest.fixture
def demo_loaded(app: Flask, client: FlaskClient) -> Iterator[None]:
    """The demo, whose text is removed afterwards: texts outlive what other tests write."""
    app.test_cli_runner().invoke(args=["demo"])
    yield
    app.test_cli_runner().invoke(args=["texts", "remove", demo.JONAH.id])


def test_all_rows_about_a_person_are_exported(demo_loaded: None, export: Any) -> None:
    held = export(User("ruth", id=demo.demo_id("ruth")))
    assert {table: len(rows) for table, rows in held.items()} == {
        "havrutas": 1,
        "havruta_members": 1,
        "havruta_sessions": 8,
        "havruta_messages": 1,
        "passage_notes": 2,
        "session_presence": 3,
        "session_moves": 8,
        "session_reminders": 0,
        "session_rsvps": 0,
        "invitations": 5,
        "invitation_sends": 0,
        "invitation_emails": 0,
        "invitation_refusals": 0,
        "invitation_opt_outs": 0,
        "mailboxes": 0,
        "blocks": 0,
        "suspensions": 0,
    }


def test_an_export_holds_no_token_and_nothing_of_others(make: Any, export: Any, ruth: User) -> None:
    make(invitations.invite, make.havruta(ruth).id, make.caller(ruth), ["yael@example.org"])
    (invitation,) = export(ruth)["invitations"]
    assert invitation["invitee_email"] == "yael@example.org"
    assert "invitation_token" not in invitation
    assert not any(export(a_user("naomi")).values())


def test_only_invitations_to_a_verified_address_are_exported(
    make: Any, export: Any, ruth: User
) -> None:
    invited, pretender = a_user("miriam"), a_user("miriam", email_verified=False)
    make(invitations.invite, make.havruta(ruth).id, make.caller(ruth), [invited.email])
    held = export(invited)["invitations"]
    assert [invitation["invitee_email"] for invitation in held] == [invited.email]
    assert export(pretender)["invitations"] == []


def test_an_address_and_no_inviter_is_told_what_it_got_and_declined(
    make: Any, export: Any, ruth: User
) -> None:
    invited, pretender = a_user("miriam"), a_user("miriam", email_verified=False)
    (sent,) = make(invitations.invite, make.havruta(ruth).id, make.caller(ruth), [invited.email])
    make(invitation_responses.decline_own, sent.invitation_id, make.caller(invited))
    make(invitation_emails.opt_out, invitation_emails.digest(invited.email))
    tables = ("sends", "emails", "refusals", "opt_outs")

    def rows(user: User) -> list[int]:
        held = export(user)
        return [len(held[f"invitation_{table}"]) for table in tables]

    assert rows(ruth) == [1, 0, 0, 0]
    assert rows(invited) == [0, 1, 1, 1]
    assert rows(pretender) == [0, 0, 0, 0]


def test_only_services_may_ask_for_an_export(client: FlaskClient, ruth: User) -> None:
    assert client.get(URL, base_url="http://localhost:81").status_code == 401
    assert client.get(URL).status_code == 404
