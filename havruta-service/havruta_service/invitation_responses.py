"""RULES: responding to an invitation: with the token from the e-mail, or as the person whose verified
address it was sent to.
"""

from uuid import UUID

from sqlalchemy import DateTime, String, Uuid, bindparam, literal_column

from chassis.auth.tokens import Caller
from chassis.clock import now
from chassis.errors import Forbidden, NotFound
from chassis.pages import Page
from havruta_service import (
    havrutas,
    invitation_emails,
    invitations,
    membership,
    unsubscribe_tokens,
)
from havruta_service.invitations import EmailNotVerified, InvitationRow
from havruta_service.models import Havruta, Invitation, InvitationStatus, apart, db
from havruta_service.notifications import Kind, member_ids, notify, notify_inviter
from havruta_service.personal_data import addressed_to

# Of either neither should the person hear nor be heard.
APART = apart.people_apart_from(bindparam("user_id", type_=Uuid))
MINE = invitations.listed(
    addressed_to(bindparam("email", type_=String)),
    # Literally, so that the index of pending ones serves any prepared statement.
    Invitation.status == literal_column(f"'{InvitationStatus.PENDING}'"),
    Invitation.expires_at > bindparam("at", type_=DateTime(timezone=True)),
    Havruta.archived_at.is_(None),
    Invitation.inviter_id.not_in(APART),
    Havruta.owner_id.not_in(APART),
)


class EmailMismatch(Forbidden):
    """The invitation was sent to another address than that of your account."""

    code = "email_mismatch"


def mine(caller: Caller, limit: int, cursor: str | None) -> Page[InvitationRow]:
    """The open invitations to the caller's address, once it is verified."""
    if not caller.email_verified:
        return Page([], None)
    values = {"email": caller.email.lower(), "at": now(), "user_id": caller.id}
    return invitations.page(MINE, values, limit, cursor)


def preview(token: str) -> Invitation:
    """What the holder of the token is invited to. Nothing changes."""
    found = _open(_by_token(token))
    _require_reach(None, found)
    return found


def accept(token: str, caller: Caller) -> Invitation:
    """Join the havruta with the token from the e-mail."""
    return _accept(_by_token(token), caller)


def accept_own(invitation_id: UUID, caller: Caller) -> Invitation:
    """Join the havruta by an invitation that came to the caller's address."""
    return _accept(_own(invitation_id, caller), caller)


def decline(token: str) -> Invitation:
    """Decline with the token from the e-mail. Declining again changes nothing."""
    return _decline(_by_token(token))


def decline_own(invitation_id: UUID, caller: Caller) -> Invitation:
    """Decline an invitation that came to the caller's address."""
    return _decline(_own(invitation_id, caller))


def unsubscribe(token: str) -> None:
    """End all e-mails with invitations to the address that the token is for."""
    invitation_emails.opt_out(unsubscribe_tokens.address_of(token))


def _accept(found: Invitation, caller: Caller) -> Invitation:
    invitation, havruta = invitations.locked(found.id)
    # Accepting again changes nothing; but a member who was removed since does not come back with the old
    # e-mail.
    if invitation.accepted_by == caller.id and havrutas.is_member(havruta.id, caller.id):
        return invitation
    if invitation.invitee_email.lower() != caller.email.lower():
        raise EmailMismatch
    if not caller.email_verified:
        raise EmailNotVerified
    _open(invitation)
    _require_reach(caller.id, invitation)
    is_new = membership.admit(havruta, caller.id)
    invitation.status, invitation.accepted_by = InvitationStatus.ACCEPTED, caller.id
    invitation.responded_at = now()
    db.session.flush()
    notify_inviter(Kind.ACCEPTED, havruta, invitation, actor=caller.id)
    if is_new:
        others = set(member_ids(havruta, without=caller.id)) - {invitation.inviter_id}
        notify(Kind.JOINED, havruta, sorted(others), actor=caller.id)
    return invitation


def _decline(found: Invitation) -> Invitation:
    invitation, havruta = invitations.locked(found.id)
    if invitation.status == InvitationStatus.DECLINED:
        return invitation
    _open(invitation)
    invitation.status, invitation.responded_at = InvitationStatus.DECLINED, now()
    invitation_emails.note_refusal(invitation)
    # By no one: the inviter must not learn whether the address has an account.
    notify_inviter(Kind.DECLINED, havruta, invitation, actor=None)
    return invitation


def _open(invitation: Invitation) -> Invitation:
    status = invitation.current_status
    if status != InvitationStatus.PENDING or invitation.havruta.is_archived:
        raise invitations.InvitationGone(invitation_status=status)
    return invitation


def _require_reach(user_id: UUID | None, invitation: Invitation) -> None:
    """`NotFound` if the inviter or the owner is suspended, or kept apart from this person."""
    if apart.is_apart(user_id, [invitation.inviter_id, invitation.havruta.owner_id]):
        raise NotFound


def _by_token(token: str) -> Invitation:
    invitation = db.session.scalar(
        invitations.with_havruta().where(Invitation.invitation_token == invitations.hashed(token))
    )
    if invitation is None:
        raise NotFound
    return invitation


def _own(invitation_id: UUID, caller: Caller) -> Invitation:
    if not caller.email_verified:
        raise NotFound
    invitation = db.session.scalar(
        invitations.with_havruta().where(
            Invitation.id == invitation_id, addressed_to(caller.email.lower())
        )
    )
    if invitation is None:
        raise NotFound
    return invitation
