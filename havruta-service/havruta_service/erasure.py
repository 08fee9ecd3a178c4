"""RULES: what is left of somebody whose account was deleted: nothing that says who he was."""

from uuid import UUID, uuid4

from sqlalchemy import delete, func, select, update

from chassis.clock import now
from chassis.messaging.messages import Event
from havruta_service import ending, havrutas, membership
from havruta_service.models import (
    EndReason,
    Havruta,
    HavrutaSession,
    Invitation,
    InvitationStatus,
    Member,
    Move,
    Presence,
    SessionRsvp,
    db,
    idempotency_keys,
)

NO_ADDRESS = "deleted@deleted.invalid"


def erase(event: Event) -> None:
    """Take the person out of all havrutas, and put an id in his place that stands for nobody."""
    user_id = UUID(event.aggregate_id)
    # In one order, so that two people who leave the same havrutas cannot wait for each other.
    his = select(Member.havruta_id).where(Member.user_id == user_id).order_by(Member.havruta_id)
    for havruta_id in db.session.scalars(his).all():
        if havruta := havrutas.lock(havruta_id):
            _withdraw(havruta, user_id)
    # While invitations still say who accepted them, because that is how his addresses are known.
    _void_invitations(user_id, event.data.get("email_sha256"))
    # One id for all his traces: how many people were there, and for how long, comes out the same as
    # before.
    _anonymise(user_id, uuid4())
    db.session.execute(delete(SessionRsvp).where(SessionRsvp.user_id == user_id))
    db.session.execute(idempotency_keys.delete().where(idempotency_keys.c.user_id == user_id))


def _withdraw(havruta: Havruta, user_id: UUID) -> None:
    """Who has been in it for longest leads on; if there is nobody, it is over."""
    others = havrutas.member_ids(havruta, without=user_id)
    if not others:
        if session := membership.active_session(havruta):
            ending.complete(havruta, session, now(), EndReason.EMPTY)
        if not havruta.is_archived:
            havrutas.close(havruta)
        havruta.owner_id = None
    elif havruta.owner_id == user_id:
        membership.hand_over(havruta, others[0])
    membership.detach(havruta, user_id)


def _void_invitations(user_id: UUID, address: str | None) -> None:
    """Those that he sent, and those to his address, known by its SHA-256, or to one at which he
    once accepted.
    """
    email = func.lower(Invitation.invitee_email)
    digest = func.encode(func.sha256(func.convert_to(email, "UTF8")), "hex")
    # No index serves this: accounts are deleted so seldom that the whole table may be read.
    addresses = select(email).where((Invitation.accepted_by == user_id) | (digest == address))
    his = (Invitation.inviter_id == user_id) | email.in_(addresses)
    pending, expired = (
        Invitation.status == status
        for status in (InvitationStatus.PENDING, InvitationStatus.EXPIRED)
    )
    # Closed before they all get the same address, of which a havruta may have one open invitation
    # (unique key); also those that expired, which could be sent again.
    db.session.execute(
        update(Invitation)
        .where((his & pending) | (email.in_(addresses) & expired))
        .values(status=InvitationStatus.REVOKED, responded_at=now())
    )
    db.session.execute(
        update(Invitation).where(email.in_(addresses)).values(invitee_email=NO_ADDRESS)
    )


def _anonymise(user_id: UUID, nobody: UUID) -> None:
    columns = (
        Presence.user_id,
        Move.user_id,
        HavrutaSession.created_by,
        HavrutaSession.navigator_id,
        Invitation.accepted_by,
    )
    for column in columns:
        db.session.execute(update(column.class_).where(column == user_id).values({column: nobody}))
    db.session.execute(
        update(Invitation)
        .where(Invitation.inviter_id == user_id)
        .values(inviter_id=nobody, inviter_name="")
    )
