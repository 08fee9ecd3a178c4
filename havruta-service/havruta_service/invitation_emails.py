"""RULES: which invitations reach whom, and by e-mail. An address has a say in that, and is known by its
SHA-256.

The sender is never told whether one went out: it would tell what others sent, or what the address wants.
"""

import hashlib
from collections.abc import Collection, Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Uuid, delete, func, literal, or_, select
from sqlalchemy.dialects.postgresql import insert

from chassis.clock import now
from chassis.data.limits import LimitReached, require_room, take_turns
from chassis.data.purging import delete_some
from chassis.json_schema import FLAG, TEXT
from chassis.messaging.contracts import reads
from chassis.messaging.messages import Event
from havruta_service.models import (
    Havruta,
    Invitation,
    InvitationEmail,
    InvitationOptOut,
    InvitationRefusal,
    InvitationSend,
    Mailbox,
    apart,
    db,
    messages,
)
from havruta_service.notifications import notify_invited

DAY, MONTH = timedelta(days=1), timedelta(days=30)
# To one address, from all senders together.
MOST_IN_A_DAY, MOST_IN_A_MONTH = 3, 10
REFUSED_FOR = timedelta(days=90)


class InvitationEmailLimitReached(LimitReached):
    """You sent as many e-mails with invitations within 24 hours as one person may; `most` is how many."""

    code = "invitation_email_limit_reached"
    most = 20


def require_sends(sender_id: UUID, more: int) -> None:
    """Refuse more e-mails than a person sends to people they know."""
    lately = select(InvitationSend.id).where(
        InvitationSend.sender_id == sender_id, InvitationSend.sent_at > now() - DAY
    )
    require_room(db.session, InvitationEmailLimitReached, lately, of=sender_id, more=more)


def send(invitations: Sequence[Invitation], havruta: Havruta, sender_id: UUID) -> None:
    """Have the people with these addresses notified, and e-mails sent unless an address has enough or wants
    none. The havruta is locked.
    """
    db.session.add_all(InvitationSend(sender_id=sender_id) for _ in invitations)
    addresses = {digest(invitation.invitee_email) for invitation in invitations}
    room = _room(addresses)
    # An owner who was declined does not get through by sending the invitation of another member again.
    inviters = {sender_id, *(invitation.inviter_id for invitation in invitations)}
    unwelcome, opted_out = _unwelcome(addresses, havruta.id, inviters), _opted_out(addresses)
    for invitation in invitations:
        address = digest(invitation.invitee_email)
        if address in unwelcome:
            continue
        notify_invited(havruta, invitation, actor=sender_id)
        if room[address] <= 0 or address in opted_out:
            continue
        room[address] -= 1
        db.session.add(InvitationEmail(address_sha256=address))
        # The worker makes the token when it sends the e-mail: a queued message would keep it readable.
        # Until then none opens the invitation, also not that of an e-mail before.
        invitation.invitation_token = None
        messages.queue_email("invitation", {"invitation_id": str(invitation.id)})
    db.session.flush()


def is_unwanted(invitation: Invitation) -> bool:
    """Whether the address declined this inviter and havruta, wants no e-mail from anyone, or is of a person
    who is kept apart from the inviter or the owner.
    """
    address = digest(invitation.invitee_email)
    about = {address}, invitation.havruta_id, {invitation.inviter_id}
    return address in _unwelcome(*about) or address in _opted_out({address})


def note_refusal(invitation: Invitation) -> None:
    """Send no more e-mails of this inviter for this havruta to the address, which declined."""
    refusal = {
        "address_sha256": digest(invitation.invitee_email),
        "havruta_id": invitation.havruta_id,
        "inviter_id": invitation.inviter_id,
        "refused_at": now(),
    }
    key = ["address_sha256", "havruta_id", "inviter_id"]
    db.session.execute(
        insert(InvitationRefusal)
        .values(refusal)
        .on_conflict_do_update(index_elements=key, set_={"refused_at": now()})
    )


