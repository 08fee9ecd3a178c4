"""RULES: a person keeps another away.

The other services hear of it by events. Each keeps what it has heard, and decides by that.
"""

import hashlib
from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, or_, select

from chassis.data.keyset import ordered
from chassis.data.limits import LimitReached, require_room
from chassis.errors import Conflict
from chassis.pages import Page, cut
from user_service.accounts import own, unchanged
from user_service.events import EventType
from user_service.models import Block, User, db, messages


class BlockLimitReached(LimitReached):
    """You block as many people as one person may; `most` is how many."""

    code = "block_limit_reached"
    most = 1000


class OwnAccount(Conflict):
    """This is your own account."""

    code = "own_account"


def block(user_id: UUID, other_id: UUID) -> None:
    """Keep the other person away. Blocking them again changes nothing."""
    own(user_id)
    if user_id == other_id:
        raise OwnAccount
    mailboxes = _proved_mailboxes(unchanged(user_id, other_id))
    theirs = select(Block.number).where(Block.blocker_id == user_id)
    others = theirs.where(Block.blocked_id != other_id)
    require_room(db.session, BlockLimitReached, others, of=user_id)
    # One after the other of this person's requests comes here.
    if db.session.scalar(theirs.where(Block.blocked_id == other_id)):
        return
    new = Block(blocker_id=user_id, blocked_id=other_id)
    db.session.add(new)
    db.session.flush()
    _tell(EventType.BLOCKED, new, mailboxes=mailboxes)


def unblock(user_id: UUID, other_id: UUID) -> None:
    """Keep the other person away no longer. Ending it twice is ending it once."""
    own(user_id)
    ended = delete(Block).where(Block.blocker_id == user_id, Block.blocked_id == other_id)
    if old := db.session.scalar(ended.returning(Block)):
        _tell(EventType.UNBLOCKED, old)


def mine(user_id: UUID, limit: int, cursor: str | None) -> Page[Block]:
    """The people whom the person blocks, the last one first."""
    query = select(Block).where(Block.blocker_id == user_id)
    last_first = ordered(query, [Block.number], limit, cursor, descending=True)
    return cut(db.session.scalars(last_first).all(), limit, lambda row: (row.number,))


def keeps_apart(user_id: UUID | None, other: ColumnElement[UUID]) -> ColumnElement[bool]:
    """Whether one of the two blocks the other."""
    return exists().where(
        or_(
            (Block.blocker_id == user_id) & (Block.blocked_id == other),
            (Block.blocker_id == other) & (Block.blocked_id == user_id),
        )
    )


def mailbox_sha256(email: str) -> str:
    """The SHA-256 by which other services know the mailbox, in hexadecimal digits."""
    local, _, domain = email.lower().rpartition("@")
    # What follows a `+` is for the filters of the recipient.
    name = local.partition("+")[0] or local
    return hashlib.sha256(f"{name}@{domain}".encode()).hexdigest()


def forget(user_id: UUID) -> None:
    """Delete every block of the person, and of others against them."""
    either = or_(Block.blocker_id == user_id, Block.blocked_id == user_id)
    db.session.execute(delete(Block).where(either))


def on_email_proved(user: User) -> None:
    """Tell the services which mailbox is now known to be the person's, if that matters to a block."""
    either = or_(Block.blocker_id == user.id, Block.blocked_id == user.id)
    if db.session.scalar(select(exists().where(either))):
        data = {"mailbox_sha256": mailbox_sha256(user.email)}
        messages.publish_event(EventType.EMAIL_PROVED, user.id, user.version, data, actor=user.id)


def _proved_mailboxes(accounts: Sequence[User]) -> Mapping[str, str]:
    proved = [account for account in accounts if account.email_verified]
    return {str(account.id): mailbox_sha256(account.email) for account in proved}


def _tell(event: EventType, of: Block, **more: object) -> None:
    people = {"blocker_id": str(of.blocker_id), "blocked_id": str(of.blocked_id)}
    # Of one pair each block has a larger number than the last, and its end comes right after it.
    version = 2 * of.number + (event == EventType.UNBLOCKED)
    pair = f"{of.blocker_id}:{of.blocked_id}"
    messages.publish_event(event, pair, version, {**people, **more}, actor=of.blocker_id)
