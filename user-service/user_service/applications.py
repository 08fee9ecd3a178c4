"""RULES: people apply for the roles tutor and author, and an admin decides, with a reason that they are told.

The account is locked before its application, as where it is deleted. So what a decision rests on stays as it
is, and of two who end an application at once one finds it ended.
"""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from chassis.clock import now, rfc3339
from chassis.data.keyset import ordered
from chassis.data.limits import LimitReached, require_room
from chassis.errors import Conflict, NotFound, invalid
from chassis.pages import Page, cut
from user_service import accounts, admins, notifications, roles, suspensions, trail
from user_service.models import Application, ApplicationStatus, AppliedRole, Role, User, db
from user_service.notices import Notice, tell
from user_service.notification_kinds import NotificationKind
from user_service.verification import require_verified

REST = timedelta(days=7)
COUNTED_FOR = timedelta(days=30)
NOTICES = {
    ApplicationStatus.ACCEPTED: Notice.APPLICATION_ACCEPTED,
    ApplicationStatus.DECLINED: Notice.APPLICATION_DECLINED,
}


class RoleHeld(Conflict):
    """Your account has this role."""

    code = "role_held"


class ApplicationPending(Conflict):
    """Your application for this role waits for an answer."""

    code = "application_pending"


class AppliedLately(Conflict):
    """Your last application for this role was declined within 7 days."""

    code = "applied_lately"


class ApplicationDecided(Conflict):
    """The application is not pending any more."""

    code = "application_decided"


class ApplicantSuspended(Conflict):
    """The account of the applicant is suspended."""

    code = "applicant_suspended"


class ApplicationLimitReached(LimitReached):
    """You have made as many applications within 30 days as one person may; `most` is how many."""

    code = "application_limit_reached"
    most = 10


def apply(user_id: UUID, role: AppliedRole, text: str, subjects: Sequence[str]) -> Application:
    """A new application. The database refuses a second pending one for the role (`ApplicationPending`)."""
    if role == AppliedRole.TUTOR and not subjects:
        raise invalid("subjects", "Say what you teach.")
    user = accounts.own(user_id, lock=True)
    require_verified(user)
    if role in user.roles:
        raise RoleHeld
    _require_rest(user_id, role)
    lately = select(Application.id).where(
        Application.user_id == user_id, Application.created_at > now() - COUNTED_FOR
    )
    require_room(db.session, ApplicationLimitReached, lately, of=user_id)
    application = Application(user_id=user_id, role=role, text=text, subjects=list(subjects))
    db.session.add(application)
    db.session.flush()
    trail.note("application.made", user_id)
    return application


def own(user_id: UUID, limit: int, cursor: str | None) -> Page[Application]:
    """The person's applications, newest first."""
    query = select(Application).where(Application.user_id == user_id)
    columns = (Application.created_at, Application.id)
    rows = db.session.scalars(ordered(query, columns, limit, cursor, descending=True)).all()
    return cut(rows, limit, lambda row: (row.created_at, row.id))


def withdraw(user_id: UUID, application_id: UUID) -> None:
    """Withdraw the person's own application; `ApplicationDecided` if it is not pending."""
    application = _locked(application_id)
    if application.user_id != user_id:
        raise NotFound
    _require_pending(application)
    application.status = ApplicationStatus.WITHDRAWN
    db.session.flush()
    trail.note("application.withdrawn", user_id)


def waiting(
    status: ApplicationStatus, role: AppliedRole | None, limit: int, cursor: str | None
) -> Page[Application]:
    """The applications with this status, oldest first: for any role, or this one."""
    query = select(Application).where(Application.status == status)
    if role:
        query = query.where(Application.role == role)
    columns = (Application.created_at, Application.id)
    rows = db.session.scalars(ordered(query, columns, limit, cursor)).all()
    return cut(rows, limit, lambda row: (row.created_at, row.id))


def accept(application_id: UUID, reason: str | None, *, by: UUID, present: UUID) -> Application:
    """Give the person the role. `present` is the sign-in of the admin."""
    admins.require(by, present)
    user, application = _pending(application_id)
    if suspensions.of_person(user.id):
        raise ApplicantSuspended("Lift the suspension, or decline the application.")
    roles.grant(user, Role(application.role), by=by)
    _decide(user, application, ApplicationStatus.ACCEPTED, reason, by)
    return application


def decline(application_id: UUID, reason: str, *, by: UUID, present: UUID) -> Application:
    """Leave the person without the role. They may apply again after 7 days."""
    admins.require(by, present)
    user, application = _pending(application_id)
    _decide(user, application, ApplicationStatus.DECLINED, reason, by)
    return application


def _decide(
    user: User, application: Application, status: ApplicationStatus, reason: str | None, by: UUID
) -> None:
    application.status, application.reason = status, reason
    application.decided_at, application.decided_by = now(), by
    db.session.flush()
    told = {"role": application.role, "status": str(status), "reason": reason}
    about = f"application:{application.id}"
    notifications.tell(user.id, NotificationKind.APPLICATION_DECIDED, about, told)
    tell(user, NOTICES[status], application_id=str(application.id))
    trail.note(f"application.{status}", by, user.id)


def _pending(application_id: UUID) -> tuple[User, Application]:
    """The applicant and the pending application, both locked, in this order."""
    found = db.session.get(Application, application_id)
    if found is None:
        raise NotFound
    user = accounts.locked(found.user_id)
    application = _locked(application_id)
    _require_pending(application)
    return user, application


def _locked(application_id: UUID) -> Application:
    application = db.session.get(
        Application, application_id, with_for_update=True, populate_existing=True
    )
    if application is None:
        raise NotFound
    return application


def _require_pending(application: Application) -> None:
    if application.status != ApplicationStatus.PENDING:
        raise ApplicationDecided(application_status=application.status)


def _require_rest(user_id: UUID, role: AppliedRole) -> None:
    declined = (
        select(Application.decided_at)
        .where(
            Application.user_id == user_id,
            Application.role == role,
            Application.status == ApplicationStatus.DECLINED,
            Application.decided_at > now() - REST,
        )
        .order_by(Application.decided_at.desc())
        .limit(1)
    )
    if decided_at := db.session.scalar(declined):
        raise AppliedLately(available_at=rfc3339(decided_at + REST))
