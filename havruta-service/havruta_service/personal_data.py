"""RULES: where in the tables a person is."""

from sqlalchemy import ColumnElement, func, select

from chassis.auth.tokens import Caller
from havruta_service.models import (
    Havruta,
    HavrutaSession,
    Invitation,
    Member,
    Move,
    Presence,
    SessionRsvp,
)


def about(caller: Caller) -> dict[str, ColumnElement[bool]]:
    """For each table with people in it, the condition that finds the rows about this person."""
    own = select(Member.havruta_id).where(Member.user_id == caller.id)
    session = HavrutaSession
    return {
        "havrutas": Havruta.id.in_(own),
        "havruta_members": Member.user_id == caller.id,
        "havruta_sessions": (session.created_by == caller.id) | (session.navigator_id == caller.id),
        "session_presence": Presence.user_id == caller.id,
        "session_moves": Move.user_id == caller.id,
        "session_rsvps": SessionRsvp.user_id == caller.id,
        "invitations": _invitations(caller),
    }


def addressed_to(email: str | ColumnElement[str]) -> ColumnElement[bool]:
    """The invitations to the address, which is in lower case."""
    return func.lower(Invitation.invitee_email) == email


def _invitations(caller: Caller) -> ColumnElement[bool]:
    found = (Invitation.inviter_id == caller.id) | (Invitation.accepted_by == caller.id)
    # Anyone can open an account with an address of another person. It is theirs once they have read an
    # e-mail there.
    if caller.email_verified:
        found |= addressed_to(caller.email.lower())
    return found
