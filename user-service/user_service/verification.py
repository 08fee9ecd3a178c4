"""RULES: showing that the e-mail address of an account is its owner's."""

from uuid import UUID

from chassis.clock import now
from chassis.errors import Forbidden
from user_service import access, blocks, email_tokens, preferences, trail
from user_service.accounts import own, save
from user_service.attempts import request_allowances
from user_service.models import Purpose, User, messages
from user_service.runtime import runtime


class EmailNotVerified(Forbidden):
    """Verify the address of your account first."""

    code = "email_not_verified"


def require_verified(user: User) -> None:
    """`EmailNotVerified` unless the address of the account is proved."""
    if not user.email_verified:
        raise EmailNotVerified


def request_verification(user: User) -> None:
    """Have a link e-mailed that verifies the address."""
    messages.queue_email("verify_email", {"user_id": str(user.id)})


def request_another(user_id: UUID, ip: str) -> None:
    """Have another link e-mailed, a few times an hour; a verified address needs none."""
    user = own(user_id)
    if not user.email_verified:
        runtime().attempts.take(request_allowances(Purpose.VERIFY, user.email, ip))
        request_verification(user)


def verify(token: str) -> None:
    """Take the e-mailed token as proof. The next access token says so.

    Secret addresses and links of before the first proof end: anyone may have opened the account with this
    address. Sign-ins go on, as the link is often opened on another device than the one that registered.
    """
    user = own(email_tokens.redeem(token, Purpose.VERIFY), lock=True)
    if user.email_verified:
        return
    user.email_verified_at = now()
    save(user)
    blocks.on_email_proved(user)
    preferences.on_email_proved(user)
    access.end_all_but_sign_ins(user)
    trail.note("email.verified", user.id)
