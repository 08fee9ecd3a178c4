"""The account of the caller."""

from typing import Any
from uuid import UUID

from marshmallow import fields

from chassis.auth.authorization import caller, signed_in
from chassis.telemetry.client_address import client_address
from chassis.web.addresses import HttpsAddress
from chassis.web.fields import Answer, Body, Choice, Instant, MailedName, Text, TimeZone
from chassis.web.rest import Blueprint
from chassis.web.strict_requests import BodyBounds
from user_service import accounts, credentials, deletion, email_changes, usernames
from user_service.accounts import UsernameTaken
from user_service.api.fields import Email, Locale, Password, SecondFactorCode, Username
from user_service.attempts import TooManyAttempts
from user_service.credentials import WrongPassword
from user_service.models import Role, User
from user_service.passwords import TooBusy
from user_service.roles import LastAdmin
from user_service.second_factor import CodeRequired, WrongCode
from user_service.usernames import UsernameChangedLately

blueprint = Blueprint("account")


class Account(Answer):
    """An account as its owner sees it."""

    id = fields.UUID(required=True)
    email = fields.String(required=True)
    email_verified = fields.Boolean(required=True)
    pending_email = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "The address that you want, and have not confirmed yet."},
    )
    username = fields.String(required=True)
    display_name = fields.String(required=True)
    avatar_url = fields.String(required=True, allow_none=True)
    bio = fields.String(required=True, allow_none=True)
    timezone = fields.String(required=True)
    locale = fields.String(required=True)
    roles = fields.List(Choice(Role), required=True)
    created_at = Instant(required=True)
    updated_at = Instant(required=True)


class AccountChanges(Body):
    display_name = MailedName(100, least=1)
    avatar_url = HttpsAddress(allow_none=True)
    bio = Text(1000, paragraphs=True, allow_none=True)
    timezone = TimeZone()
    locale = Locale()


class PasswordChange(Body):
    current_password = Password(1, required=True)
    new_password = Password(required=True)
    code = SecondFactorCode()


class EmailChange(Body):
    email = Email(required=True)
    password = Password(1, required=True)
    code = SecondFactorCode()


class UsernameChange(Body):
    username = Username(required=True)
    password = Password(1, required=True)
    code = SecondFactorCode()


class AccountDeletion(Body):
    password = Password(1, required=True)
    code = SecondFactorCode()


class Accepted(Answer):
    """What was asked for will be done."""

    status = fields.String(required=True, dump_default="accepted")


@blueprint.get("/api/users/me", "get_own_account")
@signed_in
@blueprint.response(200, Account)
def get_own_account() -> User:
    """Get your account."""
    return accounts.own(caller().id)


@blueprint.patch("/api/users/me", "update_own_account")
@signed_in
@blueprint.arguments(AccountChanges, bounds=BodyBounds(32 * 1024))
@blueprint.response(200, Account)
def update_own_account(changes: dict[str, Any]) -> User:
    """Update your account."""
    return accounts.change(caller().id, changes)


@blueprint.put("/api/users/me/password", "change_password")
@signed_in
@blueprint.arguments(PasswordChange)
@blueprint.response(204)
@blueprint.raises(WrongPassword, CodeRequired, WrongCode, TooManyAttempts, TooBusy)
def change_password(body: dict[str, str]) -> None:
    """Change your password, and end all that lets somebody in but this sign-in."""
    credentials.change_password(
        caller().id,
        body["current_password"],
        body["new_password"],
        body.get("code"),
        present=UUID(caller().session_id),
    )


@blueprint.post("/api/users/me/email", "request_email_change")
@signed_in
@blueprint.arguments(EmailChange)
@blueprint.response(202, Accepted)
@blueprint.raises(WrongPassword, CodeRequired, WrongCode, TooManyAttempts, TooBusy)
def request_email_change(body: dict[str, str]) -> dict[str, str]:
    """Request another e-mail address: a link is sent there, and your present address is told.

    The answer never tells whether the address has an account.
    """
    email_changes.request(
        caller().id,
        body["email"],
        body["password"],
        body.get("code"),
        present=UUID(caller().session_id),
        ip=client_address(),
    )
    return {}


@blueprint.delete("/api/users/me/email", "withdraw_email_change")
@signed_in
@blueprint.response(204)
def withdraw_email_change() -> None:
    """Withdraw the request for another e-mail address."""
    email_changes.withdraw(caller().id)


@blueprint.put("/api/users/me/username", "change_username")
@signed_in
@blueprint.arguments(UsernameChange)
@blueprint.response(200, Account)
@blueprint.raises(
    WrongPassword,
    CodeRequired,
    WrongCode,
    UsernameTaken,
    UsernameChangedLately,
    TooManyAttempts,
    TooBusy,
)
def change_username(body: dict[str, str]) -> User:
    """Change your username, once in 30 days; the former one is kept for you as long."""
    return usernames.change(
        caller().id,
        body["username"],
        body["password"],
        body.get("code"),
        present=UUID(caller().session_id),
    )


@blueprint.delete("/api/users/me", "delete_own_account")
@signed_in
@blueprint.arguments(AccountDeletion)
@blueprint.response(202, Accepted)
@blueprint.raises(WrongPassword, CodeRequired, WrongCode, LastAdmin, TooManyAttempts, TooBusy)
def delete_own_account(body: dict[str, str]) -> dict[str, str]:
    """Delete your account; the other services erase their part shortly after."""
    present = UUID(caller().session_id)
    deletion.delete_account(caller().id, body["password"], body.get("code"), present)
    return {}
