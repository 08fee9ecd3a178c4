"""The second factor of the caller."""

from typing import Any
from uuid import UUID

from marshmallow import fields

from chassis.auth.authorization import caller, signed_in
from chassis.web.fields import Answer, Body, Instant
from chassis.web.rest import Blueprint
from user_service import second_factor, second_factor_enrolment
from user_service.api.fields import Password, SecondFactorCode
from user_service.attempts import TooManyAttempts
from user_service.credentials import WrongPassword
from user_service.passwords import TooBusy
from user_service.second_factor import CodeRequired, WrongCode
from user_service.second_factor_enrolment import AlreadyOn
from user_service.verification import EmailNotVerified

blueprint = Blueprint("second-factor")
PATH = "/api/users/me/second-factor"


class SecondFactor(Answer):
    """Whether a sign-in needs a code."""

    enabled = fields.Boolean(required=True)
    enabled_at = Instant(required=True, allow_none=True)
    recovery_codes_left = fields.Integer(required=True)


class NewSecondFactor(Body):
    password = Password(1, required=True)


class SecondFactorSecret(Answer):
    """What an app needs to make codes. It is shown once."""

    secret = fields.String(required=True, metadata={"description": "To be typed, in base 32."})
    otpauth_url = fields.String(required=True, metadata={"description": "For the app of a phone."})
    qr_code = fields.String(required=True, metadata={"description": "The same as a picture (SVG)."})


class FirstCode(Body):
    code = SecondFactorCode(required=True)


class RecoveryCodes(Answer):
    """Each works once instead of a code of the app. They are shown once."""

    recovery_codes = fields.List(fields.String(), required=True)


class PasswordAndCode(Body):
    password = Password(1, required=True)
    code = SecondFactorCode(required=True)


@blueprint.get(PATH, "get_second_factor")
@signed_in
@blueprint.response(200, SecondFactor)
def get_second_factor() -> second_factor.Status:
    """Get whether your sign-ins need a code, and how many recovery codes are left."""
    return second_factor.status(caller().id)


@blueprint.post(PATH, "create_second_factor")
@signed_in
@blueprint.arguments(NewSecondFactor)
@blueprint.response(201, SecondFactorSecret, addressed=False)
@blueprint.raises(EmailNotVerified, WrongPassword, AlreadyOn, TooManyAttempts, TooBusy)
def create_second_factor(body: dict[str, str]) -> second_factor_enrolment.Enrolment:
    """Create a secret for an app that makes codes (TOTP, RFC 6238); enable it with the first of them."""
    return second_factor_enrolment.begin(caller().id, body["password"], _present())


@blueprint.post(f"{PATH}/enable", "enable_second_factor")
@signed_in
@blueprint.arguments(FirstCode)
@blueprint.response(200, RecoveryCodes)
@blueprint.raises(WrongCode, AlreadyOn, TooManyAttempts)
def enable_second_factor(body: dict[str, str]) -> dict[str, Any]:
    """Enable your second factor with a first code; all other sign-ins end."""
    return {"recovery_codes": second_factor_enrolment.enable(caller().id, body["code"], _present())}


@blueprint.post(f"{PATH}/recovery-codes", "create_recovery_codes")
@signed_in
@blueprint.arguments(PasswordAndCode)
@blueprint.response(201, RecoveryCodes, addressed=False)
@blueprint.raises(WrongPassword, WrongCode, CodeRequired, TooManyAttempts, TooBusy)
def create_recovery_codes(body: dict[str, str]) -> dict[str, Any]:
    """Create ten recovery codes; those of before are revoked."""
    codes = second_factor_enrolment.renew_recovery_codes(caller().id, **body, present=_present())
    return {"recovery_codes": codes}


@blueprint.delete(PATH, "delete_second_factor")
@signed_in
@blueprint.arguments(PasswordAndCode)
@blueprint.response(204)
@blueprint.raises(WrongPassword, WrongCode, CodeRequired, TooManyAttempts, TooBusy)
def delete_second_factor(body: dict[str, str]) -> None:
    """Disable your second factor, with the password and a code; all other sign-ins end."""
    second_factor_enrolment.disable(caller().id, **body, present=_present())


def _present() -> UUID:
    return UUID(caller().session_id)
