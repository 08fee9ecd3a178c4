"""What is left of a person whose account is deleted."""

import hashlib
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from chassis.clock import now
from chassis.messaging.messages import Event
from chassis.testing import User, a_user
from havruta_service import (
    erasure,
    havrutas,
    invitation_emails,
    invitation_responses,
    invitations,
    membership,
    navigation,
    plans,
    presence,
)
from havruta_service.models import (
    Base,
    Havruta,
    HavrutaSession,
    Invitation,
    InvitationEmail,
    InvitationOptOut,
    InvitationRefusal,
    InvitationSend,
    db,
    messages,
)

Act = Callable[..., Any]
COUNTED = (
    InvitationSend.sender_id,
    InvitationEmail.address_sha256,
    InvitationRefusal.address_sha256,
)


@pytest.fixture(autouse=True)
def emptied(client: FlaskClient) -> None:
    """What a test wrote is removed afterwards."""


@pytest.fixture
def delete(make: Any) -> Act:
    """Receive the event that a person's account is deleted."""

    def receive(user: User) -> None:
        address = hashlib.sha256(user.email.lower().encode()).hexdigest()
        event = Event(
            uuid4(),
            "user.deleted",
            "user-service",
            str(user.id),
            1,
            now(),
            None,
            {"email_sha256": address},
        )
        make(erasure.on_user_deleted, event)

    return receive


def everything() -> Any:
    """All rows as text, except for the outbox."""
    tables = [table for table in Base.metadata.sorted_tables if table is not messages.outbox]
    return [str(row) for table in tables for row in db.session.execute(select(table))]


def test_the_longest_standing_member_becomes_the_owner(
    make: Any, delete: Act, ruth: User, boaz: User, naomi: User
) -> None:
    havruta = make.havruta(ruth, boaz, naomi)
    delete(ruth)
    left = make(havrutas.get, havruta.id, naomi.id)
    assert (left.owner_id, left.member_count, left.archived_at) == (boaz.id, 2, None)


def test_the_new_owner_turns_the_pages_of_a_session_in_progress(
    make: Any, delete: Act, ruth: User, boaz: User
) -> None:
    session = make.session(make.havruta(ruth, boaz), boaz)
    delete(ruth)
    active = make(lambda: db.session.get(HavrutaSession, session.id))
    assert (active.status, active.navigator_id) == ("active", boaz.id)
    assert [p.user_id for p in make(lambda: list(presence.present(session.id)))] == [boaz.id]
    assert (
        make(navigation.go_to, session.id, boaz.id, "Genesis 2:1", None).ref.canonical
        == "Genesis 2:1"
    )


def test_a_havruta_without_members_is_archived_and_its_session_ends(
    make: Any, delete: Act, ruth: User
) -> None:
    havruta = make.havruta(ruth)
    session = make.session(havruta)
    delete(ruth)
    left = make(lambda: db.session.get(Havruta, havruta.id))
    assert (left.owner_id, left.member_count, left.is_archived) == (None, 0, True)
    assert make(lambda: db.session.get(HavrutaSession, session.id)).status == "completed"


def test_an_archived_havruta_gets_a_new_owner_as_well(
    make: Any, delete: Act, ruth: User, boaz: User
) -> None:
    havruta = make.havruta(ruth, boaz)
    make(havrutas.archive, havruta.id, ruth.id)
    delete(ruth)
    assert make(havrutas.get, havruta.id, boaz.id).owner_id == boaz.id


def test_presence_and_moves_of_a_member_stay_under_another_id(
    make: Any, delete: Act, ruth: User, boaz: User
) -> None:
    havruta = make.havruta(ruth, boaz)
    session = make.session(havruta, boaz)
    make(navigation.pass_navigation, session.id, ruth.id, boaz.id)
    make(navigation.go_to, session.id, boaz.id, "Genesis 2:1", None)
    delete(boaz)
    assert make(havrutas.get, havruta.id, ruth.id).owner_id == ruth.id
    assert len(make(presence.intervals, session.id)) == 2
    assert not any(str(boaz.id) in row for row in make(everything))


def test_the_reason_why_a_session_was_cancelled_goes_with_the_member_who_gave_it(
    make: Any, delete: Act, ruth: User, boaz: User, naomi: User
) -> None:
    havruta = make.havruta(ruth, boaz, naomi)
    first, second, third = (make.plan(havruta) for _ in range(3))
    make(plans.cancel, first.id, ruth.id, plans.Scope.THIS, "Ruth is ill")
    make(plans.cancel, third.id, ruth.id, plans.Scope.THIS, "Ruth travels")
    # As it was written before the column was there.
    make(lambda: setattr(db.session.get(HavrutaSession, third.id), "cancelled_by", None))
    make(lambda: membership.hand_over(havrutas.lock(havruta.id), boaz.id))
    make(plans.cancel, second.id, boaz.id, plans.Scope.THIS, "Boaz has guests")

    def reasons() -> list[str | None]:
        return make(
            lambda: [
                db.session.get(HavrutaSession, session.id).cancellation_reason
                for session in (first, second, third)
            ]
        )

    delete(ruth)
    assert reasons() == [None, "Boaz has guests", None]
    delete(boaz)
    assert reasons() == [None, None, None]
    assert not any(str(boaz.id) in row for row in make(everything))


