"""RULES: what admins see of accounts, and what shows that a person is one."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, func, select

from chassis.data.keyset import ordered
from chassis.errors import Forbidden
from chassis.pages import Page, cut
from user_service import second_factor
from user_service.accounts import own
from user_service.email_addresses import spelled
from user_service.models import (
    IS_SUSPENDED,
    Passkey,
    Role,
    SecondFactor,
    SignIn,
    Suspension,
    User,
    db,
)
from user_service.profiles import ABOVE_ALL


class AccountState(StrEnum):
    """What can be said of an account that is not deleted."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    UNVERIFIED = "unverified"


@dataclass(frozen=True)
class SeenAccount:
    """An account as an admin sees it."""

    user: User
    suspension: Suspension | None
    has_second_factor: bool
    last_signed_in_at: datetime | None


def require(admin_id: UUID, present: UUID) -> None:
    """`Forbidden` unless the person is an admin now, and has shown it if they have a second factor.

    A token may be older than its bearer's demotion, so the account is looked up. `present` is the sign-in.
    """
    if Role.ADMIN not in own(admin_id).roles:
        raise Forbidden("Your account no longer has the role admin.", required=Role.ADMIN)
    second_factor.require_confirmed(admin_id, present)


def accounts(
    q: str | None, state: AccountState | None, role: Role | None, limit: int, cursor: str | None
) -> Page[SeenAccount]:
    """Accounts by username: those whose username begins like `q`, or with this e-mail address."""
    wanted = [User.deleted_at.is_(None), *_words(q), *_states(state)]
    if role:
        wanted.append(User.roles.contains([str(role)]))
    query = _seen().where(*wanted)
    # The order of bytes, whatever the locale of the database: that of `idx_users_username_prefix`.
    username = User.username.collate("C")
    rows = db.session.execute(ordered(query, [username], limit, cursor)).all()
    page = cut(rows, limit, lambda row: (row[0].username,))
    return Page([SeenAccount(*row) for row in page.items], page.next)


def _seen() -> Select[*tuple[Any, ...]]:
    last = select(func.max(SignIn.created_at)).where(SignIn.user_id == User.id).scalar_subquery()
    has_app = exists().where(
        SecondFactor.user_id == User.id, SecondFactor.confirmed_at.is_not(None)
    )
    protected = has_app | exists().where(Passkey.user_id == User.id)
    return select(User, Suspension, protected, last).outerjoin(
        Suspension, (Suspension.user_id == User.id) & IS_SUSPENDED
    )


def _words(q: str | None) -> list[ColumnElement[bool]]:
    if q is None:
        return []
    prefix = q.strip().lower()
    if "@" in prefix:
        return [func.lower(User.email) == (spelled(prefix) or prefix)]
    return [User.username.collate("C").between(prefix, prefix + ABOVE_ALL)]


def _states(state: AccountState | None) -> list[ColumnElement[bool]]:
    if state is None:
        return []
    states: dict[AccountState, ColumnElement[bool]] = {
        AccountState.ACTIVE: Suspension.id.is_(None),
        AccountState.SUSPENDED: Suspension.id.is_not(None),
        AccountState.UNVERIFIED: User.email_verified_at.is_(None),
    }
    return [states[state]]
