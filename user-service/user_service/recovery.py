"""RULES: getting back into an account whose password is forgotten."""

from chassis.clock import now
from chassis.data.db import after_commit
from user_service import accounts, credentials, email_tokens, sign_ins
from user_service.attempts import TooManyAttempts, mail_allowance
from user_service.models import Purpose, db, messages
from user_service.runtime import runtime


def request_reset(email: str) -> None:
    """Have a link e-mailed, if there is such an account. The caller never learns whether there is:
    the work is the same.
    """
    try:
        runtime().attempts.take(mail_allowance(Purpose.RESET, email))
    except TooManyAttempts:
        # Answered like the rest: that this address is often asked for is not for the caller to know.
        return
    user = accounts.find(email)
    messages.queue_email("reset_password", {"user_id": str(user.id) if user else None})


def reset(token: str, password: str) -> None:
    """Set a new password with the e-mailed token, and sign out everywhere."""
    user = accounts.own(email_tokens.redeem(token, Purpose.RESET), lock=True)
    # A password that is refused rolls back the redemption as well: the link stays good.
    credentials.set_password(user, password)
    # The token came by e-mail, so it has verified the address as well.
    user.email_verified_at = user.email_verified_at or now()
    accounts.save(user)
    sign_ins.end_all(user.id)
    attempts, account = runtime().attempts, str(user.id)
    after_commit(db.session, lambda: attempts.forget(account))
