"""RULES: admins suspend accounts and lift that again, each with a reason that the person is told."""

from uuid import UUID

from sqlalchemy import select

from chassis.clock import now
from chassis.errors import Conflict, Forbidden
from user_service import access, accounts, admins, trail
from user_service.accounts import save
from user_service.events import EventType
from user_service.models import IS_SUSPENDED, Role, Suspension, User, db
from user_service.notices import Notice, tell


class AccountSuspended(Forbidden):
    """The account is suspended."""

    code = "account_suspended"


class AlreadySuspended(Conflict):
    """The account is suspended already."""

    code = "already_suspended"


class NotSuspended(Conflict):
    """The account is not suspended."""

    code = "not_suspended"


class AccountIsAdmin(Conflict):
    """The account is an admin's."""

    code = "account_is_admin"


def suspend(user_id: UUID, reason: str, *, by: UUID, present: UUID) -> Suspension:
    """Suspend an account: all that lets somebody in ends, and no one can sign in."""
    admins.require(by, present)
    user = accounts.locked(user_id)
    if Role.ADMIN in user.roles:
        raise AccountIsAdmin("Take the role away first.")
    if of_person(user_id):
        raise AlreadySuspended
    suspension = Suspension(user_id=user_id, reason=reason, suspended_at=now(), suspended_by=by)
    db.session.add(suspension)
    db.session.flush()
    access.end(user)
    _announce(user, EventType.SUSPENDED, by)
    tell(user, Notice.SUSPENDED, suspension_id=str(suspension.id))
    trail.note("account.suspended", by, user_id)
    return suspension


def lift(user_id: UUID, reason: str, *, by: UUID, present: UUID) -> Suspension:
    """Lift a suspension: the person can sign in again."""
    admins.require(by, present)
    user = accounts.locked(user_id)
    suspension = of_person(user_id)
    if suspension is None:
        raise NotSuspended
    suspension.lift_reason, suspension.lifted_at, suspension.lifted_by = reason, now(), by
    _announce(user, EventType.SUSPENSION_LIFTED, by)
    tell(user, Notice.SUSPENSION_LIFTED, suspension_id=str(suspension.id))
    trail.note("account.suspension_lifted", by, user_id)
    return suspension


def require_active(user: User) -> None:
    """`AccountSuspended` with the reason, for those who have proved who they are. The account is locked."""
    if suspension := of_person(user.id):
        trail.note_failure("sign_in.begun", user.id, reason=AccountSuspended.code)
        raise AccountSuspended(reason=suspension.reason)


def of_person(user_id: UUID) -> Suspension | None:
    """The suspension that holds now."""
    return db.session.scalar(select(Suspension).where(Suspension.user_id == user_id, IS_SUSPENDED))


def _announce(user: User, event: EventType, by: UUID) -> None:
    # The account is changed, so that the event has a version of its own.
    user.updated_at = now()
    save(user, event, actor=by)
