"""Opening an account."""

from typing import Any

from marshmallow import fields

from chassis.auth.authorization import public
from chassis.auth.tokens import MAX_LIFETIME
from chassis.web.fields import Answer, Body, MailedName
from chassis.web.rest import Blueprint
from user_service import registration
from user_service.accounts import EmailTaken, UsernameTaken
from user_service.api.accounts import Account
from user_service.api.fields import Email, Password, Username
from user_service.api.origin import origin
from user_service.login import SignedIn
from user_service.passwords import TooBusy

blueprint = Blueprint("registration")


class NewAccount(Body):
    email = Email(required=True)
    username = Username(required=True)
    display_name = MailedName(100, least=1, required=True, metadata={"example": "Dina Peretz"})
    password = Password(required=True)


class Tokens(Answer):
    """An account with the tokens of a sign-in."""

    user = fields.Nested(Account, required=True)
    access_token = fields.String(required=True)
    refresh_token = fields.String(
        required=True, metadata={"description": "Good for one exchange, for 30 days."}
    )
    token_type = fields.String(required=True, dump_default="Bearer")
    expires_in = fields.Integer(
        required=True, dump_default=MAX_LIFETIME, metadata={"description": "Seconds."}
    )


class SignedInTokens(Tokens):
    """An account with the tokens of a sign-in, and the token by which its device is known."""

    device_token = fields.String(
        required=True,
        metadata={
            "description": "To be sent with the next sign-in on this device: wrong passwords that others"
            " try do not keep it out. It opens nothing."
        },
    )


def answer_of(signed_in: SignedIn) -> dict[str, Any]:
    """What a client gets of a sign-in."""
    tokens = signed_in.tokens
    return {
        "user": tokens.user,
        "access_token": tokens.access_token,
        "refresh_token": tokens.refresh_token,
        "device_token": signed_in.device_token,
    }


@blueprint.post("/api/auth/register", "register_account")
@public
@blueprint.arguments(NewAccount)
@blueprint.response(201, SignedInTokens)
@blueprint.raises(EmailTaken, UsernameTaken, TooBusy)
def register_account(body: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """Create an account and sign in."""
    signed_in = registration.register(**body, device=origin().device)
    return answer_of(signed_in), {"Location": f"/api/users/{signed_in.tokens.user.id}"}
