"""RULES: where in the tables a person is."""

from typing import Any

from sqlalchemy import ColumnElement, false, func, or_, select

from chassis.auth.tokens import Caller
from havruta_service.invitation_emails import digest
from havruta_service.models import (
    Havruta,
    HavrutaMessage,
    HavrutaSession,
    Invitation,
    InvitationEmail,
    InvitationOptOut,
    InvitationRefusal,
    InvitationSend,
    Mailbox,
    Member,
    Move,
    PassageNote,
    Presence,
    SessionReminder,
    SessionRsvp,
    apart,
)


def about(caller: Caller) -> dict[str, ColumnElement[bool]]:
    """For each table with people in it, the condition that finds the rows about this person."""
    own = select(Member.havruta_id).where(Member.user_id == caller.id)
    session = HavrutaSession
    return {
        "havrutas": Havruta.id.in_(own),
        "havruta_members": Member.user_id == caller.id,
        "havruta_sessions": or_(
            session.created_by == caller.id,
            session.navigator_id == caller.id,
            session.cancelled_by == caller.id,
        ),
        "havruta_messages": HavrutaMessage.user_id == caller.id,
        "passage_notes": PassageNote.user_id == caller.id,
        "session_presence": Presence.user_id == caller.id,
        "session_moves": Move.user_id == caller.id,
        "session_reminders": SessionReminder.user_id == caller.id,
        "session_rsvps": SessionRsvp.user_id == caller.id,
        "invitations": _invitations(caller),
        "invitation_sends": InvitationSend.sender_id == caller.id,
        # What an address got and declined is told to its owner alone, and not to the inviter.
        "invitation_emails": _known_by(InvitationEmail.address_sha256, caller),
        "invitation_refusals": _known_by(InvitationRefusal.address_sha256, caller),
        "invitation_opt_outs": _known_by(InvitationOptOut.address_sha256, caller),
        "mailboxes": Mailbox.user_id == caller.id,
        **apart.about(caller.id),
    }


def addressed_to(email: str | ColumnElement[str]) -> ColumnElement[bool]:
    """The invitations to the address, which is in lower case."""
    return func.lower(Invitation.invitee_email) == email


def _known_by(address_sha256: Any, caller: Caller) -> ColumnElement[bool]:
    """The rows about the caller's address, once that is verified."""
    if not caller.email_verified:
        return false()
    found: ColumnElement[bool] = address_sha256 == digest(caller.email)
    return found


def _invitations(caller: Caller) -> ColumnElement[bool]:
    found = (Invitation.inviter_id == caller.id) | (Invitation.accepted_by == caller.id)
    # Anyone can open an account with an address of another person. It is theirs once they have read an
    # e-mail there.
    if caller.email_verified:
        found |= addressed_to(caller.email.lower())
    return found
