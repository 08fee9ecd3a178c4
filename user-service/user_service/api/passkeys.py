"""Passkeys of the caller, and signing in with one.

Options are what `PublicKeyCredential.parseCreationOptionsFromJSON` and `parseRequestOptionsFromJSON` of
browsers take, and a `credential` is what `toJSON` gives: WebAuthn, level 3, section 5.1.
"""

from typing import Any
from uuid import UUID

from marshmallow import fields

from chassis.auth.authorization import caller, public, signed_in
from chassis.pages import Page
from chassis.web.fields import Answer, Body, Instant, Name, Text
from chassis.web.pagination import PageQuery, page_of
from chassis.web.rest import Blueprint
from chassis.web.strict_requests import BodyBounds
from user_service import login, passkey_challenges, passkey_enrolment, passkeys
from user_service.api.fields import Base64Url, Password, SecondFactorCode
from user_service.api.origin import origin
from user_service.api.passkey_fields import KIND, NewPasskeyCredential, PasskeyAssertion
from user_service.api.registration import SignedInTokens, answer_of
from user_service.attempts import TooManyAttempts
from user_service.authenticators import ALGORITHMS, LONGEST_ID, handle_of
from user_service.credentials import WrongPassword
from user_service.models import Passkey as PasskeyRow
from user_service.passkey_enrolment import InvalidPasskey, PasskeyLimitReached, PasskeyTaken
from user_service.passkeys import PasskeysUnavailable, WrongPasskey
from user_service.passwords import TooBusy
from user_service.second_factor import CodeRequired, WrongCode
from user_service.suspensions import AccountSuspended
from user_service.verification import EmailNotVerified

blueprint = Blueprint("passkeys")
PATH = "/api/users/me/passkeys"
TIMEOUT = int(passkey_challenges.LIFETIME.total_seconds()) * 1000  # milliseconds


class PasskeyPermission(Body):
    """What is asked before a passkey comes or goes."""

    password = Password(1, required=True)
    code = SecondFactorCode()


class PasskeySite(Answer):
    """The platform, as authenticators call it."""

    id = fields.String(required=True)
    name = fields.String(required=True)


class PasskeyOwner(Answer):
    """You, as your authenticator calls you."""

    id = Base64Url(64, required=True)
    name = fields.String(required=True)
    display_name = fields.String(required=True, data_key="displayName")


class PasskeyAlgorithm(Answer):
    """A kind of key, by its number in the registry of COSE."""

    type = fields.String(required=True)
    alg = fields.Integer(required=True)


class KnownPasskey(Answer):
    """A passkey that is there."""

    type = fields.String(required=True)
    id = Base64Url(LONGEST_ID, required=True)


class PasskeySelection(Answer):
    """Which authenticators will do."""

    resident_key = fields.String(required=True, data_key="residentKey")
    require_resident_key = fields.Boolean(required=True, data_key="requireResidentKey")
    user_verification = fields.String(required=True, data_key="userVerification")


class PasskeyCreationOptions(Answer):
    """`PublicKeyCredentialCreationOptionsJSON`, for `navigator.credentials.create`."""

    rp = fields.Nested(PasskeySite, required=True)
    user = fields.Nested(PasskeyOwner, required=True)
    challenge = Base64Url(32, required=True, metadata={"description": "Good once, for 5 minutes."})
    pub_key_cred_params = fields.List(
        fields.Nested(PasskeyAlgorithm), required=True, data_key="pubKeyCredParams"
    )
    timeout = fields.Integer(required=True, metadata={"description": "Milliseconds."})
    exclude_credentials = fields.List(
        fields.Nested(KnownPasskey), required=True, data_key="excludeCredentials"
    )
    authenticator_selection = fields.Nested(
        PasskeySelection, required=True, data_key="authenticatorSelection"
    )
    attestation = fields.String(required=True)


class PasskeyRequestOptions(Answer):
    """`PublicKeyCredentialRequestOptionsJSON`, for `navigator.credentials.get`."""

    challenge = Base64Url(32, required=True, metadata={"description": "Good once, for 5 minutes."})
    timeout = fields.Integer(required=True, metadata={"description": "Milliseconds."})
    rp_id = fields.String(required=True, data_key="rpId")
    user_verification = fields.String(required=True, data_key="userVerification")


class NewPasskey(Body):
    name = Name(100, least=1, required=True)
    credential = fields.Nested(NewPasskeyCredential, required=True)


class PasskeyChanges(Body):
    name = Name(100, least=1, required=True)


