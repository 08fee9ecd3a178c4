"""RULES: a person proves with a password who they are."""

from uuid import UUID

from chassis.errors import Forbidden, Problem
from user_service import access, passkeys, second_factor, trail
from user_service.accounts import own
from user_service.attempts import (
    Allowance,
    TooManyAttempts,
    known_allowances,
)
from user_service.models import User, db
from user_service.notices import Notice, tell
from user_service.passwords import check_strength
from user_service.runtime import runtime


class WrongPassword(Forbidden):
    """The password is not right."""

    code = "wrong_password"


def confirm(user: User, password: str, sign_in_id: UUID) -> None:
    """`WrongPassword` unless it is the person's. Wrong ones count within the sign-in that asks."""
    # Not with those of people who try to sign in: they would keep the owner from all this.
    require(user, password, known_allowances("password", sign_in_id), WrongPassword)


def confirmed(user_id: UUID, password: str, sign_in_id: UUID) -> User:
    """The account, locked, of a person who gave its password; `WrongPassword` if it is another."""
    # Before any lock: a password takes a quarter of a second, and seconds while others are checked.
    user = own(user_id)
    confirm(user, password, sign_in_id)
    return lock_confirmed(user, password, sign_in_id)


def lock_confirmed(user: User, password: str, sign_in_id: UUID) -> User:
    """The account, locked, for which the password has been confirmed as it was read before."""
    proven = user.password_hash
    user = own(user.id, lock=True)
    if user.password_hash != proven:  # changed meanwhile
        confirm(user, password, sign_in_id)
    return user


def change_password(
    user_id: UUID, current: str, new: str, code: str | None, *, present: UUID
) -> None:
    """Change the password, end all that lets somebody in but the present sign-in, and remove passkeys."""
    user = confirmed(user_id, current, present)
    second_factor.require(user, code, present)
    set_password(user, new, field="new_password")
    access.end(user, but=present)
    passkeys.forget(user.id)
    tell(user, Notice.PASSWORD_CHANGED)
    trail.note("password.changed", user.id)


def set_password(user: User, password: str, *, field: str = "password") -> None:
    """Give the account a new password; `Invalid` naming the field if it is a bad one."""
    check_strength(password, user.username, user.email, user.display_name, field=field)
    hasher = runtime().hasher
    with hasher.turn():
        user.password_hash = hasher.hash(password)
    db.session.flush()


def require(
    user: User | None,
    password: str,
    allowances: list[Allowance],
    refusal: type[Problem],
) -> None:
    """The refusal unless the password is the person's; without a person it never is."""
    hasher, attempts = runtime().hasher, runtime().attempts
    owner = user.id if user else None
    with hasher.turn():
        # Taken before the outcome is known, so that many guesses at once do not all slip through;
        # and after the turn is ours, so that a caller who is refused as too many has not used it up.
        try:
            attempts.take(allowances)
        except TooManyAttempts:
            trail.note_failure("password.checked", owner, reason="too_many_attempts")
            raise
        matches = hasher.matches(password, user.password_hash if user else hasher.unmatched)
        if matches:
            attempts.give_back(allowances)
            return
    trail.note_failure("password.checked", owner, reason=refusal.code)
    raise refusal
