"""RULES: the roles of people."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select, text

from chassis.errors import Conflict, Forbidden
from user_service import second_factor, trail
from user_service.accounts import locked, save
from user_service.events import EventType
from user_service.models import IS_ADMIN, Role, User, db


class LastAdmin(Conflict):
    """The account is the last admin."""

    code = "last_admin"


def assign(user_id: UUID, roles: Collection[str], *, by: UUID, present: UUID) -> User:
    """Give the person these roles and no others. `present` is the sign-in of the admin.

    A token may be older than its bearer's demotion, so `by` is looked up.
    """
    admins = _admins()
    if by not in admins:
        raise Forbidden("Your account no longer has the role admin.", required=Role.ADMIN)
    second_factor.require_confirmed(by, present)
    user = locked(user_id)
    if admins == {user.id} and Role.ADMIN not in roles:
        raise LastAdmin("Make another admin first.")
    _set(user, roles, actor=by)
    return user


def grant(user: User, role: Role, *, by: UUID | None = None) -> User:
    """Give the person one more role; without an admin, `by`, the operator does."""
    user = locked(user.id)
    _set(user, {*user.roles, role}, actor=by)
    return user


def check_replaceable(user_id: UUID) -> None:
    """`LastAdmin` if no one could give roles after this account is gone."""
    # Asked about every account: one that is no admin may be made one until the admins' rows are
    # locked. Asked again if none is left of those whose rows we waited for: an account that became
    # an admin meanwhile was not among them.
    if (_admins() or _admins()) == {user_id}:
        raise LastAdmin("Make another admin first.")


def _set(user: User, roles: Collection[str], actor: UUID | None = None) -> None:
    wanted = [str(role) for role in Role if role in roles]
    if wanted != user.roles:
        user.roles = wanted
        # The gateway refuses the access tokens that say others: clients exchange their refresh tokens.
        save(user, EventType.ROLES_CHANGED, actor=actor, roles=wanted)
        trail.note("roles.changed", actor, user.id, roles=" ".join(wanted))


def _admins() -> set[UUID]:
    """All admins, locked in one order: two admins who demote each other come one after the other."""
    admins = select(User.id).where(text(IS_ADMIN), User.deleted_at.is_(None))
    return set(db.session.scalars(admins.order_by(User.id).with_for_update()))