class Passkey(Answer):
    """One of your passkeys."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    created_at = Instant(required=True)
    last_used_at = Instant(required=True, allow_none=True)
    backed_up = fields.Boolean(
        required=True,
        metadata={"description": "Whether it is kept elsewhere too, and so outlives its device."},
    )


class PasskeyLogin(Body):
    credential = fields.Nested(PasskeyAssertion, required=True)
    device_token = Text(
        200,
        least=1,
        metadata={"description": "From an earlier sign-in on this device, if there was one."},
    )


@blueprint.post(f"{PATH}/options", "create_passkey_options")
@signed_in
@blueprint.arguments(PasskeyPermission)
@blueprint.response(200, PasskeyCreationOptions)
@blueprint.raises(
    EmailNotVerified,
    WrongPassword,
    CodeRequired,
    WrongCode,
    PasskeysUnavailable,
    PasskeyLimitReached,
    TooManyAttempts,
    TooBusy,
)
def create_passkey_options(body: dict[str, Any]) -> dict[str, Any]:
    """Create a challenge for a new passkey; the answer is for the browser."""
    return _creation_options(passkey_enrolment.begin(caller().id, **body, present=_present()))


@blueprint.post(PATH, "create_passkey")
@signed_in
@blueprint.arguments(NewPasskey, bounds=BodyBounds(32 * 1024))
@blueprint.response(201, Passkey)
@blueprint.raises(InvalidPasskey, PasskeyTaken, PasskeyLimitReached, PasskeysUnavailable)
def create_passkey(body: dict[str, Any]) -> tuple[PasskeyRow, dict[str, str]]:
    """Create a passkey, of what the browser has answered to the options."""
    passkey = passkey_enrolment.add(caller().id, **body)
    return passkey, {"Location": f"{PATH}/{passkey.id}"}


@blueprint.get(PATH, "list_passkeys")
@signed_in
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, page_of(Passkey))
def list_passkeys(query: dict[str, Any]) -> Page[PasskeyRow]:
    """List your passkeys, newest first."""
    return passkey_enrolment.of_person(caller().id, **query)


@blueprint.patch(f"{PATH}/<uuid:passkey_id>", "update_passkey")
@signed_in
@blueprint.arguments(PasskeyChanges)
@blueprint.response(200, Passkey)
def update_passkey(body: dict[str, str], passkey_id: UUID) -> PasskeyRow:
    """Give a passkey another name."""
    return passkey_enrolment.rename(caller().id, passkey_id, **body)


@blueprint.delete(f"{PATH}/<uuid:passkey_id>", "delete_passkey")
@signed_in
@blueprint.arguments(PasskeyPermission)
@blueprint.response(204)
@blueprint.raises(WrongPassword, CodeRequired, WrongCode, TooManyAttempts, TooBusy)
def delete_passkey(body: dict[str, Any], passkey_id: UUID) -> None:
    """Delete a passkey, with the password, and a code if you have a second factor; other sign-ins end."""
    passkey_enrolment.remove(caller().id, passkey_id, **body, present=_present())


@blueprint.post("/api/auth/passkeys/options", "create_passkey_challenge")
@public
@blueprint.response(200, PasskeyRequestOptions)
@blueprint.raises(PasskeysUnavailable)
def create_passkey_challenge() -> dict[str, Any]:
    """Create a challenge for a proof by any passkey; the answer is for the browser, and names no account."""
    return _request_options(passkeys.ask())


@blueprint.post("/api/auth/passkeys/login", "log_in_with_passkey")
@public
@blueprint.arguments(PasskeyLogin)
@blueprint.response(200, SignedInTokens)
@blueprint.raises(WrongPasskey, AccountSuspended, PasskeysUnavailable, TooManyAttempts)
def log_in_with_passkey(body: dict[str, Any]) -> dict[str, Any]:
    """Sign in with a passkey, of what the browser has answered to the options. No code is asked for."""
    return answer_of(login.show_passkey(**body, origin=origin()))


def _creation_options(asked: passkey_enrolment.Request) -> dict[str, Any]:
    user = asked.user
    return {
        "rp": asked.party,
        "user": {
            "id": handle_of(user.id),
            "name": user.username,
            "display_name": user.display_name,
        },
        "challenge": asked.challenge,
        "pub_key_cred_params": [{"type": KIND, "alg": int(each)} for each in ALGORITHMS],
        "timeout": TIMEOUT,
        "exclude_credentials": [{"type": KIND, "id": each} for each in asked.known],
        "authenticator_selection": {
            "resident_key": "required",
            "require_resident_key": True,
            "user_verification": "required",
        },
        "attestation": "none",
    }


def _request_options(asked: passkeys.Request) -> dict[str, Any]:
    return {
        "challenge": asked.challenge,
        "timeout": TIMEOUT,
        "rp_id": asked.party.id,
        "user_verification": "required",
    }


def _present() -> UUID:
    return UUID(caller().session_id)
