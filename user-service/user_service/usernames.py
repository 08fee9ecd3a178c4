"""RULES: changing the username, once in a month. The former one is kept for as long, so that no one poses as
the person.
"""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, exists, select
from sqlalchemy.dialects.postgresql import insert

from chassis.clock import now, rfc3339
from chassis.errors import Conflict
from user_service import accounts, credentials, second_factor, trail
from user_service.accounts import UsernameTaken
from user_service.models import FormerUsername, Role, User, db
from user_service.notices import Notice, tell
from user_service.staff_names import require_own_name

MONTH = timedelta(days=30)
BATCH = 1000


class UsernameChangedLately(Conflict):
    """A username can be changed once in 30 days."""

    code = "username_changed_lately"


def change(user_id: UUID, username: str, password: str, code: str | None, *, present: UUID) -> User:
    """Give the account another username."""
    user = credentials.confirmed(user_id, password, present)
    second_factor.require(user, code, present)
    if username == user.username:
        return user
    if user.username_changed_at and user.username_changed_at > now() - MONTH:
        raise UsernameChangedLately(available_at=rfc3339(user.username_changed_at + MONTH))
    if Role.ADMIN not in user.roles:
        require_own_name("username", username)
    former, user.username, user.username_changed_at = user.username, username, now()
    # Another person who takes the name at this moment is waited for, or waits.
    accounts.save(user)
    require_free(username, user_id)
    row = {"username": former, "user_id": user_id, "kept_until": now() + MONTH}
    kept = insert(FormerUsername).values(row)
    db.session.execute(kept.on_conflict_do_update(index_elements=["username"], set_=row))
    tell(user, Notice.USERNAME_CHANGED)
    trail.note("username.changed", user_id)
    return user


def require_free(username: str, user_id: UUID) -> None:
    """`UsernameTaken` if the name is kept for a person who had it.

    Asked after it is written: until a person has given it up, the unique index has the next one wait.
    """
    kept = exists().where(
        FormerUsername.username == username,
        FormerUsername.user_id != user_id,
        FormerUsername.kept_until > now(),
    )
    if db.session.scalar(select(kept)):
        raise UsernameTaken


def forget_expired() -> int:
    """Delete names that are kept no longer; the number of them."""
    expired = select(FormerUsername.username).where(FormerUsername.kept_until < now()).limit(BATCH)
    deletion = delete(FormerUsername).where(FormerUsername.username.in_(expired))
    return len(db.session.scalars(deletion.returning(FormerUsername.username)).all())
