"""RULES: which e-mails with invitations go out. An address is known by its SHA-256.

The sender is never told whether one went out: it would tell what others sent.
"""

import hashlib
from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.sql.dml import ReturningDelete

from chassis.clock import now
from chassis.data.limits import LimitReached, require_room, take_turns
from havruta_service.models import (
    Invitation,
    InvitationEmail,
    InvitationSend,
    db,
    messages,
)

DAY, MONTH = timedelta(days=1), timedelta(days=30)
# To one address, from all senders together.
MOST_IN_A_DAY, MOST_IN_A_MONTH = 3, 10


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


def send(invitations: Sequence[Invitation], sender_id: UUID) -> None:
    """Have e-mails sent for invitations, unless their address has enough."""
    db.session.add_all(InvitationSend(sender_id=sender_id) for _ in invitations)
    addresses = {digest(invitation.invitee_email) for invitation in invitations}
    room = _room(addresses)
    for invitation in invitations:
        address = digest(invitation.invitee_email)
        if room[address] <= 0:
            continue
        room[address] -= 1
        db.session.add(InvitationEmail(address_sha256=address))
        # The worker makes the token when it sends the e-mail: a queued message would keep it readable.
        # Until then none opens the invitation, also not that of an e-mail before.
        invitation.invitation_token = None
        messages.queue_email("invitation", {"invitation_id": str(invitation.id)})
    db.session.flush()


def forget() -> int:
    """Delete what no limit needs any longer; how many rows that were."""
    send, email = InvitationSend, InvitationEmail
    deletions: list[ReturningDelete[Any]] = [
        delete(send).where(send.sent_at <= now() - DAY).returning(send.id),
        delete(email).where(email.sent_at <= now() - MONTH).returning(email.id),
    ]
    return sum(len(db.session.scalars(deletion).all()) for deletion in deletions)


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
