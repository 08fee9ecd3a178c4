"""Signing in and out, and the devices on which a person is signed in."""

from typing import Any
from uuid import UUID

from marshmallow import ValidationError, fields, validates_schema

from chassis.auth.authorization import caller, caller_or_none, optional, public, signed_in
from chassis.errors import Unauthorized
from chassis.pages import Page
from chassis.web.fields import Answer, Body, Instant, Text
from chassis.web.pagination import PageQuery, page_of
from chassis.web.rest import Blueprint
from user_service import access, accounts, login, passkeys, second_factor, sign_ins
from user_service.api.fields import Password, SecondFactorCode
from user_service.api.origin import origin
from user_service.api.passkey_fields import PasskeyAssertion
from user_service.api.registration import SignedInTokens, Tokens, answer_of
from user_service.attempts import TooManyAttempts
from user_service.login import SecondFactorRequired, WrongCredentials
from user_service.passkeys import PasskeyRefused, PasskeysUnavailable
from user_service.passwords import TooBusy
from user_service.second_factor import WrongCode
from user_service.sign_in_tickets import InvalidSignInTicket
from user_service.sign_ins import AlreadyRotated, InvalidRefreshToken, TokenPair, TokenReused
from user_service.suspensions import AccountSuspended

blueprint = Blueprint("auth")


class Login(Body):
    login = Text(
        255, least=1, required=True, metadata={"description": "E-mail address or username."}
    )
    password = Password(1, required=True)
    device_token = Text(
        200,
        least=1,
        metadata={"description": "From an earlier sign-in on this device, if there was one."},
    )


class LoginCode(Body):
    ticket = Text(200, least=1, required=True, metadata={"description": "From the sign-in."})
    code = SecondFactorCode(required=True)
    device_token = Text(
        200,
        least=1,
        metadata={"description": "From an earlier sign-in on this device, if there was one."},
    )


class Confirmation(Body):
    code = SecondFactorCode()
    credential = fields.Nested(
        PasskeyAssertion, metadata={"description": "A passkey, instead of a code."}
    )

    @validates_schema
    def _one_proof(self, data: dict[str, Any], **kwargs: Any) -> None:
        if len(data) != 1:
            raise ValidationError("Either a code or a credential is needed.", "code")


class Refresh(Body):
    refresh_token = Text(200, least=1, required=True)


class Logout(Body):
    refresh_token = Text(
        200, least=1, metadata={"description": "Instead of an access token, which may have ended."}
    )


class Device(Answer):
    """A device on which you are signed in."""

    id = fields.UUID(required=True)
    device = fields.String(required=True, metadata={"example": "Firefox on Linux"})
    created_at = Instant(required=True)
    last_used_at = Instant(required=True)
    current = fields.Boolean(
        required=True, metadata={"description": "Whether the request comes from it."}
    )


@blueprint.post("/api/auth/login", "log_in")
@public
@blueprint.arguments(Login)
@blueprint.response(200, SignedInTokens)
@blueprint.raises(
    WrongCredentials, SecondFactorRequired, AccountSuspended, TooManyAttempts, TooBusy
)
def log_in(body: dict[str, str]) -> dict[str, Any]:
    """Sign in with e-mail address or username.

    An account with a second factor is answered 401 `mfa_required` with a `ticket`, which is good for five
    minutes: show it with a code.
    """
    return answer_of(login.log_in(**body, origin=origin()))


@blueprint.post("/api/auth/login/code", "log_in_with_code")
@public
@blueprint.arguments(LoginCode)
@blueprint.response(200, SignedInTokens)
@blueprint.raises(InvalidSignInTicket, WrongCode, AccountSuspended, TooManyAttempts)
def log_in_with_code(body: dict[str, str]) -> dict[str, Any]:
    """Sign in with the ticket of a right password and a code of the second factor."""
    return answer_of(login.show_code(**body, origin=origin()))


@blueprint.post("/api/auth/confirm", "confirm_sign_in")
@signed_in
@blueprint.arguments(Confirmation)
@blueprint.response(204)
@blueprint.raises(WrongCode, PasskeyRefused, PasskeysUnavailable, TooManyAttempts)
def confirm_sign_in(body: dict[str, Any]) -> None:
    """Show a code of your second factor or a passkey, for what only admins do in the next 15 minutes."""
    confirm = passkeys.confirm if "credential" in body else second_factor.confirm
    [proof] = body.values()
    confirm(caller().id, proof, UUID(caller().session_id))


@blueprint.post("/api/auth/refresh", "refresh_tokens")
@public
@blueprint.arguments(Refresh)
@blueprint.response(200, Tokens)
@blueprint.raises(InvalidRefreshToken, TokenReused, AlreadyRotated)
def refresh_tokens(body: dict[str, str]) -> TokenPair:
    """Exchange a refresh token for new tokens."""
    return sign_ins.refresh(body["refresh_token"])


@blueprint.post("/api/auth/logout", "log_out")
@optional
@blueprint.arguments(Logout, required=False)
@blueprint.response(204)
@blueprint.raises(Unauthorized)
def log_out(body: dict[str, str]) -> None:
    """Sign out, with the access token or with the refresh token."""
    person = caller_or_none()
    sign_in_id = UUID(person.session_id) if person else None
    sign_ins.sign_out(sign_in_id, body.get("refresh_token"))


@blueprint.post("/api/auth/logout-all", "log_out_everywhere")
@signed_in
@blueprint.response(204)
def log_out_everywhere() -> None:
    """Sign out everywhere, and revoke the secret address of your calendar and links that were e-mailed."""
    access.end(accounts.own(caller().id, lock=True))


@blueprint.get("/api/auth/sessions", "list_devices")
@signed_in
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, page_of(Device))
def list_devices(query: dict[str, Any]) -> Page[Any]:
    """List the devices on which you are signed in, newest first."""
    return sign_ins.devices(caller().id, UUID(caller().session_id), **query)


@blueprint.delete("/api/auth/sessions/<uuid:sign_in_id>", "log_out_device")
@signed_in
@blueprint.response(204)
def log_out_device(sign_in_id: UUID) -> None:
    """Sign out on a device."""
    sign_ins.end_device(caller().id, sign_in_id)
