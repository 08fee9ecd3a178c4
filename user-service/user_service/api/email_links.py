"""What the links in mails do: verifying an address, and setting a new password."""

from chassis.access import caller, public, signed_in
from chassis.fields import Body, Text
from chassis.rest import Blueprint
from user_service import recovery, verification
from user_service.api.accounts import Accepted
from user_service.api.fields import Email, Password
from user_service.attempts import TooManyAttempts
from user_service.email_tokens import InvalidEmailToken
from user_service.passwords import TooBusy

blueprint = Blueprint("email-links", "Verifying an address, and setting a forgotten password anew.")


class EmailVerification(Body):
    token = Text(200, least=1, required=True, metadata={"description": "From the mail."})


class ForgottenPassword(Body):
    email = Email(required=True, metadata={"example": "ruth@lyceum.example"})


class PasswordReset(Body):
    token = Text(200, least=1, required=True, metadata={"description": "From the mail."})
    password = Password(required=True)


@blueprint.post("/api/auth/verify-email")
@public
@blueprint.arguments(EmailVerification)
@blueprint.response(204)
@blueprint.raises(InvalidEmailToken)
def verify_email(body: dict[str, str]) -> None:
    """Verify the address that a mail went to."""
    verification.verify(body["token"])


@blueprint.post("/api/auth/verify-email/resend")
@signed_in
@blueprint.response(202, Accepted)
@blueprint.raises(TooManyAttempts)
def resend() -> dict[str, str]:
    """Have the mail that verifies one's address sent again."""
    verification.ask_again(caller().id)
    return {}


@blueprint.post("/api/auth/forgot-password")
@public
@blueprint.arguments(ForgottenPassword)
@blueprint.response(202, Accepted)
def forgot_password(body: dict[str, str]) -> dict[str, str]:
    """Have a mail sent that lets one set a new password, if there is an account with this address."""
    recovery.ask(body["email"])
    return {}


@blueprint.post("/api/auth/reset-password")
@public
@blueprint.arguments(PasswordReset)
@blueprint.response(204)
@blueprint.raises(InvalidEmailToken, TooBusy)
def reset_password(body: dict[str, str]) -> None:
    """Set a new password with the token from the mail, and sign out everywhere."""
    recovery.reset(**body)
