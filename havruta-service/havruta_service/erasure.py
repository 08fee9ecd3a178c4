"""RULES: what is left of a person whose account is deleted: nothing that says who they were."""

from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, delete, func, select, update

from chassis.clock import now
from chassis.data.stored_answers import forget_answers
from chassis.json_schema import TEXT
from chassis.messaging.contracts import reads
from chassis.messaging.messages import Event
from havruta_service import (
    completion,
    havrutas,
    invitation_emails,
    membership,
    notes,
    reminders,
    rooms,
    talk,
)
from havruta_service.models import (
    EndReason,
    Havruta,
    HavrutaMessage,
    HavrutaSession,
    Invitation,
    InvitationEmail,
    InvitationRefusal,
    InvitationSend,
    InvitationStatus,
    Mailbox,
    Member,
    Move,
    PassageNote,
    Presence,
    SessionRsvp,
    apart,
    db,
)
from havruta_service.notifications import member_ids

NO_ADDRESS = "deleted@deleted.invalid"


# Without it the second time.
@reads(optional=("email_sha256",), email_sha256=TEXT)
def on_user_deleted(event: Event) -> None:
    """Erase the person whose account is deleted."""
    erase(UUID(event.aggregate_id), event.data.get("email_sha256"))


def erase(user_id: UUID, email_sha256: str | None) -> None:
    """Take the person out of all havrutas, and replace their id by one that stands for no one."""
    # One id for all traces: how many people were present, and for how long, comes out the same as before.
    no_one = uuid4()
    # In one order, so that two people who leave the same havrutas cannot wait for each other.
    own = select(Member.havruta_id).where(Member.user_id == user_id)
    written = select(HavrutaMessage.havruta_id).where(HavrutaMessage.user_id == user_id)
    for havruta_id in sorted(db.session.scalars(own.union(written))):
        havruta = havrutas.lock(havruta_id)
        if havruta and havrutas.is_member(havruta_id, user_id):
            _withdraw(havruta, user_id)
        _erase_messages(havruta_id, user_id, no_one)
    _delete_notes(user_id)
    # Before the ids are replaced: addresses are known by the invitations that the person accepted.
    _forget_emails(user_id)
    _revoke_invitations(user_id, email_sha256)
    _delete_reasons(user_id)
    _anonymise(user_id, no_one)
    db.session.execute(delete(SessionRsvp).where(SessionRsvp.user_id == user_id))
    reminders.forget(user_id)
    db.session.execute(delete(Mailbox).where(Mailbox.user_id == user_id))
    apart.forget(user_id)
    forget_answers(db, user_id)


def _withdraw(havruta: Havruta, user_id: UUID) -> None:
    """The longest-standing member becomes the owner; without another member, the havruta is closed."""
    others = member_ids(havruta, without=user_id)
    if not others:
        _close(havruta)
    elif havruta.owner_id == user_id:
        # First, because `detach` passes navigation on to the owner.
        membership.hand_over(havruta, others[0])
    membership.detach(havruta, user_id, by=user_id)


def _close(havruta: Havruta) -> None:
    if session := membership.active_session(havruta):
        completion.complete(havruta, session, now(), EndReason.EMPTY)
    if not havruta.is_archived:
        havrutas.close(havruta)
    # Only an archived havruta may be without an owner (check).
    havruta.owner_id = None
    # Nobody is left who would know it by the name that its members gave it.
    havruta.name, havruta.meeting_url = havruta.book, None
    rooms.forget_havruta(havruta.id)


def _erase_messages(havruta_id: UUID, user_id: UUID, no_one: UUID) -> None:
    written = talk.conversation.written_by(user_id, havruta_id)
    if written:
        # All of the past, because it names them in more than in their messages.
        rooms.forget_havruta(havruta_id)
    for message in written:
        # First, so that what is told of the deletion does not name them.
        message.user_id, message.client_message_id = no_one, None
        talk.conversation.erase(message)


def _delete_notes(user_id: UUID) -> None:
    own = select(PassageNote.id).where(PassageNote.user_id == user_id).order_by(PassageNote.id)
    for note_id in db.session.scalars(own).all():
        if note := notes.locked(note_id):
            notes.remove(note)


def _revoke_invitations(user_id: UUID, email_sha256: str | None) -> None:
    """Revoke the invitations from the person and to their addresses, which are then removed."""
    email = func.lower(Invitation.invitee_email)
    addresses = select(email).where(_addressed_to(user_id, email_sha256))
    to_them = email.in_(addresses)
    pending = Invitation.status == InvitationStatus.PENDING
    expired = Invitation.status == InvitationStatus.EXPIRED
    # Revoked before they all get the same address, of which a havruta may have one open invitation
    # (unique key). Also those that expired, which could be sent again.
    revoked = ((Invitation.inviter_id == user_id) & pending) | (to_them & (pending | expired))
    db.session.execute(
        update(Invitation)
        .where(revoked)
        .values(status=InvitationStatus.REVOKED, responded_at=now())
    )
    db.session.execute(update(Invitation).where(to_them).values(invitee_email=NO_ADDRESS))


def _forget_emails(user_id: UUID) -> None:
    """Delete the counts of e-mails from and to the person, and who declined them."""
    db.session.execute(delete(InvitationSend).where(InvitationSend.sender_id == user_id))
    db.session.execute(delete(InvitationRefusal).where(InvitationRefusal.inviter_id == user_id))
    # Only of addresses at which they accepted an invitation: with an account that names an address of
    # another person, anyone could begin its counts again. What an address declined stays, because e-mails
    # would arrive there again.
    proved = select(Invitation.invitee_email).where(Invitation.accepted_by == user_id)
    addresses = {invitation_emails.digest(email) for email in db.session.scalars(proved)}
    counts = InvitationEmail.address_sha256.in_(addresses)
    db.session.execute(delete(InvitationEmail).where(counts))


def _addressed_to(user_id: UUID, email_sha256: str | None) -> ColumnElement[bool]:
    """The invitations that tell an address of the person: by its SHA-256, or because they accepted one."""
    # No index serves this: accounts are deleted so seldom that the whole table may be read.
    email = func.convert_to(func.lower(Invitation.invitee_email), "UTF8")
    digest = func.encode(func.sha256(email), "hex")
    return (Invitation.accepted_by == user_id) | (digest == email_sha256)


def _delete_reasons(user_id: UUID) -> None:
    """What the person wrote when they cancelled sessions."""
    session = HavrutaSession
    # By whom a session was cancelled was not always kept. Mostly it was the member who had planned it.
    theirs = func.coalesce(session.cancelled_by, session.created_by) == user_id
    said = theirs & session.cancellation_reason.is_not(None)
    erased = update(session).where(said).values(cancellation_reason=None)
    for havruta_id in set(db.session.scalars(erased.returning(session.havruta_id))):
        rooms.forget_havruta(havruta_id)


def _anonymise(user_id: UUID, substitute: UUID) -> None:
    columns = (
        Presence.user_id,
        Move.user_id,
        HavrutaSession.created_by,
        HavrutaSession.navigator_id,
        HavrutaSession.cancelled_by,
        Invitation.accepted_by,
    )
    for column in columns:
        replaced = update(column.class_).where(column == user_id).values({column: substitute})
        db.session.execute(replaced)
    db.session.execute(
        update(Invitation)
        .where(Invitation.inviter_id == user_id)
        .values(inviter_id=substitute, inviter_name="", inviter_username="")
    )
