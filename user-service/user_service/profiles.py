"""RULES: what others may see of an account."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import exists, select

from chassis.data.keyset import ordered
from chassis.errors import NotFound
from chassis.pages import Page, cut
from user_service import blocks
from user_service.models import IS_SUSPENDED, Suspension, User, db

DELETED_NAME = "Deleted user"
ABOVE_ALL = "\uffff"  # sorts after every letter of a username


@dataclass(frozen=True)
class Deleted:
    """Stands for an account that is gone, or never was."""

    id: UUID
    display_name: str = DELETED_NAME


def public_profile(user_id: UUID) -> User:
    """The account as others see it; `NotFound` if it is gone or never was."""
    user = db.session.get(User, user_id)
    if user is None or user.deleted_at:
        raise NotFound
    return user


def public_profiles(user_ids: Sequence[UUID]) -> list[User | Deleted]:
    """The accounts in the order of the ids, each once."""
    query = select(User).where(User.id.in_(user_ids), User.deleted_at.is_(None))
    present = {user.id: user for user in db.session.scalars(query)}
    return [present.get(user_id) or Deleted(user_id) for user_id in dict.fromkeys(user_ids)]


def search(viewer_id: UUID, beginning: str, limit: int, cursor: str | None) -> Page[User]:
    """The accounts whose username begins like this, by username: an exact match comes first.

    People of whom one blocks the other do not find each other, and no one finds those who are suspended.
    """
    # The order of bytes, whatever the locale of the database: that of `idx_users_username_prefix`.
    username, prefix = User.username.collate("C"), beginning.lower()
    query = select(User).where(
        username.between(prefix, prefix + ABOVE_ALL),
        User.deleted_at.is_(None),
        ~blocks.keeps_apart(viewer_id, User.id.expression),
        ~exists().where(Suspension.user_id == User.id, IS_SUSPENDED),
    )
    rows = db.session.scalars(ordered(query, [username], limit, cursor)).all()
    return cut(rows, limit, lambda user: (user.username,))
