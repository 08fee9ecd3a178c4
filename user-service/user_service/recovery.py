"""RULES: getting back into an account whose password is forgotten."""

from chassis.clock import now
from chassis.data.db import after_commit
from user_service import accounts, credentials, email_tokens, sign_ins
from user_service.attempts import TooManyAttempts, mail_allowance
from user_service.models import Purpose, db, messages
from user_service.runtime import runtime


def request_reset(email: str) -> None:
    """Have a link mailed, if there is such an account. Nobody learns here whether there is: the
    work is the same.
    """
    try:
        runtime().attempts.take(mail_allowance(Purpose.RESET, email))
    except TooManyAttempts:
        # Answered like the rest: that somebody keeps asking for this address is nobody's business.
        return
    user = accounts.find(email)
    messages.queue_email("reset_password", {"user_id": str(user.id) if user else None})


def reset(token: str, password: str) -> None:
    """Set a new password with the mailed token, and sign out everywhere."""
    user = accounts.own(email_tokens.redeem(token, Purpose.RESET), lock=True)
    # A password that is refused takes back the redemption with everything else: the link stays
    # good.
    credentials.set_password(user, password)
    user.email_verified_at = user.email_verified_at or now()  # The token has shown that as well.
    accounts.save(user)
    sign_ins.end_all(user.id)
    attempts, account = runtime().attempts, str(user.id)
    after_commit(db.session, lambda: attempts.forget(account))