def opt_out(address: str) -> None:
    """Send no more e-mails with invitations to the address with this SHA-256."""
    db.session.execute(
        insert(InvitationOptOut)
        .values(address_sha256=address, opted_out_at=now())
        .on_conflict_do_nothing()
    )


@reads(mailbox_sha256=TEXT, wanted=FLAG)
def on_preference_changed(event: Event) -> None:
    """Heed whether the person who has proved an address wants e-mails with invitations there."""
    address = event.data["mailbox_sha256"]
    if event.data["wanted"]:
        own = InvitationOptOut.address_sha256 == address
        db.session.execute(delete(InvitationOptOut).where(own))
    else:
        opt_out(address)


def forget() -> int:
    """Delete what no limit and no refusal needs any longer; how many rows that were."""
    sends, emails, refusals = (
        model.__table__.c for model in (InvitationSend, InvitationEmail, InvitationRefusal)
    )
    return (
        delete_some(db.session, sends.sent_at, now() - DAY)
        + delete_some(db.session, emails.sent_at, now() - MONTH)
        + delete_some(db.session, refusals.refused_at, now() - REFUSED_FOR)
    )


def digest(address: str) -> str:
    """The SHA-256 by which an address is known, in hexadecimal digits."""
    local, _, domain = address.lower().rpartition("@")
    # What follows a `+` is for the filters of the recipient: all such addresses are one mailbox.
    name = local.partition("+")[0] or local
    return hashlib.sha256(f"{name}@{domain}".encode()).hexdigest()


def _room(addresses: Collection[str]) -> dict[str, int]:
    """How many more e-mails each address may get. Others who ask about the same wait for this transaction."""
    # In one order, so that two who invite the same people cannot wait for each other.
    for address in sorted(addresses):
        take_turns(db.session, f"invitation-emails:{address}")
    email = InvitationEmail
    in_a_day = func.count().filter(email.sent_at > now() - DAY)
    counts = (
        select(email.address_sha256, in_a_day, func.count())
        .where(email.address_sha256.in_(addresses), email.sent_at > now() - MONTH)
        .group_by(email.address_sha256)
    )
    room = dict.fromkeys(addresses, MOST_IN_A_DAY)
    for address, day, month in db.session.execute(counts):
        room[address] = min(MOST_IN_A_DAY - day, MOST_IN_A_MONTH - month)
    return room


def _unwelcome(
    addresses: Collection[str], havruta_id: UUID, inviters: Collection[UUID]
) -> Collection[str]:
    """The addresses that an invitation of these inviters to the havruta does not reach in any way."""
    return {
        *_refused(addresses, havruta_id, inviters),
        *_kept_away(addresses, havruta_id, inviters),
    }


def _refused(
    addresses: Collection[str], havruta_id: UUID, inviters: Collection[UUID]
) -> Collection[str]:
    """The addresses that declined an invitation of one of these inviters to the havruta."""
    refusal = InvitationRefusal
    refused = select(refusal.address_sha256).where(
        refusal.address_sha256.in_(addresses),
        refusal.havruta_id == havruta_id,
        refusal.inviter_id.in_(inviters),
        refusal.refused_at > now() - REFUSED_FOR,
    )
    return set(db.session.scalars(refused))


def _opted_out(addresses: Collection[str]) -> Collection[str]:
    """The addresses that want no e-mail with an invitation from anyone."""
    own = InvitationOptOut.address_sha256
    return set(db.session.scalars(select(own).where(own.in_(addresses))))


def _kept_away(
    addresses: Collection[str], havruta_id: UUID, inviters: Collection[UUID]
) -> Collection[str]:
    """The addresses of people kept apart from an inviter or the owner; all, if one of those is suspended."""
    owner_id = db.session.scalar(select(Havruta.owner_id).where(Havruta.id == havruta_id))
    senders = [*inviters, owner_id]
    if apart.is_apart(None, senders):
        return addresses
    people = [apart.people_apart_from(literal(sender, Uuid)) for sender in senders]
    theirs = select(Mailbox.address_sha256).where(
        Mailbox.address_sha256.in_(addresses), or_(*(Mailbox.user_id.in_(some) for some in people))
    )
    return set(db.session.scalars(theirs))