def test_the_names_of_an_inviter_are_erased(make: Any, delete: Act, ruth: User, boaz: User) -> None:
    havruta = make.havruta(ruth, boaz)
    make(invitations.invite, havruta.id, make.caller(boaz), ["yael@example.org"])
    delete(boaz)
    [left] = make(lambda: list(db.session.scalars(select(Invitation))))
    assert (left.inviter_name, left.inviter_username) == ("", "")


def test_open_invitations_are_revoked_and_the_address_is_erased(
    make: Any, delete: Act, ruth: User, boaz: User, naomi: User
) -> None:
    first, second = make.havruta(ruth), make.havruta(boaz)
    (from_them,) = make(invitations.invite, first.id, make.caller(ruth), ["yael@example.org"])
    (accepted,) = make(invitations.invite, second.id, make.caller(boaz), [ruth.email])
    make(invitation_responses.accept_own, accepted.invitation_id, make.caller(ruth))
    third = make.havruta(naomi)
    (to_them,) = make(invitations.invite, third.id, make.caller(naomi), [ruth.email])
    delete(ruth)
    found = make(
        lambda: {i.id: (i.status, i.invitee_email) for i in db.session.scalars(select(Invitation))}
    )
    assert found[from_them.invitation_id][0] == "revoked"
    assert found[to_them.invitation_id] == ("revoked", erasure.NO_ADDRESS)
    assert found[accepted.invitation_id] == ("accepted", erasure.NO_ADDRESS)
    assert not any(ruth.email in row for row in make(everything))


def test_an_unanswered_invitation_is_revoked_as_well(
    make: Any, delete: Act, ruth: User, boaz: User
) -> None:
    havruta = make.havruta(boaz)
    (to_ruth,) = make(invitations.invite, havruta.id, make.caller(boaz), [ruth.email.upper()])
    delete(ruth)
    found = make(lambda: db.session.get(Invitation, to_ruth.invitation_id))
    assert (found.status, found.invitee_email) == ("revoked", erasure.NO_ADDRESS)


def test_a_repeated_deletion_event_changes_nothing(
    make: Any, delete: Act, ruth: User, boaz: User
) -> None:
    havruta = make.havruta(ruth, boaz)
    delete(ruth)
    before = make(everything)
    delete(ruth)
    assert make(everything) == before
    assert make(havrutas.get, havruta.id, boaz.id).owner_id == boaz.id


def test_the_deletion_of_a_stranger_changes_nothing(make: Any, delete: Act, ruth: User) -> None:
    make.havruta(ruth)
    before = make(everything)
    delete(a_user("esther"))
    assert make(everything) == before


def test_an_expired_invitation_to_an_erased_address_is_not_sent_again(
    client: FlaskClient, make: Any, delete: Act, ruth: User, boaz: User
) -> None:
    (result,) = make(invitations.invite, make.havruta(ruth).id, make.caller(ruth), [boaz.email])
    invitation_id = result.invitation_id
    make(lambda: setattr(db.session.get(Invitation, invitation_id), "status", "expired"))
    delete(boaz)
    sent = client.post(f"/api/invitations/{invitation_id}/resend", user=ruth)
    assert (sent.status_code, sent.json["invitation_status"]) == (410, "revoked")


def test_counts_of_emails_from_and_to_the_person_are_deleted(
    make: Any, delete: Act, ruth: User, boaz: User
) -> None:
    (accepted,) = make(invitations.invite, make.havruta(boaz).id, make.caller(boaz), [ruth.email])
    make(invitation_responses.accept_own, accepted.invitation_id, make.caller(ruth))
    (declined,) = make(invitations.invite, make.havruta(ruth).id, make.caller(ruth), [boaz.email])
    make(invitation_responses.decline_own, declined.invitation_id, make.caller(boaz))
    delete(ruth)
    senders, emails, refusals = make(
        lambda: [db.session.scalars(select(column)).all() for column in COUNTED]
    )
    assert (senders, refusals) == ([boaz.id], [])
    assert emails == [invitation_emails.digest(boaz.email)]


def test_an_account_that_only_names_an_address_leaves_what_protects_it(
    make: Any, delete: Act, ruth: User, boaz: User
) -> None:
    (sent,) = make(invitations.invite, make.havruta(ruth).id, make.caller(ruth), [boaz.email])
    make(invitation_responses.decline_own, sent.invitation_id, make.caller(boaz))
    make(invitation_emails.opt_out, invitation_emails.digest(boaz.email))
    delete(a_user(boaz.username, email_verified=False))
    tables = (InvitationEmail, InvitationRefusal, InvitationOptOut)
    assert make(lambda: [len(db.session.scalars(select(t)).all()) for t in tables]) == [1, 1, 1]
