"""RULES: everything that is kept about a person here."""

from typing import Any
from uuid import UUID

from sqlalchemy import Executable, Row, false, func, select

from chassis.auth.tokens import Caller
from chassis.clock import rfc3339
from havruta_service.models import (
    Havruta,
    HavrutaSession,
    Invitation,
    Member,
    Move,
    Presence,
    SessionRsvp,
    db,
)

Document = dict[str, list[dict[str, Any]]]


def of_person(caller: Caller) -> Document:
    """What the tables hold about the person, by kind."""
    return {
        kind: [_plain(row) for row in db.session.execute(query)]
        for kind, query in _queries(caller).items()
    }


def _queries(caller: Caller) -> dict[str, Executable]:
    user_id = caller.id
    # Anybody can open an account with an address of somebody else; it is his once he has read a
    # mail there.
    to_him = (
        func.lower(Invitation.invitee_email) == caller.email.lower()
        if caller.email_verified
        else false()
    )
    member = select(
        Havruta.id, Havruta.name, Havruta.book, Havruta.owner_id, Member.joined_at
    ).join(Member, Member.havruta_id == Havruta.id)
    planned = select(
        HavrutaSession.id, HavrutaSession.havruta_id, HavrutaSession.type, HavrutaSession.start_time
    )
    presence = select(Presence.session_id, Presence.joined_at, Presence.left_at)
    moves = select(Move.session_id, Move.seq, Move.ref, Move.moved_at)
    rsvps = select(SessionRsvp.session_id, SessionRsvp.answer, SessionRsvp.answered_at)
    invitations = select(
        Invitation.id,
        Invitation.havruta_id,
        Invitation.invitee_email,
        Invitation.status,
        Invitation.created_at,
    )
    return {
        "havrutas": member.where(Member.user_id == user_id).order_by(Member.joined_at),
        "sessions_begun": planned.where(HavrutaSession.created_by == user_id).order_by(
            HavrutaSession.start_time
        ),
        "presence": presence.where(Presence.user_id == user_id).order_by(Presence.id),
        "moves": moves.where(Move.user_id == user_id).order_by(Move.moved_at, Move.seq),
        "rsvps": rsvps.where(SessionRsvp.user_id == user_id).order_by(SessionRsvp.answered_at),
        "invitations_sent": invitations.where(Invitation.inviter_id == user_id).order_by(
            Invitation.created_at
        ),
        "invitations_received": invitations.where(to_him).order_by(Invitation.created_at),
        "invitations_accepted": invitations.where(Invitation.accepted_by == user_id).order_by(
            Invitation.created_at
        ),
    }


def _plain(row: Row[Any]) -> dict[str, Any]:
    return {
        name: rfc3339(value)
        if hasattr(value, "astimezone")
        else str(value)
        if isinstance(value, UUID)
        else value
        for name, value in row._mapping.items()
    }
