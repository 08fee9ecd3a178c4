"""What the links in e-mails do: verifying an address, and setting a new password."""

from chassis.auth.authorization import caller, public, signed_in
from chassis.telemetry.client_address import client_address
from chassis.web.fields import Body, Text
from chassis.web.rest import Blueprint
from user_service import email_changes, recovery, verification
from user_service.accounts import EmailTaken
from user_service.api.accounts import Accepted
from user_service.api.fields import Email, Password
from user_service.attempts import TooManyAttempts
from user_service.email_tokens import InvalidEmailToken
from user_service.passwords import TooBusy

blueprint = Blueprint("email-links")


class EmailVerification(Body):
    token = Text(200, least=1, required=True, metadata={"description": "From the e-mail."})


class ForgottenPassword(Body):
    email = Email(required=True, metadata={"example": "ruth@lyceum.example"})


class PasswordReset(Body):
    token = Text(200, least=1, required=True, metadata={"description": "From the e-mail."})
    password = Password(required=True)


@blueprint.post("/api/auth/verify-email", "verify_email")
@public
@blueprint.arguments(EmailVerification)
@blueprint.response(204)
@blueprint.raises(InvalidEmailToken)
def verify_email(body: dict[str, str]) -> None:
    """Verify an e-mail address with the token from the e-mail."""
    verification.verify(body["token"])


@blueprint.post("/api/auth/change-email", "confirm_email_change")
@public
@blueprint.arguments(EmailVerification)
@blueprint.response(204)
@blueprint.raises(InvalidEmailToken, EmailTaken)
def confirm_email_change(body: dict[str, str]) -> None:
    """Confirm a new e-mail address with the token from the e-mail to it."""
    email_changes.confirm(body["token"])


@blueprint.post("/api/auth/revert-email", "revert_email_change")
@public
@blueprint.arguments(EmailVerification)
@blueprint.response(204)
@blueprint.raises(InvalidEmailToken, EmailTaken)
def revert_email_change(body: dict[str, str]) -> None:
    """Go back to the former e-mail address with the token from the e-mail to it.

    Everybody is signed out, and a link to set a new password is sent there.
    """
    email_changes.revert(body["token"])


@blueprint.post("/api/auth/verify-email/resend", "resend_verification")
@signed_in
@blueprint.response(202, Accepted)
@blueprint.raises(TooManyAttempts)
def resend_verification() -> dict[str, str]:
    """Request another verification e-mail."""
    verification.request_another(caller().id, client_address())
    return {}


@blueprint.post("/api/auth/forgot-password", "request_password_reset")
@public
@blueprint.arguments(ForgottenPassword)
@blueprint.response(202, Accepted)
def request_password_reset(body: dict[str, str]) -> dict[str, str]:
    """Request a password-reset e-mail; the answer never tells whether the address has an account."""
    recovery.request_reset(body["email"], client_address())
    return {}


@blueprint.post("/api/auth/reset-password", "reset_password")
@public
@blueprint.arguments(PasswordReset)
@blueprint.response(204)
@blueprint.raises(InvalidEmailToken, TooBusy)
def reset_password(body: dict[str, str]) -> None:
    """Set a new password with the token from the e-mail, and sign out everywhere."""
    recovery.reset(**body)
