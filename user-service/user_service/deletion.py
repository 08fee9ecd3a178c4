"""RULES: deleting an account. The other services erase their part when they receive the event."""

import hashlib
from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import delete, select, update

from chassis.auth.tokens import MAX_LIFETIME
from chassis.clock import now
from chassis.data.stored_answers import forget_answers
from user_service import (
    access,
    blocks,
    credentials,
    notifications,
    passkeys,
    reports,
    roles,
    rooms,
    second_factor,
    trail,
)
from user_service.accounts import own, save
from user_service.events import EventType
from user_service.models import (
    Application,
    EmailChange,
    EmailToken,
    FormerUsername,
    MailPreference,
    Notification,
    QuietHours,
    SignIn,
    Suspension,
    User,
    db,
    messages,
)
from user_service.profiles import DELETED_NAME
from user_service.runtime import runtime

# After which no token is left that could have written anything.
LAST_WORDS = timedelta(seconds=MAX_LIFETIME + 60)
BATCH = 100


def delete_account(user_id: UUID, password: str, code: str | None, sign_in_id: UUID) -> None:
    """Erase the person; the id stays, so that what carries it still has an author."""
    user = own(user_id)
    credentials.confirm(user, password, sign_in_id)
    # The admins' rows are locked before the person's own, as everywhere.
    roles.check_replaceable(user_id)
    user = credentials.lock_confirmed(user, password, sign_in_id)
    second_factor.require(user, code, sign_in_id)
    access.end(user)
    address = hashlib.sha256(user.email.lower().encode()).hexdigest()
    _erase(user)
    forget_answers(db, user.id)
    notifications.forget_person(user.id)
    messages.clear_room(rooms.room_of(user.id))
    # A service may know the address, but not the account: the event has the hash by which to find it.
    save(user, EventType.USER_DELETED, email_sha256=address)
    trail.note("account.deleted", user.id)


def repeat_erasures() -> int:
    """Tell the other services of each deleted account a second time; the number of accounts.

    A service takes a valid token at its word: what a token that outlived its account wrote there is
    erased by the second event.
    """
    due = (
        select(User)
        .where(User.deleted_at <= now() - LAST_WORDS, User.erasure_repeated_at.is_(None))
        .order_by(User.deleted_at)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    users = db.session.scalars(due).all()
    for user in users:
        user.erasure_repeated_at = now()
        notifications.forget_person(user.id)
        save(user, EventType.USER_DELETED)
    return len(users)


def _erase(user: User) -> None:
    # No e-mail goes to `.invalid`, and no one can register it (RFC 2606). The username is not made of
    # the id, which is public: a stranger who registered such a name would keep its owner from leaving.
    user.email, user.username = f"{user.id}@deleted.invalid", f"deleted-{uuid4().hex}"
    user.display_name, user.avatar_url, user.bio = DELETED_NAME, None, None
    user.timezone, user.locale, user.roles = "UTC", "en", ["learner"]
    user.email_verified_at, user.deleted_at = None, now()
    user.password_hash = runtime().hasher.unmatched
    second_factor.forget(user.id)
    blocks.forget(user.id)
    reports.forget(user.id)
    passkeys.forget(user.id)
    user.pending_email = None
    for table in (
        Application,
        EmailChange,
        EmailToken,
        FormerUsername,
        MailPreference,
        Notification,
        QuietHours,
        Suspension,
    ):
        db.session.execute(delete(table).where(table.user_id == user.id))
    db.session.execute(update(SignIn).where(SignIn.user_id == user.id).values(device=""))
