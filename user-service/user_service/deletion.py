"""RULES: leaving. What the other services keep about a person they erase when they are told."""

import hashlib
from uuid import UUID

from sqlalchemy import delete, update

from chassis.clock import now
from chassis.idempotency import forget_answers
from user_service import credentials, roles, sign_ins
from user_service.accounts import own, save
from user_service.models import CalendarFeed, EmailToken, MailPreference, Notification, SignIn, User, db, messages
from user_service.notifications import ROOM
from user_service.profiles import DELETED_NAME
from user_service.runtime import runtime


def delete_account(user_id: UUID, password: str, ip: str) -> None:
    """Erase the person; the id stays, so that what it is written on still has an author."""
    credentials.confirm(own(user_id), password, ip)
    roles.check_replaceable(own(user_id))
    user = own(user_id, lock=True)  # The admins' rows are locked before one's own, as everywhere.
    sign_ins.end_all(user.id)
    address = hashlib.sha256(user.email.lower().encode()).hexdigest()
    _erase(user)
    forget_answers(db, user.id)
    messages.clear(f"{ROOM}:{user.id}")
    save(user, "user.deleted", email_sha256=address)  # for services that know the address, but not the account


def _erase(user: User) -> None:
    user.email, user.username = f"{user.id}@deleted.invalid", f"deleted-{user.id.hex}"
    user.display_name, user.avatar_url, user.bio = DELETED_NAME, None, None
    user.timezone, user.locale, user.roles = "UTC", "en", ["learner"]
    user.email_verified_at, user.deleted_at = None, now()
    user.password_hash = runtime().hasher.unmatched
    for table in (CalendarFeed, EmailToken, Notification, MailPreference):
        db.session.execute(delete(table).where(table.user_id == user.id))
    db.session.execute(update(SignIn).where(SignIn.user_id == user.id).values(device=""))
