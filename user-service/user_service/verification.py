"""RULES: showing that the e-mail address of an account is its owner's."""

from uuid import UUID

from chassis.clock import now
from user_service import email_tokens
from user_service.accounts import own, save
from user_service.attempts import mail_allowance
from user_service.models import Purpose, User, messages
from user_service.runtime import runtime


def request_verification(user: User) -> None:
    """Have a link e-mailed that verifies the address."""
    messages.queue_email("verify_email", {"user_id": str(user.id)})


def request_another(user_id: UUID) -> None:
    """Have another link e-mailed, a few times an hour; a verified address needs none."""
    user = own(user_id)
    if not user.email_verified:
        runtime().attempts.take(mail_allowance(Purpose.VERIFY, user.email))
        request_verification(user)


def verify(token: str) -> None:
    """Take the e-mailed token as proof. The next access token says so."""
    user = own(email_tokens.redeem(token, Purpose.VERIFY), lock=True)
    if not user.email_verified:
        user.email_verified_at = now()
        save(user)
