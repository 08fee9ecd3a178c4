"""RULES: getting back into an account whose password is forgotten."""

from chassis.clock import now
from chassis.data.db import after_commit
from user_service import (
    access,
    accounts,
    blocks,
    credentials,
    email_tokens,
    passkeys,
    preferences,
    trail,
)
from user_service.attempts import TooManyAttempts, request_allowances
from user_service.models import Purpose, db, messages
from user_service.notices import Notice, tell
from user_service.runtime import runtime


def request_reset(email: str, ip: str) -> None:
    """Have a link e-mailed, if there is such an account. The caller never learns whether there is:
    the work is the same.
    """
    try:
        runtime().attempts.take(request_allowances(Purpose.RESET, email, ip))
    except TooManyAttempts:
        # Answered like the rest: that this address is often asked for is not for the caller to know.
        return
    user = accounts.find(email)
    messages.queue_email("reset_password", {"user_id": str(user.id) if user else None})


def reset(token: str, password: str) -> None:
    """Set a new password with the e-mailed token, end all that lets somebody in, and remove passkeys."""
    user = accounts.own(email_tokens.redeem(token, Purpose.RESET), lock=True)
    # A password that is refused rolls back the redemption as well: the link stays good.
    credentials.set_password(user, password)
    # The token came by e-mail, so it has verified the address as well.
    if not user.email_verified:
        user.email_verified_at = now()
        blocks.on_email_proved(user)
        preferences.on_email_proved(user)
    accounts.save(user)
    access.end(user)
    passkeys.forget(user.id)
    tell(user, Notice.PASSWORD_RESET)
    trail.note("password.reset", user.id)
    attempts, logins = runtime().attempts, (user.email, user.username)
    after_commit(db.session, lambda: attempts.forget(*logins))
