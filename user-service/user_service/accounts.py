"""RULES: an account, and what its owner changes about it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from chassis.errors import Conflict, InvalidToken, NotFound
from user_service.email_addresses import spelled
from user_service.events import EventType
from user_service.models import Role, User, db, messages
from user_service.staff_names import require_own_name


class EmailTaken(Conflict):
    """There is an account with this e-mail address."""

    code = "email_taken"


class UsernameTaken(Conflict):
    """There is an account with this username."""

    code = "username_taken"


def own(user_id: UUID, *, lock: bool = False) -> User:
    """The account of the caller; `InvalidToken` if it was deleted after the token was signed."""
    user = _present(User.id == user_id, lock=lock)
    if user is None:
        raise InvalidToken("The account was deleted.")
    return user


def locked(user_id: UUID) -> User:
    """Another person's account, locked: who signs in or changes it at this moment comes before, or after.

    `NotFound` if there is none.
    """
    user = _present(User.id == user_id, lock=True)
    if user is None:
        raise NotFound
    return user


def unchanged(*user_ids: UUID) -> Sequence[User]:
    """The accounts, none of which is changed or deleted until this transaction ends.

    `NotFound` if one of them is gone or never was.
    """
    wanted = (
        select(User)
        .where(User.id.in_(user_ids), User.deleted_at.is_(None))
        # In one order, so that two who write about each other never wait for each other.
        .order_by(User.id)
        .with_for_update(read=True)
        .execution_options(populate_existing=True)
    )
    users = db.session.scalars(wanted).all()
    if len(users) < len(set(user_ids)):
        raise NotFound
    return users


def find(login: str, *, lock: bool = False) -> User | None:
    """The account with this e-mail address or username, if there is one."""
    name = spelled(login)
    if name is None:
        return None
    # No username has an @. The database lowers both sides, as the unique indexes do: Python differs
    # in some letters.
    column = User.email if "@" in name else User.username
    return _present(func.lower(column) == func.lower(name), lock=lock)


def change(user_id: UUID, changes: dict[str, Any]) -> User:
    """Change what is given, and tell the other services, which may show the name and the picture."""
    user = own(user_id, lock=True)
    display_name = changes.get("display_name", user.display_name)
    # A name that the account has already stays, and admins do run the platform.
    if display_name != user.display_name and Role.ADMIN not in user.roles:
        require_own_name("display_name", display_name)
    for name, value in changes.items():
        setattr(user, name, value)
    if db.session.is_modified(user):
        save(user)
    return user


def save(
    user: User,
    event: EventType = EventType.USER_UPDATED,
    *,
    actor: UUID | None = None,
    **data: object,
) -> None:
    """Write the account's changes, and tell the other services; without an `actor` the person did it."""
    db.session.flush()
    messages.publish_event(event, user.id, user.version, data, actor=actor or user.id)


def _present(which: ColumnElement[bool], *, lock: bool) -> User | None:
    query = select(User).where(which, User.deleted_at.is_(None))
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return db.session.scalar(query)
