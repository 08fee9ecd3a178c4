"""RULES: what follows in havrutas when people are kept apart; what is reported, and what an admin hides.

An invitation knows an address alone, so of those who block or are blocked the mailboxes are known, too.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, exists, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from chassis.auth.tokens import Caller
from chassis.clock import now
from chassis.errors import NotFound
from chassis.json_schema import IDENTIFIER, MAP, TEXT
from chassis.messaging.apart import BLOCKED
from chassis.messaging.contracts import reads
from chassis.messaging.messages import Event
from havruta_service import havrutas, notes, rooms, talk
from havruta_service.models import (
    Havruta,
    HavrutaMessage,
    Invitation,
    InvitationStatus,
    Mailbox,
    apart,
    db,
)
from havruta_service.personal_data import addressed_to

BATCH = 1000


@dataclass(frozen=True)
class Reported:
    """Who wrote something, and what it says."""

    author_id: UUID
    words: Mapping[str, str]


@reads(optional=("mailboxes",), mailboxes=MAP)
def on_kept_apart(event: Event) -> None:
    """Keep the mailboxes of two people, one of whom now blocks the other."""
    if event.type == BLOCKED:
        _keep(event.data["mailboxes"], event.occurred_at)


@reads(mailbox_sha256=TEXT)
def on_email_proved(event: Event) -> None:
    """Follow a person who blocks or is blocked to the address that they have proved."""
    newer = Mailbox.proved_at < event.occurred_at
    db.session.execute(
        update(Mailbox)
        .where(Mailbox.user_id == UUID(event.aggregate_id), newer)
        .values(address_sha256=event.data["mailbox_sha256"], proved_at=event.occurred_at)
    )


def reported_havruta(havruta_id: UUID, reporter: Caller) -> Reported:
    """A havruta of the person, or to which their address is invited. Its owner answers for its name."""
    havruta = db.session.get(Havruta, havruta_id)
    if havruta is None or havruta.owner_id is None:
        raise NotFound
    if not havrutas.is_member(havruta_id, reporter.id) and not _is_invited(havruta_id, reporter):
        raise NotFound
    return Reported(havruta.owner_id, {"name": havruta.name})


def reported_message(message_id: UUID, reporter_id: UUID) -> Reported:
    """A message in a havruta of the person."""
    message = db.session.get(HavrutaMessage, message_id)
    if (
        message is None
        or message.deleted
        or not havrutas.is_member(message.havruta_id, reporter_id)
    ):
        raise NotFound
    return Reported(message.user_id, {"content": message.content})


def reported_note(note_id: UUID, reporter_id: UUID) -> Reported:
    """A note that is shared in a havruta of the person."""
    note = notes.get(note_id, reporter_id)
    return Reported(note.user_id, {"text": note.words})


@reads(about=TEXT, about_id=IDENTIFIER)
def on_content_hidden(event: Event) -> None:
    """Hide what an admin has decided to hide, if it is a havruta, or something that was written in one."""
    hide = HIDING.get(event.data["about"])
    if hide:
        hide(UUID(event.data["about_id"]))


def _hide_havruta(havruta_id: UUID) -> None:
    """Take its name and its address from the havruta, and end its open invitations."""
    havruta = havrutas.lock(havruta_id)
    if havruta is None:
        return
    pending = (Invitation.havruta_id == havruta.id) & (
        Invitation.status == InvitationStatus.PENDING
    )
    revoked = {"status": InvitationStatus.REVOKED, "responded_at": now()}
    db.session.execute(update(Invitation).where(pending).values(revoked))
    havruta.name, havruta.meeting_url = havruta.book, None
    havruta.version += 1
    # First, so that what is told of the new name stays.
    rooms.forget_havruta(havruta.id)
    rooms.tell_havruta(havruta, "renamed", havruta)


def _hide_message(message_id: UUID) -> None:
    message = db.session.get(HavrutaMessage, message_id)
    if message is None:
        return
    # Its author and the owner delete and edit under this lock.
    havrutas.lock(message.havruta_id)
    db.session.refresh(message)
    talk.conversation.erase(message)


def _hide_note(note_id: UUID) -> None:
    if note := notes.locked(note_id):
        notes.remove(note)


HIDING: Mapping[str, Callable[[UUID], None]] = {
    "havruta": _hide_havruta,
    "havruta_message": _hide_message,
    "note": _hide_note,
}


def _is_invited(havruta_id: UUID, person: Caller) -> bool:
    if not person.email_verified:
        return False
    theirs = exists().where(Invitation.havruta_id == havruta_id, addressed_to(person.email.lower()))
    return bool(db.session.scalar(select(theirs)))


def forget_mailboxes() -> int:
    """Delete the mailboxes of people whom no block concerns any more; how many they were."""
    blocks = apart.blocks.c
    concerned = exists().where(
        or_(blocks.blocker_id == Mailbox.user_id, blocks.blocked_id == Mailbox.user_id)
    )
    old = select(Mailbox.user_id).where(~concerned).limit(BATCH)
    deleted = delete(Mailbox).where(Mailbox.user_id.in_(old)).returning(Mailbox.user_id)
    return len(db.session.scalars(deleted).all())


def _keep(mailboxes: Mapping[str, str], at: datetime) -> None:
    rows = [
        {"user_id": UUID(user_id), "address_sha256": address, "proved_at": at}
        # In one order, so that two transactions about the same people never wait for each other.
        for user_id, address in sorted(mailboxes.items())
    ]
    if not rows:
        return
    known = insert(Mailbox).values(rows)
    db.session.execute(
        known.on_conflict_do_update(
            index_elements=["user_id"],
            set_={name: known.excluded[name] for name in ("address_sha256", "proved_at")},
            where=Mailbox.proved_at < known.excluded.proved_at,
        )
    )
