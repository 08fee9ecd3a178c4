"""RULES: what others may see of an account."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from chassis.data.keyset import ordered
from chassis.errors import NotFound
from chassis.pages import Page, cut
from user_service.models import User, db

DELETED_NAME = "Deleted user"
ABOVE_ALL = "\uffff"  # sorts after every letter of a username


@dataclass(frozen=True)
class Deleted:
    """Stands where an account was, or never was."""

    id: UUID
    display_name: str = DELETED_NAME


def public_profile(user_id: UUID) -> User:
    """The account as others see it; `NotFound` if there is none, or none any more."""
    user = db.session.get(User, user_id)
    if user is None or user.deleted_at:
        raise NotFound
    return user


def public_profiles(user_ids: Sequence[UUID]) -> list[User | Deleted]:
    """The accounts in the order of the ids, each once."""
    found = {
        user.id: user for user in db.session.scalars(select(User).where(User.id.in_(user_ids)))
    }
    present = {user_id: user for user_id, user in found.items() if not user.deleted_at}
    return [present.get(user_id) or Deleted(user_id) for user_id in dict.fromkeys(user_ids)]


def search(beginning: str, limit: int, cursor: str | None) -> Page[User]:
    """The accounts whose username begins like this, in its order: the one of exactly this name
    comes first.
    """
    # The order of bytes, whatever the locale of the database: that of `idx_users_username_prefix`.
    username, prefix = User.username.collate("C"), beginning.lower()
    query = select(User).where(
        username.between(prefix, prefix + ABOVE_ALL), User.deleted_at.is_(None)
    )
    return cut(
        db.session.scalars(ordered(query, [username], limit, cursor)).all(),
        limit,
        lambda user: (user.username,),
    )
