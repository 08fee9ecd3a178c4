"""RULES: what follows in havrutas when people are kept apart.

An invitation knows an address alone, so of those who block or are blocked the mailboxes are known, too.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, exists, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from chassis.messaging.apart import BLOCKED
from chassis.messaging.messages import Event
from havruta_service.models import Mailbox, apart, db

BATCH = 1000


def on_kept_apart(event: Event) -> None:
    """Keep the mailboxes of two people, one of whom now blocks the other."""
    if event.type == BLOCKED:
        _keep(event.data["mailboxes"], event.occurred_at)


def on_email_proved(event: Event) -> None:
    """Follow a person who blocks or is blocked to the address that they have proved."""
    newer = Mailbox.proved_at < event.occurred_at
    db.session.execute(
        update(Mailbox)
        .where(Mailbox.user_id == UUID(event.aggregate_id), newer)
        .values(address_sha256=event.data["mailbox_sha256"], proved_at=event.occurred_at)
    )


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
