"""What is left of somebody who deleted his account."""

import hashlib
from uuid import uuid4

import pytest
from sqlalchemy import select

from chassis.clock import now
from chassis.messaging.messages import Event
from chassis.testing import a_user
from havruta_service import erasure, havrutas, invitations, navigation, presence, replies
from havruta_service.models import Base, Havruta, HavrutaSession, Invitation, db, messages


@pytest.fixture(autouse=True)
def emptied(client):
    """What a test wrote is removed afterwards."""


@pytest.fixture
def delete(make):
    """Hear that somebody deleted his account."""

    def hear(user):
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
        make(erasure.erase, event)

    return hear


def everything():
    """All rows, as text; but for what was told while it happened."""
    tables = [table for table in Base.metadata.sorted_tables if table is not messages.outbox]
    return [str(row) for table in tables for row in db.session.execute(select(table))]


def test_who_is_longest_in_it_leads_on(make, delete, ruth, boaz, naomi):
    havruta = make.havruta(ruth, boaz, naomi)
    delete(ruth)
    left = make(havrutas.get, havruta.id, naomi.id)
    assert (left.owner_id, left.member_count, left.archived_at) == (boaz.id, 2, None)


def test_in_the_session_that_goes_on_the_new_owner_turns_the_pages(make, delete, ruth, boaz):
    session = make.session(make.havruta(ruth, boaz), boaz)
    delete(ruth)
    going_on = make(lambda: db.session.get(HavrutaSession, session.id))
    assert (going_on.status, going_on.navigator_id) == ("active", boaz.id)
    assert [p.user_id for p in make(lambda: list(presence.present(session.id)))] == [boaz.id]
    assert (
        make(navigation.go_to, session.id, boaz.id, "Genesis 2:1", None).ref.canonical
        == "Genesis 2:1"
    )


def test_a_havruta_of_nobody_is_archived_and_its_session_over(make, delete, ruth):
    havruta = make.havruta(ruth)
    session = make.session(havruta)
    delete(ruth)
    left = make(lambda: db.session.get(Havruta, havruta.id))
    assert (left.owner_id, left.member_count, left.is_archived) == (None, 0, True)
    assert make(lambda: db.session.get(HavrutaSession, session.id)).status == "completed"


def test_an_archived_havruta_passes_on_as_well(make, delete, ruth, boaz):
    havruta = make.havruta(ruth, boaz)
    make(havrutas.archive, havruta.id, ruth.id)
    delete(ruth)
    assert make(havrutas.get, havruta.id, boaz.id).owner_id == boaz.id


def test_a_member_leaves_and_his_presence_and_moves_stay_without_him(make, delete, ruth, boaz):
    havruta = make.havruta(ruth, boaz)
    session = make.session(havruta, boaz)
    make(navigation.pass_navigation, session.id, ruth.id, boaz.id)
    make(navigation.go_to, session.id, boaz.id, "Genesis 2:1", None)
    delete(boaz)
    assert make(havrutas.get, havruta.id, ruth.id).owner_id == ruth.id
    assert len(make(presence.intervals, session.id)) == 2
    assert not any(str(boaz.id) in row for row in make(everything))


def test_invitations_from_and_to_him_are_void_and_his_address_is_gone(
    make, delete, ruth, boaz, naomi
):
    first, second = make.havruta(ruth), make.havruta(boaz)
    (from_him,) = make(invitations.invite, first.id, make.caller(ruth), ["yael@example.org"])
    (accepted,) = make(invitations.invite, second.id, make.caller(boaz), [ruth.email])
    make(replies.accept_own, accepted.invitation_id, make.caller(ruth))
    third = make.havruta(naomi)
    (to_him,) = make(invitations.invite, third.id, make.caller(naomi), [ruth.email])
    delete(ruth)
    found = make(
        lambda: {i.id: (i.status, i.invitee_email) for i in db.session.scalars(select(Invitation))}
    )
    assert found[from_him.invitation_id][0] == "revoked"
    assert found[to_him.invitation_id] == ("revoked", erasure.NO_ADDRESS)
    assert found[accepted.invitation_id] == ("accepted", erasure.NO_ADDRESS)
    assert not any(ruth.email in row for row in make(everything))


def test_an_invitation_never_answered_is_void_as_well(make, delete, ruth, boaz):
    havruta = make.havruta(boaz)
    (to_her,) = make(invitations.invite, havruta.id, make.caller(boaz), [ruth.email.upper()])
    delete(ruth)
    found = make(lambda: db.session.get(Invitation, to_her.invitation_id))
    assert (found.status, found.invitee_email) == ("revoked", erasure.NO_ADDRESS)


def test_hearing_it_twice_changes_nothing(make, delete, ruth, boaz):
    havruta = make.havruta(ruth, boaz)
    delete(ruth)
    before = make(everything)
    delete(ruth)
    assert make(everything) == before
    assert make(havrutas.get, havruta.id, boaz.id).owner_id == boaz.id


def test_a_stranger_s_deletion_changes_nothing(make, delete, ruth):
    make.havruta(ruth)
    before = make(everything)
    delete(a_user("esther"))
    assert make(everything) == before


def test_an_expired_invitation_to_an_erased_address_is_not_sent_again(
    client, make, delete, ruth, boaz
):
    (result,) = make(invitations.invite, make.havruta(ruth).id, make.caller(ruth), [boaz.email])
    invitation_id = result.invitation_id
    make(lambda: setattr(db.session.get(Invitation, invitation_id), "status", "expired"))
    delete(boaz)
    sent = client.post(f"/api/invitations/{invitation_id}/resend", user=ruth)
    assert (sent.status_code, sent.json["invitation_status"]) == (410, "revoked")


def test_an_export_holds_invitations_to_an_address_once_it_is_proven(client, make, ruth):
    invited, pretender = a_user("miriam"), a_user("miriam", email_verified=False)
    make(invitations.invite, make.havruta(ruth).id, make.caller(ruth), [invited.email])
    held = client.get("/internal/export", user=invited, peer="gateway").json["invitations_received"]
    assert [invitation["invitee_email"] for invitation in held] == [invited.email]
    assert (
        client.get("/internal/export", user=pretender, peer="gateway").json["invitations_received"]
        == []
    )
